/** The pages of endpoints: made, tried, changed, paused, and gone, with what they were told and what they answered. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Seen, visitor } from "../support/browse";
import { listen } from "../support/listener";
import { api, begin, drain, enroll, makeContact, makeDrip, settle, travel } from "../support/world";

beforeEach(begin);

const SECRET = /whsec_[\w+/=]{32}/;
const secretIn = ({ html }: Seen) => SECRET.exec(html)?.[0];
const webhooks = async () => (await api("GET", "/v1/webhooks")).body.webhooks;
const toForm = { url: "https://crm.test/in", description: "The CRM", dialect: "v1", "events[]": ["enrollment.*"] };

describe("making one", () => {
  test("none yet -> says what it would be; made -> its secret stands on that page, and on no other, nor in a cookie", async () => {
    const ada = await visitor();
    expect((await ada.get("/webhooks")).text).toContain("Nobody is told yet");
    const made = await ada.submit("/webhooks", toForm);
    expect([made.status, made.path]).toEqual([200, "/webhooks"]);
    const secret = secretIn(made);
    expect(secret).toBeDefined();
    expect([...ada.cookies.values()].join()).not.toContain("whsec");
    const [{ id }] = await webhooks();
    for (const path of ["/webhooks", `/webhooks/${id}`, `/webhooks/${id}/edit`, `/webhooks/${id}/rotate`]) {
      const page = await ada.get(path);
      expect([page.status, secretIn(page)]).toEqual([200, undefined]);
    }
    expect((await ada.get(`/webhooks/${id}`)).text).toContain("enrollment.*");
  });

  test.each<[string, string[], string[]]>([
    ["everything, and more -> everything", ["*", "message.sent"], ["*"]],
    ["all of a kind, and one of it -> all of the kind", ["message.*", "message.sent"], ["message.*"]],
    ["two of a kind -> those", ["message.sent", "sequence.paused"], ["message.sent", "sequence.paused"]],
  ])("%s", async (_, ticked, kept) => {
    const ada = await visitor();
    await ada.submit("/webhooks", { ...toForm, "events[]": ticked });
    expect((await webhooks())[0].events).toEqual(kept);
  });

  test.each<[string, Record<string, string | string[]>, string]>([
    ["no event", { "events[]": [] }, "events must name one at least"],
    ["an event that is none", { "events[]": ["nothing.*"] }, "must be one of"],
    [
      "events that the dialect has no name for",
      { dialect: "outreach", "events[]": ["message.delivered"] },
      "have no name in",
    ],
    ["a URL that is none", { url: "crm" }, "URL is malformed"],
    ["a URL with a password", { url: "https://a:b@crm.test" }, "URL must not carry credentials"],
    ["a URL that is too long", { url: `https://crm.test/${"x".repeat(2000)}` }, "URL must have at most 2000"],
    ["a dialect that is none", { dialect: "klingon" }, "Words of the body must be one of"],
    ["a description of two lines", { description: "a\nb" }, "Description must be one line"],
  ])("%s -> said at the form, which shows what was entered", async (_, wrong, message) => {
    const ada = await visitor();
    await ada.get("/webhooks/new");
    const again = await ada.submit("/webhooks", { ...toForm, ...wrong });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining(message)]);
    if (wrong.description === undefined) expect(again.html).toContain('value="The CRM"');
    expect(await webhooks()).toEqual([]);
  });
});

describe("one endpoint", () => {
  test("a test -> its page tells what was answered; sent again -> a second call; the list is narrowed by status", async () => {
    const ear = await listen({ events: ["sequence.*"] });
    const ada = await visitor();
    ear.answer = () => new Response("<script>alert('down')</script>", { status: 503 });
    const delivery = await ada.submit(`/webhooks/${ear.id}/test`);
    expect(delivery.text).toContain("webhook.test, number 1");
    await drain();
    const failed = await ada.get(delivery.path);
    expect(failed.text).toMatch(/waiting.*Next call in .* 503/);
    expect(failed.html).not.toContain("<script>alert");
    ear.answer = () => new Response("fine");
    await ada.submit(`${delivery.path}/resend`);
    await drain();
    expect((await ada.get(delivery.path)).text).toMatch(/delivered.* 200 .* 503/);
    expect((await ada.get(`/webhooks/${ear.id}?status=delivered`)).text).toContain("webhook.test");
    expect((await ada.get(`/webhooks/${ear.id}?status=waiting`)).text).toContain("Nothing is waiting");
    expect((await ada.get(`/webhooks/${ear.id}?status=lost`)).status).toBe(400);
  });

  test("a contact's name in the body harms nobody", async () => {
    const { id } = await listen({ events: ["enrollment.*"] });
    const contact = await makeContact({ displayName: "<img src=x onerror=alert(1)>" });
    await enroll((await makeDrip([0])).sequence, contact);
    await settle();
    const ada = await visitor();
    const [, path = ""] =
      /href="([^"]*\/deliveries\/[^"]*)">enrollment.enrolled/.exec((await ada.get(`/webhooks/${id}`)).html) ?? [];
    const { html, text } = await ada.get(path);
    expect(text).toContain("<img src=x onerror=alert(1)>");
    expect(html).not.toContain("<img");
  });

  test("paused -> what happens waits, and the reason is told; resumed -> it is told", async () => {
    const ear = await listen({ events: ["sequence.created"] });
    const ada = await visitor();
    expect((await ada.submit(`/webhooks/${ear.id}/pause`)).text).toContain("paused by hand");
    expect((await webhooks())[0]).toMatchObject({ status: "paused", pauseReason: "paused by hand" });
    await api("POST", "/v1/sequences", { name: "Late" });
    await drain();
    expect(ear.heard).toEqual([]);
    expect((await ada.get("/webhooks")).text).toMatch(/paused sequence.created 1 0/);
    await ada.submit(`/webhooks/${ear.id}/resume`);
    await drain();
    expect(ear.heard.map(({ type }) => type)).toEqual(["sequence.created"]);
  });

  test("paused by itself, and then by hand -> the first reason stays", async () => {
    const ear = await listen();
    ear.answer = () => new Response(null, { status: 410 });
    const ada = await visitor();
    await ada.submit(`/webhooks/${ear.id}/test`);
    await drain();
    await ada.submit(`/webhooks/${ear.id}/pause`);
    expect((await webhooks())[0].pauseReason).toContain("410");
  });

  test("it does not answer well -> the list tells since when", async () => {
    const ear = await listen({ events: ["message.*"] });
    ear.answer = () => new Response(null, { status: 500 });
    const ada = await visitor();
    await ada.submit(`/webhooks/${ear.id}/test`);
    await drain();
    expect((await ada.get("/webhooks")).text).toContain("failing since 2 Jan 2040, 09:00");
  });

  test("edited -> told elsewhere and of other things; a wrong URL -> said at the form", async () => {
    const { id } = await listen();
    const ada = await visitor();
    const { html } = await ada.get(`/webhooks/${id}/edit`);
    expect(html).toMatch(/value="\*" checked/);
    const saved = await ada.submit(`/webhooks/${id}/edit`, { url: "https://b.test/", "events[]": ["message.sent"] });
    expect([saved.path, saved.text]).toEqual([`/webhooks/${id}`, expect.stringContaining("Saved.")]);
    expect((await webhooks())[0]).toMatchObject({
      url: "https://b.test/",
      description: null,
      events: ["message.sent"],
    });
    const again = await ada.submit(`/webhooks/${id}/edit`, { url: "b", "events[]": ["message.sent"] });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining("URL is malformed")]);
  });

  test("a new secret -> shown once, with how long the old one signs; that is told until it does no more", async () => {
    const { id, secret } = await listen();
    const ada = await visitor();
    const made = await ada.submit(`/webhooks/${id}/rotate`, { overlapHours: "24" });
    expect(secretIn(made)).not.toBe(secret);
    expect(made.text).toContain("The old secret signs beside it until 3 Jan 2040, 09:00");
    expect((await ada.get(`/webhooks/${id}`)).text).toContain("The old secret signs until 3 Jan 2040, 09:00");
    travel(25 * 3_600_000);
    const later = await visitor();
    expect((await later.get(`/webhooks/${id}`)).text).not.toContain("The old secret");
    expect((await later.submit(`/webhooks/${id}/rotate`, { overlapHours: "1000" })).status).toBe(400);
  });

  test("deleted, after a question -> gone", async () => {
    const { id } = await listen();
    const ada = await visitor();
    expect((await ada.get(`/webhooks/${id}/delete`)).text).toContain("is told nothing more");
    expect((await ada.submit(`/webhooks/${id}/delete`)).text).toContain("Nobody is told yet");
    expect((await ada.get(`/webhooks/${id}`)).status).toBe(404);
  });
});

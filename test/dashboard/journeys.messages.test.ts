/** A message as it looked: what became of it, and its text, of which nothing may run, load, lead away or be counted. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Visitor, visitor } from "../support/browse";
import { faults, resetCounts } from "../support/faults";
import { chain, makeSequence } from "../support/tree";
import { makeUser } from "../support/users";
import { api, begin, DAY, enroll, idOf, makeContact, makeDrip, OTHER_KEY, pass, settle } from "../support/world";

beforeEach(begin);

const EVIL = "<img src=x onerror=alert(1)>";

/** Sends one mail; returns the path of its page. */
async function sent(body: string, subject = "Hello"): Promise<{ path: string; enrollment: string; sequence: string }> {
  const id = await makeSequence("Mails");
  await chain(id, [{ action: "send_email", label: "One", subject, body }]);
  const contact = await makeContact({ platform: "EMAIL", username: "ada@example.com", displayName: EVIL });
  const enrollment = await enroll(`seq_${id}`, contact, "EMAIL");
  await settle();
  return { path: `/messages/msg_${idOf(enrollment) * 4096 + 1}`, enrollment, sequence: `seq_${id}` };
}

const frameOf = async (ada: Visitor, body: string) => (await ada.get(`${(await sent(body)).path}/html`)).html;

describe("the page", () => {
  test("to whom, from where, when, what about, what became of it, and the frame that nothing gets out of", async () => {
    const { path, enrollment, sequence } = await sent("<p>Hi</p>", `About ${EVIL}`);
    await api("POST", `/v1${path}/events`, { type: "opened" });
    await settle();
    const { html, text, status } = await (await visitor()).get(path);
    expect(status).toBe(200);
    expect(html).not.toContain("<img");
    expect(text).toContain(`To ${EVIL} <ada@example.com>`);
    expect(text).toContain(`Subject About ${EVIL}`);
    expect(text).toMatch(/From .*@.* Written 2 Jan 2040, 09:00 UTC/);
    expect(text).toMatch(/Sent 2 Jan 2040, 09:00 UTC Opened 2 Jan 2040, 09:00 UTC/);
    expect(html).toContain(`<iframe sandbox="" src="${path}/html"`);
    expect(text).toContain("Pictures from elsewhere are left out");
    expect(html).toContain(`/sequences/${sequence}/enrollments/${enrollment}`);
  });

  test("a plain text keeps its lines, and is text", async () => {
    const { sequence, steps } = await makeDrip([0], { status: "DRAFT" });
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[0]}`, {
      messageTemplate: "Hi {{ contact.displayName }},\n\nbye",
    });
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    const enrollment = await enroll(sequence, await makeContact({ displayName: EVIL }));
    await settle();
    const path = `/messages/msg_${idOf(enrollment) * 4096 + 1}`;
    const ada = await visitor();
    const { html } = await ada.get(path);
    expect(html).toContain('<div class="written">Hi &lt;img src=x onerror=alert(1)&gt;,\n\nbye</div>');
    expect(html).not.toContain("<iframe");
    expect((await ada.get(`${path}/html`)).status).toBe(404);
  });

  test("what is no longer kept says so, with what the ledger has of it", async () => {
    const { path, enrollment, sequence } = await sent("Dear Ada, this is long gone");
    await pass(32 * DAY);
    const { text } = await (await visitor()).get(path);
    expect(text).toContain("The content of this message is no longer kept. It began like this: Dear Ada");
    expect([enrollment, sequence]).toHaveLength(2);
  });

  test("whoever looks on reads the ledger's line, and asks no object", async () => {
    const { path } = await sent("<p>Hi</p>");
    const ada = await visitor();
    faults.objectsDown = true;
    resetCounts();
    const { status, text, html } = await ada.get(path, { "x-dripline-live": "1" });
    expect([status, text]).toEqual([200, expect.stringContaining("What became of it Sent 2 Jan")]);
    expect(html).not.toContain("<iframe");
    expect(faults.rowsRead).toBeLessThanOrEqual(3);
  });

  test("others' messages, those that never were, and keys that may not read any", async () => {
    const { path } = await sent("<p>Hi</p>");
    const stranger = await visitor(OTHER_KEY);
    const ada = await visitor();
    const grace = await visitor((await makeUser({ scopes: ["sequences_read", "contacts_read"] })).key);
    for (const page of ["", "/html"]) {
      expect((await stranger.get(`${path}${page}`)).status).toBe(404);
      expect((await ada.get(`/messages/msg_1${page}`)).status).toBe(404);
      expect((await ada.get(`/messages/12${page}`)).status).toBe(400);
      expect((await grace.get(`${path}${page}`)).status).toBe(403);
      expect((await (await visitor(null)).get(`${path}${page}`)).path).toMatch(/^\/sign-in/);
    }
  });

  test("a key that may see messages and no contacts -> no link to him", async () => {
    const { path } = await sent("<p>Hi</p>");
    const grace = await visitor((await makeUser({ scopes: ["messages_read"] })).key);
    const { html, status } = await grace.get(path);
    expect([status, html.includes('href="/contacts/')]).toEqual([200, false]);
  });
});

describe("the frame", () => {
  test("its policy lets nothing run or load, and only pages of ours show it", async () => {
    const { headers, status } = await (await visitor()).get(`${(await sent("<p>Hi</p>")).path}/html`);
    expect(status).toBe(200);
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of ["sandbox;", "default-src 'none'", "img-src data:", "frame-ancestors 'self'"]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toContain("script-src");
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test.each<[string, string, string]>([
    [
      "a link says where it led",
      '<a href="https://a.example/?x=1&amp;y=2">go</a>',
      '<a title="https://a.example/?x=1&amp;y=2">go</a>',
    ],
    ["a picture from elsewhere has its words", '<img alt="A cat" src="https://a.example/c.png">', '<img alt="A cat">'],
    [
      "one in the mail itself stays",
      '<img src="data:image/gif;base64,R0lGOD">',
      '<img src="data:image/gif;base64,R0lGOD">',
    ],
    ["a script is gone", "<p>a</p><script>alert(1)</script>", "<p>a</p>"],
    ["what is done on events", '<p onclick="alert(1)" ONLOAD=x>a</p>', "<p>a</p>"],
    [
      "a form leads nowhere",
      '<form action="https://a.example"><button formaction="https://a.example">x</button></form>',
      "<form ><button >x</button></form>",
    ],
    ["a frame in the frame", '<iframe src="https://a.example"></iframe>b', "b"],
    ["a refresh", '<meta http-equiv="refresh" content="0;url=https://a.example">b', "b"],
    ["a base", '<base href="https://a.example/">b', "b"],
    ["a style from elsewhere", '<link rel="stylesheet" href="https://a.example/s.css">b', "b"],
    [
      "a style that loads",
      `<p style="color:red;background:url('https://a.example/b.png')">a</p>`,
      '<p style="color:red;background:none">a</p>',
    ],
    [
      "a sheet that loads",
      "<style>@import 'https://a.example';p{background:URL( https://a.example/x )}</style>",
      "<style>nonep{background:none}</style>",
    ],
  ])("%s", async (_, body, shown) => {
    const html = await frameOf(await visitor(), body);
    const tidy = (text: string) => text.replaceAll(/\s+>/g, ">");
    expect(tidy(html)).toContain(tidy(shown));
    expect(html).not.toMatch(/(?<!title=")https:\/\/a\.example/);
  });

  test("the link by which he stops the mails is not told, and nothing is counted", async () => {
    const { path } = await sent('<p><a href="{{ unsubscribe_url }}">Stop</a></p>');
    const { html } = await (await visitor()).get(`${path}/html`);
    expect(html).toContain("The recipient's own link");
    expect(html).not.toContain("/t/u/");
    await settle();
    const { body } = await api("GET", `/v1${path}`);
    expect(body.message).toMatchObject({ openedAt: null, clickedAt: null, machineOpenedAt: null });
  });

  test("words of his in it are words", async () => {
    const html = await frameOf(await visitor(), "<p>Hi {{ contact.displayName }}</p>");
    expect(html).toContain("<p>Hi &lt;img src=x onerror=alert(1)&gt;</p>");
  });
});

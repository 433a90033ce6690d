/** One enrollment's page: where it stands and why, what comes next, what has happened, and what may be done about it. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Visitor, visitor } from "../support/browse";
import { faults, resetCounts } from "../support/faults";
import { makeCadence, messageDraft, taskDraft } from "../support/tasks";
import { crowded } from "../support/throttling";
import { chain, makeSequence, plant } from "../support/tree";
import { makeUser } from "../support/users";
import {
  api,
  begin,
  DAY,
  enroll,
  HOUR,
  makeContact,
  makeDrip,
  OTHER_KEY,
  objectOf,
  pass,
  settle,
  travel,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const EVIL = "<img src=x onerror=alert(1)>";

const pathTo = (sequence: string, enrollment: string) => `/sequences/${sequence}/enrollments/${enrollment}`;

/** Of a drip whose first message was sent at once, and whose second is due in a day. */
async function midway(more: Record<string, unknown> = {}) {
  const { sequence } = await makeDrip([0, 24]);
  const contact = await makeContact({ displayName: EVIL, timezone: "Asia/Tokyo", tags: ["vip"], ...more });
  const enrollment = await enroll(sequence, contact);
  await settle();
  return { sequence, contact, enrollment, path: pathTo(sequence, enrollment) };
}

const reply = (text: string, more: object = {}) =>
  api("POST", "/v1/replies", { platform: "TWITTER", from: "ada", text, messageId: text.slice(0, 20), ...more });

describe("what is shown", () => {
  test("who he is, what he waits for and until when, what was sent, and what comes next by his own clock", async () => {
    const { path, contact } = await midway();
    const ada = await visitor();
    const { status, html, text } = await ada.get(path);
    expect(status).toBe(200);
    expect(html).not.toContain("<img");
    expect(text).toContain(`${EVIL} Pause Remove`);
    expect(html).toContain(`href="/contacts/${contact}"`);
    expect(text).toMatch(
      /Waiting for the next step Its delay is not over yet\. Until 3 Jan 2040, 09:00 UTC \( ?in 23 h/,
    );
    expect(text).toContain("Message 2 Asia/Tokyo Tue 3 Jan, 18:00 3 Jan, 09:00 UTC when its delay is over");
    expect(text).toContain("Reached the end");
    expect(text).toMatch(/Sent “Message 1” 2 Jan 2040, 09:00 UTC · The message Message 1 Enrolled/);
    expect(html).toMatch(/href="\/messages\/msg_\d+"/);
  });

  test("opens, clicks and an answer with how it was meant, the newest first", async () => {
    const { path, sequence, enrollment } = await midway({ username: "ada" });
    const { body } = await api("GET", `/v1/messages?enrollment=${enrollment}`);
    const events = `/v1/messages/${body.messages[0].id}/events`;
    await api("POST", events, { type: "opened" });
    await api("POST", events, { type: "clicked", url: "https://example.com/?a=1&b=2" });
    await reply(`Thanks, sounds great! ${EVIL}`);
    await settle();
    const { html, text } = await (await visitor()).get(path);
    const at = [
      "Ended: the contact replied",
      "Replied positive",
      "Clicked a link in “Message 1”",
      "Opened “Message 1”",
    ];
    const places = at.map((words) => text.indexOf(words));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(text).toContain(`Thanks, sounds great! ${EVIL}`);
    expect(text).toContain("https://example.com/?a=1&b=2");
    expect(html).not.toContain("<img");
    expect(text).toContain("Nothing: this journey is over.");
    expect(text).not.toMatch(/Pause|Remove|Resume|Try again/);
    expect((await (await visitor()).get(`${pathTo(sequence, enrollment)}/exit`)).path).toBe(path);
  });

  test("what lies ahead goes both ways from a condition", async () => {
    const sequence = await makeSequence("Forked");
    const mail = (subject: string) => ({ action: "send_email", label: subject, subject, body: "<p>Hi</p>" });
    await plant(sequence, mail("First"));
    const asked = { action: "condition", label: "Read it?", condition_setting: "any_email_opened", delay: 3600 };
    const { yes, no } = await plant(sequence, asked);
    await chain(sequence, [mail("To readers")], yes);
    await chain(sequence, [mail("To others")], no);
    const contact = await makeContact({ platform: "EMAIL", username: "ada@example.com" });
    const enrollment = await enroll(`seq_${sequence}`, contact, "EMAIL");
    await settle();
    const { text } = await (await visitor()).get(pathTo(`seq_${sequence}`, enrollment));
    expect(text).toMatch(/Read it\? Yes Decided → yes .* To readers .* No Decided → no .* To others/);
  });

  test.each<[string, (at: Awaited<ReturnType<typeof midway>>) => Promise<unknown>, RegExp]>([
    [
      "a sequence that is paused",
      ({ sequence }) => api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" }),
      /Held up: the sequence is not active .* goes on when the sequence is activated/,
    ],
    [
      "a channel that is paused",
      () => api("POST", "/v1/channels/TWITTER/pause", {}),
      /Held up: the channel is paused .* when that is resumed/,
    ],
  ])("%s -> says so, and what helps", async (_, harm, words) => {
    const at = await midway();
    await harm(at);
    await pass(2 * DAY);
    const { text } = await (await visitor()).get(at.path);
    expect(text).toMatch(words);
    expect(text).toMatch(/What comes next .* Message 2/);
  });

  test("who waits at a throttle -> cannot be paused, and what would come is told all the same", async () => {
    const { sequence, second } = await crowded(2);
    const { text } = await (await visitor()).get(pathTo(sequence, second));
    expect(text).toMatch(/ Remove active .* Waiting to be let in .* Message 1 .* Reached the end/);
    expect(text).not.toContain("Pause");
  });

  test("a task -> that a person must act, and what follows once it is done", async () => {
    const { sequence } = await makeCadence(taskDraft({ note: EVIL }), messageDraft("After the call"));
    const enrollment = await enroll(sequence);
    await settle();
    const { text, html } = await (await visitor()).get(pathTo(sequence, enrollment));
    expect(text).toMatch(/Waiting for a person A call task must be completed\. It goes on when the task is done/);
    expect(text).toMatch(/What comes next .* After the call .* Given to a person: make a call/);
    expect(html).not.toContain("<img");
  });

  test("a contact who was erased -> ids and times are left", async () => {
    const { path, contact } = await midway();
    await api("DELETE", `/v1/contacts/${contact}`);
    await settle();
    const { status, text } = await (await visitor()).get(path);
    expect([status, text]).toEqual([200, expect.stringContaining("This contact was erased")]);
    expect(text).not.toContain(EVIL);
  });

  test("a long history comes in pages", async () => {
    const { path, enrollment } = await midway();
    const { body } = await api("GET", `/v1/messages?enrollment=${enrollment}`);
    for (let i = 0; i < 55; i++) {
      const url = `https://example.com/${i}`;
      await api("POST", `/v1/messages/${body.messages[0].id}/events`, { type: "clicked", url });
    }
    const ada = await visitor();
    const first = await ada.get(path);
    expect(first.text).toContain("Page 1 of 2 (57 in all)");
    expect(first.text).not.toContain("Enrolled 2 Jan");
    expect(first.html.length).toBeLessThan(100_000);
    expect((await ada.get(`${path}?page=2`)).text).toContain("Enrolled 2 Jan");
    expect((await ada.get(`${path}?page=0`)).status).toBe(400);
  });
});

describe("what may be done", () => {
  test("pause, resume, and remove once it was confirmed", async () => {
    const { path } = await midway();
    const ada = await visitor();
    await ada.get(path);
    const paused = await ada.submit(`${path}/pause`);
    expect(paused.path).toBe(path);
    expect(paused.text).toMatch(/Nothing is sent until it is resumed\. .* Resume Remove .* Paused Somebody paused it/);
    await pass(8 * HOUR);
    expect((await ada.get(path)).text).toContain("Message 2 Asia/Tokyo");
    const resumed = await ada.submit(`${path}/resume`);
    expect(resumed.text).toMatch(/Resumed\. .* Pause Remove/);
    const asked = await ada.get(`${path}/exit`);
    expect(asked.text).toContain(`Remove ${EVIL}?`);
    expect(asked.html).not.toContain("<img");
    const gone = await ada.submit(`${path}/exit`);
    expect([gone.path, gone.text]).toEqual([path, expect.stringContaining("Ended: removed from the sequence")]);
    const again = await ada.submit(`${path}/exit`);
    expect(again.text).toContain("already ended");
  });

  test("one that failed says why, is tried again, and goes on", async () => {
    let answer = 422;
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: answer }));
    await api("PUT", "/v1/channels/LINKEDIN", { kind: "webhook", url: "https://example.com/hook" });
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence, await makeContact({ platform: "LINKEDIN" }), "LINKEDIN");
    await settle();
    const path = pathTo(sequence, enrollment);
    const ada = await visitor();
    const failed = await ada.get(path);
    expect(failed.text).toMatch(
      /Try again failed .* Failed The endpoint answered 422\. .* “Message 1” could not be sent/,
    );
    expect(failed.text).not.toMatch(/Pause|Remove/);
    answer = 200;
    expect((await ada.submit(`${path}/retry`)).text).toMatch(/Pause Remove .* Taken up again after the failure/);
    await settle();
    expect((await ada.get(path)).text).toMatch(/Waiting for the next step .* Sent “Message 1”/);
  });

  test("a key that may only read sees nothing to press, and can press nothing", async () => {
    const { path } = await midway();
    const reader = await makeUser({ scopes: ["sequences_read"] });
    const grace = await visitor(reader.key);
    const page = await grace.get(path);
    expect(page.text).not.toMatch(/Pause|Remove/);
    // Whom he is in touch with otherwise, and what he answered, is told by other scopes.
    expect(page.html).not.toMatch(/href="\/(contacts\/|messages\/)/);
    expect(page.text).not.toContain("vip");
    expect((await grace.get(`${path}/exit`)).status).toBe(403);
    expect((await grace.submit(`${path}/pause`)).text).toContain("sequences_write");
    expect((await api("GET", `/v1${path}`)).body.enrollment.paused).toBe(false);
  });

  test("what others have, and what never was, is not there", async () => {
    const { path, sequence, enrollment } = await midway();
    const other = await makeDrip([0]);
    const stranger = await visitor(OTHER_KEY);
    const ada = await visitor();
    for (const verb of ["", "/exit"]) {
      expect((await stranger.get(`${path}${verb}`)).status).toBe(404);
      expect((await ada.get(`${pathTo(other.sequence, enrollment)}${verb}`)).status).toBe(404);
      expect((await ada.get(`${pathTo(sequence, "enroll_999999")}${verb}`)).status).toBe(404);
      expect((await ada.get(`${pathTo(sequence, "12")}${verb}`)).status).toBe(400);
    }
    for (const verb of ["pause", "resume", "exit", "retry"]) {
      expect((await stranger.submit(`${path}/${verb}`)).text).toContain("not found");
      expect((await ada.submit(`${path}/${verb}`, { csrf: "made up" })).status).toBe(403);
    }
    expect((await api("GET", `/v1${path}`)).body.enrollment).toMatchObject({ status: "ACTIVE", paused: false });
  });
});

describe("looking on", () => {
  const markIn = ({ html }: { html: string }) => /data-mark="([^"]+)"/.exec(html)?.[1] ?? "";
  const look = (ada: Visitor, path: string, mark: string) => ada.get(path, { "x-dripline-live": mark });

  test("nothing has moved -> three rows, and no object is asked; it has -> the page as it is now", async () => {
    const { path } = await midway();
    const ada = await visitor();
    const mark = markIn(await ada.get(path));
    faults.objectsDown = true;
    resetCounts();
    const same = await look(ada, path, mark);
    expect(same.status).toBe(200);
    expect(same.html).not.toContain("data-live");
    expect(faults.rowsRead).toBeLessThanOrEqual(3);
    faults.objectsDown = false;
    await api("POST", `/v1${path}/pause`);
    const moved = await look(ada, path, mark);
    expect(moved.text).toContain("Paused by hand");
    expect(markIn(moved)).not.toBe(mark);
  });

  test("once a minute the object of one under way is asked, for what it waits for may have changed unseen", async () => {
    const { path } = await midway();
    const ada = await visitor();
    const mark = markIn(await ada.get(path));
    travel(61_000);
    expect((await look(ada, path, mark)).html).toContain("data-live");
  });

  test("of one that has ended nobody asks again", async () => {
    const { path } = await midway();
    await api("DELETE", `/v1${path}`);
    await settle();
    const ada = await visitor();
    const mark = markIn(await ada.get(path));
    travel(HOUR);
    expect((await look(ada, path, mark)).html).not.toContain("data-live");
  });

  test("one that was freed tells what was kept of it, and is begun anew by nobody who looks", async () => {
    const { path, enrollment } = await midway();
    await api("DELETE", `/v1${path}`);
    await settle();
    await pass(32 * DAY);
    expect(await objectOf(enrollment).view()).toBeNull();
    const { text } = await (await visitor()).get(path);
    expect(text).toMatch(/Ended: removed from the sequence .* Sent “Message 1” .* Message 1 Enrolled/);
    expect(await objectOf(enrollment).view()).toBeNull();
  });
});

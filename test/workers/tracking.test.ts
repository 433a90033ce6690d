/** Opens and clicks, counted right: told twice, at once, by machines, late, and while the world is broken. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tracked } from "../../src/channels/email/links";
import { faults, resetCounts } from "../support/faults";
import { mailsOf, sendAs } from "../support/mail";
import { BROWSER, linkOf, PUBLIC, pixelOf, SCANNER, SECRET, visit } from "../support/reader";
import { chain, type Form, makeSequence, plant, storyOf, subscribe } from "../support/tree";
import {
  api,
  begin,
  deliver,
  drain,
  evict,
  historyOf,
  idOf,
  type Json,
  pass,
  ring,
  rowOf,
  settle,
  stateOf,
  travel,
  writesOf,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const ADA = "ada@example.com";
const mail = (label: string): Form => ({ action: "send_email", label, body: label });
const [A, B] = ["https://a.example/", "https://b.example/"];
const YES = ["First: sent", "Asked: true", "Yes: sent", "completed"];
const NO = ["First: sent", "Asked: false", "No: sent", "completed"];

interface Journey {
  sequence: number;
  enrollment: string;
  message: number;
}

/** A mail, a condition that waits a day, and a mail in each branch; a minute after the first was sent. */
async function plantAll(condition: string): Promise<Journey> {
  const sequence = await makeSequence("Asks");
  const asked = { action: "condition", label: "Asked", wait_up_to: 86_400, condition_setting: condition };
  const asks = await chain(sequence, [mail("First"), asked]);
  await plant(sequence, mail("Yes"), asks.yes);
  await plant(sequence, mail("No"), asks.no);
  return sentIn(sequence);
}

async function sentIn(sequence: number, email = ADA): Promise<Journey> {
  const enrollment = await subscribe(sequence, email);
  await settle();
  await pass(60_000);
  return { sequence, enrollment, message: idOf(enrollment) * 4096 + 1 };
}

async function shown({ message }: Journey): Promise<Json> {
  return (await api("GET", `/v1/messages/msg_${message}`)).body.message;
}

async function mailing({ message }: Journey): Promise<Json> {
  return (await api("GET", `/api/v2/mailings/${message}`)).body.data.attributes;
}

async function counted({ sequence }: Journey): Promise<[number, number]> {
  const { openCount, clickCount } = (await api("GET", `/api/v2/sequences/${sequence}`)).body.data.attributes;
  return [openCount, clickCount];
}

const notedOf = async ({ enrollment }: Journey) => (await historyOf(enrollment)).filter(({ what }) => what === "noted");

describe("conditions that wait", () => {
  test("a picture is loaded -> decided at once", async () => {
    const journey = await plantAll("any_email_opened");
    await visit(await pixelOf(journey.message));
    await settle();
    expect(await storyOf(journey.sequence, journey.enrollment)).toEqual(YES);
  });

  test.each(["any_email_clicked", "previous_email_clicked", "any_email_opened"])(
    "a link is followed -> %s is decided within a second",
    async (condition) => {
      const journey = await plantAll(condition);
      await visit(await linkOf(journey.message, A));
      travel(1000);
      await settle();
      expect(await storyOf(journey.sequence, journey.enrollment)).toEqual(YES);
    },
  );

  test("machines open and click -> decided as if nobody had", async () => {
    const journey = await plantAll("any_email_opened");
    await visit(await pixelOf(journey.message), { headers: { "user-agent": "Mozilla/5.0" } });
    await visit(await linkOf(journey.message, A), { headers: SCANNER });
    await visit(await linkOf(journey.message, B), { headers: { ...BROWSER, "sec-purpose": "prefetch" } });
    await pass(23 * 3_600_000);
    expect(await rowOf(journey.enrollment)).toMatchObject({ state: "waiting", why: "condition" });
    await pass(2 * 3_600_000);
    expect(await storyOf(journey.sequence, journey.enrollment)).toEqual(NO);
    expect(await shown(journey)).toMatchObject({ openedAt: null, clickedAt: null, clicks: 0 });
    expect(await shown(journey)).toMatchObject({
      machineOpenedAt: "2040-01-02T09:01:00Z",
      machineClickedAt: "2040-01-02T09:01:00Z",
    });
    expect(await counted(journey)).toEqual([0, 0]);
  });

  test("two links within a second, by what looks like a person -> a machine; a person after it decides", async () => {
    const journey = await plantAll("any_email_clicked");
    await Promise.all([visit(await linkOf(journey.message, A)), visit(await linkOf(journey.message, B))]);
    await pass(5000);
    expect(await rowOf(journey.enrollment)).toMatchObject({ state: "waiting", why: "condition" });
    await visit(await linkOf(journey.message, B));
    await pass(1000);
    expect(await storyOf(journey.sequence, journey.enrollment)).toEqual(YES);
    expect(await shown(journey)).toMatchObject({ clicks: 1, machineClickedAt: expect.any(String) });
  });
});

describe("counted once", () => {
  test("each link once and each opening once, however often and at once", async () => {
    const journey = await plantAll("any_email_clicked");
    const pixel = await pixelOf(journey.message);
    await Promise.all(Array.from({ length: 10 }, () => visit(pixel)));
    for (const url of [A, B]) {
      const link = await linkOf(journey.message, url);
      await Promise.all(Array.from({ length: 10 }, () => visit(link)));
      await pass(1500);
      await visit(link);
      await pass(1500);
    }
    expect(await notedOf(journey)).toMatchObject([
      { fact: "opened" },
      { fact: "clicked", url: A, clicks: 1 },
      { fact: "clicked", url: B, clicks: 2 },
    ]);
    expect(await shown(journey)).toMatchObject({ clicks: 2 });
    expect(await mailing(journey)).toMatchObject({ openCount: 1, clickCount: 2, state: "opened" });
    expect(await counted(journey)).toEqual([1, 1]);
  });

  test("the queue of facts brings them twice and in any order -> the same counts", async () => {
    const journey = await plantAll("any_email_clicked");
    const told: typeof faults.letters = [];
    for (const url of [A, B]) {
      await visit(await linkOf(journey.message, url));
      travel(1100);
      await ring(journey.enrollment);
      told.push(...faults.letters.splice(0));
    }
    for (const letter of [...told].reverse()) await deliver([letter, letter]);
    await drain();
    await settle();
    expect(await shown(journey)).toMatchObject({ clicks: 2 });
    expect(await counted(journey)).toEqual([1, 1]);
  });

  test("a click on a mail of a journey that has ended -> counts still", async () => {
    const journey = await plantAll("any_email_clicked");
    await api("DELETE", `/v1/sequences/seq_${journey.sequence}/enrollments/${journey.enrollment}`);
    await settle();
    await visit(await linkOf(journey.message, A));
    await visit(await pixelOf(journey.message));
    await pass(60_000);
    expect(await shown(journey)).toMatchObject({ clicks: 1, openedAt: expect.any(String) });
    expect(await rowOf(journey.enrollment)).toMatchObject({ state: "ended", why: "removed" });
  });

  test("the object is dropped from memory while a click is in doubt -> counts all the same", async () => {
    const journey = await plantAll("any_email_clicked");
    await visit(await linkOf(journey.message, A));
    await evict(journey.enrollment);
    await pass(2000);
    expect(await storyOf(journey.sequence, journey.enrollment)).toEqual(YES);
  });

  test("an erased contact -> counts, and no word of where he went is kept", async () => {
    const journey = await plantAll("any_email_clicked");
    const contact = (await api("GET", `/v1/contacts?search=${ADA}`)).body.contacts[0].id;
    const personal = "https://a.example/?email=ada@example.com";
    await visit(await linkOf(journey.message, personal));
    await api("DELETE", `/v1/contacts/${contact}`);
    await settle();
    await pass(2000);
    const link = await linkOf(journey.message, `${personal}&again`);
    expect((await visit(link)).headers.get("location")).toBe(`${personal}&again`);
    await pass(2000);
    expect((await notedOf(journey)).map((entry) => entry.what === "noted" && [entry.fact, entry.url])).toEqual([
      ["clicked", null],
      ["clicked", null],
    ]);
    expect(JSON.stringify(await stateOf(journey.enrollment))).not.toContain("ada@");
  });
});

describe("out of reach", () => {
  const quiet = () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
  };

  test("the object -> the link leads on, and the click waits in the queue for it", async () => {
    quiet();
    const journey = await plantAll("any_email_clicked");
    faults.objectsDown = true;
    const response = await visit(await linkOf(journey.message, A));
    expect(response.headers.get("location")).toBe(A);
    await visit(await pixelOf(journey.message));
    expect(faults.letters.map(({ queue }) => queue)).toEqual(["dripline-replies", "dripline-replies"]);
    await deliver(faults.letters.splice(0));
    expect(faults.letters).toHaveLength(2); // put back
    faults.objectsDown = false;
    await pass(3_600_000);
    expect(await storyOf(journey.sequence, journey.enrollment)).toEqual(YES);
    // It counts as of when it was made.
    expect(await shown(journey)).toMatchObject({ clickedAt: "2040-01-02T09:01:00Z", openedAt: "2040-01-02T09:01:00Z" });
  });

  test("D1 -> the link leads on, and the journey hears of it all the same", async () => {
    quiet();
    const journey = await plantAll("any_email_clicked");
    faults.failSql = /./;
    expect((await visit(await linkOf(journey.message, A))).headers.get("location")).toBe(A);
    await visit(await pixelOf(journey.message));
    travel(1100);
    await ring(journey.enrollment); // nothing can be gathered: it is put off
    expect(await notedOf(journey)).toMatchObject([{ fact: "opened" }]);
    faults.letters = [];
    faults.failSql = null;
    await pass(120_000, 60_000);
    expect(await storyOf(journey.sequence, journey.enrollment)).toEqual(YES);
    expect(await shown(journey)).toMatchObject({ clicks: 1, clickedAt: "2040-01-02T09:01:00Z" });
  });

  test("the object and the queue, for a moment -> told once more a little later", async () => {
    quiet();
    const journey = await plantAll("any_email_clicked");
    faults.objectsDown = true;
    faults.queuesDown.add("replies");
    const visiting = visit(await linkOf(journey.message, A));
    await scheduler.wait(200);
    faults.objectsDown = false;
    expect((await visiting).headers.get("location")).toBe(A);
    await pass(2000);
    expect(await storyOf(journey.sequence, journey.enrollment)).toEqual(YES);
  });

  test("all of it -> the link leads on, without waiting for anything", async () => {
    quiet();
    const link = await linkOf((await plantAll("any_email_clicked")).message, A);
    faults.objectsDown = true;
    faults.stalled = true;
    const response = await visit(link, { only: "answer" });
    faults.stalled = false;
    expect(response.headers.get("location")).toBe(A);
  });

  test.each([{ fact: "bounced" }, { by: "somebody" }, { when: "now" }, { enrollment: 0 }, { v: 2 }])(
    "a message on the queue that is none: %j -> put back, until it is buried",
    async (over) => {
      quiet();
      const trace = {
        v: 1,
        kind: "trace",
        workspaceId: 1,
        enrollment: 7,
        message: 28_673,
        fact: "opened",
        url: null,
        by: "browser",
        when: 0,
      };
      await deliver([{ queue: "dripline-replies", body: { ...trace, ...over } }]);
      expect(faults.letters).toHaveLength(1);
      faults.letters = [];
    },
  );

  test("a message on the queue of another workspace's journey -> nothing happens", async () => {
    const journey = await plantAll("any_email_clicked");
    const { message } = journey;
    const trace = {
      v: 1,
      kind: "trace",
      workspaceId: 2,
      enrollment: idOf(journey.enrollment),
      message,
      fact: "opened",
      url: null,
      by: "browser",
      when: 0,
    };
    await deliver([{ queue: "dripline-replies", body: trace }]);
    await settle();
    expect(await notedOf(journey)).toEqual([]);
  });
});

test("what was put into a mail leads back to it: a sequence that tracks both, from its claim to its counts", async () => {
  await sendAs("ada@example.com");
  const sequence = await makeSequence("Tracked", { track_opens: true, track_clicks: true });
  const body = `<p><a href="https://a.example/?to={{ email }}&amp;x=1">A</a> <a href="{{ unsubscribe_url }}">Stop</a></p>`;
  await chain(sequence, [
    { ...mail("First"), body },
    { action: "delay", label: "Long", delay: 864_000 },
  ]);
  const journey = await sentIn(sequence);
  const [content] = await mailsOf(journey.enrollment);
  if (!content?.mail) throw new Error("no mail went out");
  const html = await tracked(content.body, content.mail, { secret: SECRET, publicUrl: PUBLIC });
  const [link = "", stop = ""] = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
  const [, picture = ""] = /<img src="([^"]+)"/.exec(html) ?? [];
  expect(stop).toBe(content.mail.unsubscribeUrl);
  expect((await visit(link)).headers.get("location")).toBe("https://a.example/?to=ada@example.com&x=1");
  await visit(picture);
  await pass(1500);
  expect(await mailing(journey)).toMatchObject({ openCount: 1, clickCount: 1, trackOpens: true, trackLinks: true });
  expect(await counted(journey)).toEqual([1, 1]);
});

test("rows: an open and a click, a machine's, and one that has counted", async () => {
  const sequence = await makeSequence("Rows");
  await chain(sequence, [mail("First"), { action: "delay", label: "Long", delay: 864_000 }]);
  const journey = await sentIn(sequence);
  const costs: Record<string, { object: number; d1: number; read: number }> = {};
  const cost = async (name: string, deed: () => Promise<unknown>) => {
    resetCounts();
    const { object } = await writesOf(journey.enrollment, async () => {
      await deed();
    });
    const door = faults.rowsRead;
    await drain();
    costs[name] = { object: object + 1, d1: faults.rowsWritten, read: door };
  };
  await cost("machine's open", async () => visit(await pixelOf(journey.message), { headers: SCANNER }));
  await cost("open", async () => visit(await pixelOf(journey.message)));
  await cost("open again", async () => visit(await pixelOf(journey.message)));
  await cost("click", async () => visit(await linkOf(journey.message, A)));
  travel(1100);
  await cost("click settled", () => ring(journey.enrollment));
  await cost("click again", async () => visit(await linkOf(journey.message, A)));
  console.info("rows", costs);
  expect(costs.open).toEqual({ object: 3, d1: expect.any(Number), read: 0 });
  expect(costs.open?.d1).toBeLessThanOrEqual(8);
  expect(costs["open again"]).toEqual({ object: 1, d1: 0, read: 0 });
  expect(costs["click again"]).toEqual({ object: 1, d1: 0, read: 0 });
});

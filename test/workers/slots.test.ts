/** Mails that wait for a slot of their mailbox: in order, in the hours they may go, and given back when nobody needs them. */
import { env } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { chooseMailbox } from "../../src/domain/mailbox";
import { messageId } from "../../src/domain/message";
import type { Sender } from "../../src/sender/object";
import { faults, resetCounts, until } from "../support/faults";
import {
  alarmOf,
  api,
  begin,
  crash,
  DAY,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  makeMailbox,
  objectOf,
  pass,
  ring,
  rowOf,
  START,
  sentTo,
  settle,
  show,
  stateOf,
  sweep,
  travel,
  writesOf,
} from "../support/world";

beforeEach(begin);

const MIDNIGHT = Date.UTC(2040, 0, 3);

let people = 0;

/** So many who are in a sequence of mails that are due as the delays say, each having asked before the next. */
async function crowd(sequence: string, count: number): Promise<string[]> {
  const all: string[] = [];
  for (let i = 0; i < count; i++) {
    people += 1;
    const contact = await makeContact({ email: `waits${people}@example.com` });
    all.push(await enroll(sequence, contact, "EMAIL"));
    await settle();
  }
  return all;
}

const counts = async (all: string[]) => (await Promise.all(all.map(sentTo))).map(({ length }) => length);
const sentToday = async (mailbox: string) =>
  (await api("GET", `/v1/mailboxes/${mailbox}`)).body.mailbox.sentToday as number | null;

function senderOf(mailbox: string): DurableObjectStub<Sender> {
  const senders = env.SENDERS as DurableObjectNamespace<Sender>;
  return senders.get(senders.idFromName(String(idOf(mailbox))));
}

/** When a message that nobody sends might go: what it finds tells what the others have. */
async function probe(mailbox: string, dailyLimit: number, at = Date.now()): Promise<number | null> {
  const limits = { daily: dailyLimit, rate: null, warmup: null, zone: "UTC" };
  const now = { wall: at, journey: at, speed: 1 };
  const found = await senderOf(mailbox).ask({ message: messageId(999_999, 1), notBefore: at, limits, asOf: 0, now });
  await senderOf(mailbox).giveBack({ enrollment: 999_999, claimed: 0 });
  return found;
}

/** What is given back is given back beside the turn: until it has come there. */
async function probeUntil(mailbox: string, dailyLimit: number, expected: number | null): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    if ((await probe(mailbox, dailyLimit)) === expected) return;
    await scheduler.wait(5);
  }
  throw new Error("it was not given back");
}

describe("at most so many a day", () => {
  test("seven, three a day -> in the order in which they asked, each with one alarm, at its slot", async () => {
    const mailbox = await makeMailbox({ email: "ada@x.example", dailyLimit: 3 });
    const { sequence } = await makeDrip([0]);
    const all = await crowd(sequence, 7);
    expect(await counts(all)).toEqual([1, 1, 1, 0, 0, 0, 0]);
    expect(await sentToday(mailbox)).toBe(3);
    const fourth = all[3] ?? "";
    const { waiting, status } = await show(sequence, fourth);
    const detail = "the mailbox ada@x.example has no slot sooner";
    expect([status, waiting]).toEqual(["ACTIVE", { for: "mailbox", until: "2040-01-03T00:00:00Z", detail }]);
    expect(await rowOf(fourth)).toMatchObject({ state: "waiting", why: "slot", wake_by: MIDNIGHT });
    expect(await alarmOf(objectOf(fourth))).toBe(MIDNIGHT);
    await pass(MIDNIGHT - Date.now());
    expect(await counts(all)).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(await sentToday(mailbox)).toBe(3);
    await pass(DAY);
    expect(await counts(all)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    for (const enrollment of all) expect((await rowOf(enrollment)).why).toBe("completed");
  });

  test("who waits is left alone by the sweep until then, and found by it after", async () => {
    await makeMailbox({ dailyLimit: 1 });
    const { sequence } = await makeDrip([0]);
    const [, second = ""] = await crowd(sequence, 2);
    travel(10 * 60_000);
    await sweep();
    expect(faults.letters).toEqual([]);
    travel(DAY);
    await sweep();
    expect(faults.letters.map(({ body }) => (body as Json).enrollments)).toEqual([[idOf(second)]]);
  });

  test("a limit that is raised, or taken away, wakes those who wait", async () => {
    const mailbox = await makeMailbox({ dailyLimit: 1 });
    const { sequence } = await makeDrip([0]);
    const all = await crowd(sequence, 5);
    travel(1000);
    await api("PATCH", `/v1/mailboxes/${mailbox}`, { dailyLimit: 3 });
    await settle();
    expect(await counts(all)).toEqual([1, 1, 1, 0, 0]);
    travel(1000);
    await api("PATCH", `/v1/mailboxes/${mailbox}`, { dailyLimit: null });
    await settle();
    expect(await counts(all)).toEqual([1, 1, 1, 1, 1]);
    expect(await sentToday(mailbox)).toBe(5);
  });

  test("another mailbox that is made takes those of the waiting whose lot it is", async () => {
    const full = await makeMailbox({ dailyLimit: 1 });
    const { sequence } = await makeDrip([0]);
    const [first = "", ...waiting] = await crowd(sequence, 8);
    const mailboxes = [full, await makeMailbox()].map((id) => ({ id: idOf(id), pausedAt: null }));
    await settle();
    const lots = waiting.map((one) => chooseMailbox(mailboxes, { enrollment: idOf(one), own: [] })?.id);
    expect(await counts([first, ...waiting])).toEqual([1, ...lots.map((id) => (id === idOf(full) ? 0 : 1))]);
  });

  test("two mails of one journey count as two; a rate keeps them apart", async () => {
    const mailbox = await makeMailbox({ rate: { messages: 1, seconds: 600 } });
    const { sequence } = await makeDrip([0, 0]);
    const [enrollment = ""] = await crowd(sequence, 1);
    expect(await counts([enrollment])).toEqual([1]);
    await pass(630_000);
    expect(await counts([enrollment])).toEqual([2]);
    expect(await sentToday(mailbox)).toBe(2);
  });
});

describe("in the hours of the schedule", () => {
  const OFFICE = [1, 2, 3, 4, 5].map((day) => ({ day, from: "09:00", to: "17:00" }));

  test("whoever finds no slot today has one at the next opening, not in the night or at the weekend", async () => {
    await makeMailbox({ dailyLimit: 2 });
    const { body } = await api("POST", "/v1/schedules", { name: "Office", timezone: "UTC", openings: OFFICE });
    const { sequence } = await makeDrip([0], { scheduleId: body.schedule.id });
    travel(3 * DAY); // Thursday, at nine
    const all = await crowd(sequence, 8);
    const slots = await Promise.all(
      all.slice(2).map(async (enrollment) => (await show(sequence, enrollment)).waiting.until),
    );
    const days = ["2040-01-06", "2040-01-06", "2040-01-09", "2040-01-09", "2040-01-10", "2040-01-10"];
    expect(slots).toEqual(days.map((day) => `${day}T09:00:00Z`));
    const went: number[] = [];
    for (let day = 0; day < 7; day++) {
      const before = (await counts(all)).reduce((a, b) => a + b);
      await pass(DAY, HOUR);
      went.push((await counts(all)).reduce((a, b) => a + b) - before);
    }
    expect(went).toEqual([2, 0, 0, 2, 2, 0, 0]);
  });

  test("a slot that would come after closing time is none: the next opening", async () => {
    await makeMailbox({ rate: { messages: 1, seconds: 7200 } });
    const { body } = await api("POST", "/v1/schedules", { name: "Office", timezone: "UTC", openings: OFFICE });
    const { sequence } = await makeDrip([0], { scheduleId: body.schedule.id });
    travel(7 * HOUR);
    const [, second = "", third = ""] = await crowd(sequence, 3);
    const until = async (enrollment: string) => (await show(sequence, enrollment)).waiting.until;
    expect([await until(second), await until(third)]).toEqual(["2040-01-03T09:00:00Z", "2040-01-03T11:06:00Z"]);
    await pass(17 * HOUR, HOUR);
    expect(await counts([second, third])).toEqual([1, 0]);
    await pass(3 * HOUR, HOUR);
    expect(await counts([second, third])).toEqual([1, 1]);
  });
});

describe("what is given back", () => {
  async function twoWait() {
    const mailbox = await makeMailbox({ dailyLimit: 1 });
    const { sequence } = await makeDrip([0]);
    const [, second = "", third = ""] = await crowd(sequence, 3);
    return { mailbox, sequence, second, third };
  }

  test("on exit -> whoever asks next has the slot, and those who waited keep theirs", async () => {
    const { mailbox, sequence, second, third } = await twoWait();
    expect(await probe(mailbox, 1)).toBe(MIDNIGHT + 2 * DAY);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${second}`);
    await probeUntil(mailbox, 1, MIDNIGHT);
    expect((await show(sequence, third)).waiting.until).toBe("2040-01-04T00:00:00Z");
  });

  test("under a pause, and asked for anew when it is over", async () => {
    const { mailbox, sequence, second } = await twoWait();
    const path = `/v1/sequences/${sequence}/enrollments/${second}`;
    await api("POST", `${path}/pause`);
    await probeUntil(mailbox, 1, MIDNIGHT);
    await api("POST", `${path}/resume`);
    await settle();
    expect((await show(sequence, second)).waiting.until).toBe("2040-01-03T00:00:00Z");
  });

  test("when the step is put off, or the sequence is paused", async () => {
    const { mailbox, sequence, second } = await twoWait();
    const { body } = await api("GET", `/v1/sequences/${sequence}/steps`);
    await api("PATCH", `/v1/sequences/${sequence}/steps/${body.steps[0].id}`, { delayHours: 72 });
    await settle();
    await probeUntil(mailbox, 1, MIDNIGHT);
    expect((await show(sequence, second)).waiting.for).toBe("delay");
  });

  test("by whom the mailbox that is gone had them: he asks the next one", async () => {
    const { mailbox, sequence, second } = await twoWait();
    const other = await makeMailbox({ dailyLimit: 5 });
    await api("DELETE", `/v1/mailboxes/${mailbox}`);
    await settle();
    expect([await counts([second]), await sentToday(other)]).toEqual([[1], 2]);
    expect((await show(sequence, second)).status).toBe("COMPLETED");
  });

  test("it fails -> the slot is nobody's on its day, and everybody comes to his turn all the same", async () => {
    const { mailbox, sequence, second, third } = await twoWait();
    faults.sendersDown = true;
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${second}`);
    await settle();
    faults.sendersDown = false;
    expect(await probe(mailbox, 1)).toBe(MIDNIGHT + 2 * DAY);
    await pass(MIDNIGHT - Date.now() + DAY, HOUR);
    expect([await counts([third]), await sentToday(mailbox)]).toEqual([[1], 1]);
  });

  test.each([
    ["exit", { kind: "exit", why: "removed" }],
    ["pause", { kind: "pause", why: "manual" }],
  ] as const)("asked for a mail that a %s overtakes", async (_, event) => {
    const mailbox = await makeMailbox({ dailyLimit: 1 });
    const { sequence } = await makeDrip([1]);
    const [enrollment = ""] = await crowd(sequence, 1);
    const { trip } = await stateOf(enrollment);
    travel(HOUR);
    // It overtakes the mail while the answer about its slot is under way.
    faults.lateSenders = true;
    const rung = ring(enrollment);
    await until(() => faults.asked > 0);
    await objectOf(enrollment).command(trip, event, { wall: Date.now(), journey: Date.now(), speed: 1 });
    faults.lateSenders = false;
    await rung;
    expect(await sentTo(enrollment)).toEqual([]);
    await probeUntil(mailbox, 1, null);
  });
});

describe("faults", () => {
  test("the mailbox's object does not answer -> no turn, tried again soon, and nothing is lost", async () => {
    await makeMailbox({ dailyLimit: 5 });
    const { sequence } = await makeDrip([1]);
    const [enrollment = ""] = await crowd(sequence, 1);
    faults.sendersDown = true;
    travel(HOUR);
    await ring(enrollment);
    expect(await sentTo(enrollment)).toEqual([]);
    expect((await alarmOf(objectOf(enrollment))) ?? Infinity).toBeLessThan(Date.now() + 3000);
    const { mailbox } = (await api("GET", "/v1/mailboxes")).body.mailboxes.map((mailbox: Json) => ({ mailbox }))[0];
    expect(mailbox.sentToday).toBeNull();
    faults.sendersDown = false;
    await pass(5000);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("a crash between the slot and the claim -> it goes by the same slot, counted once", async () => {
    const mailbox = await makeMailbox({ dailyLimit: 1 });
    const { sequence } = await makeDrip([1]);
    const [enrollment = ""] = await crowd(sequence, 1);
    travel(HOUR);
    const limits = { daily: 1, rate: null, warmup: null, zone: "UTC" };
    const now = { wall: Date.now(), journey: Date.now(), speed: 1 };
    const message = messageId(idOf(enrollment), 1);
    const asOf = START;
    expect(await senderOf(mailbox).ask({ message, notBefore: now.journey, limits, asOf, now })).toBeNull();
    await crash(enrollment);
    travel(60_000);
    await ring(enrollment);
    expect([await sentTo(enrollment), await sentToday(mailbox)]).toEqual([["Message 1"], 1]);
  });

  test("a cap on the contact comes first: who waits for that takes no slot", async () => {
    const mailbox = await makeMailbox({ dailyLimit: 2 });
    await api("PATCH", "/v1/workspace", { frequencyCap: { messages: 1, seconds: 86_400 } });
    const contact = await makeContact({ email: "capped@example.com" });
    const all: [string, string][] = [];
    for (let i = 0; i < 2; i++) {
      const { sequence } = await makeDrip([0]);
      all.push([sequence, await enroll(sequence, contact, "EMAIL")]);
      await settle();
    }
    const [sequence, enrollment] = all[1] ?? ["", ""];
    expect((await show(sequence, enrollment)).waiting.for).toBe("frequency");
    expect([await sentToday(mailbox), await probe(mailbox, 2)]).toEqual([1, null]);
  });
});

describe("what it costs", () => {
  test("a fired step writes no row more in the object and in D1, and three in the mailbox's", async () => {
    await makeMailbox();
    const { sequence } = await makeDrip([1, 1]);
    const [first = ""] = await crowd(sequence, 1);
    await pass(HOUR);
    expect(await counts([first])).toEqual([1]);
    const [enrollment = ""] = await crowd(sequence, 1);
    travel(HOUR);
    resetCounts();
    const { object, rang } = await writesOf(enrollment, () => ring(enrollment));
    expect(rang).toBe(true);
    await drain();
    console.info("rows written by a mail of a mailbox", { d1: faults.rowsWritten, object });
    expect(await counts([enrollment])).toEqual([1]);
    expect(object).toBeLessThanOrEqual(5);
    expect(faults.rowsWritten).toBeLessThanOrEqual(11);
  });
});

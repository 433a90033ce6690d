/** The cap on how often a workspace writes to one contact: exact, whoever asks at the same instant, and told to who looks. */
import { beforeEach, describe, expect, test } from "vitest";
import { askSlot, dropPastSlots } from "../../src/storage/slots";
import { contextOf } from "../support/context";
import { faults, resetCounts, until } from "../support/faults";
import {
  api,
  begin,
  crash,
  DAY,
  db,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
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
} from "../support/world";

beforeEach(begin);

const cap = (frequencyCap: Json) => api("PATCH", "/v1/workspace", { frequencyCap });
const TWO_A_DAY = { messages: 2, seconds: 86_400 };

async function slots(): Promise<number> {
  return (await db().prepare("SELECT COUNT(*) AS n FROM slots").first<{ n: number }>())?.n ?? 0;
}

interface Ride {
  sequence: string;
  enrollment: string;
}

/** One contact in so many sequences, each with one message an hour ahead. */
async function rides(count: number, more: Record<string, unknown> = {}): Promise<Ride[]> {
  const contact = await makeContact();
  const all: Ride[] = [];
  for (let i = 0; i < count; i++) {
    const { sequence } = await makeDrip([1], more);
    all.push({ sequence, enrollment: await enroll(sequence, contact) });
  }
  await settle();
  return all;
}

async function sentIn(all: Ride[]): Promise<number> {
  return (await Promise.all(all.map(({ enrollment }) => sentTo(enrollment)))).flat().length;
}

describe("over v1", () => {
  test("the cap is set, shown and taken away; each workspace has its own", async () => {
    expect((await api("GET", "/v1/workspace")).body.workspace.frequencyCap).toBeNull();
    expect(await cap(TWO_A_DAY)).toMatchObject({ status: 200, body: { workspace: { frequencyCap: TWO_A_DAY } } });
    expect((await api("PATCH", "/v1/workspace", {})).body.workspace.frequencyCap).toEqual(TWO_A_DAY);
    expect((await api("GET", "/v1/workspace", undefined, OTHER_KEY)).body.workspace.frequencyCap).toBeNull();
    expect((await cap(null)).body.workspace.frequencyCap).toBeNull();
  });

  test.each<[unknown]>([
    [{ frequencyCap: 2 }],
    [{ frequencyCap: {} }],
    [{ frequencyCap: { messages: 2 } }],
    [{ frequencyCap: { messages: "2", seconds: 60 } }],
    [{ frequencyCap: { messages: 0, seconds: 60 } }],
    [{ frequencyCap: { messages: 1.5, seconds: 60 } }],
    [{ frequencyCap: { messages: 1001, seconds: 60 } }],
    [{ frequencyCap: { messages: 1, seconds: 0 } }],
    [{ frequencyCap: { messages: 1, seconds: 32 * 86_400 } }],
    ["{"],
    [[]],
  ])("%j -> 400", async (body) => {
    expect((await api("PATCH", "/v1/workspace", body)).status).toBe(400);
    expect((await api("GET", "/v1/workspace")).body.workspace.frequencyCap).toBeNull();
  });
});

describe("at most so many messages in so much time", () => {
  test("one contact in five sequences, all due at once, two a day -> two go out each day", async () => {
    await cap(TWO_A_DAY);
    const all = await rides(5);
    travel(HOUR);
    await Promise.all(all.map(({ enrollment }) => ring(enrollment)));
    await settle();
    expect(await sentIn(all)).toBe(2);
    await pass(DAY - HOUR);
    expect(await sentIn(all)).toBe(2);
    await pass(2 * HOUR);
    expect(await sentIn(all)).toBe(4);
    await pass(DAY);
    expect(await sentIn(all)).toBe(5);
    for (const { enrollment } of all) expect((await rowOf(enrollment)).why).toBe("completed");
  });

  test("who waits says so, has one alarm, at that time, and is left alone by the sweep", async () => {
    await cap({ messages: 1, seconds: 86_400 });
    const [first, second] = await rides(2);
    await pass(HOUR);
    const waits = (await sentTo(first?.enrollment ?? "")).length === 0 ? first : second;
    const { sequence, enrollment } = waits ?? { sequence: "", enrollment: "" };
    const { waiting } = await show(sequence, enrollment);
    expect(waiting).toMatchObject({ for: "frequency", until: "2040-01-03T10:00:00Z" });
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting", why: "frequency", due_at: expect.any(Number) });
    expect((await rowOf(enrollment)).wake_by).toBeGreaterThanOrEqual(START + DAY + HOUR);
    travel(10 * 60_000);
    resetCounts();
    await sweep();
    expect(faults.letters).toEqual([]);
  });

  test("asking many at once, by the statement alone -> never more than the cap; again -> the same", async () => {
    const ctx = contextOf();
    const ask = (message: number, at = START) => askSlot(ctx.db, { contactId: 1, message, cap: TWO_A_DAY, at });
    const given = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => ask(n * 4096 + 1)));
    const granted = given.filter(({ freeAt }) => freeAt === null);
    expect(granted).toHaveLength(2);
    for (const { message, freeAt } of given) {
      const again = await ask(message, START + 1000);
      expect(again.freeAt === null).toBe(freeAt === null);
    }
    expect(await slots()).toBe(2);
    expect(await ask(9 * 4096 + 1, START + DAY)).toMatchObject({ freeAt: START + DAY + 1000 });
    expect(await ask(9 * 4096 + 1, START + DAY + 1000)).toMatchObject({ freeAt: null });
  });

  test("another contact, another workspace, and what is transactional are no matter", async () => {
    await cap({ messages: 1, seconds: 86_400 });
    const contact = await makeContact();
    const [drip, receipts] = [await makeDrip([1]), await makeDrip([1, 0], { transactional: true })];
    const enrollments = [
      await enroll(receipts.sequence, contact),
      await enroll(drip.sequence, contact),
      await enroll(drip.sequence),
    ];
    await pass(2 * HOUR, HOUR);
    expect(await Promise.all(enrollments.map(sentTo))).toEqual([
      ["Message 1", "Message 2"],
      ["Message 1"],
      ["Message 1"],
    ]);
  });
});

describe("when the cap changes", () => {
  test("taken away, or made wider -> who waits is woken by a job, and goes", async () => {
    await cap({ messages: 1, seconds: 86_400 });
    const all = await rides(3);
    await pass(HOUR);
    expect(await sentIn(all)).toBe(1);
    await cap(TWO_A_DAY);
    await settle();
    expect(await sentIn(all)).toBe(2);
    await cap(null);
    await settle();
    expect(await sentIn(all)).toBe(3);
  });
});

describe("slots", () => {
  test("without a cap none is asked for, and nothing more is read or written", async () => {
    const [ride] = await rides(1);
    travel(HOUR);
    resetCounts();
    await ring(ride?.enrollment ?? "");
    expect(faults.statements.filter((sql) => /slots/.test(sql))).toEqual([]);
    expect(await sentTo(ride?.enrollment ?? "")).toHaveLength(1);
  });

  test("with one, a message that is not due, or held, asks for none", async () => {
    await cap(TWO_A_DAY);
    const [ride] = await rides(1);
    await api("PATCH", `/v1/sequences/${ride?.sequence}`, { status: "PAUSED" });
    await pass(2 * HOUR, HOUR);
    expect(await slots()).toBe(0);
  });

  test.each([
    ["exit", { kind: "exit", why: "removed" }],
    ["pause", { kind: "pause", why: "manual" }],
  ] as const)("asked for a message that a %s overtakes -> given back", async (_, event) => {
    await cap({ messages: 1, seconds: 86_400 });
    const [ride] = await rides(1);
    const enrollment = ride?.enrollment ?? "";
    const { trip } = await stateOf(enrollment);
    travel(HOUR);
    // The database stands still while room is being asked for.
    const asking = /INTO slots/;
    faults.failSql = Object.assign(/never/, {
      test: (sql: string) => {
        faults.stalled = faults.stalled || asking.test(sql);
        return false;
      },
    });
    const rung = ring(enrollment);
    await until(() => faults.stalled);
    const now = { wall: Date.now(), journey: Date.now(), speed: 1 };
    await objectOf(enrollment).command(trip, event, now);
    faults.failSql = null;
    resetCounts();
    faults.stalled = false;
    await rung;
    expect(faults.statements.filter((sql) => asking.test(sql))).toHaveLength(1);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await slots()).toBe(0);
  });

  test("given for a message that a crash kept from being claimed -> given back when the journey ends", async () => {
    await cap({ messages: 1, seconds: 86_400 });
    const [first, second] = await rides(2);
    if (!first || !second) throw new Error("two were made");
    travel(HOUR);
    const ctx = contextOf();
    const { contactId } = (await stateOf(first.enrollment)).trip;
    await askSlot(ctx.db, {
      contactId,
      message: idOf(first.enrollment) * 4096 + 1,
      cap: { messages: 1, seconds: 86_400 },
      at: Date.now(),
    });
    await crash(first.enrollment);
    await api("DELETE", `/v1/sequences/${first.sequence}/enrollments/${first.enrollment}`);
    await settle();
    expect((await show(second.sequence, second.enrollment)).waiting.for).toBe("frequency");
    await pass(60_000);
    expect(await slots()).toBe(0);
    await ring(second.enrollment);
    expect(await sentTo(second.enrollment)).toHaveLength(1);
  });

  test("past ones are removed by the sweep, in chunks", async () => {
    await cap(TWO_A_DAY);
    const all = await rides(2);
    await pass(HOUR);
    expect(await sentIn(all)).toBe(2);
    await sweep();
    expect(await slots()).toBe(2);
    await db()
      .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
        INSERT INTO slots (contact_id, message_id, at, past_at) SELECT 1, i, 1, 2 FROM n`)
      .run();
    expect(await dropPastSlots(contextOf().db, Date.now(), 500)).toBe(500);
    await sweep();
    expect(await slots()).toBe(2);
    await pass(DAY);
    await sweep();
    await drain();
    expect(await slots()).toBe(0);
  });
});

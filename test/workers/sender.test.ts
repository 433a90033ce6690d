/** The object of a mailbox: in which order it gives out its slots, and that it never gives out more than may go. */
import { env, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import type { Limits } from "../../src/domain/mailbox";
import { messageId } from "../../src/domain/message";
import { paceOf } from "../../src/domain/seats";
import type { Sender } from "../../src/sender/object";
import { begin, DAY, HOUR, START } from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;
const FREE: Limits = { daily: null, rate: null, warmup: null, zone: "UTC" };
const two: Limits = { ...FREE, daily: 2 };
const MIDNIGHT = Date.UTC(2040, 0, 3);

let names = 0;

/** A mailbox of its own for each test, spoken to as enrollments do. */
function makeSender(limits: Limits) {
  names += 1;
  const senders = env.SENDERS as DurableObjectNamespace<Sender>;
  const stub = senders.get(senders.idFromName(`alone ${names}`));
  let told = { limits, asOf: 1 };
  return {
    stub,
    tell: (anew: Limits) => {
      told = { limits: anew, asOf: told.asOf + 1 };
    },
    /** When the first message of an enrollment may go: null is now. */
    ask: (enrollment: number, at: number, more: Partial<Parameters<Sender["ask"]>[0]> = {}) =>
      stub.ask({
        message: messageId(enrollment, 1),
        notBefore: at,
        now: { wall: at, journey: at, speed: 1 },
        ...told,
        ...more,
      }),
    giveBack: (enrollment: number, claimed = 0) => stub.giveBack({ enrollment, claimed }),
    sent: async (at: number) => (await stub.standing(at, told.limits.zone)).sent,
  };
}

type Asker = ReturnType<typeof makeSender>;

async function askAll({ ask }: Asker, enrollments: number[], at: number): Promise<(number | null)[]> {
  const told: (number | null)[] = [];
  for (const [i, enrollment] of enrollments.entries()) told.push(await ask(enrollment, at + i));
  return told;
}

async function rowsOf({ stub }: Asker) {
  return runInDurableObject(stub, async (_, { storage }) => ({
    tickets: storage.sql.exec("SELECT COUNT(*) AS n FROM tickets").one().n,
    alarm: await storage.getAlarm(),
  }));
}

describe("at most so many a day", () => {
  test("the first go at once, the next on the days after, in the order of asking", async () => {
    const sender = makeSender(two);
    const told = await askAll(sender, [1, 2, 3, 4, 5], START);
    expect(told).toEqual([null, null, MIDNIGHT, MIDNIGHT, MIDNIGHT + DAY]);
    expect([await sender.sent(START), await sender.sent(MIDNIGHT)]).toEqual([2, 0]);
    expect(await askAll(sender, [3, 4, 5], MIDNIGHT)).toEqual([null, null, MIDNIGHT + DAY]);
    expect(await sender.ask(5, MIDNIGHT + DAY)).toBeNull();
  });

  test("asked again, it says the same, and counts nothing twice", async () => {
    const sender = makeSender(two);
    for (let i = 0; i < 3; i++) expect(await sender.ask(1, START + i)).toBeNull();
    expect(await sender.ask(2, START)).toBeNull();
    for (let i = 0; i < 3; i++) expect(await sender.ask(3, START + i)).toBe(MIDNIGHT);
    expect(await sender.ask(4, START)).toBe(MIDNIGHT);
    expect(await sender.ask(1, START + HOUR)).toBeNull(); // tried again on the same day
    expect([await sender.sent(START), (await rowsOf(sender)).tickets]).toEqual([2, 4]);
  });

  test("a hundred at the same instant -> as many as may go, and each day as many", async () => {
    const sender = makeSender({ ...FREE, daily: 30 });
    const all = Array.from({ length: 100 }, (_, i) => i + 1);
    const told = await Promise.all(all.map((enrollment) => sender.ask(enrollment, START)));
    const byDay = Map.groupBy(told, (at) => at);
    expect([null, MIDNIGHT, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY].map((at) => byDay.get(at)?.length)).toEqual([
      30, 30, 30, 10,
    ]);
    const late = all.filter((_, i) => told[i] !== null);
    const next = await Promise.all(late.map((enrollment) => sender.ask(enrollment, MIDNIGHT)));
    expect(next.filter((at) => at === null)).toHaveLength(30);
  });

  test("a ramp gives each day its own", async () => {
    const sender = makeSender({ ...FREE, daily: 3, warmup: { start: 1, step: 1, since: "2040-01-02" } });
    const told = await askAll(sender, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], START);
    const days = told.map((at) => (at === null ? 0 : (at - MIDNIGHT) / DAY + 1));
    expect(days).toEqual([0, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
  });

  test("days are those of its zone, also where one has 23 hours", async () => {
    const sender = makeSender({ ...two, zone: "Europe/Berlin" });
    const sunday = Date.UTC(2040, 2, 25, 12);
    expect(await askAll(sender, [1, 2, 3], sunday)).toEqual([null, null, Date.UTC(2040, 2, 25, 22)]);
    expect(await sender.ask(3, Date.UTC(2040, 2, 25, 21, 59))).toBe(Date.UTC(2040, 2, 25, 22));
    expect(await sender.ask(3, Date.UTC(2040, 2, 25, 22))).toBeNull();
  });

  test("nothing limits it -> all go at once, and are counted", async () => {
    const sender = makeSender(FREE);
    expect(await askAll(sender, [1, 2, 3], START)).toEqual([null, null, null]);
    expect(await sender.sent(START)).toBe(3);
  });
});

describe("who comes late, or again", () => {
  test("on a later day -> goes then, and the last of that day gives way", async () => {
    const sender = makeSender(two);
    await askAll(sender, [1, 2, 3, 4, 5, 6], START); // 3 and 4 tomorrow, 5 and 6 the day after
    expect(await sender.ask(4, MIDNIGHT)).toBeNull();
    const then = MIDNIGHT + DAY;
    expect(await sender.ask(3, then)).toBeNull(); // it slept through its day
    expect(await sender.ask(6, then)).toBe(then + DAY);
    expect(await sender.ask(5, then)).toBeNull();
    expect(await sender.sent(then)).toBe(2);
    expect(await sender.ask(6, then + DAY)).toBeNull();
  });

  test("a whole day was slept through -> everybody a day later, still in order", async () => {
    const sender = makeSender(two);
    const all = [1, 2, 3, 4, 5, 6, 7, 8];
    await askAll(sender, all, START);
    const went: number[][] = [];
    for (let day = MIDNIGHT + DAY; day < MIDNIGHT + 4 * DAY; day += DAY) {
      const gone: number[] = [];
      // Whoever came last asks first.
      for (const enrollment of [...all.slice(2)].reverse()) {
        const waits = went.flat().includes(enrollment) ? 1 : await sender.ask(enrollment, day + HOUR);
        if (waits === null) gone.push(enrollment);
      }
      went.push(gone.sort());
    }
    expect(went.map((day) => day.length)).toEqual([2, 2, 2]);
    expect(went.slice(1).flat().sort()).toEqual(went.slice(1).flat());
  });

  test("an attempt on another day counts on that day, and goes in front", async () => {
    const sender = makeSender(two);
    await askAll(sender, [1, 2, 3, 4], START);
    expect(await sender.ask(1, MIDNIGHT + HOUR)).toBeNull();
    expect(await sender.ask(3, MIDNIGHT + HOUR)).toBeNull();
    expect(await sender.ask(4, MIDNIGHT + HOUR)).toBe(MIDNIGHT + DAY);
    expect([await sender.sent(START), await sender.sent(MIDNIGHT)]).toEqual([2, 2]);
  });

  test("who has not asked for days is forgotten, and asks anew", async () => {
    const sender = makeSender(two);
    await askAll(sender, [1, 2, 3], START);
    await sender.ask(9, START + 9 * DAY);
    expect((await rowsOf(sender)).tickets).toBe(1);
    expect(await askAll(sender, [3, 4], START + 9 * DAY)).toEqual([null, MIDNIGHT + 9 * DAY]);
  });
});

describe("limits that change", () => {
  test("lowered -> no more go today than that, and those who wait keep their order", async () => {
    const sender = makeSender({ ...FREE, daily: 4 });
    await askAll(sender, [1, 2], START);
    const waiting = [3, 4, 5, 6, 7];
    for (const [i, enrollment] of waiting.entries())
      await sender.ask(enrollment, START + i, { notBefore: START + HOUR });
    sender.tell({ ...FREE, daily: 3 });
    const then = START + HOUR;
    const told: (number | null)[] = [];
    for (const enrollment of waiting) told.push(await sender.ask(enrollment, then));
    expect(told).toEqual([null, MIDNIGHT, MIDNIGHT, MIDNIGHT, MIDNIGHT + DAY]);
    expect(await sender.sent(then)).toBe(3);
  });

  test("lowered below what has gone -> nobody goes any more today", async () => {
    const sender = makeSender({ ...FREE, daily: 3 });
    await askAll(sender, [1, 2, 3], START);
    sender.tell({ ...FREE, daily: 1 });
    expect(await askAll(sender, [4, 5], START + HOUR)).toEqual([MIDNIGHT, MIDNIGHT + DAY]);
  });

  test("raised -> those who wait go sooner, in their order", async () => {
    const sender = makeSender({ ...FREE, daily: 1 });
    await askAll(sender, [1, 2, 3, 4], START);
    sender.tell({ ...FREE, daily: 3 });
    expect(await askAll(sender, [4, 3, 2], START + HOUR)).toEqual([MIDNIGHT, null, null]);
  });

  test("told by who has read them before they were changed -> the newer ones stand", async () => {
    const sender = makeSender({ ...FREE, daily: 5 });
    await sender.ask(1, START);
    sender.tell({ ...FREE, daily: 1 });
    await sender.ask(1, START);
    expect(await sender.ask(2, START, { limits: { ...FREE, daily: 5 }, asOf: 1 })).toBe(MIDNIGHT);
  });

  test("its zone is another -> what has gone today counts in the new day", async () => {
    const sender = makeSender(two);
    const at = Date.UTC(2040, 0, 2, 20);
    await askAll(sender, [1, 2], at);
    sender.tell({ ...two, zone: "Asia/Kolkata" });
    expect(await sender.ask(3, at + HOUR)).toBe(Date.UTC(2040, 0, 3, 18, 30));
    expect(await sender.sent(at)).toBe(2);
  });
});

describe("what is given back", () => {
  test("a slot that was waited for goes to whoever asks next", async () => {
    const sender = makeSender(two);
    await askAll(sender, [1, 2, 3, 4, 5], START);
    await sender.giveBack(3);
    expect(await sender.ask(6, START + 10)).toBe(MIDNIGHT);
    expect(await sender.ask(7, START + 11)).toBe(MIDNIGHT + DAY);
  });

  test("one that was let go and not claimed is none that went", async () => {
    const sender = makeSender(two);
    await askAll(sender, [1, 2], START);
    await sender.giveBack(2);
    expect(await sender.sent(START)).toBe(1);
    expect(await sender.ask(3, START + 10)).toBeNull();
    expect(await sender.ask(4, START + 11)).toBe(MIDNIGHT);
  });

  test("what was claimed has gone, whatever ends; twice, or of nobody, does no harm", async () => {
    const sender = makeSender(two);
    await sender.giveBack(1);
    await askAll(sender, [1, 2, 3], START);
    for (let i = 0; i < 2; i++) await sender.giveBack(1, 1);
    await sender.giveBack(3);
    await sender.giveBack(3);
    expect(await sender.sent(START)).toBe(2);
    expect(await sender.ask(4, START + 10)).toBe(MIDNIGHT);
  });
});

describe("slots that are of no use before a time", () => {
  const NINE = MIDNIGHT + 9 * HOUR;

  test("whoever asks gets the first that is, and keeps it", async () => {
    const sender = makeSender(two);
    await askAll(sender, [1, 2], START);
    expect(await sender.ask(3, START + 5)).toBe(MIDNIGHT);
    expect(await sender.ask(3, START + 5, { notBefore: NINE })).toBe(NINE);
    expect(await sender.ask(3, START + 9)).toBe(NINE);
    expect(await sender.ask(4, START + 9, { notBefore: NINE })).toBe(NINE);
    expect(await sender.ask(5, START + 9, { notBefore: NINE })).toBe(MIDNIGHT + DAY);
    expect(await sender.ask(3, NINE)).toBeNull();
  });

  test("who was put off to another day before others keeps his place there, though it be full", async () => {
    const sender = makeSender({ ...FREE, daily: 1 });
    await askAll(sender, [1, 2, 3, 4], START); // 2, 3 and 4 on the days after
    // The day of 2 is none on which it can go any more: it goes on the next, and 3 gives way.
    expect(await sender.ask(2, START + HOUR, { notBefore: MIDNIGHT + DAY })).toBe(MIDNIGHT + DAY);
    expect(await sender.ask(3, MIDNIGHT + DAY)).toBe(MIDNIGHT + 2 * DAY);
    expect(await sender.ask(2, MIDNIGHT + DAY)).toBeNull();
    expect(await sender.ask(4, MIDNIGHT + 2 * DAY)).toBe(MIDNIGHT + 3 * DAY);
    expect(await sender.ask(3, MIDNIGHT + 2 * DAY)).toBeNull();
  });
});

describe("so far apart", () => {
  const paced: Limits = { ...FREE, rate: { messages: 2, seconds: 60 } };
  const PACE = paceOf(paced.rate);
  /** Between slots that are found when the planned ones are past. */
  const CLOSER = (30_000 + PACE) / 2;

  test("one goes, the others one pace behind another", async () => {
    const sender = makeSender(paced);
    const told = await Promise.all([1, 2, 3, 4].map((enrollment) => sender.ask(enrollment, START)));
    expect(told).toEqual([null, START + PACE, START + 2 * PACE, START + 3 * PACE]);
    expect(await sender.ask(2, START + PACE)).toBeNull();
    expect(await sender.ask(3, START + 2 * PACE + 1000)).toBeNull(); // a second late
    expect(await sender.ask(4, START + 3 * PACE)).toBeNull();
  });

  test("too near to one who came late -> a slot behind, and whoever comes next behind that", async () => {
    const sender = makeSender(paced);
    await Promise.all([1, 2, 3, 4].map((enrollment) => sender.ask(enrollment, START)));
    const at = START + 10 * MINUTE;
    const told = [await sender.ask(2, at), await sender.ask(3, at + 1), await sender.ask(4, at + 2)];
    expect(told).toEqual([null, at + CLOSER, at + 2 * CLOSER]);
    expect(await sender.ask(3, at + 5)).toBe(at + CLOSER);
    expect(await sender.ask(3, at + CLOSER)).toBeNull();
    expect(await sender.ask(4, at + 2 * CLOSER)).toBeNull();
  });

  test("an attempt that follows at once waits its turn, and is counted once", async () => {
    const sender = makeSender(paced);
    await sender.ask(1, START);
    const again = await sender.ask(1, START + 20_000);
    expect(again).toBe(START + CLOSER);
    expect(await sender.ask(1, START + CLOSER)).toBeNull();
    expect(await sender.sent(START)).toBe(1);
  });

  test("two never go nearer to each other than the rate allows, whoever comes when", async () => {
    const sender = makeSender({ ...paced, daily: 100 });
    let seed = 7;
    const chance = (n: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % n;
    };
    // Most wake when they were told to, some up to forty seconds late.
    const late = (at: number) => at + (chance(4) === 0 ? chance(40_000) : chance(50));
    const wakes = new Map(Array.from({ length: 60 }, (_, i) => [i + 1, START + chance(20) * MINUTE]));
    const went: number[] = [];
    let asks = 0;
    for (; wakes.size > 0 && asks < 1000; asks++) {
      const [enrollment, at] = [...wakes].reduce((a, b) => (b[1] < a[1] ? b : a));
      const told = await sender.ask(enrollment, at);
      if (told !== null) wakes.set(enrollment, late(told));
      else {
        went.push(at);
        wakes.delete(enrollment);
      }
    }
    const gaps = went.slice(1).map((at, i) => at - (went[i] ?? 0));
    expect(went).toHaveLength(60);
    expect(asks).toBeLessThan(4 * 60);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30_000);
  });
});

describe("what it keeps", () => {
  test("nothing until somebody asks, no alarm, and nothing once its mailbox is gone", async () => {
    const sender = makeSender(two);
    expect(await sender.sent(START)).toBe(0);
    const kept = () =>
      runInDurableObject(sender.stub, (_, { storage }) => [...storage.kv.list()].length + storage.sql.databaseSize);
    const before = await kept();
    await sender.ask(1, START);
    expect((await rowsOf(sender)).alarm).toBeNull();
    await sender.stub.forget();
    expect(await sender.sent(START)).toBe(0);
    expect(await sender.ask(2, START)).toBeNull();
    expect(await sender.sent(START)).toBe(1);
    expect(before).toBeLessThan(await kept());
  });

  test("an ask writes few rows, and reads one a day that is full", async () => {
    const sender = makeSender({ ...FREE, daily: 10 });
    for (let i = 1; i <= 300; i++) await sender.ask(i, START + i);
    const cost = (enrollment: number, at: number) =>
      runInDurableObject(sender.stub, (object: Sender, { storage }) => {
        const { sql } = storage;
        const exec = sql.exec.bind(sql);
        const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
        sql.exec = ((query: string, ...values: SqlStorageValue[]) => {
          const cursor = exec(query, ...values);
          cursors.push(cursor);
          return cursor;
        }) as typeof sql.exec;
        const now = { wall: at, journey: at, speed: 1 };
        const limits = { ...FREE, daily: 10 };
        object.ask({ message: messageId(enrollment, 1), notBefore: at, limits, asOf: 1, now });
        sql.exec = exec as typeof sql.exec;
        const sum = (of: "rowsRead" | "rowsWritten") => cursors.reduce((n, cursor) => n + cursor[of], 0);
        return { read: sum("rowsRead"), written: sum("rowsWritten") };
      });
    const costs = {
      planned: await cost(301, START + 400),
      waits: await cost(301, START + 500),
      goes: await cost(11, MIDNIGHT),
    };
    console.info("rows of an ask", costs);
    expect(costs.planned.written).toBeLessThanOrEqual(3);
    expect(costs.planned.read).toBeLessThanOrEqual(40);
    expect(costs.waits).toEqual({ read: expect.any(Number), written: 0 });
    expect(costs.waits.read).toBeLessThanOrEqual(5);
    expect(costs.goes.written).toBeLessThanOrEqual(3);
    expect(costs.goes.read).toBeLessThanOrEqual(12);
  });
});

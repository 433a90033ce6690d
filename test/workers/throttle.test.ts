/** A throttle: so many under way, so many let in on a day, and whoever does not fit waits his turn. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { enroll as enrollFor } from "../../src/engine/admission";
import { update } from "../../src/engine/sequences";
import { databaseFor } from "../../src/storage/database";
import { letThrough } from "../../src/storage/throttles";
import { contextOf } from "../support/context";
import { faults, resetCounts } from "../support/faults";
import { listed } from "../support/moving";
import { crowded, expectCounted, gates, isStarted, patch, sweepLater, takeOut } from "../support/throttling";
import {
  api,
  begin,
  DAY,
  db,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  pass,
  rowOf,
  sentTo,
  settle,
  show,
  sweep,
} from "../support/world";

beforeEach(begin);
afterEach(expectCounted);

describe("capacity", () => {
  test("who does not fit waits: nothing of him has begun, and he is shown why", async () => {
    const { sequence, first, third } = await crowded(3, { throttleCapacity: 2 });
    expect(await gates(sequence)).toBe("in in waiting");
    expect(await show(sequence, first)).toMatchObject({ status: "ACTIVE", nextRunAt: "2040-01-03T09:00:00Z" });
    const detail = "the throttle lets 2 be under way at a time, and 2 are";
    expect(await show(sequence, third)).toMatchObject({
      status: "ACTIVE",
      nextRunAt: null,
      paused: false,
      history: [],
      waiting: { for: "throttle", until: null, detail },
    });
    expect(await isStarted(third)).toBe(false);
    const { body } = await api("GET", `/v1/sequences/${sequence}`);
    expect(body).toMatchObject({
      sequence: { throttleCapacity: 2, throttleMaxAddsPerDay: null, throttlePaused: false },
      enrollmentStats: { ACTIVE: 3 },
    });
  });

  test("an end lets in the next one, and his first step's delay counts from then", async () => {
    const { sequence, first, second } = await crowded(3);
    await pass(25 * HOUR);
    expect(await gates(sequence)).toBe("none in waiting");
    expect(await sentTo(first)).toEqual(["Message 1"]);
    const { let_in_at, enrolled_at, due_at } = await rowOf(second);
    expect(let_in_at - enrolled_at).toBeGreaterThanOrEqual(24 * HOUR);
    expect(due_at).toBe(let_in_at + 24 * HOUR);
    await pass(23 * HOUR);
    expect(await sentTo(second)).toEqual([]);
    await pass(2 * HOUR);
    expect(await sentTo(second)).toEqual(["Message 1"]);
    expect(await gates(sequence)).toBe("none none in");
  });

  test("many who come at a time are let in up to it, and not beyond", async () => {
    const { sequence } = await makeDrip([24], { throttleCapacity: 5 });
    const contacts = await Promise.all(Array.from({ length: 20 }, () => makeContact()));
    await Promise.all(contacts.map((contact) => enroll(sequence, contact)));
    await settle();
    expect(await gates(sequence)).toBe([...Array(5).fill("in"), ...Array(15).fill("waiting")].join(" "));
  });

  test("each user has room of his own", async () => {
    const { sequence } = await makeDrip([24], { throttleCapacity: 1 });
    for (const userId of [71, 71, 72, 72]) {
      const contactId = idOf(await makeContact());
      await enrollFor({ ...contextOf(), userId }, { sequenceId: idOf(sequence), contactId, platform: "TWITTER" });
    }
    await settle();
    expect(await gates(sequence)).toBe("in waiting in waiting");
    const [, third] = await listed(sequence);
    await takeOut(sequence, third.id);
    expect(await gates(sequence)).toBe("in waiting none in");
  });

  test("whoever is paused keeps his place", async () => {
    const { sequence, first } = await crowded(2);
    await api("POST", `/v1/sequences/${sequence}/enrollments/${first}/pause`);
    await settle();
    expect(await gates(sequence)).toBe("in waiting");
  });

  test("steps that change while somebody waits are those that he begins with", async () => {
    const { sequence, steps, first, second } = await crowded(2);
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[0]}`, { delayHours: 1 });
    await settle();
    expect(await isStarted(second)).toBe(false);
    await takeOut(sequence, first);
    await pass(2 * HOUR);
    expect(await sentTo(second)).toEqual(["Message 1"]);
  });
});

describe("adds a day", () => {
  test("the turn of the day (UTC) lets in the next ones, by the sweep", async () => {
    const { sequence, third } = await crowded(5, { throttleMaxAddsPerDay: 2 }, [240]);
    expect(await gates(sequence)).toBe("in in waiting waiting waiting");
    const detail = "the throttle lets 2 in on a day, and 2 came today";
    const waiting = { for: "throttle", until: "2040-01-03T00:00:00Z", detail };
    expect(await show(sequence, third)).toMatchObject({ waiting });
    await takeOut(sequence, third);
    await pass(14 * HOUR);
    await sweep();
    await settle();
    expect(await gates(sequence)).toBe("in in none waiting waiting");
    await pass(2 * HOUR);
    await sweep();
    await settle();
    expect(await gates(sequence)).toBe("in in none in in");
  });

  test("an end on the same day makes no room, the capacity's place stays empty", async () => {
    const { sequence, first } = await crowded(2, { throttleMaxAddsPerDay: 1, throttleCapacity: 1 });
    await takeOut(sequence, first);
    expect(await gates(sequence)).toBe("none waiting");
  });

  test("let in by a statement that was begun before midnight and comes in after it -> counts for the new day", async () => {
    const { sequence } = await crowded(5, { throttleMaxAddsPerDay: 2 }, [240]);
    const place = { workspaceId: 1, sequenceId: idOf(sequence), userId: 1 };
    const midnight = Date.UTC(2040, 0, 3);
    const store = databaseFor(db(), 1);
    expect(await letThrough(store, { ...place, at: midnight, limit: 1 })).toHaveLength(1);
    expect(await letThrough(store, { ...place, at: midnight - 1, limit: 100 })).toHaveLength(1);
    const { results } = await db()
      .prepare("SELECT let_in_at / 86400000 AS day, COUNT(*) AS n FROM enrollments WHERE gate = 'in' GROUP BY 1")
      .all();
    expect(results).toEqual([midnight / DAY - 1, midnight / DAY].map((day) => ({ day, n: 2 })));
  });
});

describe("an edit of the throttle", () => {
  test("pausing it lets nobody in, however much room there is; lifting the pause lets in who fits", async () => {
    const { sequence, third } = await crowded(3, { throttleCapacity: 2, throttlePaused: true });
    expect(await gates(sequence)).toBe("waiting waiting waiting");
    const detail = "the sequence's throttle is paused and lets nobody in";
    expect(await show(sequence, third)).toMatchObject({ waiting: { for: "throttle", until: null, detail } });
    await sweepLater();
    expect(await gates(sequence)).toBe("waiting waiting waiting");
    await patch(sequence, { throttlePaused: false });
    await settle();
    expect(await gates(sequence)).toBe("in in waiting");
  });

  const EDITS: [what: string, throttle: object, edit: object, gates: string][] = [
    ["a higher capacity", { throttleCapacity: 1 }, { throttleCapacity: 3 }, "in in in waiting"],
    ["a lower capacity", { throttleCapacity: 2 }, { throttleCapacity: 1 }, "in in waiting waiting"],
    ["more adds a day", { throttleMaxAddsPerDay: 1 }, { throttleMaxAddsPerDay: 2 }, "in in waiting waiting"],
    ["no throttle any more", { throttleCapacity: 1 }, { throttleCapacity: null }, "in in in in"],
    ["nothing but a pause, lifted", { throttlePaused: true }, { throttlePaused: false }, "in in in in"],
    ["a throttle where none was", {}, { throttleCapacity: 2, throttleMaxAddsPerDay: 6 }, "in in in in"],
  ];
  for (const [what, throttle, edit, expected] of EDITS) {
    test(`${what} -> ${expected}`, async () => {
      const { sequence } = await crowded(4, { ...throttle });
      const { body } = await patch(sequence, edit);
      expect(body.sequence).toMatchObject(edit);
      await settle();
      expect(await gates(sequence)).toBe(expected);
    });
  }

  test("a throttle set on a running sequence counts who is there, and who came in on the same day", async () => {
    const capacity = await crowded(2, {});
    await patch(capacity.sequence, { throttleCapacity: 3 });
    const daily = await crowded(2, {});
    await patch(daily.sequence, { throttleMaxAddsPerDay: 3 });
    for (const { sequence } of [capacity, daily]) {
      await enroll(sequence);
      await enroll(sequence);
      await settle();
      expect(await gates(sequence)).toBe("in in in waiting");
    }
  });

  test("whom nobody was noted for, from before that was kept, counts as the owner's", async () => {
    const { sequence } = await crowded(2, {});
    await db().prepare("UPDATE enrollments SET user_id = NULL").run();
    await patch(sequence, { throttleCapacity: 2 });
    await enroll(sequence);
    await settle();
    expect(await gates(sequence)).toBe("in in waiting");
  });

  test("one that is taken away leaves no counters behind once nobody waits, and set again counts anew", async () => {
    const { sequence, first } = await crowded(3);
    await patch(sequence, { throttleCapacity: null });
    await settle();
    expect((await db().prepare("SELECT * FROM throttles").all()).results).toEqual([]);
    await takeOut(sequence, first);
    await patch(sequence, { throttleCapacity: 2 });
    await enroll(sequence);
    await settle();
    expect(await gates(sequence)).toBe("none in in waiting");
  });

  test("whose nudge is lost is found by the sweep", async () => {
    const { sequence } = await crowded(3);
    await patch(sequence, { throttleCapacity: null });
    faults.letters = [];
    await sweepLater();
    expect(await gates(sequence)).toBe("in in in");
  });
});

describe("a date sequence", () => {
  test("takes so many enrollments in all, whoever comes at a time and whoever has ended", async () => {
    const { sequence } = await makeDrip([24]);
    await update(contextOf(), idOf(sequence), { sequenceType: "date", maxActivations: 3, userId: 1 });
    await takeOut(sequence, await enroll(sequence));
    const contacts = await Promise.all(Array.from({ length: 6 }, () => makeContact()));
    const path = `/v1/sequences/${sequence}/enrollments`;
    const answers = await Promise.all(
      contacts.map((contactId) => api("POST", path, { contactId, platform: "TWITTER" })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409]);
    const { error }: Json = answers.filter(({ status }) => status === 409).map(({ body }) => body)[0];
    expect(error.message).toBe("The sequence takes 3 enrollments at most, and has had them");
    await drain();
    const email = { email: "ada@example.com" };
    const told = await api("POST", `/api/v1/sequences/${idOf(sequence)}/add_subscriber`, email);
    expect(told).toMatchObject({ status: 422 });
    await update(contextOf(), idOf(sequence), { sequenceType: "interval", userId: 1 });
    expect(await enroll(sequence)).toMatch(/^enroll_/);
  });
});

test("what an admission costs does not grow with the queue: rows read and written", async () => {
  const costs: { read: number; written: number }[] = [];
  const { sequence } = await makeDrip([24], { throttleCapacity: 1 });
  for (const people of [2, 40]) {
    const contacts = await Promise.all(Array.from({ length: people }, () => makeContact()));
    for (const contact of contacts) await enroll(sequence, contact);
    await drain();
    const contact = await makeContact();
    resetCounts();
    await enroll(sequence, contact);
    costs.push({ read: faults.rowsRead, written: faults.rowsWritten });
  }
  console.info("rows of an admission that waits", costs);
  expect(costs[1]).toEqual(costs[0]);
  // The row with its indexes, two of which are there for lists.
  expect(costs[0]?.written).toBe(11);
  // Whether the address is blocked stands in its own row, and not in the index that leads there.
  // The list of newcomers, of which he is the one, is a row too, and the workspace, which may have a limit; the count of who is
  // there is looked at twice more for its day.
  expect(costs[0]?.read).toBe(26);
});

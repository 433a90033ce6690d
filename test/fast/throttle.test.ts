/** Five hundred at the door: fifty under way at a time, a hundred let in on a day, and all of them served in their order. */
import { beforeEach, expect, test } from "vitest";
import { epochAt } from "../../src/storage/clock";
import { databaseFor } from "../../src/storage/database";
import { api, begin, DAY, db, drain, evict, HOUR, idOf, makeDrip, ring, sweep, travel } from "../support/world";

const PEOPLE = 500;
const CAPACITY = 50;
const ADDS = 100;
/** Requests, and alarms, in flight at a time. */
const AT_A_TIME = 500;
/** Real milliseconds of an hour on the fast clock. */
const REAL_HOUR = HOUR / 3600;

beforeEach(begin);

async function makePeople(): Promise<string[]> {
  const count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)";
  const { results } = await db()
    .prepare(
      `${count} INSERT INTO contacts (workspace_id, platform, created_at, updated_at) SELECT 1, 'TWITTER', 0, 0 FROM n
       RETURNING id`,
    )
    .bind(PEOPLE)
    .all<{ id: number }>();
  await db()
    .prepare(
      `INSERT INTO addresses (workspace_id, platform, key, contact_id, address)
       SELECT 1, 'TWITTER', 'person' || id, id, 'person' || id FROM contacts`,
    )
    .run();
  return results.map(({ id }) => `contact_${id}`);
}

async function journeyNow(): Promise<number> {
  const { wall, journey, speed } = await epochAt(databaseFor(db(), 1), Date.now(), 3600);
  return journey + (Date.now() - wall) * speed;
}

/** Rings an object and drops it from memory, for the pool grows slow with the number of those it holds. */
async function ringAndForget(enrollment: number): Promise<void> {
  await ring(enrollment);
  await evict(enrollment);
}

/** The greatest number under way at any instant that was looked at. */
let most = 0;

/** Lets happen what is due, looking each time at how many are under way. */
async function settleCrowd(): Promise<void> {
  for (;;) {
    await drain();
    const { results } = await db()
      .prepare("SELECT id, wake_by FROM enrollments WHERE gate = 'in'")
      .all<{ id: number; wake_by: number | null }>();
    most = Math.max(most, results.length);
    travel(5);
    const now = await journeyNow();
    const due = results.filter(({ wake_by }) => wake_by !== null && wake_by <= now);
    if (due.length === 0) return;
    for (let i = 0; i < due.length; i += AT_A_TIME) {
      await Promise.all(due.slice(i, i + AT_A_TIME).map(({ id }) => ringAndForget(id)));
    }
  }
}

interface Served {
  id: number;
  let_in_at: number;
  ended_at: number;
}

test("500 enrolled at a time, 50 under way, 100 a day: never one more, and each in his turn", {
  timeout: 180_000,
}, async () => {
  const { sequence } = await makeDrip([0], { throttleCapacity: CAPACITY, throttleMaxAddsPerDay: ADDS });
  const queue = (await makePeople()).values();
  const statuses = new Set<number>();
  const client = async () => {
    for (const contactId of queue) {
      const path = `/v1/sequences/${sequence}/enrollments`;
      statuses.add((await api("POST", path, { contactId, platform: "TWITTER" })).status);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, client));
  expect([...statuses]).toEqual([201]);

  for (let hours = 0; hours < 5 * 24; hours += 6) {
    await settleCrowd();
    await sweep();
    await settleCrowd();
    travel(6 * REAL_HOUR);
  }

  const { results: served } = await db()
    .prepare("SELECT id, let_in_at, ended_at FROM enrollments WHERE sequence_id = ? AND why = 'completed' ORDER BY id")
    .bind(idOf(sequence))
    .all<Served>();
  expect(served).toHaveLength(PEOPLE);
  expect(served.map(({ let_in_at }) => let_in_at)).toEqual(
    served.map(({ let_in_at }) => let_in_at).sort((a, b) => a - b),
  );
  const days = Map.groupBy(served, ({ let_in_at }) => Math.floor(let_in_at / DAY));
  expect([...days.values()].map(({ length }) => length)).toEqual(Array(PEOPLE / ADDS).fill(ADDS));
  expect(mostAtOnce(served)).toBe(CAPACITY);
  expect(most).toBe(CAPACITY);
  const sent = await db().prepare("SELECT COUNT(*) AS n FROM messages WHERE status = 'sent'").first<{ n: number }>();
  expect(sent?.n).toBe(PEOPLE);
});

/** From the times in the rows: whoever ended at an instant has left before another comes in at it. */
function mostAtOnce(served: readonly Served[]): number {
  const moves = served.flatMap(({ let_in_at, ended_at }) => [
    { at: let_in_at, by: 1 },
    { at: ended_at, by: -1 },
  ]);
  moves.sort((a, b) => a.at - b.at || a.by - b.by);
  let [there, greatest] = [0, 0];
  for (const { by } of moves) {
    there += by;
    greatest = Math.max(greatest, there);
  }
  return greatest;
}

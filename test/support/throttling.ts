/** Knows how to crowd people in front of a throttle, and to see who was let in. */
import { expect } from "vitest";
import { api, db, enroll, idOf, type Json, makeDrip, objectOf, settle, sweep, travel } from "./world";

/** What the triggers have counted is what is there. */
export async function expectCounted(): Promise<void> {
  const counted = await db()
    .prepare(
      `SELECT t.sequence_id, t.user_id, active, waiting FROM throttles t JOIN sequences s ON s.id = t.sequence_id
       WHERE s.throttled AND active + waiting > 0 ORDER BY 1, 2`,
    )
    .all();
  const there = await db()
    .prepare(
      `SELECT sequence_id, user_id, SUM(gate = 'in') AS active, SUM(gate = 'waiting') AS waiting FROM enrollments
       WHERE sequence_id IN (SELECT id FROM sequences WHERE throttled) AND gate <> 'none' GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .all();
  expect(counted.results).toEqual(there.results);
}

/** Where everybody stands, in the order of their ids. */
export async function gates(sequence: string): Promise<string> {
  const { results } = await db()
    .prepare("SELECT gate FROM enrollments WHERE sequence_id = ? ORDER BY id")
    .bind(idOf(sequence))
    .all<{ gate: string }>();
  return results.map(({ gate }) => gate).join(" ");
}

export interface Crowd {
  sequence: string;
  steps: string[];
  enrollments: string[];
  first: string;
  second: string;
  third: string;
}

/** A sequence that lets one in at a time, unless told otherwise, with so many enrolled. */
export async function crowded(
  people: number,
  throttle: Record<string, unknown> = { throttleCapacity: 1 },
  delays = [24],
): Promise<Crowd> {
  const { sequence, steps } = await makeDrip(delays, throttle);
  const enrollments: string[] = [];
  for (let i = 0; i < people; i++) enrollments.push(await enroll(sequence));
  await settle();
  const [first = "", second = "", third = ""] = enrollments;
  return { sequence, steps, enrollments, first, second, third };
}

export function patch(sequence: string, body: object): Promise<Json> {
  return api("PATCH", `/v1/sequences/${sequence}`, body);
}

/** Takes somebody out, and lets everything happen that follows from it. */
export async function takeOut(sequence: string, enrollment: string): Promise<void> {
  await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
  await settle();
}

export async function isStarted(enrollment: string): Promise<boolean> {
  return (await objectOf(enrollment).view()) !== null;
}

/** What a crash left undone has been there for long enough to be looked for. */
export async function sweepLater(): Promise<void> {
  travel(2 * 60_000);
  await sweep();
  await settle();
}

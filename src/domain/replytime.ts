/** Knows how long answers take, from counts of them by how long they took: as many buckets as fit on a page, and no list of times. */
import { DAY, HOUR, MINUTE } from "./time";

/** Milliseconds at which each bucket but the last ends, and the next begins: as the database sorts them into. */
export const BOUNDS: readonly number[] = [
  ...[1, 5, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 8, 12].map((n) => n * HOUR),
  ...[1, 2, 3, 5, 7, 14, 30].map((n) => n * DAY),
];

export interface ReplyTimes {
  /** Milliseconds that all of them took together. */
  total: number;
  /** How many, by the number of their bucket. */
  counted: ReadonlyMap<number, number>;
}

export interface ReplyTime {
  replies: number;
  /** Milliseconds, exactly; null where nobody has answered. */
  average: number | null;
  /** Milliseconds, as near as its bucket tells. */
  median: number | null;
}

export function replyTimeOf({ total, counted }: ReplyTimes): ReplyTime {
  const replies = [...counted.values()].reduce((sum, n) => sum + n, 0);
  if (replies === 0) return { replies, average: null, median: null };
  return { replies, average: total / replies, median: quantileOf(counted, replies / 2) };
}

/** Those of a bucket are taken to lie evenly in it; in the last, which has no end, at its beginning. */
function quantileOf(counted: ReadonlyMap<number, number>, rank: number): number {
  let before = 0;
  for (let bucket = 0; bucket < BOUNDS.length; bucket++) {
    const n = counted.get(bucket) ?? 0;
    const [begins, ends] = edgesOf(bucket);
    if (n > 0 && ends !== null && before + n >= rank) return begins + ((rank - before) / n) * (ends - begins);
    before += n;
  }
  return edgesOf(BOUNDS.length)[0];
}

/** Where a bucket begins, and where it ends; null: nowhere. */
export function edgesOf(bucket: number): [begins: number, ends: number | null] {
  return [BOUNDS[bucket - 1] ?? 0, BOUNDS[bucket] ?? null];
}

export function together(all: readonly ReplyTimes[]): ReplyTimes {
  const counted = new Map<number, number>();
  for (const times of all) for (const [bucket, n] of times.counted) counted.set(bucket, (counted.get(bucket) ?? 0) + n);
  return { total: all.reduce((sum, { total }) => sum + total, 0), counted };
}

/** Knows how to count again, from the ledger itself, what the triggers and the snapshots have counted. */
import { expect } from "vitest";
import { TALLIES } from "./recounts";
import { db } from "./world";

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await db().prepare(sql).all()).results;
}

/** Asserts that whatever is counted of messages says what the ledger says. */
export async function expectTrueTallies(): Promise<void> {
  for (const [counted, recounted] of TALLIES) expect(await rows(counted)).toEqual(await rows(recounted));
}

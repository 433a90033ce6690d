/** Knows the verbs on writes that may come again: begin one, keep what was answered, give the key back, or say that it is lost. */
import type { Begun } from "../domain/idempotency";
import { type AnswerKey, dropAnswer, keepAnswer, loseAnswer, takeAnswerKey } from "../storage/answers";
import { lock, unlock } from "../vault";
import type { Context } from "./context";

/** A write that came with an Idempotency-Key, and what tells it from another by the same. */
export interface Write {
  key: string;
  fingerprint: string;
}

export async function begin(ctx: Context, { key, fingerprint }: Write): Promise<Begun> {
  const { db, now } = ctx;
  const run = crypto.randomUUID();
  const row = await persist(() => takeAnswerKey(db, keyOf(ctx, key), { fingerprint, run, wall: now.wall })).catch(
    async (error: unknown) => {
      // It may have been taken all the same, and nothing is done by it.
      await dropAnswer(db, keyOf(ctx, key), run).catch(() => undefined);
      throw error;
    },
  );
  if (row === null || row.run === run) return { kind: "new", run };
  if (row.fingerprint !== fingerprint) return { kind: "reused" };
  if (row.lost) return { kind: "lost" };
  if (row.status === null) return { kind: "under_way" };
  const body = row.body === null ? null : await unlock(ctx.secret, ownerOf(ctx, key), row.body);
  return { kind: "answered", status: row.status, body };
}

/** A key that a run has taken. */
export interface Taken {
  key: string;
  run: string;
}

/** Characters of an answer that a row has room for, encrypted. */
const MOST_KEPT = 1_000_000;

/** Keeps an answer, encrypted. That it could not be kept spoils nothing: the write was done, and is answered. */
export async function keep(
  ctx: Context,
  { key, run }: Taken,
  { status, body, contacts }: { status: number; body: string; contacts: readonly number[] },
): Promise<void> {
  if (body.length > MOST_KEPT) return lose(ctx, { key, run });
  const locked = await lock(ctx.secret, ownerOf(ctx, key), body);
  await persist(() => keepAnswer(ctx.db, keyOf(ctx, key), { run, status, body: locked, contacts }));
}

/** Of a write that did nothing. */
export function giveBack(ctx: Context, { key, run }: Taken): Promise<void> {
  return persist(() => dropAnswer(ctx.db, keyOf(ctx, key), run));
}

/** Of a write that may have been done, or in part. Where this cannot be noted, it is known once its lease has run out. */
export function lose(ctx: Context, { key, run }: Taken): Promise<void> {
  return persist(() => loseAnswer(ctx.db, keyOf(ctx, key), run));
}

/** Milliseconds between tries: most of what ails a database is over by then, and a request can wait for so long. */
const WAITS = [50, 200, 800];
/** After which none is begun: a database that stalls is not waited for four times. */
const PATIENCE = 3000;

/** Tries again what changes nothing where it was done and only not heard of. */
async function persist<T>(deed: () => Promise<T>): Promise<T> {
  const began = performance.now();
  for (const wait of WAITS) {
    try {
      return await deed();
    } catch (error) {
      if (performance.now() - began > PATIENCE) throw error;
      await scheduler.wait(wait);
    }
  }
  return deed();
}

function keyOf({ workspaceId, userId }: Context, key: string): AnswerKey {
  return { workspaceId, userId: userId ?? 0, key };
}

function ownerOf({ workspaceId, userId }: Context, key: string): string {
  return `answer/${workspaceId}/${userId ?? 0}/${key}`;
}

/** Knows the verbs on writes that may come again: begin one, keep what was answered, or give the key back. */
import type { Begun } from "../domain/idempotency";
import { type AnswerKey, dropAnswer, keepAnswer, takeAnswerKey } from "../storage/answers";
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
  const row = await takeAnswerKey(db, keyOf(ctx, key), { fingerprint, run, wall: now.wall });
  if (row === null || row.run === run) return { kind: "new", run };
  if (row.fingerprint !== fingerprint) return { kind: "reused" };
  if (row.status === null) return { kind: "under_way" };
  const body = row.body === null ? null : await unlock(ctx.secret, ownerOf(ctx, key), row.body);
  return { kind: "answered", status: row.status, body };
}

/** Keeps an answer, encrypted. That it could not be kept spoils nothing: the write was done, and is answered. */
export async function keep(
  ctx: Context,
  { key, run }: { key: string; run: string },
  { status, body, contacts }: { status: number; body: string; contacts: readonly number[] },
): Promise<void> {
  const locked = await lock(ctx.secret, ownerOf(ctx, key), body);
  await keepAnswer(ctx.db, keyOf(ctx, key), { run, status, body: locked, contacts });
}

export function giveBack(ctx: Context, { key, run }: { key: string; run: string }): Promise<void> {
  return dropAnswer(ctx.db, keyOf(ctx, key), run);
}

function keyOf({ workspaceId, userId }: Context, key: string): AnswerKey {
  return { workspaceId, userId: userId ?? 0, key };
}

function ownerOf({ workspaceId, userId }: Context, key: string): string {
  return `answer/${workspaceId}/${userId ?? 0}/${key}`;
}

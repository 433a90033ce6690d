/** Knows the verbs on dead letters: list them, and send one again. */
import { missing, ok, type Result } from "../domain/failure";
import { totalOf } from "../storage/counts";
import { type DeadLetter, findLetter, listLetters, markResent } from "../storage/deadletters";
import type { Context } from "./context";
import { type Page, type Paged, windowOf } from "./page";

export type { DeadLetter } from "../storage/deadletters";

export async function list(ctx: Context, page: Page): Promise<Paged<DeadLetter>> {
  const [items, total] = await Promise.all([
    listLetters(ctx.db, ctx.workspaceId, windowOf(page)),
    totalOf(ctx.db, ctx.workspaceId, "dead_letters"),
  ]);
  return { ...page, items, total };
}

/** Puts a letter on its queue again. All consumers take a message twice without harm. */
export async function resend(ctx: Context, id: number): Promise<Result<DeadLetter>> {
  const letter = await findLetter(ctx.db, ctx.workspaceId, id);
  if (!letter) return missing("dead letter");
  await queueOf(ctx, letter.queue).send(JSON.parse(letter.body));
  await markResent(ctx.db, id, ctx.now.journey);
  return ok({ ...letter, resentAt: ctx.now.journey });
}

function queueOf(ctx: Context, name: string): Queue<unknown> {
  if (name.endsWith("replies")) return ctx.replies as Queue<unknown>;
  return (name.endsWith("jobs") ? ctx.jobs : ctx.events) as Queue<unknown>;
}

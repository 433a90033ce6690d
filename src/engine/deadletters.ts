/** Knows the verbs on dead letters: list them, and send one again. */
import { missing, ok, type Result } from "../domain/failure";
import { PLATFORMS } from "../domain/platform";
import { warn } from "../log";
import { totalOf } from "../storage/counts";
import { sharedDatabase } from "../storage/database";
import {
  type Buried,
  buriedLetters,
  type DeadLetter,
  findLetter,
  listLetters,
  markAllResent,
  markResent,
} from "../storage/deadletters";
import { type Context, contextFor, type Doors } from "./context";
import { each } from "./each";
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

/** Of a page that an operator goes through: behind which id to go on; null at the end. */
export interface Dug {
  items: DeadLetter[];
  next: number | null;
}

/** Those of all workspaces, and of none, the oldest first. */
export async function dig({ bindings }: Doors, asked: Buried): Promise<Dug> {
  const items = await buriedLetters(sharedDatabase(bindings.DB), asked);
  return { items, next: items.length < asked.limit ? null : (items.at(-1)?.id ?? null) };
}

export interface Redriven {
  resent: number;
  /** Those whose queue does not take them; they stay as they are. */
  failed: number[];
  next: number | null;
}

/** Puts a page of those that nobody has sent again on their queues. */
export async function redrive(doors: Doors, asked: Omit<Buried, "unsent">): Promise<Redriven> {
  const { items, next } = await dig(doors, { ...asked, unsent: true });
  const failed: number[] = [];
  await each(items, async ({ id, queue, body, workspaceId }) => {
    const ctx = contextFor(doors, workspaceId ?? 0);
    await queueOf(ctx, queue)
      .send(JSON.parse(body))
      .catch((error: unknown) => {
        failed.push(id);
        warn("a dead letter was not sent again", { letter: id, queue, error });
      });
  });
  const sent = items.map(({ id }) => id).filter((id) => !failed.includes(id));
  await markAllResent(sharedDatabase(doors.bindings.DB), sent, doors.now.journey);
  return { resent: sent.length, failed: failed.sort((a, b) => a - b), next };
}

function queueOf(ctx: Context, name: string): Queue<unknown> {
  if (name.endsWith("replies")) return ctx.replies as Queue<unknown>;
  if (name.endsWith("webhooks")) return ctx.webhooks as Queue<unknown>;
  return (name.endsWith("jobs") ? ctx.jobs : ctx.events) as Queue<unknown>;
}

/** What a letter is about, without anybody's words or address. */
export function gistOf({ queue, body }: Pick<DeadLetter, "queue" | "body">): string {
  const { kind, fact, platform, enrollments } = fieldsIn(JSON.parse(body));
  if (queue.endsWith("replies")) {
    if (kind === "trace") return fact === "clicked" ? "A link of a mail was followed" : "A mail was opened";
    return `A reply came in on ${PLATFORMS.find((one) => one === platform) ?? "a platform"}`;
  }
  if (queue.endsWith("webhooks")) return "An endpoint is to be told something";
  if (!queue.endsWith("jobs")) return "What happened in a journey is to be put on record";
  switch (kind) {
    case "bulk":
      return "A bulk enrollment is to go on";
    case "item":
      return "One enrollment of a job is to be seen to";
    case "wake":
      return `${Array.isArray(enrollments) ? enrollments.length : "Some"} enrollments are overdue`;
    case "trigger":
      return "Contacts are to be enrolled by a trigger";
    case "let_in":
      return "A throttle may have room";
    default:
      return "A job is to go on";
  }
}

function fieldsIn(body: unknown): { [field: string]: unknown } {
  return typeof body === "object" && body !== null ? { ...body } : {};
}

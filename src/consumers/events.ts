/** Knows how what the objects tell comes into the mirror, a batch at once or item by item, and that an end leaves a place free. */
import * as z from "zod";
import type { Telling } from "../domain/mirror";
import { type Context, contextFor, type Doors } from "../engine/context";
import { giveAway } from "../engine/throttles";
import { nudgeWebhooks } from "../engine/webhooknudges";
import { warn } from "../log";
import { databaseFor } from "../storage/database";
import { applyTellings } from "../storage/mirror";
import { settle } from "./queue";

const whole = z.int();
const time = z.int().nullable();

const TellingSchema = z.object({
  v: z.literal(1),
  enrollment: whole,
  workspace: whole,
  snapshot: z.looseObject({ version: whole, state: z.string(), standing: z.string(), dueAt: time, endedAt: time }),
  from: whole,
  to: whole,
  messages: z.array(z.looseObject({ n: whole, id: whole, step: whole, status: z.string() })),
  news: z.array(z.looseObject({ n: whole, id: whole, fact: z.string(), at: whole })).optional(),
  tasks: z.array(z.looseObject({ n: whole, id: whole, step: whole, state: z.string() })).optional(),
});

export async function takeEvents(batch: MessageBatch, doors: Doors): Promise<void> {
  const told = batch.messages.flatMap((message) => tellingOf(message) ?? []);
  const byWorkspace = Map.groupBy(told, ({ telling }) => telling.workspace);
  for (const [workspace, group] of byWorkspace) {
    const db = databaseFor(doors.bindings.DB, workspace);
    const apply = async (tellings: Telling[]) => {
      await nudgeWebhooks(doors.bindings.WEBHOOKS, await applyTellings(db, tellings, doors.now.wall));
    };
    try {
      await apply(group.map(({ telling }) => telling));
      for (const { message } of group) message.ack();
    } catch {
      for (const { message, telling } of group) await settle(message, () => apply([telling]));
    }
    await giveAwayPlaces(
      contextFor(doors, workspace),
      group.map(({ telling }) => telling),
    );
  }
}

/** However a journey ended, its object tells of it; where this fails, the sweep finds who waits though there is room. */
async function giveAwayPlaces(ctx: Context, tellings: readonly Telling[]): Promise<void> {
  const ended = tellings.filter(({ snapshot }) => snapshot.standing !== "ACTIVE");
  await giveAway(
    ctx,
    ended.map(({ enrollment }) => enrollment),
  ).catch((error: unknown) => {
    warn("a throttle was left to the sweep", { workspace: ctx.workspaceId, error });
  });
}

/** A message that is no telling is put back until it is buried, where an operator sees it. */
function tellingOf(message: Message): { message: Message; telling: Telling } | null {
  const parsed = TellingSchema.safeParse(message.body);
  if (parsed.success) return { message, telling: parsed.data as unknown as Telling };
  message.retry();
  return null;
}

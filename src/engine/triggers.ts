/** Knows how what enrolls by itself is nudged and done: each trigger alone, kept until it is done. */
import type { Condition } from "../domain/condition";
import { addressOn } from "../domain/contact";
import { causeOf } from "../domain/fault";
import { findContact } from "../storage/contacts";
import { latestIn } from "../storage/enrollments";
import { dropTrigger, findTriggers, type Trigger } from "../storage/triggers";
import { enroll } from "./admission";
import type { Context } from "./context";
import { each } from "./each";
import { command } from "./journey";
import { runMove } from "./moves";
import { unlessOutage } from "./outage";

/** Triggers in one message. */
const MOST_IN_A_NUDGE = 100;

/** Tells the queue of triggers. They stand in D1, so a nudge that is lost is sent again by the sweep. */
export async function nudgeTriggers({ jobs, workspaceId }: Context, rows: readonly { id: number }[]): Promise<void> {
  for (let i = 0; i < rows.length; i += MOST_IN_A_NUDGE) {
    const triggers = rows.slice(i, i + MOST_IN_A_NUDGE).map(({ id }) => id);
    await jobs.send({ v: 1, kind: "trigger", workspaceId, triggers }).catch((error: unknown) => {
      console.warn("triggers were left to the sweep", { error: causeOf(error) });
    });
  }
}

/** Does triggers. One that fails harms no other: it stays, and the sweep brings it again. */
export async function runTriggers(ctx: Context, ids: readonly number[]): Promise<void> {
  const triggers = await findTriggers(ctx.db, ids);
  await each(
    triggers.filter(({ workspaceId }) => workspaceId === ctx.workspaceId),
    async (trigger) => {
      try {
        await run(ctx, trigger);
        await dropTrigger(ctx.db, trigger.id);
      } catch (error) {
        console.warn("a trigger was left to the sweep", { trigger: trigger.id, error: causeOf(error) });
      }
    },
  );
}

async function run(ctx: Context, trigger: Trigger): Promise<void> {
  switch (trigger.kind) {
    case "tag_added":
      return enrollBy(ctx, trigger, tagged(trigger));
    case "tag_removed":
      return takeOut(ctx, trigger);
    case "segment":
      return enrollBy(ctx, trigger);
    case "move":
      return runMove(ctx, trigger);
  }
}

function tagged({ tag }: Trigger): Condition {
  return { field: "tags", op: "contains", value: tag };
}

/** Whoever may not come in is passed over silently; only an outage keeps the trigger. */
async function enrollBy(ctx: Context, trigger: Trigger, still?: Condition): Promise<void> {
  const { id, sequenceId, contactId } = trigger;
  const contact = await findContact(ctx.db, ctx.workspaceId, contactId);
  if (!contact) return;
  const platform = addressOn(contact, "EMAIL") ? "EMAIL" : contact.platform;
  const self = { origin: `trigger/${id}`, once: true, ...(still ? { still } : {}) };
  const enrolled = await enroll(ctx, { sequenceId, contactId, platform }, self);
  if (!enrolled.ok) unlessOutage(enrolled.failure);
}

/** Who has the tag again, added while he was being taken out, comes in again where the sequence lets him. */
async function takeOut(ctx: Context, trigger: Trigger): Promise<void> {
  const contact = await findContact(ctx.db, ctx.workspaceId, trigger.contactId);
  if (!contact || contact.tags.some((tag) => tag === trigger.tag)) return;
  const live = await latestIn(ctx.db, trigger.contactId, trigger.sequenceId);
  if (live?.standing !== "ACTIVE") return;
  const left = await command(ctx, live, { kind: "exit", why: "removed" });
  if (!left.ok) unlessOutage(left.failure);
  await enrollBy(ctx, trigger, tagged(trigger));
}

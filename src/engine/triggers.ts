/** Knows how what enrolls by itself is nudged and done: each trigger alone, kept until it is done. */
import { addressOn } from "../domain/contact";
import { triggerNudges } from "../domain/nudge";
import { note, warn } from "../log";
import { findContact } from "../storage/contacts";
import { findEnrollment, latestIn } from "../storage/enrollments";
import { findSequence } from "../storage/sequences";
import {
  dropTrigger,
  findTriggers,
  holdTrigger,
  releaseTriggers,
  removalsBefore,
  type Trigger,
} from "../storage/triggers";
import { type ByItself, enroll } from "./admission";
import type { Context } from "./context";
import { each } from "./each";
import { command } from "./journey";
import { crowding } from "./limits";
import { runMove } from "./moves";
import { unlessOutage } from "./outage";

/** Tells the queue of triggers. They stand in D1, so a nudge that is lost is sent again by the sweep. */
export async function nudgeTriggers({ jobs, workspaceId }: Context, rows: readonly { id: number }[]): Promise<void> {
  const ids = rows.map(({ id }) => id);
  for (const message of triggerNudges(workspaceId, ids)) {
    await jobs.send(message).catch((error: unknown) => {
      warn("triggers were left to the sweep", { error });
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
        if ((await run(ctx, trigger)) === "no room") await hold(ctx, trigger);
        else await dropTrigger(ctx.db, trigger.id);
      } catch (error) {
        warn("a trigger was left to the sweep", { trigger: trigger.id, error });
      }
    },
  );
}

async function hold({ db }: Context, trigger: Trigger): Promise<void> {
  await holdTrigger(db, trigger);
  note("a trigger waits for room", { trigger: trigger.id });
}

/** Of one workspace in one sweep. */
const MOST_RELEASED = 1000;

/**
 * Has those done that found no room in the workspace, as many as there is room for by now. Who then finds it taken waits on;
 * while there is none nothing is written, however many wait. Whoever comes of himself meanwhile takes a place that is free.
 */
export async function letTriggersIn(ctx: Context): Promise<void> {
  const { db, workspaceId, limits, now } = ctx;
  if (await crowding(ctx)) return;
  await nudgeTriggers(ctx, await releaseTriggers(db, { workspaceId, limits, now: now.wall, limit: MOST_RELEASED }));
}

/** The world may have changed since a trigger was written: each looks whether its cause is so still. */
async function run(ctx: Context, trigger: Trigger): Promise<Done> {
  switch (trigger.kind) {
    case "tag_added":
      return comeIn(ctx, trigger);
    case "tag_removed":
      await takeOut(ctx, trigger);
      return "done";
    case "segment":
      return enrollBy(ctx, trigger, "segment");
    case "move":
      await runMove(ctx, trigger);
      return "done";
  }
}

type Done = "done" | "no room";

/**
 * Who has a tag again comes in again, where the sequence lets him; so he is taken out first where that is still to be done,
 * whichever of the two triggers is seen to first.
 */
async function comeIn(ctx: Context, trigger: Trigger): Promise<Done> {
  for (const removal of await removalsBefore(ctx.db, trigger)) await takeOut(ctx, removal);
  return enrollBy(ctx, trigger, { tag: trigger.tag });
}

/** Whoever may not come in is passed over silently; only an outage keeps the trigger, and that there is no room for one more. */
async function enrollBy(ctx: Context, trigger: Trigger, by: ByItself["by"]): Promise<Done> {
  const { id, sequenceId, contactId } = trigger;
  const [contact, trail] = [await findContact(ctx.db, ctx.workspaceId, contactId), await trailOf(ctx, trigger)];
  if (!contact || trail.includes(sequenceId)) return "done";
  const platform = addressOn(contact, "EMAIL") ? "EMAIL" : contact.platform;
  const self = { origin: `trigger/${id}`, once: true, trail, ...(by ? { by } : {}) };
  const enrolled = await enroll(ctx, { sequenceId, contactId, platform }, self);
  if (enrolled.ok) return "done";
  unlessOutage(enrolled.failure);
  return enrolled.failure.kind === "too_many" ? "no room" : "done";
}

/** The sequences that led here by moves and by tags which steps gave: none is entered twice on one trail. */
async function trailOf(ctx: Context, { sourceId }: Trigger): Promise<number[]> {
  const from = sourceId === null ? null : await findEnrollment(ctx.db, ctx, sourceId);
  return from ? [...from.trail, from.sequenceId] : [];
}

/** Ends the enrollment that was there when the tag was removed, even if he has the tag again; a newer one is left alone. */
async function takeOut(ctx: Context, { sequenceId, contactId, tag, enrollmentId }: Trigger): Promise<void> {
  const sequence = await findSequence(ctx.db, ctx, sequenceId);
  if (!sequence || sequence.initTag === null || sequence.initTag !== tag) return;
  const live = await latestIn(ctx.db, contactId, sequenceId);
  if (live?.standing !== "ACTIVE" || live.id > (enrollmentId ?? 0)) return;
  const left = await command(ctx, live, { kind: "exit", why: "removed" });
  if (!left.ok) unlessOutage(left.failure);
}

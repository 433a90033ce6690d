/** Knows how the acts of steps that are no messages are done; each is harmless when it is done again. */
import { request } from "../channels/request";
import type { Act } from "../domain/act";
import type { Trip } from "../domain/enrollment";
import type { Outcome } from "../domain/message";
import { jobNudge, type Nudge, triggerNudges } from "../domain/nudge";
import type { Reading } from "../domain/time";
import type { Settings } from "../env";
import { warn } from "../log";
import type { Database } from "../storage/database";
import { deactivate } from "../storage/exclusion";
import { changeTags } from "../storage/tags";
import { writeMove } from "../storage/triggers";

export interface Done {
  /** Null where the outcome comes later, by a call. */
  outcome: Outcome | null;
  /** What to tell the queue of jobs once the outcome is written down; lost ones are found by the sweep. */
  nudges: Nudge[];
}

export interface Doing {
  id: number;
  act: Act;
  trip: Trip;
  now: Reading;
}

const DONE: Outcome = { kind: "delivered", providerId: null };
const FULL: Outcome = { kind: "permanent", reason: "the contact has no room for more tags" };

export async function perform(db: Database, doing: Doing, settings: Settings): Promise<Done> {
  const { id, act } = doing;
  if (act.kind === "http_request") return { outcome: await request(id, act, settings), nudges: [] };
  try {
    return await write(db, doing, act);
  } catch (error) {
    warn("a step was put off", { enrollment: doing.trip.id, act: act.kind, error });
    return { outcome: { kind: "transient", reason: "the database did not answer" }, nudges: [] };
  }
}

async function write(
  db: Database,
  { id, trip, now }: Doing,
  act: Exclude<Act, { kind: "http_request" }>,
): Promise<Done> {
  const { workspaceId, contactId } = trip;
  const subject = { workspaceId, contactId, journey: now.journey, wall: now.wall };
  switch (act.kind) {
    case "add_tag":
    case "remove_tag": {
      const [add, remove] = act.kind === "add_tag" ? [act.tags, []] : [[], act.tags];
      const { full, triggers, jobs } = await changeTags(db, { ...subject, add, remove, source: trip.id });
      const nudges = [...jobNudges(workspaceId, jobs), ...triggerNudges(workspaceId, idsOf(triggers))];
      return { outcome: full ? FULL : DONE, nudges };
    }
    case "deactivate_contact": {
      const jobs = await deactivate(db, subject);
      return { outcome: DONE, nudges: jobNudges(workspaceId, jobs) };
    }
    case "move_to_sequence": {
      const move = { workspaceId, sequenceId: act.sequenceId, contactId, enrollmentId: trip.id, messageId: id };
      const trigger = await writeMove(db, { ...move, wall: now.wall });
      return { outcome: null, nudges: triggerNudges(workspaceId, trigger === null ? [] : [trigger]) };
    }
  }
}

function jobNudges(workspaceId: number, rows: readonly { id: number }[]): Nudge[] {
  return idsOf(rows).map((id) => jobNudge(workspaceId, id));
}

function idsOf(rows: readonly { id: number }[]): number[] {
  return rows.map(({ id }) => id);
}

/** Knows how a contact is enrolled: the rules looked at, one row admitted, its object started. */

import { describe, firstUnmet } from "../domain/condition";
import { type Contact, reachable } from "../domain/contact";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { causeOf } from "../domain/fault";
import type { Platform } from "../domain/platform";
import { dueAt } from "../domain/schedule";
import { awaited, growTree } from "../domain/tree";
import { contactsOf, selectContact } from "../storage/contacts";
import { admit, type EnrollmentRow, latestIn } from "../storage/enrollments";
import { type Definition, selectSequence, selectSteps } from "../storage/sequences";
import type { Context } from "./context";
import { mirror, objectOf, start } from "./journey";

export type { EnrollmentRow } from "../storage/enrollments";
export type { Definition } from "../storage/sequences";

export interface Enrolling {
  sequenceId: number;
  contactId: number;
  platform: Platform;
}

export interface Enrolled {
  row: EnrollmentRow;
  contact: Contact;
  definition: Definition;
}

/** Edits that may come between look and write before the caller is told to try again. */
const MOST_TRIES = 5;

export async function enroll(ctx: Context, input: Enrolling): Promise<Result<Enrolled>> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const read = await readParties(ctx, input);
    if (!read.ok) return read;
    const { definition, contact } = read.value;
    const refusal = refusalOf(definition, contact, input.platform);
    if (refusal) return refuse(refusal);
    const row = await admit(ctx.db, admissionOf(ctx, definition, contact, input.platform));
    if (row) return ok({ row: await startOrLeave(ctx, row), contact, definition });
    const standing = await inTheWay(ctx, definition, contact);
    if (standing) return refuse(standing);
  }
  return refuse({ kind: "unavailable", what: "the sequence is being edited" });
}

type Parties = Pick<Enrolled, "definition" | "contact">;

async function readParties(
  { db, workspaceId }: Context,
  { sequenceId, contactId }: Enrolling,
): Promise<Result<Parties>> {
  const [[sequence], steps, rows] = await db.batch([
    selectSequence(db, workspaceId, sequenceId),
    selectSteps(db, sequenceId),
    selectContact(db, workspaceId, contactId),
  ]);
  if (!sequence) return missing("sequence");
  const [contact] = contactsOf(rows);
  return contact ? ok({ definition: { sequence, steps }, contact }) : missing("contact");
}

function refusalOf({ sequence }: Definition, contact: Contact, platform: Platform): Failure | null {
  if (sequence.status === "ARCHIVED") return { kind: "sequence_archived" };
  if (sequence.locked) return { kind: "sequence_locked" };
  const reach = reachable(contact, platform, sequence.transactional);
  if (!reach.ok) return reach.failure;
  const unmet = firstUnmet(sequence.rules, contact, platform);
  return unmet && { kind: "rules_unmet", condition: describe(unmet) };
}

function admissionOf(ctx: Context, { sequence, steps }: Definition, contact: Contact, platform: Platform) {
  const at = ctx.now.journey;
  const first = awaited(growTree(steps, sequence.revision), { step: null, lastStep: null, ran: [] });
  return { sequence, contact, platform, stepId: first?.id ?? null, dueAt: first ? dueAt(at, first) : at, at };
}

/** A start that fails is not lost: the row says pending, and the sweep starts what stays so. */
async function startOrLeave(ctx: Context, row: EnrollmentRow): Promise<EnrollmentRow> {
  await start(ctx, row).catch((error: unknown) => {
    console.warn("a start was left to the sweep", { enrollment: row.id, error: causeOf(error) });
  });
  return row;
}

/** Why the row was refused; null when that is no longer so, and it is worth another try. */
async function inTheWay(ctx: Context, { sequence }: Definition, contact: Contact): Promise<Failure | null> {
  const latest = await latestIn(ctx.db, contact.id, sequence.id);
  if (latest === null) return null;
  if (latest.standing !== "ACTIVE") return sequence.reenroll === "never" ? { kind: "enrolled_before" } : null;
  const current = await objectOf(ctx, latest.id).current(ctx.now);
  if (current === null || current.snapshot.standing === "ACTIVE") return { kind: "already_enrolled" };
  // It has ended long since, and only the mirror does not know yet.
  await mirror(ctx, current);
  return null;
}

/** Knows the verbs on an enrollment that is there: show, list, exit, pause, resume, retry. */
import type { Contact } from "../domain/contact";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { snapshotOf } from "../domain/mirror";
import type { Sequence } from "../domain/sequence";
import { isHeld } from "../domain/throttle";
import { MINUTE } from "../domain/time";
import type { Waiting } from "../domain/waiting";
import type { Command } from "../enrollment/object";
import { findByIds } from "../storage/contacts";
import { standingsOf } from "../storage/counts";
import { messagesOf } from "../storage/dossier";
import {
  type EnrollmentRow,
  findEnrollment,
  type Listed,
  latestIn,
  listEnrollments,
  readmit,
} from "../storage/enrollments";
import { keptOutBy } from "../storage/exclusivity";
import { readHistories } from "../storage/histories";
import { type Definition, findDefinition, findSequence } from "../storage/sequences";
import type { Context } from "./context";
import { beginJob } from "./jobs";
import { command, objectOf, rowAfter } from "./journey";
import { pastOf, type Told } from "./late";
import { crowding } from "./limits";
import { type Page, type Paged, windowOf } from "./page";
import { heldBy, letInBefore } from "./throttles";

export interface EnrollmentOf {
  sequenceId: number;
  enrollmentId: number;
}

export interface Shown {
  row: EnrollmentRow;
  /** Null once he was erased. */
  contact: Contact | null;
  definition: Definition;
}

export interface Detail extends Shown {
  view: Told | null;
  /** Set while a throttle holds him back. */
  held: Waiting | null;
}

export async function listOf(ctx: Context, input: Page & Listed): Promise<Result<Paged<Shown>>> {
  const { db, workspaceId } = ctx;
  const { page, limit, sequenceId, standing } = input;
  const definition = await findDefinition(db, ctx, sequenceId);
  if (!definition) return missing("sequence");
  const [rows, standings] = await Promise.all([
    listEnrollments(db, input, windowOf(input)),
    standingsOf(db, workspaceId, sequenceId),
  ]);
  const contacts = await findByIds(db, workspaceId, [...new Set(rows.map((row) => row.contactId))]);
  const items = rows.map((row) => ({
    row,
    definition,
    contact: contacts.find((contact) => contact.id === row.contactId) ?? null,
  }));
  const total = standing ? standings[standing] : Object.values(standings).reduce((sum, n) => sum + n, 0);
  return ok({ page, limit, items, total });
}

/** The enrollment with its history, as the object itself tells it, or as it was kept once that was freed. */
export async function detailOf(ctx: Context, input: EnrollmentOf): Promise<Result<Detail>> {
  const found = await find(ctx, input);
  if (!found.ok) return found;
  const { row, definition } = found.value;
  const [told, shown] = await Promise.all([objectOf(ctx, row.id).view(), show(ctx, definition, row)]);
  const view = told ?? (await pastOfOne(ctx, row));
  const held = await heldBy(ctx, definition.sequence, row);
  const state = held === null ? view?.state : null;
  return ok({ ...shown, row: state ? rowAfter(row, snapshotOf(state, ctx.now)) : row, view, held });
}

/** The same as the mirror shows it: no object is asked. */
export async function rowOf(ctx: Context, input: EnrollmentOf): Promise<Result<Shown>> {
  const found = await find(ctx, input);
  return found.ok ? ok(await show(ctx, found.value.definition, found.value.row)) : found;
}

/**
 * Changes whenever the mirror shows something else of an enrollment than before, and once in so much wall time while it is
 * under way, for what it waits for may change unseen: whoever looks on asks this, and its object only where it has changed.
 */
export async function markOf(ctx: Context, { sequenceId, enrollmentId }: EnrollmentOf): Promise<Result<string>> {
  const [sequence, row] = await Promise.all([
    findSequence(ctx.db, ctx, sequenceId),
    findEnrollment(ctx.db, ctx, enrollmentId),
  ]);
  if (!sequence) return missing("sequence");
  if (row?.sequenceId !== sequenceId) return missing("enrollment");
  return ok(markAt(ctx, row, sequence));
}

const LOOKED_AT = MINUTE;

export function markAt({ now }: Context, row: EnrollmentRow, { status, revision }: Sequence): string {
  const { version, completeTo, state, why, standing } = row;
  const since = standing === "ACTIVE" ? Math.floor(now.wall / LOOKED_AT) : "";
  return [version, completeTo, state, why, status, revision, since].join(".");
}

async function pastOfOne({ db }: Context, row: EnrollmentRow): Promise<Told | null> {
  if (row.standing === "ACTIVE") return null;
  return (await pastOf(db, [row], await messagesOf(db, [row.id]))).get(row.id) ?? null;
}

export function exit(ctx: Context, input: EnrollmentOf): Promise<Result<Shown>> {
  return act(ctx, input, { kind: "exit", why: "removed" });
}

/** Takes a contact out of a sequence; refused where he, or nobody, is in it. */
export async function exitContact(
  ctx: Context,
  sequenceId: number,
  contactId: number | null,
): Promise<Result<EnrollmentRow>> {
  if (!(await findSequence(ctx.db, ctx, sequenceId))) return missing("sequence");
  const row = contactId === null ? null : await latestIn(ctx.db, contactId, sequenceId);
  if (row?.standing !== "ACTIVE") return refuse({ kind: "already_ended" });
  return command(ctx, row, { kind: "exit", why: "removed" });
}

export function pause(ctx: Context, input: EnrollmentOf): Promise<Result<Shown>> {
  return act(ctx, input, { kind: "pause", why: "manual" });
}

export function resume(ctx: Context, input: EnrollmentOf): Promise<Result<Shown>> {
  return act(ctx, input, { kind: "resume" });
}

/** Takes a failed enrollment up again. The mirror admits it first, so that no contact has two live ones. */
export async function retry(ctx: Context, input: EnrollmentOf): Promise<Result<Shown>> {
  const found = await find(ctx, input);
  if (!found.ok) return found;
  const { row, definition } = found.value;
  if (definition.sequence.status === "ARCHIVED") return refuse({ kind: "sequence_archived" });
  const retried = await retryRow(ctx, row);
  return retried.ok ? ok(await show(ctx, definition, retried.value)) : retried;
}

export async function retryRow(ctx: Context, row: EnrollmentRow): Promise<Result<EnrollmentRow>> {
  const begun = (row.state === "pending" && row.why === "retry") || (isHeld(row) && row.version > 0);
  if (!begun && (row.state !== "ended" || row.why !== "failed")) return refuse({ kind: "not_failed" });
  const why = begun ? row.why : await readmitted(ctx, row);
  if (why === null) return refuse(await inTheWay(ctx, row));
  if (why === "throttle") return queueAgain(ctx, row.id);
  return command(ctx, { ...row, state: "ended" }, { kind: "retry", repliedAt: row.repliedAt });
}

/** Where those who are under way had not been counted yet, they have been by the second time. */
async function readmitted(ctx: Context, row: EnrollmentRow): Promise<"retry" | "throttle" | null> {
  const by = { at: ctx.now.journey, limits: ctx.limits };
  return (await readmit(ctx.db, row, by)) ?? ((await crowding(ctx)) ? null : readmit(ctx.db, row, by));
}

/** He takes a place again, so he waits for one like anybody else, by the order of the ids. */
async function queueAgain(ctx: Context, id: number): Promise<Result<EnrollmentRow>> {
  const before = await findEnrollment(ctx.db, ctx, id);
  if (before) await letInBefore(ctx, before);
  const row = await findEnrollment(ctx.db, ctx, id);
  return row ? ok(row) : missing("enrollment");
}

async function inTheWay(ctx: Context, row: EnrollmentRow): Promise<Failure> {
  const { db, now } = ctx;
  const { sequenceId, contactId } = row;
  if ((await readHistories(db, [row])).size > 0) return { kind: "no_longer_kept" };
  if ((await findSequence(db, ctx, sequenceId))?.status === "ARCHIVED") return { kind: "sequence_archived" };
  const { rivals } = await keptOutBy(db, { sequenceId, contactId, from: null, at: now.journey });
  if (rivals.length > 0) return { kind: "shut_out" };
  const latest = await latestIn(db, contactId, sequenceId);
  const crowded = latest?.standing === "ACTIVE" ? null : await crowding(ctx);
  return crowded ?? { kind: "already_enrolled" };
}

/** Retries every failed enrollment of a sequence, by a job. */
export async function retryAll(ctx: Context, sequenceId: number): Promise<Result<void>> {
  const definition = await findDefinition(ctx.db, ctx, sequenceId);
  if (!definition) return missing("sequence");
  if (definition.sequence.status === "ARCHIVED") return refuse({ kind: "sequence_archived" });
  await beginJob(ctx, { kind: "retry", subjectId: sequenceId });
  return ok(undefined);
}

async function act(ctx: Context, input: EnrollmentOf, event: Command): Promise<Result<Shown>> {
  const found = await find(ctx, input);
  if (!found.ok) return found;
  const { row, definition } = found.value;
  if (row.standing !== "ACTIVE") return refuse({ kind: "already_ended" });
  const done = await command(ctx, row, event);
  return done.ok ? ok(await show(ctx, definition, done.value)) : done;
}

async function find(ctx: Context, { sequenceId, enrollmentId }: EnrollmentOf) {
  const [definition, row] = await Promise.all([
    findDefinition(ctx.db, ctx, sequenceId),
    findEnrollment(ctx.db, ctx, enrollmentId),
  ]);
  if (!definition) return missing("sequence");
  return row && row.sequenceId === sequenceId ? ok({ row, definition }) : missing("enrollment");
}

async function show({ db, workspaceId }: Context, definition: Definition, row: EnrollmentRow): Promise<Shown> {
  const [contact] = await findByIds(db, workspaceId, [row.contactId]);
  return { row, definition, contact: contact ?? null };
}

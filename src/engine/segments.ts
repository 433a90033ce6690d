/** Knows the verbs on segments: create, show, list, update, remove, and who is in one. */
import type { Rules } from "../domain/condition";
import type { Contact } from "../domain/contact";
import { missing, ok, type Result, refuse } from "../domain/failure";
import { MOST_SEGMENTS, type Segment } from "../domain/segment";
import { findByIds } from "../storage/contacts";
import { memberIds } from "../storage/members";
import {
  deleteSegment,
  findSegment,
  insertSegment,
  listSegments,
  membersCounted,
  renameSegment,
  reviseSegment,
} from "../storage/segments";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { catchUpMembers } from "./membership";
import { type Page, type Paged, windowOf } from "./page";
import { beforeTry, MOST_TRIES } from "./tries";

export interface Counted {
  segment: Segment;
  count: number;
}

export async function create(ctx: Context, input: { name: string; rules: Rules }): Promise<Result<Counted>> {
  const { db, workspaceId, now } = ctx;
  const made = await insertSegment(db, { ...input, workspaceId }, now);
  if (!made) return refuse({ kind: "too_many", what: "segments", max: MOST_SEGMENTS });
  await nudge(ctx, made.jobs);
  return show(ctx, made.id);
}

export async function show(ctx: Context, id: number): Promise<Result<Counted>> {
  await catchUpMembers(ctx);
  const segment = await findSegment(ctx.db, ctx.workspaceId, id);
  if (!segment) return missing("segment");
  const counted = await membersCounted(ctx.db, ctx.workspaceId, [id]);
  return ok({ segment, count: counted.get(id) ?? 0 });
}

export async function list(ctx: Context, page: Page): Promise<Paged<Counted>> {
  const { db, workspaceId } = ctx;
  await catchUpMembers(ctx);
  const { rows, total } = await listSegments(db, workspaceId, windowOf(page));
  const ids = rows.map(({ id }) => id);
  const counted = await membersCounted(db, workspaceId, ids);
  return { ...page, items: rows.map((segment) => ({ segment, count: counted.get(segment.id) ?? 0 })), total };
}

/** Other rules have all contacts looked at again; until then the members are partly those of the old ones. */
export async function update(
  ctx: Context,
  id: number,
  patch: { name?: string | undefined; rules?: Rules | undefined },
): Promise<Result<Counted>> {
  const { db, workspaceId, now } = ctx;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const segment = await findSegment(db, workspaceId, id);
    if (!segment) return missing("segment");
    const { name = segment.name, rules } = patch;
    if (rules === undefined) {
      await renameSegment(db, id, name, now.journey);
      return show(ctx, id);
    }
    const revised = await reviseSegment(db, segment, { name, rules }, now);
    if (!revised) continue;
    await nudge(ctx, revised.jobs);
    return show(ctx, id);
  }
  return refuse({ kind: "unavailable", what: "the segment is being edited" });
}

export async function remove(ctx: Context, id: number): Promise<Result<void>> {
  const { db, workspaceId, now } = ctx;
  const segment = await findSegment(db, workspaceId, id);
  if (!segment) return missing("segment");
  const deleted = await deleteSegment(db, segment, now);
  if (!deleted) return (await findSegment(db, workspaceId, id)) ? refuse({ kind: "segment_in_use" }) : ok(undefined);
  await nudge(ctx, deleted.jobs);
  return ok(undefined);
}

export async function members(ctx: Context, id: number, page: Page): Promise<Result<Paged<Contact>>> {
  const shown = await show(ctx, id);
  if (!shown.ok) return shown;
  const ids = await memberIds(ctx.db, id, windowOf(page));
  const contacts = await findByIds(ctx.db, ctx.workspaceId, ids);
  return ok({ ...page, items: contacts.sort((a, b) => a.id - b.id), total: shown.value.count });
}

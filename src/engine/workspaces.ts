/** Knows the operator's verbs on workspaces: list, create, change. None is deleted: what is to stand still is paused and locked. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import { limitsOf, type OwnLimits } from "../domain/limits";
import type { Features, Plan } from "../domain/plan";
import { totalOf } from "../storage/counts";
import { sharedDatabase } from "../storage/database";
import { forgetLive } from "../storage/limits";
import {
  findWorkspace,
  insertWorkspace,
  listWorkspaces,
  patchWorkspace,
  type WorkspaceRow,
} from "../storage/workspaces";
import type { Context, Doors } from "./context";
import { type Page, type Paged, windowOf } from "./page";
import { changeAndWake } from "./workspace";

export type { WorkspaceRow } from "../storage/workspaces";

/** What belongs to no workspace is counted under none. */
const NONE = 0;

export interface WorkspaceFields {
  name?: string | undefined;
  plan?: Plan | undefined;
  /** What differs from the plan, all of it. */
  features?: Features | undefined;
  limits?: OwnLimits | undefined;
}

export interface WorkspacePatch extends WorkspaceFields {
  /** Nothing is sent. The workspace may set it too, and take it back. */
  paused?: boolean | undefined;
  /** No key and no token of it opens anything. */
  locked?: boolean | undefined;
}

export async function list({ bindings }: Doors, page: Page): Promise<Paged<WorkspaceRow>> {
  const db = sharedDatabase(bindings.DB);
  const [items, total] = await Promise.all([listWorkspaces(db, windowOf(page)), totalOf(db, NONE, "workspaces")]);
  return { ...page, items, total };
}

export async function create(
  { bindings, now }: Doors,
  { name, plan = "FREE", features = {}, limits = {} }: WorkspaceFields & { name: string },
): Promise<Result<WorkspaceRow>> {
  const db = sharedDatabase(bindings.DB);
  const row = await insertWorkspace(db, { name, plan, features, limits, createdAt: now.journey });
  return row ? ok(row) : refuse({ kind: "unavailable", what: "the workspace could not be made" });
}

/** Sets what is named. Under a lower limit whoever is under way goes on; nobody comes in until there is room. */
export async function update(
  ctx: Context,
  { paused, locked, ...fields }: WorkspacePatch,
): Promise<Result<WorkspaceRow>> {
  const { db, workspaceId, now } = ctx;
  const before = await findWorkspace(db, workspaceId);
  if (!before) return missing("workspace");
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  const patch = {
    ...Object.fromEntries(named),
    ...(paused === undefined ? {} : { pausedAt: paused ? (before.pausedAt ?? now.journey) : null }),
    ...(locked === undefined ? {} : { lockedAt: locked ? (before.lockedAt ?? now.wall) : null }),
  };
  if (Object.keys(patch).length === 0) return ok(before);
  const change = patchWorkspace(db, workspaceId, patch);
  const resumes = paused === false && before.pausedAt !== null;
  const changed = resumes ? await changeAndWake(ctx, change) : await changedBy(change);
  if (changed.ok && limitsOf(ctx.limits, changed.value).enrollments === null) await forgetLive(db, workspaceId);
  return changed;
}

async function changedBy(change: PromiseLike<WorkspaceRow[]>): Promise<Result<WorkspaceRow>> {
  const [row] = await change;
  return row ? ok(row) : missing("workspace");
}

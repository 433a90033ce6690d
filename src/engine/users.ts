/** Knows the verbs on users: create, show, list, update. Nobody is deleted: who is to stay out is locked. */
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { addressKey, isAddress } from "../domain/platform";
import type { User } from "../domain/user";
import { totalOf } from "../storage/counts";
import { findUser, insertUser, listUsers, updateUser } from "../storage/users";
import type { Context } from "./context";
import { type Page, type Paged, windowOf } from "./page";

export type { User } from "../domain/user";

/** What is left out stays as it is. */
export interface UserFields {
  name?: string | undefined;
  email?: string | undefined;
  username?: string | null | undefined;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  locked?: boolean | undefined;
  details?: Record<string, unknown> | undefined;
}

export interface UserPatch extends UserFields {
  /** Of the details these alone; null takes one away. */
  changes?: Readonly<Record<string, unknown>> | undefined;
}

export async function create(ctx: Context, draft: UserFields & { email: string }): Promise<Result<User>> {
  const { db, workspaceId, userId, now } = ctx;
  const fault = faultIn(ctx, draft, null);
  if (fault) return refuse(fault);
  const user = await insertUser(db, {
    ...named(draft),
    workspaceId,
    name: draft.name ?? "",
    locked: draft.locked ?? false,
    details: draft.details ?? {},
    creatorId: userId,
    updaterId: userId,
    createdAt: now.journey,
    updatedAt: now.journey,
  });
  return user ? ok(user) : refuse(TAKEN);
}

export async function show(ctx: Context, id: number): Promise<Result<User>> {
  const user = await findUser(ctx.db, ctx.workspaceId, id);
  return user ? ok(user) : missing("user");
}

export async function list(ctx: Context, page: Page): Promise<Paged<User>> {
  const [items, total] = await Promise.all([
    listUsers(ctx.db, ctx.workspaceId, windowOf(page)),
    totalOf(ctx.db, ctx.workspaceId, "users"),
  ]);
  return { ...page, items, total };
}

export async function update(ctx: Context, id: number, patch: UserPatch): Promise<Result<User>> {
  const user = await findUser(ctx.db, ctx.workspaceId, id);
  if (!user) return missing("user");
  const fault = faultIn(ctx, patch, id);
  if (fault) return refuse(fault);
  const set = { ...named(patch), updaterId: ctx.userId, updatedAt: ctx.now.journey };
  const updated = await updateUser(ctx.db, user, set, patch.changes);
  return updated ? ok(updated) : refuse(TAKEN);
}

const TAKEN: Failure = { kind: "bad_value", field: "email", message: "has already been taken" };

/** Nobody locks himself out, or a workspace might have nobody left to let anybody in. */
function faultIn(ctx: Context, { email, locked }: UserFields, id: number | null): Failure | null {
  if (email !== undefined && !isAddress("EMAIL", email)) {
    return { kind: "bad_value", field: "email", message: "is no email address" };
  }
  if (locked && id !== null && id === ctx.userId) {
    return { kind: "bad_value", field: "locked", message: "cannot be set by the user himself" };
  }
  return null;
}

function named({ name, email, username, firstName, lastName, locked, details }: UserFields) {
  const address = email === undefined ? {} : { email: email.trim(), emailKey: addressKey("EMAIL", email) };
  const fields = Object.entries({ name, username, firstName, lastName, locked, details });
  return { ...address, ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)) };
}

/** Knows the verbs on categories of content: create, update, remove; and on what is in one: put in, take out. */
import { type ContentType, groups } from "../domain/content";
import { missing, ok, type Result, refuse } from "../domain/failure";
import * as storage from "../storage/categories";
import { findSequence } from "../storage/sequences";
import { findTemplate } from "../storage/templates";
import type { Context } from "./context";

/** What is left out stays as it is. */
export interface CategoryFields {
  name?: string;
  color?: string | null;
  allowSequences?: boolean;
  allowSnippets?: boolean;
  allowTemplates?: boolean;
}

export async function create(ctx: Context, draft: CategoryFields & { name: string }): Promise<Result<number>> {
  const { db, workspaceId, userId, now } = ctx;
  const by = { creatorId: userId, createdAt: now.journey, updatedAt: now.journey };
  const id = await storage.insertCategory(db, { ...draft, workspaceId, ...by });
  return id === null ? missing("category") : ok(id);
}

/** What is in it stays there, whatever it groups from now on. */
export async function update(ctx: Context, id: number, patch: CategoryFields): Promise<Result<void>> {
  const { db, workspaceId, now } = ctx;
  const changed = await storage.updateCategory(db, { id, workspaceId }, { ...patch, updatedAt: now.journey });
  return changed ? ok(undefined) : missing("category");
}

export async function remove({ db, workspaceId }: Context, id: number): Promise<Result<void>> {
  return (await storage.deleteCategory(db, { id, workspaceId })) ? ok(undefined) : missing("category");
}

export interface Content {
  categoryId: number;
  type: ContentType;
  id: number;
}

/** Puts content into a category, once. */
export async function putIn(ctx: Context, { categoryId, type, id: contentId }: Content): Promise<Result<number>> {
  const { db, workspaceId, userId, now } = ctx;
  const category = await storage.findCategory(db, { id: categoryId, workspaceId });
  if (!category) return missing("category");
  if (!(await isThere(ctx, type, contentId)))
    return refuse({ kind: "bad_value", field: "content", message: `is no ${type}` });
  if (!groups(category, type)) {
    return refuse({ kind: "bad_value", field: "content", message: "is of a type that the category does not group" });
  }
  const by = { creatorId: userId, createdAt: now.journey };
  const id = await storage.insertMembership(db, { workspaceId, categoryId, contentType: type, contentId, ...by });
  return id === null ? refuse({ kind: "bad_value", field: "content", message: "is in the category already" }) : ok(id);
}

async function isThere(ctx: Context, type: ContentType, id: number): Promise<boolean> {
  switch (type) {
    case "sequence": {
      const sequence = await findSequence(ctx.db, ctx, id);
      return sequence !== null && sequence.status !== "ARCHIVED";
    }
    case "template":
      return (await findTemplate(ctx.db, ctx, id)) !== null;
  }
}

export async function takeOut({ db, workspaceId }: Context, id: number): Promise<Result<void>> {
  return (await storage.deleteMembership(db, { id, workspaceId })) ? ok(undefined) : missing("membership");
}

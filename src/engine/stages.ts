/** Knows the verbs on stages: create, update, remove. */
import { missing, ok, type Result } from "../domain/failure";
import * as storage from "../storage/stages";
import type { Context } from "./context";

/** What is left out stays as it is. */
export interface StageFields {
  name?: string;
  color?: string | null;
  order?: number;
}

export async function create(ctx: Context, draft: StageFields & { name: string }): Promise<Result<number>> {
  const { db, workspaceId, userId, now } = ctx;
  const { name, color = null, order = null } = draft;
  const by = { creatorId: userId, updaterId: userId, createdAt: now.journey, updatedAt: now.journey };
  const id = await storage.insertStage(db, { workspaceId, name, color, order, ...by });
  return id === null ? missing("stage") : ok(id);
}

export async function update(ctx: Context, id: number, patch: StageFields): Promise<Result<void>> {
  const { db, workspaceId, userId, now } = ctx;
  const set = { ...patch, updaterId: userId, updatedAt: now.journey };
  return (await storage.updateStage(db, { id, workspaceId }, set)) ? ok(undefined) : missing("stage");
}

export async function remove({ db, workspaceId }: Context, id: number): Promise<Result<void>> {
  return (await storage.deleteStage(db, { id, workspaceId })) ? ok(undefined) : missing("stage");
}

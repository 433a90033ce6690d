/** Knows the priorities of tasks as a collection. */
import { sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";

export function taskPriorities(_: Viewer): Collection {
  return {
    from: sql`priorities t`,
    workspace: sql`t.workspace_id`,
    fields: plain({ name: "name", weight: "weight", color: "color", createdAt: "created_at", updatedAt: "updated_at" }),
    toOne: {},
    toMany: {},
  };
}

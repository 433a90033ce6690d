/** Knows stages as a collection. */
import { sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";

export function stages(_: Viewer): Collection {
  return {
    from: sql`stages t`,
    workspace: sql`t.workspace_id`,
    fields: plain({ name: "name", color: "color", order: "place", createdAt: "created_at", updatedAt: "updated_at" }),
    toOne: {
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
    },
    toMany: { prospects: { to: "prospect", by: "stage" } },
  };
}

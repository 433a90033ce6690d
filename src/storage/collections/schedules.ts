/** Knows schedules as a collection. */
import { sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";

export function schedules(_: Viewer): Collection {
  return {
    from: sql`schedules t`,
    workspace: sql`t.workspace_id`,
    fields: {
      ...plain({ name: "name", timeZone: "zone", createdAt: "created_at", updatedAt: "updated_at" }),
      openings: { sql: sql`t.openings`, kind: "json" },
      holidays: { sql: sql`t.holidays`, kind: "json" },
    },
    toOne: {
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
    },
    toMany: {},
  };
}

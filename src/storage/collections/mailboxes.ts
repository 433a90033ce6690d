/** Knows mailboxes as a collection. */
import { sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";

export function mailboxes(_: Viewer): Collection {
  return {
    from: sql`mailboxes t`,
    workspace: sql`t.workspace_id`,
    where: sql`t.deleted_at IS NULL`,
    fields: {
      ...plain({ email: "email", userId: "user_id", createdAt: "created_at", updatedAt: "updated_at" }),
      editable: { sql: sql`1`, kind: "flag" },
      details: { sql: sql`t.details`, kind: "json" },
    },
    toOne: {
      user: { to: "user", id: sql`t.user_id`, lead: "alone" },
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
    },
    toMany: {},
  };
}

/** Knows users as a collection. What is only kept and shown of them stands in their details. */
import { sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, flags, plain } from "./collection";

export function users(_: Viewer): Collection {
  return {
    from: sql`users t`,
    workspace: sql`t.workspace_id`,
    fields: {
      ...plain({ email: "email", username: "username", firstName: "first_name", lastName: "last_name", name: "name" }),
      ...plain({ createdAt: "created_at" }),
      ...flags({ locked: "locked" }),
      updatedAt: { sql: sql`COALESCE(t.updated_at, t.created_at)` },
      details: { sql: sql`t.details`, kind: "json" },
    },
    toOne: {
      mailbox: { to: "mailbox", id: FIRST_MAILBOX },
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
    },
    toMany: { mailboxes: { to: "mailbox", by: "user" } },
  };
}

const FIRST_MAILBOX = sql`(SELECT MIN(b.id) FROM mailboxes b WHERE b.user_id = t.id AND b.deleted_at IS NULL)`;

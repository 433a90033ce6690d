/** Knows mailboxes as a collection. */
import { type SQL, sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, type Field, plain } from "./collection";

/** What the engine keeps in a place of its own; where that says nothing, as it was told. */
const kept = (known: SQL, name: string): Field => ({ sql: sql`COALESCE(${known}, t.details ->> ${`$.${name}`})` });

const SSL = sql`CASE t.transport ->> '$.security' WHEN 'optional' THEN 0 WHEN 'tls' THEN 1 WHEN 'starttls' THEN 1 END`;

export function mailboxes(_: Viewer): Collection {
  return {
    from: sql`mailboxes t`,
    workspace: sql`t.workspace_id`,
    where: sql`t.deleted_at IS NULL`,
    fields: {
      ...plain({ email: "email", userId: "user_id", createdAt: "created_at", updatedAt: "updated_at" }),
      editable: { sql: sql`1`, kind: "flag" },
      details: { sql: sql`t.details`, kind: "json" },
      maxMailingsPerDay: { sql: sql`t.day_limit` },
      sendDisabled: { sql: sql`t.paused_at IS NOT NULL`, kind: "flag" },
      sendMethod: kept(sql`CASE t.transport ->> '$.kind' WHEN 'smtp' THEN 'smtp' END`, "sendMethod"),
      sendPeriod: kept(sql`t.rate ->> '$.seconds'`, "sendPeriod"),
      sendThreshold: kept(sql`t.rate ->> '$.messages'`, "sendThreshold"),
      smtpHost: kept(sql`t.transport ->> '$.host'`, "smtpHost"),
      smtpPort: kept(sql`t.transport ->> '$.port'`, "smtpPort"),
      smtpSsl: { ...kept(SSL, "smtpSsl"), kind: "flag" },
      smtpUsername: kept(sql`t.transport ->> '$.username'`, "smtpUsername"),
      username: { sql: sql`t.details ->> '$.username'` },
    },
    toOne: {
      user: { to: "user", id: sql`t.user_id`, lead: "alone" },
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
    },
    toMany: {},
  };
}

/** Knows mailboxes, from which mails are to leave. */
import { and, eq, isNull, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Database } from "./database";
import { type Details, withDetails } from "./details";

const mailboxes = sqliteTable("mailboxes", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  userId: integer("user_id").notNull(),
  email: text("email").notNull(),
  emailKey: text("email_key").notNull(),
  details: text("details", { mode: "json" }).$type<Details>().notNull(),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  deletedAt: integer("deleted_at"),
});

export type NewMailbox = typeof mailboxes.$inferInsert;

interface Of {
  id: number;
  workspaceId: number;
}

const isMailbox = ({ id, workspaceId }: Of) =>
  and(eq(mailboxes.id, id), eq(mailboxes.workspaceId, workspaceId), isNull(mailboxes.deletedAt));

/** The id of what was made; null where another mailbox of the workspace has that address. */
export async function insertMailbox(db: Database, mailbox: NewMailbox): Promise<number | null> {
  const [made] = await db.insert(mailboxes).values(mailbox).onConflictDoNothing().returning({ id: mailboxes.id });
  return made?.id ?? null;
}

/** Says whether it is there, and its address, if it is to have another, is not another's. */
export async function updateMailbox(
  db: Database,
  of: Of,
  { details = {}, ...set }: Partial<NewMailbox>,
): Promise<boolean> {
  const isFree = sql`NOT EXISTS (
    SELECT 1 FROM mailboxes o WHERE o.workspace_id = ${of.workspaceId} AND o.email_key = ${set.emailKey ?? null}
      AND o.deleted_at IS NULL AND o.id <> ${of.id})`;
  const changed = await db
    .update(mailboxes)
    .set({ ...set, details: withDetails(mailboxes.details, details) })
    .where(and(isMailbox(of), isFree))
    .returning({ id: mailboxes.id });
  return changed.length > 0;
}

export async function hasMailbox(db: Database, of: Of): Promise<boolean> {
  const rows = await db.select({ id: mailboxes.id }).from(mailboxes).where(isMailbox(of));
  return rows.length > 0;
}

/** Says whether it was there. Its row stays for the journeys that were to leave from it, and forgets what it was told. */
export async function deleteMailbox(db: Database, of: Of, at: number): Promise<boolean> {
  const set = { deletedAt: at, updatedAt: at, details: {} };
  const gone = await db.update(mailboxes).set(set).where(isMailbox(of)).returning({ id: mailboxes.id });
  return gone.length > 0;
}

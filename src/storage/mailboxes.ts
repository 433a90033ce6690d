/** Knows mailboxes, from which mails leave. */
import { and, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Rate, Warmup } from "../domain/mailbox";
import type { Transport } from "../domain/transport";
import type { Database } from "./database";
import { type Details, withDetails } from "./details";
import type { Window } from "./window";

const mailboxes = sqliteTable("mailboxes", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  userId: integer("user_id").notNull(),
  email: text("email").notNull(),
  emailKey: text("email_key").notNull(),
  name: text("sender_name"),
  replyTo: text("reply_to"),
  transport: text("transport", { mode: "json" }).$type<Transport>(),
  sealed: text("sealed"),
  daily: integer("day_limit"),
  rate: text("rate", { mode: "json" }).$type<Rate>(),
  warmup: text("warmup", { mode: "json" }).$type<Warmup>(),
  zone: text("zone").notNull().default("UTC"),
  pausedAt: integer("paused_at"),
  pauseReason: text("pause_reason"),
  details: text("details", { mode: "json" }).$type<Details>().notNull(),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  deletedAt: integer("deleted_at"),
});

export type MailboxRow = typeof mailboxes.$inferSelect;
export type NewMailbox = typeof mailboxes.$inferInsert;

export interface MailboxOf {
  id: number;
  workspaceId: number;
}

const isMailbox = ({ id, workspaceId }: MailboxOf) =>
  and(eq(mailboxes.id, id), eq(mailboxes.workspaceId, workspaceId), isNull(mailboxes.deletedAt));

/** The id of what was made; none where another mailbox of the workspace has that address. */
export function insertMailbox(db: Database, mailbox: NewMailbox) {
  return db.insert(mailboxes).values(mailbox).onConflictDoNothing().returning({ id: mailboxes.id });
}

/** Gives its id where it is there, and its address, if it is to have another, is not another's. */
export function updateMailbox(db: Database, of: MailboxOf, { details = {}, ...set }: Partial<NewMailbox>) {
  const isFree = sql`NOT EXISTS (
    SELECT 1 FROM mailboxes o WHERE o.workspace_id = ${of.workspaceId} AND o.email_key = ${set.emailKey ?? null}
      AND o.deleted_at IS NULL AND o.id <> ${of.id})`;
  return db
    .update(mailboxes)
    .set({ ...set, details: withDetails(mailboxes.details, details) })
    .where(and(isMailbox(of), isFree))
    .returning({ id: mailboxes.id });
}

export async function findMailbox(db: Database, of: MailboxOf): Promise<MailboxRow | null> {
  const [row] = await db.select().from(mailboxes).where(isMailbox(of));
  return row ?? null;
}

/** The newest first. */
export async function listMailboxes(
  db: Database,
  workspaceId: number,
  { limit, offset }: Window,
): Promise<{ rows: MailboxRow[]; total: number }> {
  const own = and(eq(mailboxes.workspaceId, workspaceId), isNull(mailboxes.deletedAt));
  const [rows, all] = await db.batch([
    db.select().from(mailboxes).where(own).orderBy(desc(mailboxes.id)).limit(limit).offset(offset),
    db.select({ n: sql<number>`COUNT(*)` }).from(mailboxes).where(own),
  ]);
  return { rows, total: all[0]?.n ?? 0 };
}

/** Those of the ids that are no mailboxes of the workspace. */
export async function strangersAmong(db: Database, workspaceId: number, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ id: mailboxes.id })
    .from(mailboxes)
    .where(sql`${mailboxes.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))
      AND +${mailboxes.workspaceId} = ${workspaceId} AND ${mailboxes.deletedAt} IS NULL`);
  const known = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

/** Holds where the batch has just made, changed or removed a mailbox. */
export function mailboxTouched(workspaceId: number, which: { id: number } | { emailKey: string }, at: number): SQL {
  const one = "id" in which ? sql`id = ${which.id}` : sql`email_key = ${which.emailKey}`;
  return sql`EXISTS (SELECT 1 FROM mailboxes WHERE ${one} AND workspace_id = ${workspaceId} AND updated_at = ${at})`;
}

/** Gives its id where it was there. Its row stays for the journeys that were to leave from it, and forgets what it was told. */
export function deleteMailbox(db: Database, of: MailboxOf, at: number) {
  const told = { name: null, replyTo: null, transport: null, sealed: null, daily: null, rate: null, warmup: null };
  const set = { ...told, deletedAt: at, updatedAt: at, details: {} };
  return db.update(mailboxes).set(set).where(isMailbox(of)).returning({ id: mailboxes.id });
}

/** Takes a mailbox that is gone out of what sequences name, so that what is shown of them can be written back. */
export function unnameMailbox(db: Database, { id, workspaceId }: MailboxOf) {
  return db.run(sql`
    UPDATE sequences SET revision = revision + 1, email_server_ids = (
      SELECT json_group_array(value) FROM json_each(email_server_ids) WHERE value <> ${id})
    WHERE workspace_id = ${workspaceId} AND email_server_ids <> '[]'
      AND EXISTS (SELECT 1 FROM json_each(email_server_ids) WHERE value = ${id})
      AND EXISTS (SELECT 1 FROM mailboxes WHERE id = ${id} AND workspace_id = ${workspaceId} AND deleted_at IS NOT NULL)`);
}

interface Pause extends MailboxOf {
  reason: string;
  now: number;
  /** Only the mailbox as it was last set then is meant; one that was mended since is left alone. */
  asOf?: number;
}

/** Pauses a mailbox, unless it is paused already, so that the first reason stays. */
export async function pauseMailbox(db: Database, { reason, now, asOf, ...of }: Pause): Promise<void> {
  const meant: SQL | undefined = asOf === undefined ? undefined : eq(mailboxes.updatedAt, asOf);
  await db
    .update(mailboxes)
    .set({ pausedAt: now, pauseReason: reason, updatedAt: now })
    .where(and(isMailbox(of), isNull(mailboxes.pausedAt), meant));
}

export function resumeMailbox(db: Database, of: MailboxOf, now: number) {
  const set = { pausedAt: null, pauseReason: null, updatedAt: now };
  return db.update(mailboxes).set(set).where(isMailbox(of)).returning({ id: mailboxes.id });
}

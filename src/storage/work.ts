/** Knows the tables of work that outlives a request, of what could not be done, and of totals. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { JobKind } from "../domain/sequence";
import type { TriggerKind } from "../domain/trigger";

const id = () => integer("id").primaryKey({ autoIncrement: true });
const workspaceId = () => integer("workspace_id").notNull();

export const jobs = sqliteTable("jobs", {
  id: id(),
  workspaceId: workspaceId(),
  kind: text("kind").$type<JobKind>().notNull(),
  subjectId: integer("subject_id").notNull(),
  revision: integer("revision").notNull(),
  cursor: integer("cursor").notNull(),
  upto: integer("upto").notNull(),
  createdAt: integer("created_at").notNull(),
  touchedAt: integer("touched_at").notNull(),
  doneAt: integer("done_at"),
});

export const jobItems = sqliteTable(
  "job_items",
  {
    jobId: integer("job_id").notNull(),
    enrollmentId: integer("enrollment_id").notNull(),
    workspaceId: workspaceId(),
    touchedAt: integer("touched_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.enrollmentId] })],
);

export const triggers = sqliteTable("triggers", {
  id: id(),
  workspaceId: workspaceId(),
  kind: text("kind").$type<TriggerKind>().notNull(),
  sequenceId: integer("sequence_id").notNull(),
  contactId: integer("contact_id").notNull(),
  tag: text("tag"),
  enrollmentId: integer("enrollment_id"),
  sourceId: integer("source_id"),
  messageId: integer("message_id"),
  touchedAt: integer("touched_at").notNull(),
  held: integer("held", { mode: "boolean" }).notNull().default(false),
});

export const contactChanges = sqliteTable("contact_changes", {
  id: id(),
  workspaceId: workspaceId(),
  contactId: integer("contact_id").notNull(),
});

export const deadLetters = sqliteTable("dead_letters", {
  id: id(),
  messageId: text("message_id").notNull(),
  workspaceId: integer("workspace_id"),
  enrollmentId: integer("enrollment_id"),
  sender: text("sender"),
  queue: text("queue").notNull(),
  body: text("body").notNull(),
  createdAt: integer("created_at").notNull(),
  resentAt: integer("resent_at"),
});

export const counts = sqliteTable(
  "counts",
  {
    workspaceId: workspaceId(),
    sequenceId: integer("sequence_id").notNull(),
    what: text("what").notNull(),
    n: integer("n").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.sequenceId, table.what] })],
);

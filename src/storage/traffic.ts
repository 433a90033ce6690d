/** Knows the tables of what goes out and comes in: messages and replies. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MessageStatus } from "../domain/message";
import type { Platform } from "../domain/platform";
import type { ReplyKind } from "../domain/reply";
import type { Sentiment } from "../domain/sentiment";

const id = () => integer("id").primaryKey({ autoIncrement: true });
const workspaceId = () => integer("workspace_id").notNull();

export const messages = sqliteTable("messages", {
  id: integer("id").primaryKey(),
  workspaceId: workspaceId(),
  sequenceId: integer("sequence_id").notNull(),
  contactId: integer("contact_id").notNull(),
  enrollmentId: integer("enrollment_id").notNull(),
  stepId: integer("step_id").notNull(),
  platform: text("platform").$type<Platform>().notNull(),
  status: text("status").$type<MessageStatus>().notNull(),
  attempts: integer("attempts").notNull(),
  subject: text("subject"),
  excerpt: text("excerpt"),
  providerId: text("provider_id"),
  error: text("error"),
  at: integer("at").notNull(),
  fact: integer("fact").notNull(),
  deliveredAt: integer("delivered_at"),
  openedAt: integer("opened_at"),
  clickedAt: integer("clicked_at"),
  clicks: integer("clicks"),
  machineOpenedAt: integer("machine_opened_at"),
  machineClickedAt: integer("machine_clicked_at"),
  sequenceTemplateId: integer("sequence_template_id"),
  templateId: integer("template_id"),
  bouncedAt: integer("bounced_at"),
  complainedAt: integer("complained_at"),
  repliedAt: integer("replied_at"),
  replySentiment: text("reply_sentiment").$type<Sentiment>(),
  unsubscribedAt: integer("unsubscribed_at"),
  createdAt: integer("created_at"),
  updatedAt: integer("updated_at"),
  stateChangedAt: integer("state_changed_at"),
  mailId: text("mail_id"),
  mailFrom: text("mail_from"),
  mailTracks: integer("mail_tracks"),
});

export const replies = sqliteTable("replies", {
  id: id(),
  workspaceId: workspaceId(),
  dedupe: text("dedupe").notNull(),
  platform: text("platform").$type<Platform>().notNull(),
  sender: text("sender").notNull(),
  senderKey: text("sender_key").notNull(),
  text: text("text").notNull(),
  subject: text("subject"),
  answers: integer("answers"),
  messageId: text("message_id"),
  inReplyTo: text("in_reply_to"),
  headers: text("headers", { mode: "json" }).$type<Record<string, string>>().notNull(),
  receivedAt: integer("received_at").notNull(),
  kind: text("kind").$type<ReplyKind>().notNull(),
  sentiment: text("sentiment").$type<Sentiment>(),
  outcome: text("outcome").$type<"matched" | "unmatched" | "ignored">(),
  contactId: integer("contact_id"),
  enrollments: text("enrollments", { mode: "json" }).$type<number[]>().notNull(),
  createdAt: integer("created_at").notNull(),
  touchedAt: integer("touched_at").notNull(),
});

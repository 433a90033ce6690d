/** Knows the tables that drizzle reads and writes; the migrations make them, with the indexes and triggers. */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Rules } from "../domain/condition";
import type { OwnLimits } from "../domain/limits";
import type { Snapshot, Standing } from "../domain/mirror";
import type { Features, Plan } from "../domain/plan";
import type { Platform } from "../domain/platform";
import {
  type IntervalType,
  MOST_ACTIVATIONS,
  REPLY_PAUSE,
  type Reenroll,
  type ReplyScope,
  type SalesMotion,
  type SequenceStatus,
  type SequenceType,
  type ShareType,
  type StoredReplyAction,
} from "../domain/sequence";
import type { Step, StepKind } from "../domain/step";
import type { Block } from "../domain/suppression";
import type { Format } from "../domain/template";
import type { Sender, Transport } from "../domain/transport";
import { countedColumns } from "./counted";

const id = () => integer("id").primaryKey({ autoIncrement: true });
const workspaceId = () => integer("workspace_id").notNull();

export const clock = sqliteTable("clock", {
  id: integer("id").primaryKey(),
  wall: integer("wall").notNull(),
  journey: integer("journey").notNull(),
  speed: real("speed").notNull(),
});

export const workspaces = sqliteTable("workspaces", {
  id: id(),
  name: text("name").notNull(),
  plan: text("plan").$type<Plan>().notNull(),
  pausedAt: integer("paused_at"),
  capMessages: integer("cap_messages"),
  capSeconds: integer("cap_seconds"),
  retentionDays: integer("retention_days"),
  features: text("features", { mode: "json" }).$type<Features>().notNull().default({}),
  limits: text("limits", { mode: "json" }).$type<OwnLimits>().notNull().default({}),
  lockedAt: integer("locked_at"),
  tidiedAt: integer("tidied_at").notNull().default(0),
  createdAt: integer("created_at").notNull(),
});

export const channels = sqliteTable(
  "channels",
  {
    workspaceId: workspaceId(),
    platform: text("platform").$type<Platform>().notNull(),
    kind: text("kind").notNull(),
    url: text("url"),
    secret: text("secret"),
    transport: text("transport", { mode: "json" }).$type<Transport>(),
    sealed: text("sealed"),
    sender: text("sender", { mode: "json" }).$type<Sender>(),
    isSet: integer("is_set", { mode: "boolean" }).notNull().default(true),
    pausedAt: integer("paused_at"),
    pauseReason: text("pause_reason"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.platform] })],
);

export const contacts = sqliteTable("contacts", {
  id: id(),
  workspaceId: workspaceId(),
  platform: text("platform").$type<Platform>().notNull(),
  displayName: text("display_name"),
  firstName: text("first_name"),
  lastName: text("last_name"),
  avatarUrl: text("avatar_url"),
  timezone: text("timezone"),
  tags: text("tags", { mode: "json" }).$type<string[]>().notNull(),
  customFields: text("custom_fields", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  inactive: integer("inactive", { mode: "boolean" }).notNull().default(false),
  optedOutAt: integer("opted_out_at"),
  /** The message that made him opt out, where that is known. */
  optedOutBy: integer("opted_out_by"),
  lastSeenAt: integer("last_seen_at"),
  source: text("source"),
  ipAddress: text("ip_address"),
  subscribedAt: integer("subscribed_at"),
  ownerId: integer("owner_id"),
  stageId: integer("stage_id"),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  revision: integer("revision").notNull().default(1),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  erasedAt: integer("erased_at"),
});

export const addresses = sqliteTable(
  "addresses",
  {
    workspaceId: workspaceId(),
    platform: text("platform").$type<Platform>().notNull(),
    key: text("key").notNull(),
    contactId: integer("contact_id").notNull(),
    address: text("address").notNull(),
    platformId: text("platform_id"),
    blocked: text("blocked").$type<Block>(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.platform, table.key] })],
);

export const contactTerms = sqliteTable(
  "contact_terms",
  {
    workspaceId: workspaceId(),
    kind: text("kind").$type<"word" | "tag" | "platform">().notNull(),
    term: text("term").notNull(),
    contactId: integer("contact_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.kind, table.term, table.contactId] })],
);

export const sequences = sqliteTable("sequences", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  status: text("status").$type<SequenceStatus>().notNull(),
  locked: integer("locked", { mode: "boolean" }).notNull().default(false),
  transactional: integer("transactional", { mode: "boolean" }).notNull().default(false),
  primaryReplyAction: text("primary_reply_action").$type<StoredReplyAction>().notNull(),
  primaryReplyPause: integer("primary_reply_pause").notNull().default(REPLY_PAUSE),
  secondaryReplyAction: text("secondary_reply_action").$type<StoredReplyAction>(),
  secondaryReplyPause: integer("secondary_reply_pause").notNull().default(REPLY_PAUSE),
  replyScope: text("reply_scope").$type<ReplyScope>().notNull().default("contact"),
  reenroll: text("reenroll").$type<Reenroll>().notNull(),
  rules: text("rules", { mode: "json" }).$type<Rules>().notNull(),
  creatorId: integer("creator_id").notNull(),
  ownerId: integer("owner_id").notNull(),
  updaterId: integer("updater_id").notNull(),
  revision: integer("revision").notNull().default(1),
  edit: text("edit").notNull().default(""),
  enabledAt: integer("enabled_at"),
  trackOpens: integer("track_opens", { mode: "boolean" }).notNull().default(false),
  trackClicks: integer("track_clicks", { mode: "boolean" }).notNull().default(false),
  useAnyMailbox: integer("use_any_email_server", { mode: "boolean" }).notNull().default(true),
  mailboxIds: text("email_server_ids", { mode: "json" }).$type<number[]>().notNull().default([]),
  initTag: text("init_tag"),
  initSegmentId: integer("init_segment_id"),
  triggersReenroll: integer("triggers_reenroll", { mode: "boolean" }).notNull().default(false),
  parentSequenceId: integer("parent_sequence_id"),
  description: text("description"),
  shareType: text("share_type").$type<ShareType>().notNull().default("shared"),
  salesMotion: text("sales_motion").$type<SalesMotion>(),
  tags: text("tags", { mode: "json" }).$type<string[]>().notNull().default([]),
  sequenceType: text("sequence_type").$type<SequenceType>().notNull().default("interval"),
  maxActivations: integer("max_activations").notNull().default(MOST_ACTIVATIONS),
  scheduleIntervalType: text("schedule_interval_type").$type<IntervalType>().notNull().default("calendar"),
  scheduleId: integer("schedule_id"),
  rulesetId: integer("ruleset_id"),
  throttleCapacity: integer("throttle_capacity"),
  throttleMaxAdds: integer("throttle_max_adds"),
  throttlePausedAt: integer("throttle_paused_at"),
  lockedAt: integer("locked_at"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export const steps = sqliteTable("steps", {
  id: id(),
  sequenceId: integer("sequence_id").notNull(),
  parentId: integer("parent_id"),
  kind: text("kind").$type<StepKind>().notNull(),
  branch: integer("branch", { mode: "boolean" }),
  label: text("label"),
  delay: integer("delay").notNull(),
  subject: text("subject"),
  body: text("body"),
  format: text("format").$type<Format>().notNull(),
  settings: text("settings", { mode: "json" }).$type<Step["settings"]>().notNull(),
  scheduleId: integer("schedule_id"),
  date: text("date"),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  deletedAt: integer("deleted_at"),
});

export const enrollments = sqliteTable("enrollments", {
  id: id(),
  workspaceId: workspaceId(),
  sequenceId: integer("sequence_id").notNull(),
  contactId: integer("contact_id").notNull(),
  platform: text("platform").$type<Platform>().notNull(),
  state: text("state").$type<Snapshot["state"]>().notNull(),
  why: text("why").$type<Snapshot["why"] | "retry" | "move">(),
  standing: text("standing").$type<Standing>().notNull(),
  stepId: integer("step_id"),
  lastStepId: integer("last_step_id"),
  dueAt: integer("due_at"),
  wakeBy: integer("wake_by"),
  enrolledAt: integer("enrolled_at").notNull(),
  endedAt: integer("ended_at"),
  repliedAt: integer("replied_at"),
  error: text("error"),
  version: integer("version").notNull(),
  completeTo: integer("complete_to").notNull(),
  origin: text("origin"),
  trail: text("trail", { mode: "json" }).$type<number[]>().notNull(),
  lastSentAt: integer("last_sent_at"),
  userId: integer("user_id"),
  mailboxId: integer("mailbox_id"),
  letInAt: integer("let_in_at"),
  lastTouchId: integer("last_touch_id"),
  callCompletedAt: integer("call_completed_at"),
  ...countedColumns(),
});

export const segments = sqliteTable("segments", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  rules: text("rules", { mode: "json" }).$type<Rules>().notNull(),
  revision: integer("revision").notNull().default(1),
  built: integer("built").notNull().default(0),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export const segmentMembers = sqliteTable(
  "segment_members",
  {
    segmentId: integer("segment_id").notNull(),
    contactId: integer("contact_id").notNull(),
    workspaceId: workspaceId(),
  },
  (table) => [primaryKey({ columns: [table.segmentId, table.contactId] })],
);

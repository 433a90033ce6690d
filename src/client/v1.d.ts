/** Knows what v1 takes and answers. Written by `npm run client` from its OpenAPI document: not to be changed by hand. */

export type Code = "BAD_REQUEST" | "VALIDATION_ERROR" | "UNAUTHORIZED" | "LIMIT_EXCEEDED" | "AUTHORIZATION_ERROR" | "PLAN_UPGRADE_REQUIRED" | "NOT_FOUND" | "CONFLICT" | "UNSUPPORTED_MEDIA_TYPE" | "IDEMPOTENCY_INVALID_KEY" | "IDEMPOTENCY_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "IDEMPOTENCY_OUTCOME_UNKNOWN" | "RATE_LIMITED" | "INTERNAL_ERROR" | "SERVICE_UNAVAILABLE";

export type WorkspaceId = string;

export type Sequence = { id: SequenceId; workspaceId: WorkspaceId; name: string; enrollmentRules: { match?: "all" | "any" | undefined; conditions?: ({ field: string; op: "is" | "is_not" | "contains" | "not_contains" | "exists" | "not_exists" | "gt" | "gte" | "lt" | "lte"; value?: string | number | boolean | null | undefined })[] | undefined }; exitOnReply: boolean; reenroll: "after_exit" | "never"; initTag: string | null; initSegmentId: SegmentId | null; rulesetId: RulesetId | null; primaryReplyAction: "finish" | "continue" | "pause"; primaryReplyPauseDuration: number; secondaryReplyAction: "finish" | "continue" | "pause" | null; secondaryReplyPauseDuration: number; replyScope: "contact" | "domain"; throttleCapacity: number | null; throttleMaxAddsPerDay: number | null; throttlePaused: boolean; locked: boolean; transactional: boolean; useAnyMailbox: boolean; mailboxIds: (MailboxId)[]; sequenceType: "interval" | "date"; scheduleIntervalType: "calendar" | "schedule"; scheduleId: ScheduleId | null; parentSequenceId: SequenceId | null; shareType: "private" | "read_only" | "shared"; ownerId: UserId; creatorId: UserId; updaterId: UserId; status: "DRAFT" | "ACTIVE" | "PAUSED" | "ARCHIVED"; steps: (Step)[]; createdAt: Instant; updatedAt: Instant };

export type SequenceId = string;

export type SegmentId = string;

export type RulesetId = string;

export type MailboxId = string;

export type ScheduleId = string;

export type UserId = string;

export type Step = { id: StepId; sequenceId: SequenceId; stepOrder: number; messageTemplate: string; delayHours: number; scheduleId: ScheduleId | null; date: string | null; createdAt: Instant; updatedAt: Instant };

export type StepId = string;

export type Instant = string;

export type Pagination = { page: number; limit: number; total: number; totalPages: number };

export type DryRun = { live: number; touched: number; dueNow: number; ending: number; truncated: boolean; estimated: boolean };

export type Enrollment = { id: EnrollmentId; sequenceId: SequenceId; contactId: ContactId; workspaceId: WorkspaceId; platform: Platform; mailboxId: MailboxId | null; currentStep: number; status: "ACTIVE" | "COMPLETED" | "EXITED" | "FAILED"; nextRunAt: Instant | null; enrolledAt: Instant; exitedAt: Instant | null; exitReason: string | null; paused: boolean; contact: { id: ContactId; displayName: string | null; username: string | null; platform: Platform } | null };

export type EnrollmentId = string;

export type ContactId = string;

export type Platform = "TWITTER" | "LINKEDIN" | "INSTAGRAM" | "FACEBOOK" | "BLUESKY" | "THREADS" | "PINTEREST" | "REDDIT" | "TIKTOK" | "YOUTUBE" | "MASTODON" | "SNAPCHAT" | "TELEGRAM" | "GOOGLE_BUSINESS" | "WHATSAPP" | "EMAIL" | "SMS" | "WEBHOOK";

export type Job = { id: JobId; kind: "bulk_enrollment"; sequenceId: SequenceId; state: "staging" | "queued" | "running" | "done" | "failed"; total: number; done: number; enrolled: number; refused: number; createdAt: Instant; finishedAt: Instant | null };

export type JobId = string;

export type EnrollmentDetail = { id: EnrollmentId; sequenceId: SequenceId; contactId: ContactId; workspaceId: WorkspaceId; platform: Platform; mailboxId: MailboxId | null; currentStep: number; status: "ACTIVE" | "COMPLETED" | "EXITED" | "FAILED"; nextRunAt: Instant | null; enrolledAt: Instant; exitedAt: Instant | null; exitReason: string | null; paused: boolean; contact: { id: ContactId; displayName: string | null; username: string | null; platform: Platform } | null; history: (HistoryEntry)[]; waiting: { for: string; until: Instant | null; detail: string; taskId?: TaskId | undefined } | null };

export type HistoryEntry = { n: number; at: Instant; event: string; reason?: string | null | undefined; action?: string | undefined; stepId?: StepId | undefined; kind?: string | undefined; taskId?: TaskId | undefined; type?: string | undefined; messageId?: MessageId | undefined; url?: string | null | undefined; by?: string | undefined; attempt?: number | undefined; excerpt?: string | undefined };

export type TaskId = string;

export type MessageId = string;

export type Simulation = { sequenceId: SequenceId; contactId: ContactId | null; platform: Platform; timezone: string; startAt: Instant; timetable: Timetable; truncated: boolean; assumes: ({ about: string; detail: string })[] };

export type Timetable = { steps: (TimetableStep)[]; end: { event: string; reason: string | null; stepId: StepId | null; at: Instant; local: string } | null; fork: Fork | null };

export type TimetableStep = { stepId: StepId; kind: "entry" | "message" | "delay" | "delay_until_time" | "condition" | "condition_branch" | "move_to_sequence" | "add_tag" | "remove_tag" | "deactivate_contact" | "http_request" | "task"; label: string | null; at: Instant; local: string; waits: ({ for: string; until: Instant; local: string })[]; result: string; reason: string | null; message?: { to: string; toName: string | null; subject: string | null; preheader: string | null; body: string; format: "text" | "html" } | undefined; act?: { tags?: (string)[] | undefined; sequenceId?: SequenceId | undefined; method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | undefined; url?: string | undefined } | undefined; task?: { type: "manual_email" | "call" | "task"; skippedAt: Instant | null } | undefined };

export type Fork = { stepId: StepId; label: string | null; likely: boolean | null; yes: Timetable; no: Timetable };

export type Analytics = { sequenceId: SequenceId; enrolled: number; enrollmentStats: { ACTIVE: number; COMPLETED: number; EXITED: number; FAILED: number }; contacts: { reached: number; replied: number }; sent: number; opened: number; clicked: number; replied: number; bounced: number; optedOut: number; rates: Rates; timeToReply: { replies: number; averageSeconds: number | null; medianSeconds: number | null; buckets: ({ fromSeconds: number; toSeconds: number | null; replies: number })[] }; steps: (StepFigures)[]; period: { from: string; to: string; timezone: "UTC"; enrolled: number; sent: number; opened: number; clicked: number; replied: number; exited: number; completed: number; failed: number }; byDay: ({ date: string; enrolled: number; sent: number; opened: number; clicked: number; replied: number; exited: number; completed: number; failed: number })[] };

export type Rates = { open: number | null; click: number | null; reply: number | null; bounce: number | null; optOut: number | null };

export type StepFigures = { stepId: StepId; stepOrder: number | null; kind: "entry" | "message" | "delay" | "delay_until_time" | "condition" | "condition_branch" | "move_to_sequence" | "add_tag" | "remove_tag" | "deactivate_contact" | "http_request" | "task" | null; label: string | null; branch: boolean | null; deleted: boolean; reached: number; waiting: number; exited: number; failed: number; sent: number; opened: number; clicked: number; replied: number; bounced: number; optedOut: number; rates: Rates; timeToReply: { replies: number; averageSeconds: number | null; medianSeconds: number | null }; variants: (VariantFigures)[] };

export type VariantFigures = { variantId: VariantId | null; weight: number | null; enabled: boolean; deleted: boolean; sent: number; opened: number; clicked: number; replied: number; bounced: number; optedOut: number; rates: Rates; comparison: { with: VariantId; opened: Verdict; clicked: Verdict; replied: Verdict } | null };

export type VariantId = string;

export type Verdict = { enoughData: false } | { enoughData: true; difference: number; z: number; pValue: number; significant: boolean };

export type Variant = { id: VariantId; stepId: StepId; subject: string | null; messageTemplate: string; weight: number; enabled: boolean };

export type Contact = { id: ContactId; workspaceId: WorkspaceId; platform: Platform; platformId: string | null; displayName: string | null; username: string | null; avatarUrl: string | null; firstName: string | null; lastName: string | null; email: string | null; timezone: string | null; tags: (string)[]; customFields: Record<string, unknown>; optedOut: boolean; lastSeenAt: Instant | null; createdAt: Instant; updatedAt: Instant };

export type Dossier = { exportedAt: Instant; contact?: ContactProfile | undefined; segments?: ({ id: SegmentId; name: string })[] | undefined; suppressions?: (Suppression)[] | undefined; replies?: ({ id: ReplyId; platform: Platform; from: string; subject: string | null; text: string; messageId: string | null; inReplyTo: string | null; answers: MessageId | null; kind: "human" | "automatic" | "out_of_office" | "opt_out" | "bounce" | "soft_bounce" | "complaint" | null; sentiment: "positive" | "neutral" | "negative" | null; matched: boolean; outcome: string; contactId: ContactId | null; enrollmentIds: (EnrollmentId)[]; receivedAt: Instant; createdAt: Instant; headers: Record<string, string> })[] | undefined; tasks?: ({ id: TaskId; contactId: ContactId; sequenceId: SequenceId | null; stepId: StepId | null; enrollmentId: EnrollmentId | null; ownerId: UserId | null; priorityId: PriorityId | null; action: "email" | "call" | "action_item" | "in_person"; taskType: string; state: "pending" | "incomplete" | "complete"; result: string | null; note: string | null; dueAt: Instant | null; scheduledAt: Instant | null; autoskipAt: Instant | null; completedAt: Instant | null; completerId: UserId | null; stateChangedAt: Instant; createdAt: Instant; updatedAt: Instant; creatorId: UserId | null; opportunityAssociation: string | null })[] | undefined; calls?: ({ id: number; userId: UserId | null; taskId: TaskId | null; enrollmentId: EnrollmentId | null; direction: string | null; outcome: string | null; note: string | null; state: string | null; dialedAt: Instant | null; answeredAt: Instant | null; completedAt: Instant | null; details: Record<string, unknown>; createdAt: Instant })[] | undefined; deadLetters?: (DeadLetter)[] | undefined; enrollments: ({ id: EnrollmentId; sequenceId: SequenceId; platform: Platform; status: string; state: string; reason: string | null; error: string | null; enrolledAt: Instant; enrolledBy: UserId | null; endedAt: Instant | null; repliedAt: Instant | null; threadSubject: string | null; requestUnderWay: Record<string, unknown> | null; clicksInDoubt: ({ messageId: MessageId; url: string | null })[]; history: (HistoryEntry)[]; messages: ({ id: MessageId; enrollmentId?: EnrollmentId | undefined; sequenceId?: SequenceId | undefined; contactId?: ContactId | undefined; stepId?: StepId | undefined; platform?: Platform | undefined; status: string; attempts?: number | undefined; subject: string | null; excerpt?: string | null | undefined; providerId?: string | null | undefined; error?: string | null | undefined; at?: Instant | undefined; deliveredAt?: Instant | null | undefined; openedAt?: Instant | null | undefined; clickedAt?: Instant | null | undefined; clicks?: number | undefined; machineOpenedAt?: Instant | null | undefined; machineClickedAt?: Instant | null | undefined; to: string | null; toName: string | null; preheader: string | null; body: string | null; format: string | null; mail: { from: { address: string; name: string | null }; replyTo: string | null; messageId: string; references: (string)[]; tracks: { opens: boolean; clicks: boolean }; date: Instant } | null; bouncedAt: Instant | null; complainedAt: Instant | null; unsubscribedAt: Instant | null })[]; deadLetters: (DeadLetter)[] })[]; next: EnrollmentId | null };

export type ContactProfile = { id: ContactId; workspaceId: WorkspaceId; platform: Platform; platformId: string | null; displayName: string | null; username: string | null; avatarUrl: string | null; firstName: string | null; lastName: string | null; email: string | null; timezone: string | null; tags: (string)[]; customFields: Record<string, unknown>; optedOut: boolean; lastSeenAt: Instant | null; createdAt: Instant; updatedAt: Instant; addresses: ({ platform: Platform; address: string; platformId: string | null; blocked: string | null })[]; inactive: boolean; optedOutAt: Instant | null; subscribedAt: Instant | null; source: string | null; ipAddress: string | null; ownerId: UserId | null; stageId: number | null; creatorId: UserId | null; updaterId: UserId | null };

export type Suppression = { id: SuppressionId; platform: Platform | null; address: string | null; reason: "bounced" | "complained" | "opted_out"; contactId: ContactId | null; messageId: MessageId | null; createdAt: Instant };

export type SuppressionId = string;

export type ReplyId = string;

export type PriorityId = string;

export type DeadLetter = { id: LetterId; queue: string; enrollmentId: EnrollmentId | null; body: unknown; createdAt: Instant; resentAt: Instant | null };

export type LetterId = string;

export type Segment = { id: SegmentId; workspaceId: WorkspaceId; name: string; rules: { match: "all" | "any"; conditions: ({ field: string; op: "is" | "is_not" | "contains" | "not_contains" | "exists" | "not_exists" | "gt" | "gte" | "lt" | "lte"; value?: string | number | boolean | null | undefined })[] }; status: "READY" | "BUILDING"; count: number; createdAt: Instant; updatedAt: Instant };

export type Schedule = { id: ScheduleId; workspaceId: WorkspaceId; name: string; timezone: string | null; openings: ({ day: number; from: string; to: string })[]; holidays: (string)[]; createdAt: Instant; updatedAt: Instant };

export type Ruleset = { id: RulesetId; workspaceId: WorkspaceId; name: string; permitDuplicateProspects: "allow" | "disallow" | "only_if_inactive"; sequenceExclusivity: "all_sequences" | "exclusive_sequences" | "none"; minimumProspectTouchedInterval: number | null; emailOptOutAction: "allow" | "disallow"; autoResumeOotoProspects: boolean; autoResumeOotoProspectsIn: number | null; autoResumeOotoProspectsExpiresIn: number | null; ootoAutoExtractionEnabled: boolean; includeUnsubscribeLinks: boolean; createdAt: Instant; updatedAt: Instant };

export type Upcoming = { at: Instant; enrollmentId: EnrollmentId; sequenceId: SequenceId; contact: { id: ContactId; displayName: string | null }; platform: Platform; step: { id: StepId; kind: "entry" | "message" | "delay" | "delay_until_time" | "condition" | "condition_branch" | "move_to_sequence" | "add_tag" | "remove_tag" | "deactivate_contact" | "http_request" | "task" | null; label: string | null } | null; dueAt: Instant; waiting: { for: string } };

export type Message = { id: MessageId; enrollmentId: EnrollmentId; sequenceId: SequenceId; contactId: ContactId; stepId: StepId; platform: Platform; status: "retrying" | "sent" | "unconfirmed" | "failed" | "cancelled"; attempts: number; subject: string | null; excerpt: string | null; providerId: string | null; error: string | null; at: Instant; deliveredAt: Instant | null; openedAt: Instant | null; clickedAt: Instant | null; clicks: number; machineOpenedAt: Instant | null; machineClickedAt: Instant | null };

export type FullMessage = { id: MessageId; enrollmentId: EnrollmentId; sequenceId: SequenceId; contactId: ContactId; stepId: StepId; platform: Platform; status: "retrying" | "sent" | "unconfirmed" | "failed" | "cancelled"; attempts: number; subject: string | null; excerpt: string | null; providerId: string | null; error: string | null; at: Instant; deliveredAt: Instant | null; openedAt: Instant | null; clickedAt: Instant | null; clicks: number; machineOpenedAt: Instant | null; machineClickedAt: Instant | null; to: string | null; body: string | null; format: "text" | "html" | null; mail: { from: { address: string; name: string | null }; replyTo: string | null; messageId: string; references: (string)[]; tracks: { opens: boolean; clicks: boolean }; date: Instant } | null; contentExpired: boolean };

export type Task = { id: TaskId; contactId: ContactId; sequenceId: SequenceId | null; stepId: StepId | null; enrollmentId: EnrollmentId | null; ownerId: UserId | null; priorityId: PriorityId | null; action: "email" | "call" | "action_item" | "in_person"; taskType: string; state: "pending" | "incomplete" | "complete"; result: string | null; note: string | null; dueAt: Instant | null; scheduledAt: Instant | null; autoskipAt: Instant | null; completedAt: Instant | null; completerId: UserId | null; stateChangedAt: Instant; createdAt: Instant; updatedAt: Instant };

export type Reply = { id: ReplyId; platform: Platform; from: string; subject: string | null; text: string; messageId: string | null; inReplyTo: string | null; answers: MessageId | null; kind: "human" | "automatic" | "out_of_office" | "opt_out" | "bounce" | "soft_bounce" | "complaint" | null; sentiment: "positive" | "neutral" | "negative" | null; matched: boolean; outcome: string; contactId: ContactId | null; enrollmentIds: (EnrollmentId)[]; receivedAt: Instant; createdAt: Instant };

export type Channel = { platform: Platform; kind: string; url: string | null; status: "ACTIVE" | "PAUSED"; pausedAt: Instant | null; pauseReason: string | null; transport?: { kind: "smtp"; host: string; port: number; security: "tls" | "starttls" | "optional"; username: string | null; hasCredential: boolean } | { kind: "cloudflare"; hasCredential: boolean } | { kind: "resend"; hasCredential: boolean } | null | undefined; from?: { address: string; name: string | null; replyTo: string | null } | null | undefined; secret?: string | undefined; createdAt: Instant; updatedAt: Instant };

export type SecretId = string;

export type Mailbox = { id: MailboxId; workspaceId: WorkspaceId; email: string; name: string | null; replyTo: string | null; userId: UserId; transport: { kind: "smtp"; host: string; port: number; security: "tls" | "starttls" | "optional"; username: string | null; hasCredential: boolean } | { kind: "cloudflare"; hasCredential: boolean } | { kind: "resend"; hasCredential: boolean } | null; dailyLimit: number | null; rate: { messages: number; seconds: number } | null; warmup: { start: number; step: number; since: string } | null; timezone: string; status: "ACTIVE" | "PAUSED"; pausedAt: Instant | null; pauseReason: string | null; sentToday: number | null; limitToday: number | null; createdAt: Instant; updatedAt: Instant };

export type User = { id: UserId; workspaceId: WorkspaceId; name: string; email: string | null; username: string | null; firstName: string | null; lastName: string | null; locked: boolean; details: Record<string, unknown>; creatorId: UserId | null; updaterId: UserId | null; createdAt: Instant; updatedAt: Instant };

export type Key = { id: KeyId; userId: UserId; name: string | null; prefix: string; scopes: (string)[]; createdAt: Instant; expiresAt: Instant | null; lastUsedAt: Instant | null; successorId: KeyId | null };

export type KeyId = string;

export type Webhook = { id: WebhookId; url: string; description: string | null; dialect: WebhookDialect; events: (EventPattern)[]; status: "active" | "paused"; pausedAt: Instant | null; pauseReason: string | null; failingSince: Instant | null; secretOverlapUntil: Instant | null; deliveries: { waiting: number; delivered: number; failed: number; missed: number }; createdAt: Instant; updatedAt: Instant };

export type WebhookId = string;

export type WebhookDialect = "v1" | "broadcast" | "outreach";

export type EventPattern = "*" | "sequence.*" | "enrollment.*" | "message.*" | "sequence.created" | "sequence.updated" | "sequence.activated" | "sequence.paused" | "sequence.archived" | "enrollment.enrolled" | "enrollment.step_sent" | "enrollment.replied" | "enrollment.paused" | "enrollment.resumed" | "enrollment.exited" | "enrollment.completed" | "enrollment.failed" | "message.sent" | "message.delivered" | "message.opened" | "message.clicked" | "message.bounced" | "message.complained" | "message.failed" | "message.replied" | "message.unsubscribed";

export type DisclosedWebhook = { id: WebhookId; url: string; description: string | null; dialect: WebhookDialect; events: (EventPattern)[]; status: "active" | "paused"; pausedAt: Instant | null; pauseReason: string | null; failingSince: Instant | null; secretOverlapUntil: Instant | null; deliveries: { waiting: number; delivered: number; failed: number; missed: number }; createdAt: Instant; updatedAt: Instant; secret: string };

export type Delivery = { id: DeliveryId; webhookId: WebhookId; number: number; eventId: string; type: EventType; status: DeliveryStatus; createdAt: Instant; attemptCount: number; nextAttemptAt: Instant | null; responseStatus: number | null; error: string | null };

export type DeliveryId = string;

export type EventType = "sequence.created" | "sequence.updated" | "sequence.activated" | "sequence.paused" | "sequence.archived" | "enrollment.enrolled" | "enrollment.step_sent" | "enrollment.replied" | "enrollment.paused" | "enrollment.resumed" | "enrollment.exited" | "enrollment.completed" | "enrollment.failed" | "message.sent" | "message.delivered" | "message.opened" | "message.clicked" | "message.bounced" | "message.complained" | "message.failed" | "message.replied" | "message.unsubscribed" | "webhook.test";

export type DeliveryStatus = "waiting" | "delivered" | "failed";

export type FullDelivery = { id: DeliveryId; webhookId: WebhookId; number: number; eventId: string; type: EventType; status: DeliveryStatus; createdAt: Instant; attemptCount: number; nextAttemptAt: Instant | null; responseStatus: number | null; error: string | null; attempts: (DeliveryAttempt)[]; body: string };

export type DeliveryAttempt = { at: Instant; responseStatus: number | null; responseExcerpt: string | null; error: string | null; durationMs: number };

export type Workspace = { id: WorkspaceId; name: string; plan: "FREE" | "STARTER" | "PRO" | "AGENCY"; features: Record<string, boolean>; limits: { requestsPerMinute: number; enrollments: number | null; stepsPerSequence: number; bodyBytes: number; pageSize: number }; usage: { enrollments: number }; sending: "ACTIVE" | "PAUSED"; pausedAt: Instant | null; frequencyCap: { messages: number; seconds: number } | null; retentionDays: number | null };

export interface Operations {
  "GET /auth/me": {
    /** Whose key this is. */
    path: {};
    query: {};
    body: undefined;
    answer: { workspaceId: WorkspaceId; workspaceName: string; plan: "FREE" | "STARTER" | "PRO" | "AGENCY" };
  };
  "GET /sequences": {
    /** Sequences that are not archived, the newest first. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { sequences: (Sequence)[]; pagination: Pagination };
  };
  "POST /sequences": {
    /** Make a sequence: a draft until its status is ACTIVE. */
    path: {};
    query: {};
    body: { name: string; enrollmentRules?: { match?: "all" | "any" | undefined; conditions?: ({ field: string; op: "is" | "is_not" | "contains" | "not_contains" | "exists" | "not_exists" | "gt" | "gte" | "lt" | "lte"; value?: string | number | boolean | undefined })[] | undefined } | undefined; exitOnReply?: boolean | undefined; reenroll?: "after_exit" | "never" | undefined; initTag?: string | null | undefined; initSegmentId?: SegmentId | null | undefined; rulesetId?: RulesetId | null | undefined; primaryReplyAction?: "finish" | "continue" | "pause" | undefined; primaryReplyPauseDuration?: number | undefined; secondaryReplyAction?: "finish" | "continue" | "pause" | null | undefined; secondaryReplyPauseDuration?: number | undefined; replyScope?: "contact" | "domain" | undefined; throttleCapacity?: number | null | undefined; throttleMaxAddsPerDay?: number | null | undefined; throttlePaused?: boolean | undefined; sequenceType?: "interval" | "date" | undefined; scheduleIntervalType?: "calendar" | "schedule" | undefined; scheduleId?: ScheduleId | null | undefined; locked?: boolean | undefined; transactional?: boolean | undefined; shareType?: "private" | "read_only" | "shared" | undefined; ownerId?: UserId | undefined; useAnyMailbox?: boolean | undefined; mailboxIds?: (MailboxId)[] | undefined };
    answer: { sequence: Sequence };
  };
  "GET /sequences/{id}": {
    /** One sequence with what has become of its enrollments and replies. */
    path: { id: SequenceId };
    query: {};
    body: undefined;
    answer: { sequence: Sequence; enrollmentStats: { ACTIVE: number; COMPLETED: number; EXITED: number; FAILED: number }; replyStats: { positive: number; neutral: number; negative: number } };
  };
  "PATCH /sequences/{id}": {
    /** Change a sequence, or start, pause and archive it by its status. */
    path: { id: SequenceId };
    query: { dryRun?: "true" | "false" | undefined };
    body: { name?: string | undefined; status?: "DRAFT" | "ACTIVE" | "PAUSED" | "ARCHIVED" | undefined; exitOnReply?: boolean | undefined; enrollmentRules?: { match?: "all" | "any" | undefined; conditions?: ({ field: string; op: "is" | "is_not" | "contains" | "not_contains" | "exists" | "not_exists" | "gt" | "gte" | "lt" | "lte"; value?: string | number | boolean | undefined })[] | undefined } | undefined; reenroll?: "after_exit" | "never" | undefined; initTag?: string | null | undefined; initSegmentId?: SegmentId | null | undefined; rulesetId?: RulesetId | null | undefined; primaryReplyAction?: "finish" | "continue" | "pause" | undefined; primaryReplyPauseDuration?: number | undefined; secondaryReplyAction?: "finish" | "continue" | "pause" | null | undefined; secondaryReplyPauseDuration?: number | undefined; replyScope?: "contact" | "domain" | undefined; throttleCapacity?: number | null | undefined; throttleMaxAddsPerDay?: number | null | undefined; throttlePaused?: boolean | undefined; sequenceType?: "interval" | "date" | undefined; scheduleIntervalType?: "calendar" | "schedule" | undefined; scheduleId?: ScheduleId | null | undefined; locked?: boolean | undefined; transactional?: boolean | undefined; shareType?: "private" | "read_only" | "shared" | undefined; ownerId?: UserId | undefined; useAnyMailbox?: boolean | undefined; mailboxIds?: (MailboxId)[] | undefined };
    answer: { sequence: Sequence } | { dryRun: DryRun };
  };
  "DELETE /sequences/{id}": {
    /** Archive a sequence and end its enrollments. */
    path: { id: SequenceId };
    query: { dryRun?: "true" | "false" | undefined };
    body: undefined;
    answer: { success: true } | { dryRun: DryRun };
  };
  "POST /sequences/{id}/duplicate": {
    /** Make a draft with the same steps. */
    path: { id: SequenceId };
    query: {};
    body: { name?: string | undefined };
    answer: { sequence: Sequence };
  };
  "GET /sequences/{id}/steps": {
    /** A sequence's messages in order. */
    path: { id: SequenceId };
    query: {};
    body: undefined;
    answer: { steps: (Step)[] };
  };
  "POST /sequences/{id}/steps": {
    /** Add a message to a sequence. */
    path: { id: SequenceId };
    query: { dryRun?: "true" | "false" | undefined };
    body: { messageTemplate: string; delayHours: number; stepOrder?: number | undefined; scheduleId?: ScheduleId | null | undefined; date?: string | null | undefined };
    answer: { step: Step } | { dryRun: DryRun };
  };
  "PATCH /sequences/{id}/steps/{stepId}": {
    /** Change or move a message; contacts under way follow. */
    path: { id: SequenceId; stepId: StepId };
    query: { dryRun?: "true" | "false" | undefined };
    body: { messageTemplate?: string | undefined; delayHours?: number | undefined; stepOrder?: number | undefined; scheduleId?: ScheduleId | null | undefined; date?: string | null | undefined };
    answer: { step: Step } | { dryRun: DryRun };
  };
  "DELETE /sequences/{id}/steps/{stepId}": {
    /** Take a message out of a sequence. */
    path: { id: SequenceId; stepId: StepId };
    query: { dryRun?: "true" | "false" | undefined };
    body: undefined;
    answer: { success: true } | { dryRun: DryRun };
  };
  "GET /sequences/{id}/enrollments": {
    /** A sequence's enrollments, the newest first. */
    path: { id: SequenceId };
    query: { status?: "ACTIVE" | "COMPLETED" | "EXITED" | "FAILED" | undefined; page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { enrollments: (Enrollment)[]; pagination: Pagination };
  };
  "POST /sequences/{id}/enrollments": {
    /** Enroll a contact in a sequence. */
    path: { id: SequenceId };
    query: {};
    body: { contactId: ContactId; platform: Platform; mailboxId?: MailboxId | null | undefined };
    answer: { enrollment: Enrollment };
  };
  "POST /sequences/{id}/enrollments/bulk": {
    /** Enroll up to 50,000 people: contacts, new ones, or a CSV file, whose options stand in the query. */
    path: { id: SequenceId };
    query: { platform?: Platform | undefined; mailboxId?: MailboxId | null | undefined; updateExisting?: "true" | "false" | undefined; delimiter?: string | undefined; mapping?: string | undefined };
    body: { platform?: Platform | undefined; mailboxId?: MailboxId | null | undefined; updateExisting?: boolean | undefined; contactIds?: (ContactId)[] | undefined; contacts?: (Record<string, unknown>)[] | undefined } | string;
    answer: { job: Job };
  };
  "POST /sequences/{id}/enrollments/retry": {
    /** Take up again all that have failed. */
    path: { id: SequenceId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "GET /sequences/{id}/enrollments/{enrollId}": {
    /** One enrollment with its history, and what it waits for. */
    path: { id: SequenceId; enrollId: EnrollmentId };
    query: {};
    body: undefined;
    answer: { enrollment: EnrollmentDetail };
  };
  "DELETE /sequences/{id}/enrollments/{enrollId}": {
    /** Take a contact out of a sequence. */
    path: { id: SequenceId; enrollId: EnrollmentId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "POST /sequences/{id}/enrollments/{enrollId}/pause": {
    /** Hold an enrollment where it is. */
    path: { id: SequenceId; enrollId: EnrollmentId };
    query: {};
    body: undefined;
    answer: { enrollment: Enrollment };
  };
  "POST /sequences/{id}/enrollments/{enrollId}/resume": {
    /** Let a paused enrollment go on. */
    path: { id: SequenceId; enrollId: EnrollmentId };
    query: {};
    body: undefined;
    answer: { enrollment: Enrollment };
  };
  "POST /sequences/{id}/enrollments/{enrollId}/retry": {
    /** Take up an enrollment that has failed. */
    path: { id: SequenceId; enrollId: EnrollmentId };
    query: {};
    body: undefined;
    answer: { enrollment: Enrollment };
  };
  "POST /sequences/{id}/simulate": {
    /** How a journey through a sequence would go, and when; nothing is sent. */
    path: { id: SequenceId };
    query: {};
    body: { contactId?: ContactId | null | undefined; platform?: "TWITTER" | "LINKEDIN" | "INSTAGRAM" | "FACEBOOK" | "BLUESKY" | "THREADS" | "PINTEREST" | "REDDIT" | "TIKTOK" | "YOUTUBE" | "MASTODON" | "SNAPCHAT" | "TELEGRAM" | "GOOGLE_BUSINESS" | "WHATSAPP" | "EMAIL" | "SMS" | "WEBHOOK" | undefined; timezone?: string | undefined; startAt?: string | undefined; branches?: Record<string, boolean> | undefined };
    answer: { simulation: Simulation };
  };
  "GET /sequences/{id}/analytics": {
    /** What a sequence has come to: by step, by text and by day of UTC. */
    path: { id: SequenceId };
    query: { from?: string | undefined; to?: string | undefined; timezone?: "UTC" | undefined };
    body: undefined;
    answer: { analytics: Analytics };
  };
  "GET /sequences/{id}/steps/{stepId}/variants": {
    /** The texts that a step sends, each to some of the contacts. */
    path: { id: SequenceId; stepId: StepId };
    query: {};
    body: undefined;
    answer: { variants: (Variant)[] };
  };
  "POST /sequences/{id}/steps/{stepId}/variants": {
    /** Add a text to a step. */
    path: { id: SequenceId; stepId: StepId };
    query: {};
    body: { messageTemplate: string; subject?: string | null | undefined; weight?: number | undefined; enabled?: boolean | undefined };
    answer: { variant: Variant };
  };
  "PATCH /sequences/{id}/steps/{stepId}/variants/{variantId}": {
    /** Change a text, how often it is sent, and whether it is. */
    path: { id: SequenceId; stepId: StepId; variantId: VariantId };
    query: {};
    body: { messageTemplate?: string | undefined; subject?: string | null | undefined; weight?: number | undefined; enabled?: boolean | undefined };
    answer: { variant: Variant };
  };
  "DELETE /sequences/{id}/steps/{stepId}/variants/{variantId}": {
    /** Take a text from a step, which must keep one that it sends. */
    path: { id: SequenceId; stepId: StepId; variantId: VariantId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "GET /jobs": {
    /** Bulk enrollments, the newest first. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { jobs: (Job)[]; pagination: Pagination };
  };
  "GET /jobs/{id}": {
    /** How far a bulk enrollment is. */
    path: { id: JobId };
    query: {};
    body: undefined;
    answer: { job: Job };
  };
  "GET /jobs/{id}/refusals": {
    /** Who was not enrolled, and why. */
    path: { id: JobId };
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { refusals: ({ row: number; contactId: ContactId | null; address: string | null; code: string; kind: string; reason: string })[]; pagination: Pagination };
  };
  "GET /contacts": {
    /** Contacts, by the beginnings of words, platform and tags. */
    path: {};
    query: { search?: string | undefined; platform?: Platform | undefined; tags?: string | undefined; page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { contacts: (Contact)[]; pagination: Pagination };
  };
  "POST /contacts": {
    /** Make a contact with an address on a platform. */
    path: {};
    query: {};
    body: { platform: Platform; username?: string | undefined; address?: string | undefined; platformId?: string | null | undefined; displayName?: string | null | undefined; firstName?: string | null | undefined; lastName?: string | null | undefined; avatarUrl?: string | null | undefined; email?: string | null | undefined; timezone?: string | null | undefined; tags?: (string)[] | undefined; customFields?: Record<string, unknown> | undefined };
    answer: { contact: Contact };
  };
  "GET /contacts/{id}": {
    /** One contact. */
    path: { id: ContactId };
    query: {};
    body: undefined;
    answer: { contact: Contact };
  };
  "PATCH /contacts/{id}": {
    /** Change a contact; what is left out stays. */
    path: { id: ContactId };
    query: {};
    body: { username?: string | undefined; address?: string | undefined; platformId?: string | null | undefined; displayName?: string | null | undefined; firstName?: string | null | undefined; lastName?: string | null | undefined; avatarUrl?: string | null | undefined; email?: string | null | undefined; timezone?: string | null | undefined; tags?: (string)[] | undefined; customFields?: Record<string, unknown> | undefined; optedOut?: boolean | undefined };
    answer: { contact: Contact };
  };
  "DELETE /contacts/{id}": {
    /** End a contact's enrollments and erase what tells who he is. */
    path: { id: ContactId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "GET /contacts/{id}/export": {
    /** All that is known of a contact; next, where it is not null, is the after of the document that goes on. */
    path: { id: ContactId };
    query: { after?: EnrollmentId | undefined };
    body: undefined;
    answer: Dossier;
  };
  "GET /segments": {
    /** All segments. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { segments: (Segment)[]; pagination: Pagination };
  };
  "POST /segments": {
    /** Make a segment. */
    path: {};
    query: {};
    body: { name: string; rules: { match?: "all" | "any" | undefined; conditions?: ({ field: string; op: "is" | "is_not" | "contains" | "not_contains" | "exists" | "not_exists" | "gt" | "gte" | "lt" | "lte"; value?: string | number | boolean | undefined })[] | undefined } };
    answer: { segment: Segment };
  };
  "GET /segments/{id}": {
    /** One segment. */
    path: { id: SegmentId };
    query: {};
    body: undefined;
    answer: { segment: Segment };
  };
  "PATCH /segments/{id}": {
    /** Change a segment; what is left out stays. */
    path: { id: SegmentId };
    query: {};
    body: { name?: string | undefined; rules?: { match?: "all" | "any" | undefined; conditions?: ({ field: string; op: "is" | "is_not" | "contains" | "not_contains" | "exists" | "not_exists" | "gt" | "gte" | "lt" | "lte"; value?: string | number | boolean | undefined })[] | undefined } | undefined };
    answer: { segment: Segment };
  };
  "DELETE /segments/{id}": {
    /** Remove a segment that nothing goes by. */
    path: { id: SegmentId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "GET /segments/{id}/contacts": {
    /** Who is in a segment. */
    path: { id: SegmentId };
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { contacts: (Contact)[]; pagination: Pagination };
  };
  "GET /schedules": {
    /** All schedules. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { schedules: (Schedule)[]; pagination: Pagination };
  };
  "POST /schedules": {
    /** Make a schedule. */
    path: {};
    query: {};
    body: { name: string; timezone?: string | null | undefined; openings: ({ day: number; from: string; to: string })[]; holidays?: (string)[] | undefined };
    answer: { schedule: Schedule };
  };
  "GET /schedules/{id}": {
    /** One schedule. */
    path: { id: ScheduleId };
    query: {};
    body: undefined;
    answer: { schedule: Schedule };
  };
  "PATCH /schedules/{id}": {
    /** Change a schedule; what is left out stays. */
    path: { id: ScheduleId };
    query: {};
    body: { name?: string | undefined; timezone?: string | null | undefined; openings?: ({ day: number; from: string; to: string })[] | undefined; holidays?: (string)[] | undefined };
    answer: { schedule: Schedule };
  };
  "DELETE /schedules/{id}": {
    /** Remove a schedule that nothing goes by. */
    path: { id: ScheduleId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "GET /rulesets": {
    /** All rulesets. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { rulesets: (Ruleset)[]; pagination: Pagination };
  };
  "POST /rulesets": {
    /** Make a ruleset. */
    path: {};
    query: {};
    body: { name: string; permitDuplicateProspects?: "allow" | "disallow" | "only_if_inactive" | undefined; sequenceExclusivity?: "all_sequences" | "exclusive_sequences" | "none" | undefined; minimumProspectTouchedInterval?: number | null | undefined; emailOptOutAction?: "allow" | "disallow" | undefined; autoResumeOotoProspects?: boolean | undefined; autoResumeOotoProspectsIn?: number | null | undefined; autoResumeOotoProspectsExpiresIn?: number | null | undefined; ootoAutoExtractionEnabled?: boolean | undefined; includeUnsubscribeLinks?: boolean | undefined };
    answer: { ruleset: Ruleset };
  };
  "GET /rulesets/{id}": {
    /** One ruleset. */
    path: { id: RulesetId };
    query: {};
    body: undefined;
    answer: { ruleset: Ruleset };
  };
  "PATCH /rulesets/{id}": {
    /** Change a ruleset; what is left out stays. */
    path: { id: RulesetId };
    query: {};
    body: { name?: string | undefined; permitDuplicateProspects?: "allow" | "disallow" | "only_if_inactive" | undefined; sequenceExclusivity?: "all_sequences" | "exclusive_sequences" | "none" | undefined; minimumProspectTouchedInterval?: number | null | undefined; emailOptOutAction?: "allow" | "disallow" | undefined; autoResumeOotoProspects?: boolean | undefined; autoResumeOotoProspectsIn?: number | null | undefined; autoResumeOotoProspectsExpiresIn?: number | null | undefined; ootoAutoExtractionEnabled?: boolean | undefined; includeUnsubscribeLinks?: boolean | undefined };
    answer: { ruleset: Ruleset };
  };
  "DELETE /rulesets/{id}": {
    /** Remove a ruleset that nothing goes by. */
    path: { id: RulesetId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "GET /upcoming": {
    /** What enrollments under way go on to, and when. */
    path: {};
    query: { from?: string | undefined; to?: string | undefined; sequence?: SequenceId | undefined; cursor?: string | undefined; limit?: number | undefined };
    body: undefined;
    answer: { upcoming: (Upcoming)[]; nextCursor: string | null };
  };
  "GET /messages": {
    /** Messages, the newest first. */
    path: {};
    query: { enrollment?: EnrollmentId | undefined; sequence?: SequenceId | undefined; contact?: ContactId | undefined; status?: "retrying" | "sent" | "unconfirmed" | "failed" | "cancelled" | undefined; page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { messages: (Message)[]; pagination: Pagination };
  };
  "GET /messages/{id}": {
    /** One message in full, as long as it is kept. */
    path: { id: MessageId };
    query: {};
    body: undefined;
    answer: { message: FullMessage };
  };
  "POST /messages/{id}/events": {
    /** Report what a provider learned of a message. */
    path: { id: MessageId };
    query: {};
    body: { type: "delivered" | "opened" | "clicked" | "bounced" | "complained"; at?: string | undefined; url?: string | null | undefined; by?: "human" | "machine" | undefined };
    answer: { message: Message | null };
  };
  "GET /tasks": {
    /** Tasks, the newest first; the answer's after leads on. */
    path: {};
    query: { sequence?: SequenceId | undefined; enrollment?: EnrollmentId | undefined; contact?: ContactId | undefined; owner?: UserId | undefined; state?: "pending" | "incomplete" | "complete" | undefined; after?: TaskId | undefined; limit?: number | undefined };
    body: undefined;
    answer: { tasks: (Task)[]; pagination: { after: TaskId | null } };
  };
  "POST /tasks": {
    /** Make a task that stands alone. */
    path: {};
    query: {};
    body: { contactId: ContactId; action?: "email" | "call" | "action_item" | "in_person" | undefined; dueAt?: string | null | undefined; note?: string | null | undefined; autoskipAt?: string | null | undefined; ownerId?: UserId | undefined; priorityId?: PriorityId | null | undefined };
    answer: { task: Task };
  };
  "GET /tasks/{id}": {
    /** One task. */
    path: { id: TaskId };
    query: {};
    body: undefined;
    answer: { task: Task };
  };
  "PATCH /tasks/{id}": {
    /** Change a task; what is left out stays. */
    path: { id: TaskId };
    query: {};
    body: { action?: "email" | "call" | "action_item" | "in_person" | undefined; dueAt?: string | undefined; note?: string | null | undefined; autoskipAt?: string | null | undefined; ownerId?: UserId | undefined; priorityId?: PriorityId | null | undefined };
    answer: { task: Task };
  };
  "DELETE /tasks/{id}": {
    /** Remove a task, or skip a journey's. */
    path: { id: TaskId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "POST /tasks/{id}/complete": {
    /** Complete a task; its journey goes on, or ends by finish. */
    path: { id: TaskId };
    query: {};
    body: { finish?: boolean | undefined };
    answer: { task: Task };
  };
  "POST /tasks/{id}/snooze": {
    /** Put a task off. */
    path: { id: TaskId };
    query: {};
    body: { dueAt?: string | undefined };
    answer: { task: Task };
  };
  "POST /tasks/{id}/deliver": {
    /** Send the mail of a manual email, which completes it. */
    path: { id: TaskId };
    query: {};
    body: undefined;
    answer: { task: Task };
  };
  "GET /suppressions": {
    /** Addresses that nobody writes to. */
    path: {};
    query: { reason?: "bounced" | "complained" | "opted_out" | undefined; platform?: Platform | undefined; address?: string | undefined; page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { suppressions: (Suppression)[]; pagination: Pagination };
  };
  "POST /suppressions": {
    /** Have an address not written to. */
    path: {};
    query: {};
    body: { platform: Platform; address: string; reason?: "bounced" | "complained" | "opted_out" | undefined };
    answer: { suppression: Suppression };
  };
  "DELETE /suppressions": {
    /** Take an address off the list. */
    path: {};
    query: { platform: Platform; address: string; reason?: "bounced" | "complained" | "opted_out" | undefined; consent?: "true" | "false" | undefined };
    body: undefined;
    answer: { success: true };
  };
  "POST /suppressions/import": {
    /** Have up to 1,000 addresses not written to. */
    path: {};
    query: {};
    body: { suppressions: ({ platform: Platform; address: string; reason?: "bounced" | "complained" | "opted_out" | undefined })[] };
    answer: { received: number; added: number };
  };
  "GET /suppressions/{id}": {
    /** One suppression. */
    path: { id: SuppressionId };
    query: {};
    body: undefined;
    answer: { suppression: Suppression };
  };
  "DELETE /suppressions/{id}": {
    /** Take a suppression off the list. */
    path: { id: SuppressionId };
    query: { consent?: "true" | "false" | undefined };
    body: undefined;
    answer: { success: true };
  };
  "GET /replies": {
    /** All that came in, whether it fitted somebody or not. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { replies: (Reply)[]; pagination: Pagination };
  };
  "POST /replies": {
    /** Hand in a reply as a provider took it in. */
    path: {};
    query: {};
    body: { platform: Platform; from: string; text: string; messageId?: string | null | undefined; inReplyTo?: string | null | undefined; receivedAt?: string | undefined; sentiment?: "positive" | "neutral" | "negative" | null | undefined; headers?: Record<string, string> | undefined };
    answer: { reply: Reply | null };
  };
  "GET /channels": {
    /** How each platform's messages go out. */
    path: {};
    query: {};
    body: undefined;
    answer: { channels: (Channel)[] };
  };
  "GET /channels/{platform}": {
    /** How a platform's messages go out. */
    path: { platform: Platform };
    query: {};
    body: undefined;
    answer: { channel: Channel };
  };
  "PUT /channels/{platform}": {
    /** Say how a platform's messages go out; a webhook's secret is told once. */
    path: { platform: Platform };
    query: {};
    body: { kind: "outbox" | "webhook" | "email"; url?: string | undefined; transport?: { kind: "smtp"; host: string; port?: number | undefined; security?: "tls" | "starttls" | "optional" | undefined; username?: string | undefined; password?: string | undefined } | { kind: "cloudflare" } | { kind: "resend"; apiKey: string } | undefined; from?: { address: string; name?: string | null | undefined; replyTo?: string | null | undefined } | undefined };
    answer: { channel: Channel };
  };
  "DELETE /channels/{platform}": {
    /** Have a platform's messages go to the outbox again. */
    path: { platform: Platform };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "POST /channels/{platform}/pause": {
    /** Hold all messages of a platform. */
    path: { platform: Platform };
    query: {};
    body: { reason?: string | undefined };
    answer: { channel: Channel };
  };
  "POST /channels/{platform}/test": {
    /** Send a mail that says it is a test. */
    path: { platform: Platform };
    query: {};
    body: { to: string };
    answer: { test: { outcome: "delivered" | "transient" | "permanent" | "broken" | "unknown"; reason: string | null; providerId: string | null } };
  };
  "POST /channels/{platform}/resume": {
    /** Let them go on. */
    path: { platform: Platform };
    query: {};
    body: undefined;
    answer: { channel: Channel };
  };
  "GET /mail-hook": {
    /** Where a mail provider tells its events. */
    path: {};
    query: {};
    body: undefined;
    answer: { mailHook: { path: string; secrets: ({ id: SecretId; createdAt: Instant })[] } };
  };
  "POST /mail-hook/secrets": {
    /** Add a secret that a provider signs with; one that we make is told once. */
    path: {};
    query: {};
    body: { secret?: string | undefined };
    answer: { mailHookSecret: { id: SecretId; createdAt: Instant; secret?: string | undefined } };
  };
  "DELETE /mail-hook/secrets/{id}": {
    /** Take a secret away. */
    path: { id: SecretId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "GET /mailboxes": {
    /** All mailboxes. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { mailboxes: (Mailbox)[]; pagination: Pagination };
  };
  "POST /mailboxes": {
    /** Make a mailbox. */
    path: {};
    query: {};
    body: { email: string; transport?: { kind: "smtp"; host: string; port?: number | undefined; security?: "tls" | "starttls" | "optional" | undefined; username?: string | undefined; password?: string | undefined } | { kind: "cloudflare" } | { kind: "resend"; apiKey: string } | null | undefined; name?: string | null | undefined; replyTo?: string | null | undefined; userId?: UserId | undefined; dailyLimit?: number | null | undefined; rate?: { messages: number; seconds: number } | null | undefined; warmup?: { start: number; step: number; since?: string | undefined } | null | undefined; timezone?: string | undefined };
    answer: { mailbox: Mailbox };
  };
  "GET /mailboxes/{id}": {
    /** One mailbox. */
    path: { id: MailboxId };
    query: {};
    body: undefined;
    answer: { mailbox: Mailbox };
  };
  "PATCH /mailboxes/{id}": {
    /** Change a mailbox; what is left out stays. */
    path: { id: MailboxId };
    query: {};
    body: { email?: string | undefined; transport?: { kind: "smtp"; host: string; port?: number | undefined; security?: "tls" | "starttls" | "optional" | undefined; username?: string | undefined; password?: string | undefined } | { kind: "cloudflare" } | { kind: "resend"; apiKey: string } | null | undefined; name?: string | null | undefined; replyTo?: string | null | undefined; userId?: UserId | undefined; dailyLimit?: number | null | undefined; rate?: { messages: number; seconds: number } | null | undefined; warmup?: { start: number; step: number; since?: string | undefined } | null | undefined; timezone?: string | undefined };
    answer: { mailbox: Mailbox };
  };
  "DELETE /mailboxes/{id}": {
    /** Remove a mailbox that nothing goes by. */
    path: { id: MailboxId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "POST /mailboxes/{id}/pause": {
    /** Hold all mails that leave from a mailbox. */
    path: { id: MailboxId };
    query: {};
    body: { reason?: string | undefined };
    answer: { mailbox: Mailbox };
  };
  "POST /mailboxes/{id}/resume": {
    /** Let them go on. */
    path: { id: MailboxId };
    query: {};
    body: undefined;
    answer: { mailbox: Mailbox };
  };
  "GET /users": {
    /** On whose behalf keys act. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { users: (User)[]; pagination: Pagination };
  };
  "POST /users": {
    /** Make a user. */
    path: {};
    query: {};
    body: { email: string; name?: string | undefined; username?: string | null | undefined; firstName?: string | null | undefined; lastName?: string | null | undefined; locked?: boolean | undefined; details?: Record<string, unknown> | undefined };
    answer: { user: User };
  };
  "GET /users/{id}": {
    /** One user. */
    path: { id: UserId };
    query: {};
    body: undefined;
    answer: { user: User };
  };
  "PATCH /users/{id}": {
    /** Change a user; one who is locked stays out with all his keys. */
    path: { id: UserId };
    query: {};
    body: { email?: string | undefined; name?: string | undefined; username?: string | null | undefined; firstName?: string | null | undefined; lastName?: string | null | undefined; locked?: boolean | undefined; details?: Record<string, unknown> | undefined };
    answer: { user: User };
  };
  "GET /users/{id}/keys": {
    /** A user's keys. */
    path: { id: UserId };
    query: {};
    body: undefined;
    answer: { keys: (Key)[] };
  };
  "POST /users/{id}/keys": {
    /** Make a key, which is told once. */
    path: { id: UserId };
    query: {};
    body: { name?: string | null | undefined; scopes?: ("*" | "sequences_read" | "sequences_write" | "contacts_read" | "contacts_write" | "messages_read" | "messages_write" | "replies_read" | "replies_write" | "channels_read" | "channels_write" | "operations_read" | "operations_write" | "users_read" | "users_write" | "webhooks_read" | "webhooks_write")[] | undefined; expiresAt?: string | null | undefined };
    answer: { key: { id: KeyId; userId: UserId; name: string | null; prefix: string; scopes: (string)[]; createdAt: Instant; expiresAt: Instant | null; lastUsedAt: Instant | null; successorId: KeyId | null; key: string } };
  };
  "POST /users/{id}/keys/{keyId}/rotate": {
    /** Make a key in place of another, which goes on for a while. */
    path: { id: UserId; keyId: KeyId };
    query: {};
    body: { overlapSeconds?: number | undefined };
    answer: { key: { id: KeyId; userId: UserId; name: string | null; prefix: string; scopes: (string)[]; createdAt: Instant; expiresAt: Instant | null; lastUsedAt: Instant | null; successorId: KeyId | null; key: string }; previous: Key };
  };
  "DELETE /users/{id}/keys/{keyId}": {
    /** Revoke a key. */
    path: { id: UserId; keyId: KeyId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "GET /webhooks": {
    /** The endpoints that are told what happens. */
    path: {};
    query: {};
    body: undefined;
    answer: { webhooks: (Webhook)[] };
  };
  "POST /webhooks": {
    /** Name an endpoint that is told what happens; its secret is told once. */
    path: {};
    query: {};
    body: { url: string; description?: string | null | undefined; dialect?: WebhookDialect | undefined; events?: (EventPattern)[] | undefined };
    answer: { webhook: DisclosedWebhook };
  };
  "GET /webhooks/{id}": {
    /** One endpoint, and how it fares. */
    path: { id: WebhookId };
    query: {};
    body: undefined;
    answer: { webhook: Webhook };
  };
  "PATCH /webhooks/{id}": {
    /** Change where an endpoint is and what it is told. */
    path: { id: WebhookId };
    query: {};
    body: { url?: string | undefined; description?: string | null | undefined; events?: (EventPattern)[] | undefined };
    answer: { webhook: Webhook };
  };
  "DELETE /webhooks/{id}": {
    /** Remove an endpoint, which is told nothing more. */
    path: { id: WebhookId };
    query: {};
    body: undefined;
    answer: { success: true };
  };
  "POST /webhooks/{id}/test": {
    /** Have an endpoint told of a test that nobody else hears of. */
    path: { id: WebhookId };
    query: {};
    body: undefined;
    answer: { delivery: Delivery };
  };
  "POST /webhooks/{id}/rotate": {
    /** Make a new secret, which is told once; the one before signs beside it for a while. */
    path: { id: WebhookId };
    query: {};
    body: { overlapHours?: number | undefined };
    answer: { webhook: DisclosedWebhook };
  };
  "POST /webhooks/{id}/resume": {
    /** Have a paused endpoint told again, beginning with what has waited for it. */
    path: { id: WebhookId };
    query: {};
    body: undefined;
    answer: { webhook: Webhook };
  };
  "GET /webhooks/{id}/deliveries": {
    /** What an endpoint was told and is to be told, the newest first. */
    path: { id: WebhookId };
    query: { status?: DeliveryStatus | undefined; page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { deliveries: (Delivery)[]; pagination: Pagination };
  };
  "GET /webhooks/{id}/deliveries/{deliveryId}": {
    /** One delivery with its calls, and its body as it would be sent now. */
    path: { id: WebhookId; deliveryId: DeliveryId };
    query: {};
    body: undefined;
    answer: { delivery: FullDelivery };
  };
  "POST /webhooks/{id}/deliveries/{deliveryId}/resend": {
    /** Have an endpoint told once more, at once. */
    path: { id: WebhookId; deliveryId: DeliveryId };
    query: {};
    body: undefined;
    answer: { delivery: FullDelivery };
  };
  "GET /workspace": {
    /** The workspace of the key. */
    path: {};
    query: {};
    body: undefined;
    answer: { workspace: Workspace };
  };
  "PATCH /workspace": {
    /** Change the frequency cap and how long what has ended is kept. */
    path: {};
    query: {};
    body: { frequencyCap?: { messages: number; seconds: number } | null | undefined; retentionDays?: number | null | undefined };
    answer: { workspace: Workspace };
  };
  "POST /workspace/pause": {
    /** Stop all sending. */
    path: {};
    query: {};
    body: undefined;
    answer: { workspace: Workspace };
  };
  "POST /workspace/resume": {
    /** Let all sending go on; what fell due goes out. */
    path: {};
    query: {};
    body: undefined;
    answer: { workspace: Workspace };
  };
  "GET /dead-letters": {
    /** Queue messages that nobody could take in. */
    path: {};
    query: { page?: number | undefined; limit?: number | undefined };
    body: undefined;
    answer: { deadLetters: (DeadLetter)[]; pagination: Pagination };
  };
  "POST /dead-letters/{id}/resend": {
    /** Put a dead letter on its queue again. */
    path: { id: LetterId };
    query: {};
    body: undefined;
    answer: { deadLetter: DeadLetter };
  };
}

/** Knows enrollments as a collection: the states of prospects in sequences. */
import { sql } from "drizzle-orm";
import { STANDINGS } from "../../domain/mirror";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";
import { currentStep } from "./current";
import { mailboxSeen, openSequence } from "./visible";

export function sequenceStates(viewer: Viewer): Collection {
  return {
    from: sql`enrollments t CROSS JOIN sequences s ON s.id = t.sequence_id
      LEFT JOIN contacts c ON c.id = t.contact_id AND c.erased_at IS NULL
      LEFT JOIN steps l ON l.id = COALESCE(t.last_touch_id, t.last_step_id) AND l.deleted_at IS NULL`,
    workspace: sql`t.workspace_id`,
    where: sql`t.deleted_at IS NULL AND ${openSequence("s", viewer)}`,
    parts: { by: "sequence", each: STANDINGS.map((standing) => sql`t.standing = ${standing}`) },
    fields: {
      updatedAt: { sql: sql`t.updated_at`, lead: "workspace" },
      ...plain({ createdAt: "enrolled_at", repliedAt: "replied_at", callCompletedAt: "call_completed_at" }),
      errorReason: { sql: sql`t.error` },
      state: { sql: STATE },
      ...plain({ stateChangedAt: "state_changed_at", activeAt: "active_at" }),
      ...plain({ pauseReason: "pause_reason", deliverCount: "deliver_count", openCount: "open_count" }),
      ...plain({ clickCount: "click_count", bounceCount: "bounce_count", failureCount: "failure_count" }),
      ...plain({ scheduleCount: "schedule_count", optOutCount: "opt_out_count" }),
      ...plain({ positiveReplyCount: "positive_reply_count", neutralReplyCount: "neutral_reply_count" }),
      ...plain({ negativeReplyCount: "negative_reply_count" }),
      replyCount: { sql: sql`t.positive_reply_count + t.neutral_reply_count + t.negative_reply_count` },
    },
    toOne: {
      prospect: { to: "prospect", id: sql`c.id`, key: sql`t.contact_id`, lead: "unsorted" },
      sequence: { to: "sequence", id: sql`CASE WHEN ${SEEN} THEN s.id END`, key: sql`t.sequence_id`, lead: "alone" },
      mailbox: { to: "mailbox", id: mailboxSeen(sql`t.mailbox_id`), key: sql`t.mailbox_id` },
      sequenceStep: { to: "sequenceStep", id: sql`CASE WHEN ${SEEN} THEN ${CURRENT} END` },
      user: { to: "user", id: USER },
      creator: { to: "user", id: USER },
    },
    toMany: {
      tasks: { to: "task", by: "sequenceState" },
      calls: { to: "call", by: "sequenceState" },
      activeStepTasks: { to: "task", by: "sequenceState", only: sql`t.state <> 'complete'` },
      activeStepMailings: { to: "mailing", by: "sequenceState", only: sql`t.status = 'retrying'` },
    },
  };
}

/** What is archived is not there. */
const SEEN = sql`s.status <> 'ARCHIVED'`;

const CURRENT = currentStep(sql`t.step_id`, sql`l.id`);

const USER = sql`COALESCE(t.user_id, s.owner_id)`;

const STATE = sql`CASE t.state
  WHEN 'pending' THEN 'pending'
  WHEN 'paused' THEN 'paused'
  WHEN 'ended' THEN CASE WHEN t.why IN ('opted_out', 'bounced', 'failed') THEN t.why ELSE 'finished' END
  ELSE CASE WHEN s.status = 'ACTIVE' THEN 'active' WHEN COALESCE(t.last_touch_id, t.last_step_id) IS NULL THEN 'pending' ELSE 'disabled' END
END`;

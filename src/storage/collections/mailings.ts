/** Knows the ledger of messages as a collection: mailings. */
import { type SQL, sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";
import { isOf } from "./ordinals";
import { mailboxEmail, mailboxSeen, openSequence, seenTemplate } from "./visible";

export function mailings(viewer: Viewer): Collection {
  return {
    from: sql`messages t CROSS JOIN sequences s ON s.id = t.sequence_id
      LEFT JOIN contacts c ON c.id = t.contact_id AND c.erased_at IS NULL
      LEFT JOIN enrollments e ON e.id = t.enrollment_id AND e.deleted_at IS NULL
      LEFT JOIN steps p ON p.id = t.step_id AND p.deleted_at IS NULL
      LEFT JOIN templates w ON w.id = t.template_id AND ${seenTemplate("w", viewer)}`,
    workspace: sql`t.workspace_id`,
    where: openSequence("s", viewer),
    usual: "createdAt",
    twin: {
      ...{ field: "updatedAt", of: "createdAt" },
      ...{ same: sql`t.updated_at IS t.created_at`, apart: sql`t.updated_at IS NOT t.created_at` },
    },
    fields: {
      updatedAt: { sql: sql`t.updated_at`, lead: "workspace" },
      createdAt: { sql: sql`t.created_at`, lead: "workspace" },
      // It is claimed when it is due.
      ...plain({ scheduledAt: "created_at", stateChangedAt: "state_changed_at", subject: "subject" }),
      ...plain({ errorReason: "error", openedAt: "opened_at", clickedAt: "clicked_at", bouncedAt: "bounced_at" }),
      ...plain({ markedAsSpamAt: "complained_at", repliedAt: "replied_at", unsubscribedAt: "unsubscribed_at" }),
      // Those that went out before mails were written here tell what their sequence does.
      trackOpens: { sql: sql`COALESCE(t.mail_tracks & 1, s.track_opens)`, kind: "flag" },
      trackLinks: { sql: sql`COALESCE((t.mail_tracks & 2) > 0, s.track_clicks)`, kind: "flag" },
      ...plain({ messageId: "mail_id" }),
      deliveredAt: { sql: DELIVERED },
      // The first time of each is told; links count once each.
      openCount: { sql: sql`t.seen` },
      clickCount: { sql: sql`COALESCE(t.clicks, t.clicked_at IS NOT NULL)` },
      mailingType: { sql: sql`'sequence'` },
      retryCount: { sql: sql`t.attempts - 1` },
      state: { sql: STATE },
      mailboxAddress: { sql: sql`COALESCE(t.mail_from, ${mailboxEmail(sql`e.mailbox_id`)})` },
    },
    toOne: {
      sequenceState: {
        to: "sequenceState",
        id: sql`e.id`,
        key: sql`t.enrollment_id`,
        lead: "unsorted",
        match: ofStates,
      },
      prospect: { to: "prospect", id: sql`c.id`, key: sql`t.contact_id`, lead: "unsorted", match: ofProspects },
      sequenceStep: {
        to: "sequenceStep",
        id: sql`CASE WHEN ${SEEN} THEN p.id END`,
        key: sql`t.step_id`,
        lead: "alone",
      },
      sequence: { to: "sequence", id: sql`CASE WHEN ${SEEN} THEN s.id END`, key: sql`t.sequence_id`, lead: "alone" },
      template: { to: "template", id: sql`w.id`, key: sql`t.template_id` },
      mailbox: { to: "mailbox", id: mailboxSeen(sql`e.mailbox_id`), key: sql`e.mailbox_id` },
      task: { to: "task", id: TASK, lead: "unsorted", match: ofTasks },
      user: { to: "user", id: sql`COALESCE(e.user_id, s.owner_id)` },
    },
    toMany: {
      tasks: { to: "task", by: "mailing" },
    },
  };
}

/** What is archived is not there. */
const SEEN = sql`s.status <> 'ARCHIVED'`;

/** What was opened has arrived, whoever did not tell of it. */
const DELIVERED = sql`COALESCE(t.delivered_at, CASE t.status WHEN 'sent' THEN t.at END, t.opened_at, t.clicked_at)`;

/** Of all that became of it, what tells the most; one that nobody knows to have arrived counts as failed. */
const STATE = sql`CASE
  WHEN t.replied_at IS NOT NULL THEN 'replied'
  WHEN t.bounced_at IS NOT NULL THEN 'bounced'
  WHEN t.seen THEN 'opened'
  WHEN t.arrived THEN 'delivered'
  WHEN t.status = 'retrying' THEN 'queued'
  ELSE 'failed'
END`;

function ofStates(asked: (id: SQL) => SQL): SQL {
  return sql`(e.id IS NOT NULL AND ${inRangesOf(asked(sql`o.id`))})`;
}

function ofProspects(asked: (id: SQL) => SQL): SQL {
  return sql`(c.id IS NOT NULL AND ${inRangesOf(asked(sql`o.contact_id`))})`;
}

/** The task at whose step it was sent: a journey comes to each step but once. */
const TASK = sql`(SELECT k.id FROM tasks k WHERE ${isOf(sql`k.id`, sql`t.enrollment_id`)} AND k.step_id = t.step_id)`;

function ofTasks(asked: (id: SQL) => SQL): SQL {
  return sql`t.id IN (
    SELECT m.id FROM tasks k CROSS JOIN messages m ON ${isOf(sql`m.id`, sql`k.enrollment_id`)} AND m.step_id = k.step_id
    WHERE ${asked(sql`k.id`)})`;
}

function inRangesOf(condition: SQL): SQL {
  return sql`t.id IN (
    SELECT m.id FROM enrollments o CROSS JOIN messages m ON ${isOf(sql`m.id`, sql`o.id`)} WHERE ${condition})`;
}

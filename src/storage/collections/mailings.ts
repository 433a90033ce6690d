/** Knows the ledger of messages as a collection: mailings. */
import { type SQL, sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";
import { isOf } from "./ordinals";
import { mailboxSeen, openSequence } from "./visible";

export function mailings(viewer: Viewer): Collection {
  return {
    from: sql`messages t CROSS JOIN sequences s ON s.id = t.sequence_id
      LEFT JOIN contacts c ON c.id = t.contact_id AND c.erased_at IS NULL
      LEFT JOIN enrollments e ON e.id = t.enrollment_id AND e.deleted_at IS NULL
      LEFT JOIN steps p ON p.id = t.step_id AND p.deleted_at IS NULL`,
    workspace: sql`t.workspace_id`,
    where: openSequence("s", viewer),
    fields: {
      ...plain({ subject: "subject", errorReason: "error", openedAt: "opened_at", clickedAt: "clicked_at" }),
      deliveredAt: { sql: sql`COALESCE(t.delivered_at, CASE t.status WHEN 'sent' THEN t.at END)` },
      messageId: { sql: sql`t.provider_id` },
      mailingType: { sql: sql`'sequence'` },
      retryCount: { sql: sql`t.attempts - 1` },
      state: { sql: STATE },
      stateChangedAt: { sql: sql`MAX(t.at, COALESCE(t.opened_at, 0))` },
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

const STATE = sql`CASE
  WHEN t.status = 'retrying' THEN 'queued'
  WHEN t.status <> 'sent' THEN 'failed'
  WHEN t.opened_at IS NOT NULL THEN 'opened'
  ELSE 'delivered'
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

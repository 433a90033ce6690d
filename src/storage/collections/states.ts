/** Knows enrollments as a collection: the states of prospects in sequences. */
import { type SQL, sql } from "drizzle-orm";
import { ORDINALS } from "../../domain/message";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";
import { openSequence } from "./visible";

export function sequenceStates(viewer: Viewer): Collection {
  return {
    from: sql`enrollments t CROSS JOIN sequences s ON s.id = t.sequence_id
      LEFT JOIN contacts c ON c.id = t.contact_id AND c.erased_at IS NULL
      LEFT JOIN steps p ON p.id = t.step_id AND p.deleted_at IS NULL AND p.kind IN ('message', 'task')
      LEFT JOIN steps l ON l.id = t.last_step_id AND l.deleted_at IS NULL`,
    workspace: sql`t.workspace_id`,
    where: sql`t.deleted_at IS NULL AND ${openSequence("s", viewer)}`,
    fields: {
      ...plain({ createdAt: "enrolled_at", repliedAt: "replied_at" }),
      errorReason: { sql: sql`t.error` },
      pauseReason: { sql: sql`CASE t.state WHEN 'paused' THEN t.why END` },
      state: { sql: STATE },
      deliverCount: { sql: messages(sql`m.status = 'sent'`) },
      openCount: { sql: messages(sql`m.opened_at IS NOT NULL`) },
      clickCount: { sql: messages(sql`m.clicked_at IS NOT NULL`) },
      failureCount: { sql: messages(sql`m.status = 'failed'`) },
      scheduleCount: { sql: messages(sql`m.status = 'retrying'`) },
    },
    toOne: {
      prospect: { to: "prospect", id: sql`c.id`, key: sql`t.contact_id`, lead: "unsorted" },
      sequence: { to: "sequence", id: sql`CASE WHEN ${SEEN} THEN s.id END`, key: sql`t.sequence_id`, lead: "alone" },
      sequenceStep: { to: "sequenceStep", id: sql`CASE WHEN ${SEEN} THEN COALESCE(p.id, l.id) END` },
      mailbox: { to: "mailbox", id: sql`t.mailbox_id` },
      user: { to: "user", id: USER },
      creator: { to: "user", id: USER },
    },
    toMany: {
      activeStepMailings: { to: "mailing", by: "sequenceState", only: sql`t.status = 'retrying'` },
    },
  };
}

/** What is archived is not there. */
const SEEN = sql`s.status <> 'ARCHIVED'`;

const USER = sql`COALESCE(t.user_id, s.owner_id)`;

const STATE = sql`CASE t.state
  WHEN 'pending' THEN 'pending'
  WHEN 'paused' THEN 'paused'
  WHEN 'ended' THEN CASE WHEN t.why IN ('opted_out', 'bounced', 'failed') THEN t.why ELSE 'finished' END
  ELSE CASE WHEN s.status = 'ACTIVE' THEN 'active' WHEN t.last_step_id IS NULL THEN 'pending' ELSE 'disabled' END
END`;

/** The messages of one enrollment are a range of ids. */
function messages(condition: SQL): SQL {
  const first = sql`t.id * ${sql.raw(String(ORDINALS))}`;
  const last = sql`${first} + ${sql.raw(String(ORDINALS - 1))}`;
  return sql`(SELECT COUNT(*) FROM messages m WHERE m.id BETWEEN ${first} AND ${last} AND ${condition})`;
}

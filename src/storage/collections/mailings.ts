/** Knows the ledger of messages as a collection: mailings. */
import { type SQL, sql } from "drizzle-orm";
import type { Comparison } from "../../domain/listing";
import { ORDINALS } from "../../domain/message";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";
import { compare } from "./comparison";
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
      user: { to: "user", id: sql`COALESCE(e.user_id, s.owner_id)` },
    },
    toMany: {},
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

function ofStates(asked: Comparison): SQL {
  return sql`(e.id IS NOT NULL AND ${inRangesOf(compare(sql`o.id`, asked))})`;
}

function ofProspects(asked: Comparison): SQL {
  return sql`(c.id IS NOT NULL AND ${inRangesOf(compare(sql`o.contact_id`, asked))})`;
}

/** The messages of one enrollment are a range of ids. */
function inRangesOf(condition: SQL): SQL {
  const first = sql`o.id * ${sql.raw(String(ORDINALS))}`;
  const last = sql`${first} + ${sql.raw(String(ORDINALS - 1))}`;
  return sql`t.id IN (
    SELECT m.id FROM enrollments o CROSS JOIN messages m ON m.id BETWEEN ${first} AND ${last} WHERE ${condition})`;
}

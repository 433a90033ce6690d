/** Knows what became of messages, counted by triggers: one row for each sequence, step, variant and template together. */
import { type SQL, sql } from "drizzle-orm";
import type { MessageStatus } from "../domain/message";
import type { Tally } from "../domain/tally";
import type { Database } from "./database";
import { belongsToVisible, type Viewer } from "./sight";

/** What is asked about; each is a sum of few rows, found by index. */
export type TallyScope = "sequence" | "step" | "sequence template" | "template";

export interface Counted extends Tally {
  /** Contacts that the sequence has written to, each counted with the first of its messages that went out. */
  contacted: number;
  lastUsedAt: number | null;
}

export const NOTHING_COUNTED: Counted = {
  scheduled: 0,
  delivered: 0,
  opened: 0,
  clicked: 0,
  bounced: 0,
  failed: 0,
  positive: 0,
  neutral: 0,
  negative: 0,
  optedOut: 0,
  contacted: 0,
  lastUsedAt: null,
};

/** All lines of the ledger. */
const LINES = sql`t.retrying + t.sent + t.unconfirmed + t.failed + t.cancelled`;

/** Those of them that were removed since. */
const PAST_LINES = sql`t.past_retrying + t.past_sent + t.past_unconfirmed + t.past_failed + t.past_cancelled`;

/** How the rows are reached from the ids asked for; `w` is the workspace. */
function rowsOf(scope: TallyScope, w: number): SQL {
  switch (scope) {
    case "sequence":
      return sql`CROSS JOIN tallies t ON t.workspace_id = ${w} AND t.sequence_id = i.value`;
    case "step":
      return sql`CROSS JOIN steps s ON s.id = i.value
        CROSS JOIN tallies t ON t.workspace_id = ${w} AND t.sequence_id = s.sequence_id AND t.step_id = s.id`;
    case "sequence template":
      return sql`CROSS JOIN sequence_templates v ON v.id = i.value CROSS JOIN steps s ON s.id = v.step_id
        CROSS JOIN tallies t ON t.workspace_id = ${w} AND t.sequence_id = s.sequence_id AND t.step_id = s.id
          AND t.sequence_template_id = v.id`;
    case "template":
      return sql`CROSS JOIN tallies t ON t.workspace_id = ${w} AND t.template_id = i.value AND t.template_id > 0`;
  }
}

/** By id; those of which nothing is counted yet are left out. */
export async function talliesOf(
  db: Database,
  workspaceId: number,
  scope: TallyScope,
  ids: readonly number[],
): Promise<Map<number, Counted>> {
  const rows = await db.all<Counted & { id: number }>(sql`
    SELECT i.value AS id, SUM(${LINES}) AS scheduled, SUM(t.delivered) AS delivered, SUM(t.opened) AS opened,
      SUM(t.clicked) AS clicked, SUM(t.bounced) AS bounced, SUM(t.failed) AS failed, SUM(t.positive) AS positive,
      SUM(t.neutral) AS neutral, SUM(t.negative) AS negative, SUM(t.opted_out) AS optedOut,
      SUM(t.contacted) AS contacted, MAX(t.last_used_at) AS lastUsedAt
    FROM json_each(${JSON.stringify(ids)}) i ${rowsOf(scope, workspaceId)} GROUP BY i.value`);
  return new Map(rows.map(({ id, ...counted }) => [id, counted]));
}

/** Contacts who answered, by sequence; those where nobody has are left out. */
export async function repliedContactsOf(
  db: Database,
  workspaceId: number,
  sequenceIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await db.all<{ id: number; n: number }>(sql`
    SELECT i.value AS id, c.n FROM json_each(${JSON.stringify(sequenceIds)}) i
    CROSS JOIN counts c ON c.workspace_id = ${workspaceId} AND c.sequence_id = i.value AND c.what = 'contacts_replied'`);
  return new Map(rows.map(({ id, n }) => [id, n]));
}

/** Messages of a sequence, or of all of a workspace, by status, as far as lists have rows of them; one row a step and variant is read. */
export async function messageTotal(
  db: Database,
  viewer: Viewer,
  { sequenceId, status }: { sequenceId: number | null; status: MessageStatus | null },
): Promise<number> {
  const lines = status === null ? LINES : sql`t.${sql.identifier(status)}`;
  const counted = sql`${lines} - (${status === null ? PAST_LINES : sql`t.${sql.identifier(`past_${status}`)}`})`;
  const [row] = await db.all<{ n: number }>(sql`
    SELECT COALESCE(SUM(${counted}), 0) AS n FROM tallies t
    WHERE t.workspace_id = ${viewer.workspaceId} AND ${belongsToVisible(viewer, sql`t.sequence_id`)} ${sequenceId === null ? sql`` : sql`AND t.sequence_id = ${sequenceId}`}`);
  return row?.n ?? 0;
}

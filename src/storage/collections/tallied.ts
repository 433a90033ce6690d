/** Knows the counts of what became of messages, as fields of what the messages come from. */
import { type SQL, sql } from "drizzle-orm";
import type { Row } from "../../domain/listing";
import type { Database } from "../database";
import { type Counted, NOTHING_COUNTED, type TallyScope, talliesOf } from "../tallies";
import type { Field } from "./collection";

const SUMS: Record<string, string> = {
  scheduleCount: "retrying + sent + unconfirmed + failed + cancelled",
  deliverCount: "delivered",
  openCount: "opened",
  clickCount: "clicked",
  bounceCount: "bounced",
  failureCount: "failed",
  optOutCount: "opted_out",
  positiveReplyCount: "positive",
  neutralReplyCount: "neutral",
  negativeReplyCount: "negative",
  replyCount: "positive + neutral + negative",
};

/** To be asked by; `where` tells which tallies are the row's. */
export function counts(where: SQL): Record<string, Field> {
  const sums = Object.entries(SUMS).map(([name, sum]) => [name, tallied(`COALESCE(SUM(${sum}), 0)`, where)]);
  return Object.fromEntries(sums);
}

/** When the newest message was begun. */
export function lastUsed(where: SQL): Field {
  return tallied("MAX(last_used_at)", where);
}

function tallied(what: string, where: SQL): Field {
  return {
    sql: sql`(SELECT ${sql.raw(what)} FROM tallies WHERE workspace_id = t.workspace_id AND ${where})`,
    unread: true,
  };
}

/** To be shown: those of all rows are read at once. What a row knows by itself stays. */
export async function withCounts<R extends Row>(
  db: Database,
  { workspaceId, scope }: { workspaceId: number; scope: TallyScope },
  rows: readonly R[],
): Promise<R[]> {
  const ids = rows.map(({ id }) => id);
  const counted = await talliesOf(db, workspaceId, scope, ids);
  return rows.map((row) => ({ ...shownCounts(counted.get(row.id) ?? NOTHING_COUNTED), ...row }));
}

function shownCounts({ scheduled, delivered, opened, clicked, bounced, failed, optedOut, ...answers }: Counted) {
  const { positive, neutral, negative, lastUsedAt } = answers;
  return {
    scheduleCount: scheduled,
    deliverCount: delivered,
    openCount: opened,
    clickCount: clicked,
    bounceCount: bounced,
    failureCount: failed,
    optOutCount: optedOut,
    positiveReplyCount: positive,
    neutralReplyCount: neutral,
    negativeReplyCount: negative,
    replyCount: positive + neutral + negative,
    lastUsedAt,
  };
}

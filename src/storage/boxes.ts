/** Knows how the mailboxes are read that a journey's mails may leave from, within the statement that reads the rest. */
import { type SQL, sql } from "drizzle-orm";
import { chooseMailbox, type Limits, MOST_CONSIDERED, type Rate, type Warmup } from "../domain/mailbox";
import type { Transport } from "../domain/transport";
import { literal } from "./literal";

/** The mailbox that was chosen. */
export interface StoredBox {
  id: number;
  email: string;
  name: string | null;
  replyTo: string | null;
  /** Its own; null: its mails go by the workspace's. */
  transport: Transport | null;
  sealed: string | null;
  pausedAt: number | null;
  pauseReason: string | null;
  /** HTML that stands in for the line with the link that stops the mails. */
  optOutSignature: string | null;
  limits: Limits;
  /** When it was last set, paused or resumed: a verdict on it holds for that state only. */
  updatedAt: number;
}

type Kept = Omit<StoredBox, "limits"> & {
  daily: number | null;
  rate: Rate | null;
  warmup: Warmup | null;
  zone: string;
};

const BOX = sql`json_object('id', b.id, 'email', b.email, 'name', b.sender_name, 'replyTo', b.reply_to,
  'transport', json(b.transport), 'sealed', b.sealed, 'pausedAt', b.paused_at, 'pauseReason', b.pause_reason,
  'optOutSignature', json_extract(b.details, '$.optOutSignature'), 'daily', b.day_limit, 'rate', json(b.rate), 'warmup', json(b.warmup), 'zone', b.zone, 'updatedAt', b.updated_at)`;

/**
 * Of an enrollment `e` of a sequence `s`, as JSON: its own mailbox, that of its thread or the one it was enrolled with;
 * where that is gone, those that the sequence names; where it names none that are there, the workspace's. The later ones
 * are read only where the ones before yield nothing.
 */
export function boxesFor(thread: number | null): SQL {
  const isHere = sql`+b.workspace_id = e.workspace_id AND b.deleted_at IS NULL`;
  const those = (from: SQL) => sql`NULLIF((SELECT json_group_array(${BOX}) FROM ${from}), '[]')`;
  const own = (id: SQL) => those(sql`mailboxes b WHERE b.id = ${id} AND ${isHere}`);
  const named = those(
    sql`json_each(s.email_server_ids) one CROSS JOIN mailboxes b ON b.id = one.value WHERE ${isHere}`,
  );
  const any = those(sql`(SELECT * FROM mailboxes WHERE workspace_id = e.workspace_id AND deleted_at IS NULL
    ORDER BY id LIMIT ${literal(MOST_CONSIDERED)}) b`);
  return sql`CASE WHEN e.platform = 'EMAIL' THEN COALESCE(${thread === null ? sql`NULL` : own(sql`${thread}`)},
    CASE WHEN e.mailbox_id IS NULL THEN NULL ELSE ${own(sql`e.mailbox_id`)} END,
    CASE WHEN s.use_any_email_server THEN NULL ELSE ${named} END, ${any}) END`;
}

export interface Owning {
  enrollment: number;
  thread: number | null;
  named: number | null;
}

export function chosenBox(boxes: string | null, { enrollment, thread, named }: Owning): StoredBox | null {
  const kept = boxes === null ? [] : (JSON.parse(boxes) as Kept[]);
  const chosen = chooseMailbox(kept, { enrollment, own: [thread, named] });
  if (chosen === null) return null;
  const { daily, rate, warmup, zone, ...box } = chosen;
  return { ...box, limits: { daily, rate, warmup, zone } };
}

/** Knows what each endpoint is told, and what came of it. */
import { type SQL, sql } from "drizzle-orm";
import type { Happening, HappeningType, Subject, TEST, Told } from "../domain/happening";
import type { Journey, Wall } from "../domain/time";
import type { DeliveryStatus, Fate, Prognosis, Try } from "../domain/webhook";
import { type Database, type Statements, together } from "./database";
import type { WebhookRow } from "./webhooks";
import type { Window } from "./window";

export interface Delivery {
  webhookId: number;
  workspaceId: number;
  number: number;
  event: string;
  type: HappeningType | typeof TEST;
  at: Journey;
  status: DeliveryStatus;
  dueAt: Wall | null;
  tries: number;
  triedAt: Wall | null;
  attempts: Try[];
}

type Stored = Omit<Delivery, "attempts"> & { attempts: string };

const COLUMNS =
  sql.raw(`d.webhook_id AS webhookId, d.workspace_id AS workspaceId, d.number, d.event, d.type, d.at, d.status,
  d.due_at AS dueAt, d.tries, d.tried_at AS triedAt, d.attempts`);

function deliveryOf({ attempts, ...row }: Stored): Delivery {
  return { ...row, attempts: JSON.parse(attempts) as Try[] };
}

/** The newest first; of those that wait, the one that is due next. */
export async function listDeliveries(
  db: Database,
  { id }: WebhookRow,
  status: DeliveryStatus | null,
  { limit, offset }: Window,
): Promise<Delivery[]> {
  const narrowed = status === null ? sql`` : sql`AND d.status = ${status}`;
  const order =
    status === "waiting" ? sql`d.due_at, d.number` : status ? sql`d.due_at DESC, d.number DESC` : sql`d.number DESC`;
  const rows = await db.all<Stored>(sql`SELECT ${COLUMNS} FROM webhook_deliveries d
    WHERE d.webhook_id = ${id} ${narrowed} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`);
  return rows.map(deliveryOf);
}

/** A delivery with all that its body is made of. */
export interface Letter {
  delivery: Delivery;
  happening: Happening;
}

type Found = Stored & { data: string; heading: string | null } & { [field in keyof Subject]: Subject[field] | null };

/** Who it is about is looked up now: an erased contact is nobody, and of a sequence that is its owner's alone no words are told. */
async function lettersWhere(db: Database, where: SQL): Promise<Letter[]> {
  const rows = await db.all<Found>(sql`
    SELECT ${COLUMNS}, d.data, c.id, c.display_name AS displayName, c.first_name AS firstName, c.last_name AS lastName,
      (SELECT a.address FROM addresses a WHERE a.contact_id = c.id AND a.platform = d.data->>'platform'
        ORDER BY a.position LIMIT 1) AS address,
      CASE WHEN s.share_type <> 'private' THEN m.subject END AS heading
    FROM (SELECT * FROM webhook_deliveries d WHERE ${where}) d
    LEFT JOIN contacts c ON c.id = d.contact_id AND c.erased_at IS NULL
    LEFT JOIN messages m ON m.id = d.data->>'message'
    LEFT JOIN sequences s ON s.id = m.sequence_id`);
  return rows.map(letterOf);
}

function letterOf({ data, heading, id, displayName, firstName, lastName, address, ...row }: Found): Letter {
  const delivery = deliveryOf(row);
  const { event, type, number, workspaceId, at } = delivery;
  const subject = id === null ? null : { id, displayName, firstName, lastName, address };
  return {
    delivery,
    happening: { event, type, number, workspaceId, at, told: JSON.parse(data) as Told, subject, heading },
  };
}

export async function findLetterTo(db: Database, { id }: WebhookRow, number: number): Promise<Letter | null> {
  const [letter] = await lettersWhere(db, sql`d.webhook_id = ${id} AND d.number = ${number}`);
  return letter ?? null;
}

/** What is due at one endpoint, what has waited longest first. */
export function dueLetters(db: Database, { id }: WebhookRow, wall: Wall, limit: number): Promise<Letter[]> {
  return lettersWhere(
    db,
    sql`d.webhook_id = ${id} AND d.status = 'waiting' AND d.due_at <= ${wall} ORDER BY d.due_at, d.number LIMIT ${limit}`,
  );
}

export interface Settled extends Fate {
  number: number;
  last: Try;
}

/** Calls that are kept of one delivery. */
const MOST_TRIES = 20;

/** Those of answers about whoever was erased meanwhile are not kept. */
const LAST = sql`CASE WHEN EXISTS (SELECT 1 FROM contacts c WHERE c.id = webhook_deliveries.contact_id AND c.erased_at IS NOT NULL)
  THEN json_remove(v.value->'last', '$.excerpt') ELSE v.value->'last' END`;
const EARLIER = sql`CASE WHEN json_array_length(attempts) >= ${MOST_TRIES} THEN json_remove(attempts, '$[0]') ELSE attempts END`;

/**
 * Writes down what came of a round, and lets go of the endpoint; nothing of it, where the lease ran out and somebody else has
 * taken over: then it is told again. Says when something is due next.
 */
export async function settleRound(
  db: Database,
  { id, leaseUntil }: WebhookRow,
  settled: readonly Settled[],
  { prognosis, wall, journey }: { prognosis: Prognosis; wall: Wall; journey: Journey },
): Promise<number | null> {
  const { failures, failingSince, restsUntil, dead } = prognosis;
  const listed = JSON.stringify(settled);
  const count = (status: DeliveryStatus) => settled.filter((one) => one.status === status).length;
  const gone = count("delivered") + count("failed");
  const [, moved] = (await together(db, [
    db.run(sql`UPDATE webhook_deliveries SET status = v.value->>'status', due_at = v.value->>'dueAt', tries = tries + 1,
        tried_at = COALESCE(tried_at, ${wall}), attempts = json_insert(${EARLIER}, '$[#]', json(${LAST}))
      FROM json_each(${listed}) v
      WHERE webhook_id = ${id} AND number = v.value->>'number'
        AND EXISTS (SELECT 1 FROM webhooks WHERE id = ${id} AND lease_until = ${leaseUntil})`),
    db.all<{
      nextAt: number | null;
    }>(sql`UPDATE webhooks SET waiting = waiting - ${gone}, delivered = delivered + ${count("delivered")},
        failed = failed + ${count("failed")}, failures = ${failures}, failing_since = ${failingSince}, lease_until = 0,
        paused_at = COALESCE(paused_at, ${dead === null ? null : journey}), pause_reason = COALESCE(pause_reason, ${dead}),
        next_at = (SELECT MAX(MIN(due_at), ${restsUntil}) FROM webhook_deliveries WHERE webhook_id = ${id} AND status = 'waiting')
      WHERE id = ${id} AND lease_until = ${leaseUntil} RETURNING CASE WHEN paused_at IS NULL THEN next_at END AS nextAt`),
  ])) as [unknown, { nextAt: number | null }[]];
  return moved[0]?.nextAt ?? null;
}

/** Puts down one for an endpoint alone, though it has not asked for its kind; null where too many wait there. */
export async function insertTest(
  db: Database,
  { id, workspaceId }: WebhookRow,
  { event, type, at }: { event: string; type: typeof TEST; at: Journey },
): Promise<number | null> {
  const [made] = (await together(db, [
    db.all<{ number: number }>(sql`
      INSERT INTO webhook_deliveries (webhook_id, number, workspace_id, event, type, at, data, due_at)
      SELECT id, last_number + 1, workspace_id, ${event}, ${type}, ${at}, json_object('webhook', id), 0 FROM webhooks
      WHERE id = ${id} AND workspace_id = ${workspaceId} AND deleted_at IS NULL AND waiting < capacity RETURNING number`),
    db.run(sql`UPDATE webhooks SET last_number = last_number + 1, waiting = waiting + 1, next_at = 0
      WHERE id = ${id} AND EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_id = ${id} AND number = last_number + 1)`),
  ])) as [{ number: number }[], unknown];
  return made[0]?.number ?? null;
}

/** Has one told again, at once and as if it never had been; its earlier calls stay on record. */
export async function tellAgain(db: Database, { id }: Pick<WebhookRow, "id">, number: number): Promise<void> {
  const own = sql`webhook_id = ${id} AND number = ${number}`;
  const was = (status: DeliveryStatus) =>
    sql`(SELECT COUNT(*) FROM webhook_deliveries WHERE ${own} AND status = ${status})`;
  await together(db, [
    db.run(sql`UPDATE webhooks SET waiting = waiting + ${was("delivered")} + ${was("failed")}, next_at = 0,
      delivered = delivered - ${was("delivered")}, failed = failed - ${was("failed")}
      WHERE id = ${id} AND EXISTS (SELECT 1 FROM webhook_deliveries WHERE ${own})`),
    db.run(sql`UPDATE webhook_deliveries SET status = 'waiting', due_at = 0, tried_at = NULL WHERE ${own}`),
  ]);
}

/** What was put off while an endpoint did not answer, and is not when it is resumed; the rest comes when it is its time. */
const HASTENED = 2000;

export function resumeWebhook(db: Database, { id, workspaceId }: WebhookRow, now: Journey): Statements {
  return [
    db.run(sql`UPDATE webhook_deliveries SET due_at = 0, tried_at = NULL WHERE webhook_id = ${id} AND number IN (
      SELECT number FROM webhook_deliveries WHERE webhook_id = ${id} AND status = 'waiting' AND due_at > 0
      ORDER BY due_at LIMIT ${HASTENED})`),
    db.run(sql`UPDATE webhooks SET paused_at = NULL, pause_reason = NULL, failures = 0, failing_since = NULL, next_at = 0,
      updated_at = ${now} WHERE id = ${id} AND workspace_id = ${workspaceId} AND deleted_at IS NULL`),
  ];
}

/** Takes a person's words out of what is kept: why his journey failed, and what was answered about him. */
export function eraseDeliveriesAbout(db: Database, contactId: number) {
  return db.run(sql`UPDATE webhook_deliveries SET data = json_remove(data, '$.error'),
    attempts = (SELECT json_group_array(json(json_remove(value, '$.excerpt'))) FROM json_each(attempts))
    WHERE contact_id = ${contactId}`);
}

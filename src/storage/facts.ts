/** Knows how to read, in one statement, all that an enrollment must know of the world before it decides. */
import { type SQL, sql } from "drizzle-orm";
import type { Address, Contact } from "../domain/contact";
import { capOf, type FrequencyCap } from "../domain/frequency";
import type { Tracks } from "../domain/mail";
import type { Platform } from "../domain/platform";
import type { SequenceStatus } from "../domain/sequence";
import type { Block } from "../domain/suppression";
import { ownerOf, type Sender, type Transport } from "../domain/transport";
import { boxesFor, chosenBox, type StoredBox } from "./boxes";
import { addressesJson } from "./contacts";
import type { Database } from "./database";
import type { Times } from "./schedules";

export interface World {
  status: SequenceStatus;
  transactional: boolean;
  name: string;
  revision: number;
  times: Times;
  live: number;
  takesOptedOut: boolean;
  workspacePaused: boolean;
  cap: FrequencyCap | null;
  channel: StoredChannel | null;
  /** Whom mails come from, as the channel says. */
  sender: Sender | null;
  /** The mailbox that the next mail leaves from. */
  box: StoredBox | null;
  tracks: Tracks;
  /** Whether mails are to show the link that stops them. */
  showsLink: boolean;
  contact: Contact | null;
  toBlocked: Block | null;
  mirror: { version: number; completeTo: number; ended: boolean };
}

export interface StoredChannel {
  kind: string;
  url: string | null;
  secret: string | null;
  transport: Transport | null;
  sealed: { owner: string; locked: string } | null;
  pausedAt: number | null;
  pauseReason: string | null;
  /** When it was last set, paused or resumed: a verdict on it holds for that state only. */
  updatedAt: number;
  /** The mailbox whose own transport this is. */
  mailbox?: number;
}

interface Row extends Record<string, unknown>, Times {
  status: SequenceStatus;
  transactional: number;
  name: string;
  revision: number;
  live: number;
  toBlocked: Block | null;
  optOutAction: string | null;
  workspacePausedAt: number | null;
  capMessages: number | null;
  capSeconds: number | null;
  channelKind: string | null;
  channelUrl: string | null;
  channelSecret: string | null;
  channelTransport: string | null;
  channelSealed: string | null;
  channelSender: string | null;
  trackOpens: number;
  trackClicks: number;
  showsLink: number | null;
  channelPausedAt: number | null;
  channelPauseReason: string | null;
  channelUpdatedAt: number | null;
  version: number;
  completeTo: number;
  ended: number;
  mailboxId: number | null;
  boxes: string | null;
  contact: string | null;
}

type StoredContact = Omit<Contact, "inactive"> & { inactive: number };

/**
 * Reads about seven rows, whether the address `to` which a message under way goes is blocked, and of a journey on EMAIL its
 * mailbox, or those among which it is yet to choose; `thread` is the one that its mails have left from. Null when the mirror
 * has no row of that enrollment.
 */
export async function readWorld(
  db: Database,
  enrollmentId: number,
  { to, thread }: { to: string | null; thread: number | null },
): Promise<World | null> {
  const [row] = await selectWorld(db, sql`enrollments`, { id: enrollmentId, to, thread });
  if (!row) return null;
  const box = chosenBox(row.boxes, { enrollment: enrollmentId, thread, named: row.mailboxId });
  return { ...worldOf(row), box };
}

/** Who might be enrolled; without a contact, somebody who is only thought of. */
export interface Thought {
  workspaceId: number;
  sequenceId: number;
  contactId: number | null;
  platform: Platform;
}

/** The same, of somebody who has not been enrolled. */
export async function readWorldFor(db: Database, thought: Thought): Promise<World | null> {
  const { workspaceId, sequenceId, contactId, platform } = thought;
  const row = sql`(SELECT 0 AS id, ${workspaceId} AS workspace_id, ${sequenceId} AS sequence_id, ${contactId} AS contact_id,
    ${platform} AS platform, 'pending' AS state, 0 AS version, 0 AS complete_to, NULL AS mailbox_id)`;
  const [found] = await selectWorld(db, row, { id: 0, to: null, thread: null });
  return found
    ? { ...worldOf(found), box: chosenBox(found.boxes, { enrollment: 0, thread: null, named: null }) }
    : null;
}

interface Of {
  id: number;
  to: string | null;
  thread: number | null;
}

/** Of a row as enrollments have them, which comes from there or is made up. */
function selectWorld(db: Database, from: SQL, { id, to, thread }: Of) {
  return db.all<Row>(sql`
    SELECT s.status, s.transactional, s.name, s.revision, s.workspace_id AS workspaceId, s.sequence_type AS sequenceType,
      s.schedule_interval_type AS scheduleIntervalType, s.schedule_id AS scheduleId, w.paused_at AS workspacePausedAt,
      r.email_opt_out_action AS optOutAction, r.include_unsubscribe_links AS showsLink, w.cap_messages AS capMessages, w.cap_seconds AS capSeconds,
      COALESCE((SELECT n FROM counts WHERE workspace_id = e.workspace_id AND sequence_id = e.sequence_id AND what = 'ACTIVE'), 0) AS live,
      (SELECT reason FROM suppressions WHERE workspace_id = e.workspace_id AND platform = e.platform AND key = ${to}
        AND reason <> 'opted_out') AS toBlocked,
      h.kind AS channelKind, h.url AS channelUrl, h.secret AS channelSecret, h.transport AS channelTransport,
      h.sealed AS channelSealed, h.sender AS channelSender, s.track_opens AS trackOpens, s.track_clicks AS trackClicks, h.paused_at AS channelPausedAt,
      h.pause_reason AS channelPauseReason, h.updated_at AS channelUpdatedAt, e.version, e.complete_to AS completeTo, e.state = 'ended' AS ended,
      e.mailbox_id AS mailboxId, ${boxesFor(thread)} AS boxes,
      CASE WHEN c.id IS NULL THEN NULL ELSE json_object('id', c.id, 'workspaceId', c.workspace_id, 'platform', c.platform,
        'displayName', c.display_name, 'firstName', c.first_name, 'lastName', c.last_name, 'avatarUrl', c.avatar_url,
        'timezone', c.timezone, 'tags', json(c.tags), 'customFields', json(c.custom_fields), 'inactive', c.inactive,
        'optedOutAt', c.opted_out_at, 'lastSeenAt', c.last_seen_at, 'source', c.source,
        'ipAddress', c.ip_address, 'subscribedAt', c.subscribed_at, 'revision', c.revision,
        'createdAt', c.created_at, 'updatedAt', c.updated_at, 'addresses', json(${addressesJson(sql`c.id`)})) END AS contact
    FROM ${from} e
    JOIN sequences s ON s.id = e.sequence_id
    JOIN workspaces w ON w.id = e.workspace_id
    LEFT JOIN rulesets r ON r.id = s.ruleset_id AND r.workspace_id = s.workspace_id
    LEFT JOIN contacts c ON c.id = e.contact_id AND c.erased_at IS NULL
    LEFT JOIN channels h ON h.workspace_id = e.workspace_id AND h.platform = e.platform
    WHERE e.id = ${id}`);
}

function worldOf(row: Row): Omit<World, "box"> {
  const { workspaceId, sequenceType, scheduleIntervalType, scheduleId } = row;
  const contact = row.contact === null ? null : (JSON.parse(row.contact) as StoredContact);
  return {
    status: row.status,
    transactional: row.transactional === 1,
    name: row.name,
    revision: row.revision,
    times: { workspaceId, sequenceType, scheduleIntervalType, scheduleId },
    live: row.live,
    takesOptedOut: row.optOutAction === "allow",
    workspacePaused: row.workspacePausedAt !== null,
    cap: capOf(row),
    channel: row.channelKind === null ? null : storedChannel(row, row.channelKind),
    sender: row.channelSender === null ? null : (JSON.parse(row.channelSender) as Sender),
    tracks: { opens: row.trackOpens === 1, clicks: row.trackClicks === 1 },
    showsLink: row.showsLink === 1,
    contact: contact && {
      ...contact,
      inactive: contact.inactive === 1,
      platform: contact.platform as Platform,
      addresses: contact.addresses as Address[],
    },
    toBlocked: row.toBlocked,
    mirror: { version: row.version, completeTo: row.completeTo, ended: row.ended === 1 },
  };
}

function storedChannel(row: Row, kind: string): StoredChannel {
  return {
    kind,
    url: row.channelUrl,
    secret: row.channelSecret,
    transport: row.channelTransport === null ? null : (JSON.parse(row.channelTransport) as Transport),
    sealed: row.channelSealed === null ? null : { owner: ownerOf(row.workspaceId), locked: row.channelSealed },
    pausedAt: row.channelPausedAt,
    pauseReason: row.channelPauseReason,
    updatedAt: row.channelUpdatedAt ?? 0,
  };
}

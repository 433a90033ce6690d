/** Knows a message: its id, its content, and what can become of it. */
import type { Act } from "./act";
import type { Mail } from "./mail";
import type { Platform } from "./platform";
import type { Format } from "./template";
import type { Journey, Wall } from "./time";
import type { Origin } from "./variant";

/** Ordinals of one enrollment's messages lie below this, so that ids never meet. */
export const ORDINALS = 4096;

/** The id of an act that is no message: its ordinals are counted down from the top, so that the two never meet. */
export function actId(enrollment: number, ordinal: number): number {
  return messageId(enrollment, ORDINALS - ordinal);
}

/** The id a message bears before D1 knows it, the same on every retry: the idempotency key everywhere. */
export function messageId(enrollment: number, ordinal: number): number {
  return enrollment * ORDINALS + ordinal;
}

export function enrollmentOf(message: number): number {
  return Math.floor(message / ORDINALS);
}

/** What is sent, rendered once at the first claim; every attempt sends these same bytes. */
export interface Content {
  platform: Platform;
  to: string;
  toName: string | null;
  subject: string | null;
  preheader?: string;
  body: string;
  format: Format;
  /** What it was rendered from, where that is a template. */
  template?: Origin;
  /** What stands beside its text on EMAIL. */
  mail?: Mail;
  /** Journey time of the first claim. */
  at: Journey;
}

interface Attempt {
  /** The idempotency key of the message or the act. */
  message: number;
  step: number;
  /** From 1. */
  attempt: number;
  /** Wall time of the first claim. */
  since: Wall;
  /** Until when an attempt is under way; null between attempts. */
  lease: Wall | null;
  /** When the next attempt may be made; null when none is set, as while its channel is paused. */
  retryAt: Wall | null;
  /** Who would know a repeat of the last attempt for one; null: nobody. */
  by?: string | null;
  /** Wall time at which the first attempt began that may have been accepted, though nobody knows. */
  doubtful?: Wall;
  /** The task whose mail it is, if a person had it sent. */
  task?: number;
  /** How much later it was claimed than it was to be, where it was; a hold or a pause has made nothing late. */
  late?: Wall;
}

/** A claimed message, or another act of a step, whose outcome is not known yet. */
export type InFlight = Attempt & ({ content: Content; act?: undefined } | { act: Act; content?: undefined });

export type Outcome =
  | { kind: "delivered"; providerId: string | null }
  | { kind: "transient"; reason: string; retryAfter?: number | undefined }
  /** The recipient cannot be written to. */
  | { kind: "permanent"; reason: string }
  /** The channel itself is at fault: credentials, address. */
  | { kind: "broken"; reason: string }
  /** Cut off after the provider may have accepted. */
  | { kind: "unknown"; reason: string };

export const MESSAGE_STATUSES = ["retrying", "sent", "unconfirmed", "failed", "cancelled"] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** What providers tell of a message after it was sent. */
export const MESSAGE_FACTS = ["delivered", "opened", "clicked", "bounced", "complained"] as const;
export type MessageFact = (typeof MESSAGE_FACTS)[number];

/** All that may be heard of one: its recipient himself says that it made him stop the mails. */
export type Heard = MessageFact | "unsubscribed";

const EXCERPT = 160;

export function excerptOf(body: string): string {
  return body.length <= EXCERPT ? body : `${body.slice(0, EXCERPT - 1).trimEnd()}…`;
}

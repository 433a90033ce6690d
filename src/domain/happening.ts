/** Knows what a customer's endpoint may be told of, and how it says what it wants to hear. */
import type { Platform } from "./platform";
import type { Journey } from "./time";

/** What is told, by whom it happens to. `webhook.test` comes to whoever asks for it. */
export const HAPPENINGS = [
  "sequence.created",
  "sequence.updated",
  "sequence.activated",
  "sequence.paused",
  "sequence.archived",
  "enrollment.enrolled",
  "enrollment.step_sent",
  "enrollment.replied",
  "enrollment.paused",
  "enrollment.resumed",
  "enrollment.exited",
  "enrollment.completed",
  "enrollment.failed",
  "message.sent",
  "message.delivered",
  "message.opened",
  "message.clicked",
  "message.bounced",
  "message.complained",
  "message.failed",
  "message.replied",
  "message.unsubscribed",
] as const;
export type HappeningType = (typeof HAPPENINGS)[number];

export const TEST = "webhook.test";

/** What an endpoint may ask for: a type, all of a kind, or all. */
export const PATTERNS = ["*", "sequence.*", "enrollment.*", "message.*", ...HAPPENINGS] as const;
export type Pattern = (typeof PATTERNS)[number];

/** Every type that patterns stand for, each once. */
export function typesOf(patterns: readonly Pattern[]): HappeningType[] {
  return HAPPENINGS.filter((type) => patterns.some((pattern) => standsFor(pattern, type)));
}

function standsFor(pattern: Pattern, type: HappeningType): boolean {
  return pattern === type || (pattern.endsWith("*") && type.startsWith(pattern.slice(0, -1)));
}

/** What the triggers have put down of it: ids, and what was so at that instant. */
export interface Told {
  sequence?: number;
  enrollment?: number;
  contact?: number;
  message?: number;
  webhook?: number;
  step?: number | null;
  platform?: Platform;
  /** Of a sequence and of a message. */
  status?: string;
  name?: string | null;
  standing?: string;
  state?: string;
  why?: string | null;
  error?: string | null;
  attempts?: number;
  clicks?: number | null;
  at?: Journey;
  happenedAt?: Journey;
  enrolledAt?: Journey;
  endedAt?: Journey | null;
  repliedAt?: Journey | null;
}

/** Who he is that it happened to, as he is known when it is told; null where he was erased. */
export interface Subject {
  id: number;
  displayName: string | null;
  firstName: string | null;
  lastName: string | null;
  address: string | null;
}

/** One thing that happened, as one endpoint is told of it. */
export interface Happening {
  /** By which a receiver knows a repeat, the same for all endpoints. */
  event: string;
  type: HappeningType | typeof TEST;
  /** Counts what one endpoint is told, without a gap: no order is promised, but what is missing shows. */
  number: number;
  workspaceId: number;
  at: Journey;
  told: Told;
  subject: Subject | null;
  /** The head of the message, where it has one. */
  heading: string | null;
}

/** Knows the states of a journey, what can happen to it, and what its history says. */
import type { Contact } from "./contact";
import type { Content, InFlight, MessageStatus, Outcome } from "./message";
import type { Platform } from "./platform";
import type { Journey, Wall } from "./time";
import type { Tree } from "./tree";

/** The version of the stored form; a release reads its predecessor's. */
export const FORMAT = 1;

/** Who travels where. It never changes. */
export interface Trip {
  id: number;
  workspaceId: number;
  sequenceId: number;
  contactId: number;
  platform: Platform;
  enrolledAt: Journey;
}

export type EndReason = "completed" | "replied" | "removed" | "opted_out" | "bounced" | "moved" | "archived" | "failed";
export type PauseReason = "manual" | "reply" | "out_of_office";
/** What a waiting enrollment that is due is held by; its alarm is off, and what lifts the hold wakes it. */
export type Hold = "sequence" | "workspace" | "channel";

export type Phase =
  | { is: "pending"; why: "start" | "throttle" }
  | { is: "waiting"; step: number | null; dueAt: Journey; held?: Hold; releaseAt?: Wall }
  | { is: "working"; step: number; task: number; skipAt: Journey | null }
  | {
      is: "paused";
      step: number | null;
      dueAt: Journey;
      why: PauseReason;
      /** When it goes on by itself. */
      resumeAt?: Journey;
      /** When it ends as replied. */
      finishAt?: Journey;
    }
  /**
   * A failed one keeps the step it failed at, where a retry takes it up again; and a message that was given up, which
   * may have arrived all the same, so that a retry sends it under its own id.
   */
  | { is: "ended"; why: EndReason; at: Journey; error: string | null; step?: number; givenUp?: InFlight };

export type LivePhase = Exclude<Phase, { is: "ended" }>;

export interface State {
  format: typeof FORMAT;
  trip: Trip;
  phase: Phase;
  inFlight: InFlight | null;
  /** When the last step ran, at first the start; delays count from here. */
  anchorAt: Journey;
  lastStep: number | null;
  ran: number[];
  /** Messages claimed so far. */
  messages: number;
  /** Keys of the replies that were taken in, the newest last. */
  replies: string[];
  repliedAt: Journey | null;
  /** Grows with every change that the mirror shows. */
  version: number;
  /** Number of the newest history entry. */
  entries: number;
  /** Newest entry that the mirror is known to have, with all before it. */
  confirmed: number;
  /** When a journey at rest makes sure that the mirror knows. */
  settle: { at: Wall; tries: number } | null;
}

export type ReplyAction =
  | { kind: "finish" }
  | { kind: "continue" }
  | { kind: "pause"; resumeAt?: Journey; finishAt?: Journey };

export type Event =
  | { kind: "start"; step: number | null; dueAt: Journey }
  | { kind: "wake"; facts: Facts }
  | { kind: "outcome"; message: number; attempt: number; outcome: Outcome; facts: Facts | null }
  | { kind: "exit"; why: EndReason }
  | { kind: "pause"; why: PauseReason }
  | { kind: "resume" }
  | { kind: "reply"; key: string; at: Journey; action: ReplyAction }
  | { kind: "retry" };

/** What a turn reads before it decides. */
export interface Facts {
  sequence: { running: boolean; archived: boolean; transactional: boolean; name: string; live: number };
  workspacePaused: boolean;
  channel: { kind: string; paused: boolean; deduplicates: boolean };
  /** Null once he was erased. */
  contact: Contact | null;
  tree: Tree;
  mirror: { version: number; completeTo: number };
  retryBase: number;
}

export type Refusal = "already_ended" | "already_paused" | "not_paused" | "not_failed" | "not_started";

export type Deed =
  | { what: "enrolled" }
  | ({ what: "message"; message: number; step: number; status: MessageStatus; attempt: number; content: Content } & {
      reason: string | null;
      providerId: string | null;
      retryAt?: Wall;
    })
  | { what: "replied"; reply: string; action: ReplyAction["kind"] }
  | { what: "reply_ignored"; reply: string; reason: string }
  | { what: "paused"; why: PauseReason }
  | { what: "resumed" }
  | { what: "retried" }
  | { what: "ended"; why: EndReason; error: string | null };

/** One line of history. The entries are numbered without a gap; the mirror counts them. */
export type Entry = Deed & { n: number; at: Journey };

export interface Decision {
  state: State;
  deeds: Deed[];
  /** Set when a message was claimed and is to be delivered now. */
  deliver?: InFlight;
  refusal?: Refusal;
}

export function unstarted(trip: Trip): State {
  return {
    format: FORMAT,
    trip,
    phase: { is: "pending", why: "start" },
    inFlight: null,
    anchorAt: trip.enrolledAt,
    lastStep: null,
    ran: [],
    messages: 0,
    replies: [],
    repliedAt: null,
    version: 0,
    entries: 0,
    confirmed: 0,
    settle: null,
  };
}

export function isEnded(state: State): boolean {
  return state.phase.is === "ended";
}

/** Knows the states of a journey, what can happen to it, and what its history says. */
import { type Clicks, NO_CLICKS } from "./clicks";
import type { Facts } from "./facts";
import type { Agent } from "./machine";
import type { Thread } from "./mail";
import type { Content, Heard, InFlight, MessageStatus, Outcome } from "./message";
import { type Moments, momentsFrom } from "./moments";
import type { Platform } from "./platform";
import { BEGUN } from "./record";
import type { Sentiment } from "./sentiment";
import type { Start } from "./start";
import type { StepKind } from "./step";
import { type Fates, NO_FATES } from "./tally";
import type { OpenTask, TaskStatus } from "./task";
import type { Booking } from "./ticket";
import type { Journey, Wall } from "./time";
import type { TaskEvent } from "./working";

/** The version of the stored form; a release reads its predecessor's. */
export const FORMAT = 2;

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
export type Hold = "sequence" | "workspace" | "channel" | "mailbox";

export type Phase =
  | { is: "pending"; why: "start" | "throttle" }
  | {
      is: "waiting";
      step: number | null;
      dueAt: Journey;
      held?: Hold;
      /** Set where many are due with it: its turn among them, after whatever else it waits for. */
      releaseAt?: Journey;
      /** Of a message between attempts whose schedule is closed: when that opens. */
      opensAt?: Journey;
      /** Set at a condition that is not met yet, and is decided as soon as it is; `dueAt` is the latest. */
      watching?: true;
      /** When to look sooner than that, also while it is held. */
      lookAt?: Wall;
      /** Something has come in that it may have waited for: to be looked at now. */
      stirred?: true;
      /** Due, and put off until then: the contact has had as many messages as the workspace allows. */
      fullUntil?: Journey;
      /** Due, and put off until then: its mailbox has no slot sooner. */
      booked?: Booking;
    }
  /** A person must do the task that stands beside it. */
  | { is: "working"; step: number }
  | {
      is: "paused";
      step: number | null;
      dueAt: Journey;
      why: PauseReason;
      watching?: true;
      /** When it goes on by itself. */
      resumeAt?: Journey;
      /** When it ends as replied. */
      finishAt?: Journey;
    }
  /**
   * One that did not complete keeps the step it stood at: where a retry takes up again what failed. So does a message that was
   * given up stay, which may have arrived all the same, so that a retry sends it under its own id.
   */
  | { is: "ended"; why: EndReason; at: Journey; error: string | null; step?: number; givenUp?: InFlight };

export type LivePhase = Exclude<Phase, { is: "ended" }>;

export interface State {
  format: typeof FORMAT;
  trip: Trip;
  phase: Phase;
  inFlight: InFlight | null;
  /** The task that is open: beside working, beside paused, and beside waiting while its mail is being sent. */
  task: OpenTask | null;
  /** When the last step ran, at first the start; delays count from here. */
  anchorAt: Journey;
  /** How many have the same `anchorAt`, for something has set them all going at once; 0: nobody else. */
  abreast: number;
  lastStep: number | null;
  /** The last of those that list dialects show. */
  lastShown: number | null;
  /** The last message or task. */
  lastTouch: number | null;
  ran: number[];
  /** Messages claimed so far. */
  messages: number;
  /** Other acts claimed so far. */
  acts: number;
  /** The id of the last message that went out, and when. */
  lastMessage: number | null;
  lastSentAt: Journey | null;
  /** What a later mail continues, and the mailbox that it leaves from. */
  thread: Thread | null;
  mailbox: number | null;
  /** Ids of the messages of which something is known since. */
  noted: { [fact in Heard]?: number[] };
  clicks: Clicks;
  /** What became of the messages. */
  fates: Fates;
  moments: Moments;
  /** Keys of the replies that were taken in, the newest last. */
  replies: string[];
  repliedAt: Journey | null;
  callCompletedAt: Journey | null;
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
  | Start
  | { kind: "wake"; facts: Facts }
  | { kind: "outcome"; message: number; attempt: number; outcome: Outcome; facts: Facts | null }
  /** `message` made him opt out, where that is known; `reason` tells more than the end itself, where there is more to tell. */
  | { kind: "exit"; why: EndReason; message?: number; reason?: string }
  | { kind: "pause"; why: PauseReason }
  | { kind: "resume" }
  /** `by` somebody else in the thread where it says so. Who is `held` by a throttle has nothing to pause: it ends him. */
  | ({ kind: "reply"; key: string; at: Journey; action: ReplyAction } & {
      by?: "contact" | "another";
      held?: true;
      sentiment?: Sentiment;
    })
  /** He is out of office, until then where it is known. That is no reply. */
  | { kind: "away"; key: string; at: Journey; resumeAt: Journey | null }
  /** Something came in that changes nothing, and is put down once: a bounce that may pass. */
  | { kind: "remark"; key: string; reason: string }
  /** `repliedAt`: he wrote while a throttle held him back. */
  | { kind: "retry"; repliedAt?: Journey | null }
  /** Something is told of a message that was sent, or its reader shows it; `by` a person, unless it is said. */
  | { kind: "noted"; message: number; fact: Heard; when: Journey; url: string | null; by?: Agent }
  /** The move that is under way was made, or refused for a reason. */
  | { kind: "moved"; message: number; refusal: string | null }
  | TaskEvent
  /** A call was made that was no task. */
  | { kind: "called"; at: Journey };

export type Refusal =
  | "already_ended"
  | "already_paused"
  | "not_paused"
  | "not_failed"
  | "not_started"
  | "no_message"
  | "not_moving"
  | "task_closed"
  | "task_sending"
  | "no_mail";

export type Deed =
  | { what: "enrolled" }
  | ({ what: "message"; message: number; step: number; status: MessageStatus; attempt: number; content: Content } & {
      reason: string | null;
      providerId: string | null;
      retryAt?: Wall;
      late?: Wall;
    })
  | { what: "step"; step: number; kind: StepKind; result: StepResult; reason: string | null }
  /** `clicks`: how many links of it people have clicked by then. */
  | ({ what: "noted"; message: number; fact: Heard; when: Journey; url: string | null } & {
      by?: "machine";
      clicks?: number;
    })
  /** `by` whom, where that is known. */
  | { what: "task"; status: TaskStatus; task: OpenTask; by: number | null }
  /** `message` is the one that it is put down to: the last that went out before. */
  | { what: "replied"; reply: string; action: ReplyAction["kind"]; sentiment?: Sentiment; message?: number }
  | { what: "reply_ignored"; reply: string; reason: string }
  | { what: "paused"; why: PauseReason }
  | { what: "resumed" }
  | { what: "retried" }
  | { what: "ended"; why: EndReason; error: string | null; message?: number };

/** What became of a step that sent nothing: a delay passed, a condition decided, an act done or not, a day missed. */
export type StepResult = "passed" | "skipped" | "true" | "false" | "done" | Exclude<MessageStatus, "sent">;

/** One line of history. The entries are numbered without a gap; the mirror counts them. */
export type Entry = Deed & { n: number; at: Journey };

export interface Decision {
  state: State;
  deeds: Deed[];
  /** Set when a message was claimed and is to be delivered now. */
  deliver?: InFlight;
  refusal?: Refusal;
  /** The mirror shows it already. */
  shown?: true;
}

export function unstarted(trip: Trip): State {
  return {
    format: FORMAT,
    trip,
    phase: { is: "pending", why: "start" },
    inFlight: null,
    task: null,
    anchorAt: trip.enrolledAt,
    abreast: 0,
    lastStep: null,
    lastShown: null,
    lastTouch: null,
    ran: [],
    messages: 0,
    acts: 0,
    lastMessage: null,
    lastSentAt: null,
    thread: null,
    mailbox: null,
    noted: {},
    clicks: NO_CLICKS,
    fates: NO_FATES,
    moments: momentsFrom(trip.enrolledAt),
    replies: [],
    repliedAt: null,
    callCompletedAt: null,
    version: BEGUN,
    entries: 0,
    confirmed: 0,
    settle: null,
  };
}

export function isEnded(state: State): boolean {
  return state.phase.is === "ended";
}

/** Knows the states of one journey, as named data: each stands in the middle of its sequence, its first step sent. */
import type { Phase, State } from "../../src/domain/enrollment";
import { unstarted } from "../../src/domain/enrollment";
import { actId, type Content, type InFlight, messageId } from "../../src/domain/message";
import type { OpenTask } from "../../src/domain/task";
import { HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { FIRST, J, SECOND_STEP, trip, W } from "./given";

export const pending: State = unstarted(trip);

/** Its first step ran half an hour ago; the second is due in half an hour. */
const midway: Omit<State, "phase"> = {
  ...pending,
  anchorAt: J - HOUR / 2,
  lastStep: FIRST,
  lastShown: FIRST,
  lastTouch: FIRST,
  ran: [FIRST],
  messages: 1,
  lastMessage: messageId(trip.id, 1),
  lastSentAt: J - HOUR / 2,
  version: 2,
  entries: 2,
  confirmed: 2,
};

function at(phase: Phase, over: Partial<State> = {}): State {
  return { ...midway, phase, ...over };
}

const AHEAD = { step: SECOND_STEP, dueAt: J + HOUR / 2 };
/** The second step fell due this instant. */
const DUE = { step: SECOND_STEP, dueAt: J };
const overdue = { anchorAt: J - HOUR };

export const leased: Extract<InFlight, { content: Content }> = {
  message: messageId(trip.id, 2),
  step: SECOND_STEP,
  attempt: 1,
  content: {
    platform: "TWITTER",
    to: "@Alice",
    toName: "Alice Smith",
    subject: null,
    body: "Still there, Alice?",
    format: "text",
    at: J - SECOND,
  },
  by: "outbox",
  since: W - SECOND,
  lease: W + MINUTE - SECOND,
  retryAt: null,
};
/** Between attempts: the next may be made in 30 s. */
export const backingOff: InFlight = { ...leased, lease: null, retryAt: W + 30 * SECOND };
/** Its channel was at fault: no next attempt is set. */
export const stranded: InFlight = { ...leased, lease: null, retryAt: null };
export const sending = { ...overdue, messages: 2 };

export const waiting = at({ is: "waiting", ...AHEAD });
export const waitingDue = at({ is: "waiting", ...DUE }, overdue);
export const waitingFirst: State = { ...pending, phase: { is: "waiting", step: FIRST, dueAt: trip.enrolledAt } };
export const waitingHeld = at({ is: "waiting", ...DUE, held: "sequence" }, overdue);
export const waitingItsTurn = at({ is: "waiting", ...DUE, releaseAt: J + 5 * SECOND }, overdue);
export const waitingInFlight = at({ is: "waiting", ...DUE }, { ...sending, inFlight: leased });
export const waitingBackingOff = at({ is: "waiting", ...DUE }, { ...sending, inFlight: backingOff });
export const waitingStranded = at({ is: "waiting", ...DUE, held: "channel" }, { ...sending, inFlight: stranded });

export const paused = at({ is: "paused", ...AHEAD, why: "manual" });
export const pausedWithLeased = at({ is: "paused", ...DUE, why: "manual" }, { ...sending, inFlight: leased });
export const pausedBackingOff = at({ is: "paused", ...DUE, why: "manual" }, { ...sending, inFlight: backingOff });

export function pausedUntil(resumeAt: number): State {
  return at({ is: "paused", ...DUE, why: "out_of_office", resumeAt }, overdue);
}

export function pausedToFinish(finishAt: number): State {
  return at({ is: "paused", ...AHEAD, why: "reply", finishAt });
}

/** A call to be made, which will be skipped in an hour. */
export const call: OpenTask = {
  id: actId(trip.id, 1),
  step: SECOND_STEP,
  type: "call",
  madeAt: J - MINUTE,
  dueAt: J - MINUTE,
  skipAt: J + HOUR,
};
/** The same, a mail to be sent by hand, and a mail that is being sent. */
export const mail: OpenTask = { ...call, type: "manual_email" };
export const mailing: OpenTask = { ...mail, sending: { at: J - SECOND, by: 4 } };
const atWork = { anchorAt: J - HOUR, acts: 1 };

export const working = at({ is: "working", step: SECOND_STEP }, { ...atWork, task: call });
export const workingForGood = at({ is: "working", step: SECOND_STEP }, { ...atWork, task: { ...call, skipAt: null } });
export const workingAtMail = at({ is: "working", step: SECOND_STEP }, { ...atWork, task: mail });
export const pausedAtTask = at({ is: "paused", ...DUE, why: "manual" }, { ...atWork, task: call });
export const mailWaiting = at({ is: "waiting", ...DUE }, { ...atWork, task: mailing });
export const mailUnderWay = at(
  { is: "waiting", ...DUE },
  { ...atWork, ...sending, task: mailing, inFlight: { ...leased, task: mailing.id } },
);
export const mailBackingOff = at(
  { is: "waiting", ...DUE },
  { ...atWork, ...sending, task: mailing, inFlight: { ...backingOff, task: mailing.id } },
);

export const endedCompleted = at({ is: "ended", why: "completed", at: J - SECOND, error: null });
export const endedFailed = at(
  { is: "ended", why: "failed", at: J - SECOND, error: "no such user", step: SECOND_STEP },
  sending,
);
export const endedWithLeased = at(
  { is: "ended", why: "replied", at: J - SECOND, error: null, step: SECOND_STEP },
  { ...sending, inFlight: leased },
);

/** Where a journey that ends stood. */
export function stood({ phase }: State): { step?: number } {
  return phase.is === "pending" || phase.step == null ? {} : { step: phase.step };
}

export const live = {
  waiting,
  "waiting and held": waitingHeld,
  "waiting with a message under way": waitingInFlight,
  "waiting between attempts": waitingBackingOff,
  paused,
  "paused with a message under way": pausedWithLeased,
  "paused between attempts": pausedBackingOff,
  "paused until a time": pausedUntil(J + HOUR),
  "paused to finish": pausedToFinish(J + HOUR),
  working,
};

/** All that stand at a task. */
export const atTask = {
  working,
  "working without an end": workingForGood,
  "working at a mail": workingAtMail,
  "paused at a task": pausedAtTask,
  "waiting with the mail of a task": mailWaiting,
  "waiting with the mail of a task under way": mailUnderWay,
  "waiting with the mail of a task between attempts": mailBackingOff,
};

export const ended = {
  "ended completed": endedCompleted,
  "ended failed": endedFailed,
  "ended with a message under way": endedWithLeased,
};

export const every = { pending, ...live, ...ended };

/** Rows for `test.each`: the state's name and the state. */
export function rows(states: Record<string, State>): [string, State][] {
  return Object.entries(states);
}

/** The named states but for some of them. */
export function without(states: Record<string, State>, ...names: string[]): [string, State][] {
  return rows(states).filter(([name]) => !names.includes(name));
}

/** Knows what happens next: given a state and an event, the new state, what to remember, and what to do. Pure. */
import { settleDoubts } from "./clicks";
import { end, refused, unchanged } from "./ending";
import type { Decision, Deed, Event, PauseReason, ReplyAction, State } from "./enrollment";
import { isOf, moved, note } from "./noted";
import { settleOutcome, triedAnew } from "./outcome";
import { start } from "./start";
import { backTo } from "./task";
import type { Journey, Reading, Wall } from "./time";
import { wake } from "./wake";
import { stirred, watchingOf } from "./watch";
import { noteCall, work } from "./working";

/** Reply keys remembered, so that a reply delivered twice is taken in once. */
const REMEMBERED_REPLIES = 50;

/** What was in doubt and is no longer is settled first, whatever comes. */
export function decide(before: State, event: Event, now: Reading): Decision {
  const { state, deeds } = settleDoubts(before, now);
  const decision = answer(state, event, now);
  return deeds.length === 0 ? decision : { ...decision, deeds: [...deeds, ...decision.deeds] };
}

function answer(state: State, event: Event, now: Reading): Decision {
  switch (event.kind) {
    case "start":
      return start(state, event);
    case "wake":
      return wake(state, event.facts, now);
    case "outcome":
      return settleOutcome(state, event, now);
    case "exit":
      return exit(state, event, now.journey);
    case "pause":
      return pause(state, event.why);
    case "resume":
      return resume(state, now.wall);
    case "reply":
      return reply(state, event, now);
    case "away":
      return away(state, event, now);
    case "remark":
      return remark(state, event);
    case "retry":
      return retry(state, event, now);
    case "noted":
      return note(state, event, now);
    case "moved":
      return moved(state, event, now);
    case "complete":
    case "skip":
    case "reschedule":
    case "deliver":
      return work(state, event, now);
    case "called":
      return noteCall(state, event.at);
  }
}

function exit(state: State, { why, reason, message }: Extract<Event, { kind: "exit" }>, at: Journey): Decision {
  if (state.phase.is === "ended") return refused(state, "already_ended");
  const replied = why === "replied" ? { repliedAt: state.repliedAt ?? at } : {};
  const ended = end({ ...state, ...replied }, why, at, reason);
  if (message === undefined || !isOf(state, message)) return ended;
  return { ...ended, deeds: ended.deeds.map((deed) => (deed.what === "ended" ? { ...deed, message } : deed)) };
}

function pause(state: State, why: PauseReason): Decision {
  const { phase } = state;
  switch (phase.is) {
    case "ended":
      return refused(state, "already_ended");
    case "paused":
      return refused(state, "already_paused");
    case "pending":
      return refused(state, "not_started");
    case "waiting":
      return {
        state: { ...state, phase: { is: "paused", step: phase.step, dueAt: phase.dueAt, why, ...watchingOf(phase) } },
        deeds: [{ what: "paused", why }],
      };
    case "working":
      return {
        state: { ...state, phase: { is: "paused", step: phase.step, dueAt: state.task?.dueAt ?? state.anchorAt, why } },
        deeds: [{ what: "paused", why }],
      };
  }
}

function resume(state: State, wall: Wall): Decision {
  const { phase } = state;
  if (phase.is === "ended") return refused(state, "already_ended");
  if (phase.is !== "paused") return refused(state, "not_paused");
  return {
    state: { ...triedAnew(state, wall), phase: backTo(state, phase) },
    deeds: [{ what: "resumed" }],
  };
}

function reply(state: State, event: Extract<Event, { kind: "reply" }>, now: Reading): Decision {
  if (state.replies.includes(event.key)) return unchanged(state);
  if (state.phase.is === "ended") return refused(state, "already_ended");
  if (state.phase.is === "pending" && !event.held) return refused(state, "not_started");
  const replies = [...state.replies, event.key].slice(-REMEMBERED_REPLIES);
  if (event.at < state.trip.enrolledAt) return ignored({ ...state, replies }, event.key, "older than the enrollment");
  const heard = event.by === "another" ? state : { ...stirred(state), repliedAt: state.repliedAt ?? event.at };
  const taken = { ...heard, replies };
  const over = state.phase.is === "pending" && event.action.kind === "pause";
  const action: ReplyAction = over ? { kind: "finish" } : event.action;
  const meant = event.sentiment === undefined ? {} : { sentiment: event.sentiment };
  return follow(taken, { what: "replied", reply: event.key, action: action.kind, ...meant }, action, now);
}

function follow(state: State, replied: Deed, action: ReplyAction, now: Reading): Decision {
  switch (action.kind) {
    case "continue":
      return { state, deeds: [replied] };
    case "finish": {
      const ended = end(state, "replied", now.journey);
      return { ...ended, deeds: [replied, ...ended.deeds] };
    }
    case "pause":
      return pauseForReply(state, replied, action);
  }
}

function pauseForReply(state: State, replied: Deed, action: Extract<ReplyAction, { kind: "pause" }>): Decision {
  const paused = state.phase.is === "paused" ? unchanged(state) : pause(state, "reply");
  if (paused.state.phase.is !== "paused") return { ...paused, deeds: [replied, ...paused.deeds] };
  const { kind: _, ...until } = action;
  // Whatever an earlier pause was to end by no longer counts.
  const { resumeAt: __, finishAt: ___, ...phase } = paused.state.phase;
  return {
    state: { ...paused.state, phase: { ...phase, why: "reply", ...until } },
    deeds: [replied, ...paused.deeds],
  };
}

/**
 * | while                       | an out-of-office                                    |
 * | --------------------------- | --------------------------------------------------- |
 * | waiting, working            | pauses, until he is back                            |
 * | paused by an out-of-office  | moves the return                                    |
 * | paused otherwise            | changes nothing: whoever paused it knows better     |
 * | (he is back by now)         | changes nothing                                     |
 */
function away(state: State, event: Extract<Event, { kind: "away" }>, now: Reading): Decision {
  const { key, at, resumeAt } = event;
  if (state.replies.includes(key)) return unchanged(state);
  if (state.phase.is === "ended") return refused(state, "already_ended");
  if (state.phase.is === "pending") return refused(state, "not_started");
  const known = { ...state, replies: [...state.replies, key].slice(-REMEMBERED_REPLIES) };
  if (at < state.trip.enrolledAt) return ignored(known, key, "older than the enrollment");
  if (resumeAt !== null && resumeAt <= now.journey) return ignored(known, key, "out of office, and back by now");
  if (state.phase.is === "paused" && state.phase.why !== "out_of_office") {
    return ignored(known, key, `out of office, while paused: ${state.phase.why}`);
  }
  const paused = state.phase.is === "paused" ? unchanged(known) : pause(known, "out_of_office");
  if (paused.state.phase.is !== "paused") return paused;
  const { resumeAt: _, ...phase } = paused.state.phase;
  const until = resumeAt === null ? phase : { ...phase, resumeAt };
  return { state: { ...paused.state, phase: until }, deeds: [{ what: "paused", why: "out_of_office" }] };
}

function remark(state: State, { key, reason }: Extract<Event, { kind: "remark" }>): Decision {
  if (state.replies.includes(key)) return unchanged(state);
  if (state.phase.is === "ended") return refused(state, "already_ended");
  return ignored({ ...state, replies: [...state.replies, key].slice(-REMEMBERED_REPLIES) }, key, reason);
}

function ignored(state: State, key: string, reason: string): Decision {
  return { state, deeds: [{ what: "reply_ignored", reply: key, reason }] };
}

/** A failed journey takes up again at the step that failed, at once. */
function retry(state: State, event: Extract<Event, { kind: "retry" }>, now: Reading): Decision {
  const { phase } = state;
  if (phase.is !== "ended" || phase.why !== "failed") return refused(state, "not_failed");
  const repliedAt = state.repliedAt ?? event.repliedAt ?? null;
  const inFlight = phase.givenUp ? { ...phase.givenUp, since: now.wall } : state.inFlight;
  return {
    state: { ...state, inFlight, repliedAt, phase: { is: "waiting", step: phase.step ?? null, dueAt: now.journey } },
    deeds: [{ what: "retried" }],
  };
}

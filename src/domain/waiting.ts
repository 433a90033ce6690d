/** Knows why nothing is being sent right now, as a person would want to hear it. */

import type { Hold, LivePhase, State } from "./enrollment";
import type { Facts } from "./facts";
import type { InFlight } from "./message";
import { fallsDueAt } from "./schedule";
import type { TaskType } from "./step";
import { isTouch, type Step } from "./step";
import type { OpenTask } from "./task";
import { type Journey, journeyAt, type Reading } from "./time";
import { awaited } from "./tree";
import { isTurnAhead } from "./wave";
import { holdOf } from "./world";

export interface Waiting {
  for:
    | "start"
    | "throttle"
    | "delay"
    | "window"
    | "sending"
    | "retry"
    | "sequence"
    | "workspace"
    | "channel"
    | "mailbox"
    | "condition"
    | "frequency"
    | "turn"
    | "paused"
    | "task";
  /** Journey time when it goes on by itself, null when somebody must act. */
  until: Journey | null;
  detail: string;
  /** The task that somebody must do. */
  task?: number;
}

const HELD: Record<Exclude<Hold, "mailbox">, string> = {
  sequence: "the sequence is not active",
  workspace: "the workspace's sending is paused",
  channel: "the channel is paused",
};

function heldBy(hold: Hold, { post }: Facts): string {
  if (hold !== "mailbox") return HELD[hold];
  const { address = "", reason = null } = post?.box ?? {};
  return `the mailbox ${address} is paused${reason === null ? "" : `: ${reason}`}`;
}

const MANY = "many are due at the same time and go one after another";
const FULL = "the contact has had as many messages as the workspace allows in this time";

/** Null for an ended journey. */
export function whyWaiting(state: State, facts: Facts, now: Reading): Waiting | null {
  const { phase, inFlight } = state;
  if (phase.is === "ended") return null;
  if (inFlight !== null && inFlight.lease !== null) {
    return { for: "sending", until: journeyAt(now, inFlight.lease), detail: sendingDetail(inFlight) };
  }
  switch (phase.is) {
    case "pending":
      return { for: "start", until: null, detail: "the enrollment has not started" };
    case "working":
      return whyWorking(state.task);
    case "paused":
      return { for: "paused", until: phase.resumeAt ?? phase.finishAt ?? null, detail: `paused: ${phase.why}` };
    case "waiting":
      return whyNotGoing(state, phase, facts, now);
  }
}

const DONE: Record<TaskType, string> = {
  manual_email: "a manual email must be sent",
  call: "a call task must be completed",
  task: "a task must be completed",
};

function whyWorking(task: OpenTask | null): Waiting {
  if (task === null) return { for: "task", until: null, detail: DONE.task };
  return { for: "task", until: task.skipAt, detail: DONE[task.type], task: task.id };
}

/** When the schedule opens, where that alone is waited for. */
function openingAhead(state: State, phase: Standing, next: Step | null, facts: Facts, now: Reading): Journey | null {
  if (phase.opensAt !== undefined) return phase.opensAt;
  if (state.inFlight !== null || next === null || phase.dueAt <= now.journey) return null;
  return isTouch(next) && fallsDueAt(state.anchorAt, next, facts) <= now.journey ? phase.dueAt : null;
}

function sendingDetail({ act }: InFlight): string {
  return act ? `a step is being done: ${act.kind.replaceAll("_", " ")}` : "a message is being sent";
}

type Standing = Extract<LivePhase, { is: "waiting" }>;

function whyNotGoing(state: State, phase: Standing, facts: Facts, now: Reading): Waiting {
  const { inFlight } = state;
  const { dueAt } = phase;
  const next = awaited(facts.tree, { ...state, step: phase.step });
  const sends = inFlight ? inFlight.act === undefined : state.task !== null || next?.kind === "message";
  const hold = holdOf(facts, { sends });
  if (hold !== null && (inFlight !== null || phase.watching || dueAt <= now.journey))
    return { for: hold, until: null, detail: heldBy(hold, facts) };
  if (isTurnAhead(phase, now)) return { for: "turn", until: phase.releaseAt ?? null, detail: MANY };
  const opens = openingAhead(state, phase, next, facts, now);
  if (opens !== null) return { for: "window", until: opens, detail: "the schedule is closed" };
  if (phase.fullUntil !== undefined && facts.cap) {
    return { for: "frequency", until: phase.fullUntil, detail: FULL };
  }
  if (phase.booked !== undefined) {
    const whose = facts.post?.box ? `the mailbox ${facts.post.box.address}` : "its mailbox";
    return { for: "mailbox", until: phase.booked.at, detail: `${whose} has no slot sooner` };
  }
  if (inFlight !== null && inFlight.retryAt !== null) {
    const detail = `attempt ${inFlight.attempt} failed; the next one follows`;
    return { for: "retry", until: journeyAt(now, inFlight.retryAt), detail };
  }
  if (phase.watching) return { for: "condition", until: dueAt, detail: "a condition is not met yet" };
  const detail = hold === null ? "the next step's delay" : `the next step's delay, and then: ${heldBy(hold, facts)}`;
  return { for: "delay", until: dueAt, detail };
}

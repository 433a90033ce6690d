/** Knows what an enrollment does when it wakes: end, hold, try again, or go on. */
import { fateDeed, taskDeed } from "./deed";
import { end, unchanged } from "./ending";
import type { Decision, LivePhase, State } from "./enrollment";
import type { Facts } from "./facts";
import { noteLateness } from "./lateness";
import { sendMail } from "./manualmail";
import type { InFlight } from "./message";
import { isForgotten, LEASE, leaveUnconfirmed, loseAttempt, receiverOf, triedAnew } from "./outcome";
import { opensAt } from "./schedule";
import { afterTask, backTo, isGone, type OpenTask } from "./task";
import { delayOf, leavingFrom } from "./ticket";
import type { Reading } from "./time";
import { travel } from "./travel";
import { isTurnAhead, turnBefore, type Waiting } from "./wave";
import { endOf, holdOf, isShunned } from "./world";

export function wake(state: State, facts: Facts, now: Reading): Decision {
  return noteLateness(state, lookAhead(state, facts, now), now);
}

function lookAhead(state: State, facts: Facts, now: Reading): Decision {
  const known = { ...state, confirmed: Math.max(state.confirmed, facts.mirror.completeTo) };
  const { inFlight } = known;
  if (inFlight !== null && inFlight.lease !== null) {
    return inFlight.lease > now.wall ? unchanged(state) : loseAttempt(known, inFlight, facts, now);
  }
  switch (known.phase.is) {
    case "pending":
    case "ended":
      return unchanged(known);
    case "working":
      return wakeWorking(known, facts, now);
    case "paused":
      return wakePaused(known, known.phase, facts, now);
    case "waiting":
      return wakeWaiting(known, known.phase, facts, now);
  }
}

function wakeWorking(state: State, facts: Facts, now: Reading): Decision {
  const over = endOf(facts, state);
  if (over) return end(state, over.why, now.journey, over.error);
  const { task } = state;
  if (task === null || isGone(facts.tree, task)) return passOn(state, facts, now);
  if (task.skipAt === null || task.skipAt > now.journey) return unchanged(state);
  return passOver(state, task, facts, now);
}

/** The task is done with, and nothing came of it. */
function passOver(state: State, task: OpenTask, facts: Facts, now: Reading): Decision {
  const onward = travel(afterTask(state, task, now), { is: "waiting", step: null, dueAt: now.journey }, facts, now);
  return { ...onward, deeds: [taskDeed(task, "skipped"), ...onward.deeds] };
}

/** The step of its task was deleted: nobody must do it any more, and the one after it comes. */
function passOn(state: State, facts: Facts, now: Reading): Decision {
  const { task } = state;
  const phase: Waiting = { is: "waiting", step: task?.step ?? null, dueAt: now.journey };
  const onward = travel({ ...state, task: null }, phase, facts, now);
  return { ...onward, deeds: [...(task ? [taskDeed(task, "cancelled")] : []), ...onward.deeds] };
}

function wakePaused(state: State, phase: Extract<LivePhase, { is: "paused" }>, facts: Facts, now: Reading): Decision {
  const over = endOf(facts, state);
  if (over) return end(state, over.why, now.journey, over.error);
  if (state.task && isGone(facts.tree, state.task)) return dropTask(state, state.task, facts, now);
  if (phase.finishAt !== undefined && phase.finishAt <= now.journey) return end(state, "replied", now.journey);
  if (phase.resumeAt === undefined || phase.resumeAt > now.journey) return unchanged(state);
  const onward = lookAhead({ ...triedAnew(state, now.wall), phase: backTo(state, phase) }, facts, now);
  return { ...onward, deeds: [{ what: "resumed" }, ...onward.deeds] };
}

function dropTask(state: State, task: OpenTask, facts: Facts, now: Reading): Decision {
  const onward = lookAhead({ ...state, task: null }, facts, now);
  return { ...onward, deeds: [taskDeed(task, "cancelled"), ...onward.deeds] };
}

function wakeWaiting(state: State, phase: Waiting, facts: Facts, now: Reading): Decision {
  const over = endOf(facts, state);
  if (over) return end(state, over.why, now.journey, over.error);
  if (isTurnAhead(phase, now)) return unchanged(state);
  const { inFlight } = state;
  return inFlight ? wakeRetrying(state, phase, inFlight, facts, now) : goOn(state, phase, facts, now);
}

/** To the next step, unless the mail of a task is to be sent first. */
function goOn(state: State, phase: Waiting, facts: Facts, now: Reading): Decision {
  const { task } = state;
  if (task === null) return travel(state, phase, facts, now);
  if (isShunned(facts)) return passOver(state, task, facts, now);
  return sendMail(state, { phase, task }, facts, now) ?? passOn(state, facts, now);
}

/**
 * Between attempts it obeys holds like what is due, and is dropped when its step was deleted, when the address that it goes to
 * came to be blocked, or when the one that it comes from is another now: then it is made anew.
 */
function wakeRetrying(state: State, phase: Waiting, inFlight: InFlight, facts: Facts, now: Reading): Decision {
  const step = facts.tree.steps.get(inFlight.step);
  const dropped =
    step?.deletedAt !== null ? "its step was deleted" : (shutFor(inFlight, facts) ?? outdated(inFlight, facts));
  if (dropped !== null || !step) {
    const cancelled = fateDeed(inFlight, "cancelled", { reason: dropped });
    const onward = goOn({ ...state, inFlight: null }, phase, facts, now);
    return { ...onward, deeds: [cancelled, ...onward.deeds] };
  }
  const hold = holdOf(facts, { sends: inFlight.act === undefined });
  const { held, lookAt: _, ...looked } = phase;
  if (hold) return { state: { ...state, phase: { ...looked, held: hold } }, deeds: [] };
  const { opensAt: opened, fullUntil: full, booked, releaseAt: __, ...going } = looked;
  const due = held === undefined ? inFlight : released(inFlight, now);
  const open = { ...state, phase: going, inFlight: due };
  if (due.retryAt !== null && due.retryAt > now.wall) return { state: open, deeds: [] };
  if (isForgotten(due, facts, now)) return leaveUnconfirmed(open, due, facts, now);
  // For the mail of a task somebody has chosen the time.
  const opens = due.act || due.task !== undefined ? now.journey : opensAt(now.journey, step, facts);
  if (opens > now.journey) {
    const turn = turnBefore(state, step, { at: opens, crowd: facts.sequence.live }, { facts, now });
    return { state: { ...open, phase: { ...going, opensAt: opens, ...turn } }, deeds: [] };
  }
  const delay = due.act ? null : delayOf(facts, due, now);
  if (delay !== null) return { state: { ...open, phase: { ...going, ...delay } }, deeds: [] };
  // The time for which its schedule was closed, or there was no room for it, is none in which it was tried.
  const put = opened ?? full ?? booked?.at;
  const barred = put === undefined ? 0 : now.wall - (due.retryAt ?? due.since);
  const lease = now.wall + LEASE;
  const by = due.act ? {} : { by: receiverOf(facts) };
  const again = { ...due, ...by, attempt: due.attempt + 1, since: due.since + barred, lease, retryAt: null };
  return { state: { ...open, mailbox: leavingFrom(open, facts), inFlight: again }, deeds: [], deliver: again };
}

/** Nobody can have it yet, and the server that it goes by would not take it from whom it says it is from. */
function outdated({ content, doubtful }: InFlight, { channel, post }: Facts): string | null {
  if (!content || doubtful !== undefined || channel.kind !== "email" || !post?.sender) return null;
  return content.mail?.from.address === post.sender.address ? null : "it comes from another address now";
}

function shutFor({ content }: InFlight, { toBlocked }: Facts): string | null {
  if (!content || !toBlocked) return null;
  return toBlocked === "bounced" ? "its address has bounced" : "whoever has its address has complained";
}

/** Let go after a hold: its time of trying is counted anew. */
function released(inFlight: InFlight, { wall }: Reading): InFlight {
  return { ...inFlight, since: wall, retryAt: inFlight.retryAt ?? wall };
}

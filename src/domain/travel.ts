/** Knows how a journey goes on from the step it awaits: past what needs nothing from outside, up to what does. */
import { claimAct, claimMessage } from "./claim";
import { stepDeed } from "./deed";
import { end } from "./ending";
import type { Decision, Hold, State, StepResult } from "./enrollment";
import type { Facts } from "./facts";
import { isLapsed, opensAt } from "./schedule";
import type { Step, StepOf } from "./step";
import { assign } from "./task";
import { type Journey, type Reading, SECOND } from "./time";
import { awaited } from "./tree";
import { holds } from "./verdict";
import { watch } from "./watch";
import { crowdBefore, standBefore, turnBefore, type Waiting } from "./wave";
import { holdOf, isShunned } from "./world";

export function travel(state: State, phase: Waiting, facts: Facts, now: Reading): Decision {
  const step = awaited(facts.tree, { ...state, step: phase.step });
  const hold = holdOf(facts, { sends: step?.kind === "message" });
  if (step === null) return arrive(state, phase, hold, now);
  const waiting = standBefore(state, step, facts, now);
  const due = waiting.dueAt;
  if (due > now.journey) return stand(state, waiting);
  if (hold) return stand(state, { ...waiting, held: hold });
  return (
    outOfTime(state, waiting, step, { due, facts, now }) ??
    take({ ...state, phase: waiting }, phase, step, { due, facts, now })
  );
}

/** What becomes of a step that is due at the wrong time: it waits for its schedule to open, or its day is over. */
function outOfTime(state: State, phase: Waiting, step: Step, { facts, now }: Turn): Decision | null {
  if (isLapsed(step, { anchorAt: state.anchorAt, at: now.journey }, facts)) {
    const skipped = { result: "skipped", reason: "its day is over" } as const;
    return goOn({ ...state, phase }, { step, ran: [step.id], anchorAt: now.journey, ...skipped }, facts, now);
  }
  const opens = opensAt(now.journey, step, facts);
  if (opens <= now.journey) return null;
  const turn = turnBefore(state, step, { at: opens, crowd: facts.sequence.live }, { facts, now });
  return stand(state, { ...phase, dueAt: opens, ...turn });
}

interface Turn {
  due: Journey;
  facts: Facts;
  now: Reading;
}

/** Does the step that is due, and goes on where that needs nothing from outside. */
function take(state: State, before: Waiting, step: Step, { due, facts, now }: Turn): Decision {
  switch (step.kind) {
    case "message":
      if (isShunned(facts)) {
        const passed = { step, ran: [step.id], anchorAt: now.journey, result: "passed" as const };
        return goOn(state, { ...passed, reason: "the contact has opted out" }, facts, now);
      }
      return claimMessage(state, step, facts, now);
    case "add_tag":
    case "remove_tag":
    case "deactivate_contact":
    case "move_to_sequence":
    case "http_request":
      return claimAct(state, step, facts, now);
    case "task":
      return assign(state, step, now);
    case "entry":
    case "condition_branch":
    case "delay":
    case "delay_until_time":
      return goOn(state, { step, ran: [step.id], ...setOut(state, step, due, facts), result: "passed" }, facts, now);
    case "condition":
      return decideCondition(state, before, step, { due, facts, now });
  }
}

/** Time that was waited for ends when it was due, so that several delays in a row do not add what came late. */
function setOut(state: State, step: Step, due: Journey, facts: Facts): Pick<Ran, "anchorAt" | "abreast"> {
  return { anchorAt: due, abreast: crowdBefore(state, step, facts) };
}

function decideCondition(
  state: State,
  before: Waiting,
  step: StepOf<"condition">,
  { due, facts, now }: Turn,
): Decision {
  const { test, upTo } = step.settings;
  const met = holds(test, state, facts);
  const latest = due + upTo * SECOND;
  if (!met && latest > now.journey) {
    const crowd = crowdBefore(state, step, facts);
    const until = { step: step.id, dueAt: latest, ...turnBefore(state, step, { at: latest, crowd }, { facts, now }) };
    return stand(state, watch(before, until, now.wall));
  }
  const fork = facts.tree.forks.get(step.id);
  const branch = met ? fork?.yes : fork?.no;
  const ran = branch ? [step.id, branch.id] : [step.id];
  return goOn(state, { step, ran, anchorAt: now.journey, result: met ? "true" : "false" }, facts, now);
}

interface Ran {
  step: Step;
  /** The step, and of a condition the branch that was taken. */
  ran: readonly number[];
  anchorAt: Journey;
  abreast?: number;
  result: StepResult;
  reason?: string;
}

function goOn(state: State, went: Ran, facts: Facts, now: Reading): Decision {
  const { step, ran, anchorAt, abreast = 0, result, reason } = went;
  const gone = { ...state, abreast, ran: [...state.ran, ...ran], lastStep: ran.at(-1) ?? null, anchorAt };
  const onward = travel(gone, { is: "waiting", step: null, dueAt: now.journey }, facts, now);
  return { ...onward, deeds: [stepDeed(step, result, reason), ...onward.deeds] };
}

/** No step is left. With nothing left to wait for, it is due as soon as the hold is lifted. */
function arrive(state: State, phase: Waiting, hold: Hold | null, now: Reading): Decision {
  if (hold === null) return end(state, "completed", now.journey);
  const { step, dueAt } = phase;
  return stand(state, { is: "waiting", step, dueAt: Math.min(dueAt, now.journey), held: hold });
}

function stand(state: State, phase: Waiting): Decision {
  return { state: { ...state, phase }, deeds: [] };
}

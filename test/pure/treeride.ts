/** Knows how to take a journey through a tree of steps that is edited meanwhile, and keeps a record of where it came through. */
import { nextWake } from "../../src/domain/alarm";
import { type Edit, insertAt, insertUnder, moveTo, moveUnder, removal } from "../../src/domain/edit";
import { isEnded, type State } from "../../src/domain/enrollment";
import { actId, type MessageFact, messageId } from "../../src/domain/message";
import type { Step } from "../../src/domain/step";
import { conditionAbove, parentOf, shownSteps, type Tree, walk } from "../../src/domain/tree";
import { afterEdit, faultOf } from "../../src/domain/walkable";
import type { TaskEvent } from "../../src/domain/working";
import { J, stepOf, trip } from "./given";
import { at, branchId, grow, plant, type Sprout } from "./planting";
import { type Happening, happen, newRide, nowOf, type Ordinary, type Ride, turn } from "./ride";

/** Places are counted among the live steps of that moment, round and round; -1 is where the journey stands. */
export type TreeEdit =
  | { does: "insertUnder"; at: number; sprout: Sprout }
  | { does: "insertAt"; at: number; sprout: Sprout }
  | { does: "moveUnder"; at: number; under: number }
  | { does: "moveTo"; at: number; order: number }
  | { does: "remove"; at: number; withBranches: boolean }
  | { does: "delay"; at: number; seconds: number };

export type News =
  | { does: "noted"; ordinal: number; fact: MessageFact }
  | { does: "moved"; refusal: string | null }
  /** Somebody does something with the open task, or with one that was open before. */
  | { does: "work"; deed: "complete" | "finish" | "skip" | "reschedule" | "deliver"; late: boolean }
  | { does: "tags"; tags: string[] };

/** It goes on to its next alarm, and what it claims there is done. */
export type Progress = { does: "goOn" };

export type TreeHappening = Ordinary | TreeEdit | News | Progress;

/** One step that was begun or passed: the branches it stood in then, and those the journey had a right to be in. */
export interface Passage {
  step: Step;
  branches: number[];
  entitled: number[];
}

export interface TreeRide extends Ride {
  passages: Passage[];
  /** Branches that an edit put the step into at which the journey stood. */
  carried: Set<number>;
  /** Every edit that was tried: the steps as it would leave them, and what is said against that. */
  edits: { steps: Step[]; fault: string | null }[];
  /** Whether a step lay ahead of the journey when it was inserted; null where nobody can tell yet. */
  ahead: Map<number, boolean | null>;
}

export function newTreeRide(speed: number, sprouts: Sprout[]): TreeRide {
  const steps = plant(...sprouts);
  const ahead = new Map(steps.filter(isStop).map(({ id }) => [id, true]));
  return { ...newRide(speed), steps, passages: [], carried: new Set(), edits: [], ahead };
}

export function isStop({ kind }: Step): boolean {
  return kind !== "entry" && kind !== "condition_branch";
}

/** The branches in which a step stands, the innermost first. */
export function branchesAbove(tree: Tree, step: Step): number[] {
  const above: number[] = [];
  for (let up = parentOf(tree, step); up !== null; up = parentOf(tree, up)) {
    if (up.kind === "condition_branch") above.push(up.id);
  }
  return above;
}

/** The step at which a journey stands, done or not; null before its first has run, when it awaits whatever is first. */
export function standsAt({ phase, inFlight, task, ran, lastStep }: State): number | null {
  if (inFlight) return inFlight.step;
  if (task) return task.step;
  if (ran.length === 0) return null;
  const awaited = phase.is === "pending" ? null : phase.step;
  return awaited ?? lastStep;
}

export function happenInTree(ride: TreeRide, happening: TreeHappening): void {
  if (happening.does === "goOn") {
    ride.wall = nextWake(ride.state, nowOf(ride)) ?? ride.wall;
    happenInTree(ride, { does: "wake" });
    if (ride.state.phase.is === "working") happenInTree(ride, { does: "work", deed: "complete", late: false });
    else happenInTree(ride, isMoving(ride.state) ? MOVED : DELIVERED);
    return;
  }
  const { claims, state } = ride;
  const [begun, ran, task] = [claims.length, state.ran.length, state.task?.id];
  take(ride, happening);
  ride.state.ran.slice(ran).forEach((id, i) => {
    const step = at(ride.steps, id);
    if (step.kind === "condition_branch") decided(ride, step);
    else if (step.kind !== "task" && !ride.claims.some((claim) => claim.step === id))
      pass(ride, step, ride.state.ran.slice(0, ran + i));
  });
  const made = ride.state.task;
  if (made && made.id !== task) pass(ride, at(ride.steps, made.step), ride.state.ran);
  for (const { step, attempt } of ride.claims.slice(begun))
    if (attempt === 1) pass(ride, at(ride.steps, step), ride.state.ran);
}

function take(ride: TreeRide, happening: Exclude<TreeHappening, Progress>): void {
  const { state } = ride;
  switch (happening.does) {
    case "tags":
      ride.contact = { ...ride.contact, tags: happening.tags };
      return;
    case "noted": {
      const message = messageId(trip.id, (happening.ordinal % Math.max(state.messages, 1)) + 1);
      turn(ride, { kind: "noted", message, fact: happening.fact, when: J, url: null });
      return;
    }
    case "moved":
      turn(ride, { kind: "moved", message: actId(trip.id, state.acts), refusal: happening.refusal });
      return;
    case "work":
      turn(ride, workOf(state, happening, nowOf(ride).journey));
      return;
    case "outcome":
      takeOutcome(ride, happening);
      return;
    case "insertUnder":
    case "insertAt":
    case "moveUnder":
    case "moveTo":
    case "remove":
    case "delay":
      edit(ride, happening);
      return;
    default:
      happen(ride, happening);
      return;
  }
}

function workOf({ task, acts }: State, { deed, late }: Extract<News, { does: "work" }>, at: number): TaskEvent {
  const of = { task: late || task === null ? actId(trip.id, acts) : task.id, by: null };
  switch (deed) {
    case "complete":
      return { kind: "complete", ...of, completion: "advance" };
    case "finish":
      return { kind: "complete", ...of, completion: "finish" };
    case "skip":
    case "deliver":
      return { kind: deed, ...of };
    case "reschedule":
      return { kind: "reschedule", task: of.task, dueAt: at };
  }
}

/** What is delivered has been done in the world; whether a move was made is never told as an outcome. */
function takeOutcome(ride: TreeRide, happening: Extract<Happening, { does: "outcome" }>): void {
  const act = (happening.late ? ride.claims[0] : ride.claims.at(-1))?.act;
  if (happening.outcome.kind === "delivered" && act) {
    const { tags } = ride.contact;
    if (act.kind === "move_to_sequence") return;
    if (act.kind === "add_tag") ride.contact = { ...ride.contact, tags: [...new Set([...tags, ...act.tags])] };
    if (act.kind === "remove_tag")
      ride.contact = { ...ride.contact, tags: tags.filter((tag) => !act.tags.includes(tag)) };
    if (act.kind === "deactivate_contact") ride.contact = { ...ride.contact, inactive: true };
  }
  happen(ride, happening);
}

function pass(ride: TreeRide, step: Step, ran: number[]): void {
  const branches = branchesAbove(grow(ride.steps), step);
  ride.passages.push({ step, branches, entitled: [...ran, ...ride.carried] });
}

/** Who has come to a condition and was sent one way has no right to the other any more. */
function decided(ride: TreeRide, branch: Step): void {
  if (branch.parentId !== null) ride.carried.delete(branchId(branch.parentId, !branch.branch));
}

function edit(ride: TreeRide, happening: TreeEdit): void {
  const tree = grow(ride.steps);
  const live = [...walk(tree)].filter(({ deletedAt }) => deletedAt === null);
  const stands = live.find(({ id }) => id === standsAt(ride.state));
  const pick = (n: number) => (n < 0 ? stands : live[n % live.length]) ?? at(ride.steps, 1);
  switch (happening.does) {
    case "insertUnder":
      write(ride, insertUnder(tree, pick(happening.at)), sprouted(ride, happening.sprout));
      return;
    case "insertAt": {
      const order = (happening.at % (shownSteps(tree).length + 1)) + 1;
      write(ride, insertAt(tree, order), sprouted(ride, happening.sprout));
      return;
    }
    case "moveUnder": {
      const change = moveUnder(tree, pick(happening.at), pick(happening.under));
      write(ride, change.ok ? change.value : null, null);
      return;
    }
    case "moveTo": {
      const shown = shownSteps(tree);
      const step = happening.at < 0 ? stands : shown[happening.at % Math.max(shown.length, 1)];
      write(ride, step ? moveTo(tree, step, (happening.order % shown.length) + 1) : null, null);
      return;
    }
    case "remove": {
      const gone = removal(tree, pick(happening.at), {
        branches: happening.withBranches,
        delays: happening.at % 2 === 0,
      });
      const ids = gone.ok ? gone.value.map(({ id }) => id) : [];
      ride.steps = ride.steps.map((step) => (ids.includes(step.id) ? { ...step, deletedAt: J } : step));
      return;
    }
    case "delay": {
      const { id } = pick(happening.at);
      const isSlowed = (step: Step) => step.id === id && isStop(step);
      ride.steps = ride.steps.map((step) => (isSlowed(step) ? { ...step, delay: happening.seconds } : step));
    }
  }
}

/** A step to insert, with the lowest id that was never given. */
function sprouted({ steps }: TreeRide, { kind, over }: Sprout): Step {
  const id = 1 + Math.max(FIRST_ID, ...steps.map((step) => step.id).filter((id) => id < 1000));
  return stepOf(id, 0, { kind, ...over, parentId: null } as Partial<Step>);
}

/** Ids of planted steps lie from here to 999, and so those of the branches, ten times as high, meet none. */
export const FIRST_ID = 100;

function write(ride: TreeRide, change: Edit | null, inserted: Step | null): void {
  if (change === null) return;
  const steps = afterEdit(ride.steps, change, inserted).map((step) =>
    step.kind === "condition_branch" && step.id < 0 && step.parentId !== null
      ? { ...step, id: branchId(step.parentId, step.branch === true) }
      : step,
  );
  const fault = faultOf(steps);
  ride.edits.push({ steps, fault });
  if (fault !== null) return;
  ride.steps = steps;
  const tree = grow(steps);
  if (inserted) ride.ahead.set(inserted.id, liesAhead(ride.state, tree, inserted.id));
  const stand = standsAt(ride.state);
  if (stand !== null) for (const branch of branchesFor(tree, at(steps, stand))) ride.carried.add(branch);
}

/** Who stands at a branch stands in it. */
function branchesFor(tree: Tree, step: Step): number[] {
  return [...(step.kind === "condition_branch" ? [step.id] : []), ...branchesAbove(tree, step)];
}

function liesAhead(state: State, tree: Tree, id: number): boolean | null {
  if (isEnded(state) && !(state.phase.is === "ended" && state.phase.why === "failed")) return false;
  const stand = standsAt(state);
  if (stand === null) return true;
  if (state.ran.length === 0) return null;
  const from = tree.steps.get(stand) ?? null;
  for (let up = from; up !== null; up = conditionAbove(tree, up)) {
    const next = up === from ? up : (tree.child.get(up.id) ?? null);
    if (next && [...walk(tree, next)].some((step) => step.id === id)) return true;
  }
  return false;
}

/** Whether the step under way is a move, of which nobody but the other sequence tells what became. */
function isMoving({ inFlight }: State): boolean {
  return inFlight?.act?.kind === "move_to_sequence";
}

const MOVED: TreeHappening = { does: "moved", refusal: null };
const DELIVERED: TreeHappening = {
  does: "outcome",
  outcome: { kind: "delivered", providerId: null },
  factless: false,
  late: false,
};

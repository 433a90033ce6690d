/** Knows what a change of a sequence does to a journey that is under way, before it is made, as far as its row tells. */

import { dueAt, isLapsed, opensAt, type Setting, type Timing } from "./schedule";
import type { Sequence } from "./sequence";
import { isTouch, type Step } from "./step";
import { type Journey, SECOND } from "./time";
import { awaited, firstIn, liveParentOf, onward, type Tree } from "./tree";

/** A live journey as the mirror has it. */
export interface Standing {
  state: string;
  stepId: number | null;
  dueAt: Journey | null;
  enrolledAt: Journey;
  lastSentAt: Journey | null;
  /** The last message or task that it has done. */
  lastTouchId: number | null;
  timezone: string | null;
}

/** A sequence as it is, or would be. */
export interface Plan {
  sequence: Pick<Sequence, "status">;
  tree: Tree;
  timing: Timing;
}

export interface Change {
  before: Plan;
  after: Plan;
  now: Journey;
  /** Whether the workspace's sending is paused. */
  stopped: boolean;
}

export interface Effect {
  touched: boolean;
  /** A send of it falls due at once. */
  sends: boolean;
  ends: boolean;
  /** When its last step ran is not known but guessed, and so is whether it sends. */
  guessed: boolean;
}

const NONE: Effect = { touched: false, sends: false, ends: false, guessed: false };

/** What it does to each of them. Steps and schedules may be long, so each is compared once, and not for every journey. */
export function effectsOn(rows: readonly Standing[], change: Change): Effect[] {
  const timely = isSame(change.before.timing, change.after.timing);
  const same = new Map<string, boolean>();
  const keeps = (step: Step, next: Step) => {
    const pair = `${step.id}/${next.id}`;
    const known = same.get(pair) ?? isSame(step, next);
    same.set(pair, known);
    return known;
  };
  return rows.map((row) => effectOn(row, change, { timely, keeps }));
}

/** What stays as it was: all that is said of time, and whether one step is the other. */
interface Kept {
  timely: boolean;
  keeps: (step: Step, next: Step) => boolean;
}

function effectOn(row: Standing, { before, after, now, stopped }: Change, { timely, keeps }: Kept): Effect {
  const step = row.stepId === null ? null : (before.tree.steps.get(row.stepId) ?? null);
  if (step === null || row.dueAt === null) return NONE;
  const next = awaitedAfter(row, step, before.tree, after.tree);
  const runs = after.sequence.status === "ACTIVE";
  if (next === null) return { ...NONE, touched: true, ends: runs && row.state === "waiting" };
  const setting = { contact: row, timing: after.timing };
  const same = keeps(step, next);
  const anchor = same && timely ? null : anchorOf(row, step, before);
  const due = anchor === null ? row.dueAt : dueAt(anchor.at, next, setting);
  const touched = due !== row.dueAt || before.sequence.status !== after.sequence.status || !same;
  const wasDue = row.dueAt <= now && before.sequence.status === "ACTIVE";
  const free = runs && !stopped && !wasDue && row.state === "waiting";
  const sends = free && isSentBy(now, { tree: after.tree, step: next, due }, setting);
  return { touched, sends, ends: false, guessed: anchor?.guessed === true };
}

/** Before its first step has run it awaits whatever is then first; later it keeps to its own. */
function awaitedAfter({ lastTouchId }: Standing, step: Step, before: Tree, after: Tree): Step | null {
  if (lastTouchId === null && firstIn(before)?.id === step.id) return firstIn(after);
  return awaited(after, { step: step.id, lastStep: null, ran: [NOWHERE] });
}

/** Stands for the steps that it has done, which the mirror does not tell; those that lie behind it are not asked for. */
const NOWHERE = 0;

/** Whether they are the same, but for their place in the tree, and for who wrote them when. */
function isSame(one: object, other: object): boolean {
  return flat(one) === flat(other);
}

function flat(of: object): string {
  return JSON.stringify({ ...of, parentId: 0, updaterId: 0, updatedAt: 0 }, (_, value) =>
    value instanceof Map ? [...value] : value,
  );
}

/** When its last step ran: told by its time, where nothing but a delay was added to it, or by what went out last. */
function anchorOf(row: Standing, step: Step, { tree, timing }: Plan): { at: Journey; guessed: boolean } {
  const scheduled = isTouch(step) && (step.scheduleId ?? timing.scheduleId) !== null;
  const counted = timing.intervals === "schedule" && (step.scheduleId ?? timing.scheduleId) !== null;
  const dated = timing.type === "date" && isTouch(step);
  const plain = !scheduled && !counted && !dated && step.kind !== "delay_until_time";
  if (plain && row.dueAt !== null) return { at: row.dueAt - step.delay * SECOND, guessed: false };
  const last = liveParentOf(tree, step);
  const begins = row.lastTouchId === null && firstIn(tree)?.id === step.id;
  return { at: row.lastSentAt ?? row.enrolledAt, guessed: !begins && last?.kind !== "message" };
}

interface Ahead {
  tree: Tree;
  step: Step;
  due: Journey;
}

/** Whether a message goes out by an instant: the step itself, or one that comes after it with nothing to decide between. */
function isSentBy(now: Journey, { tree, step, due }: Ahead, setting: Setting): boolean {
  let at = due;
  for (let next: Step | null = step; next !== null; next = onward(tree, next)) {
    if (next.deletedAt !== null) continue;
    if (next !== step) at = dueAt(at, next, setting);
    if (at > now) return false;
    switch (next.kind) {
      case "message":
        return opensAt(now, next, setting) <= now && !isLapsed(next, { anchorAt: at, at: now }, setting);
      case "condition":
      case "task":
      case "move_to_sequence":
      case "deactivate_contact":
        return false;
      case "entry":
      case "condition_branch":
      case "delay":
      case "delay_until_time":
      case "add_tag":
      case "remove_tag":
      case "http_request":
        break;
    }
  }
  return false;
}

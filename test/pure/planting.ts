/** Knows how to plant a tree of steps in few words: the entry is 1, a condition's branches are its id with a 1 or a 2. */
import { decide } from "../../src/domain/decide";
import type { Deed, State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import type { ConditionSettings, RequestSettings, Step, StepKind, TaskSettings, Test } from "../../src/domain/step";
import type { Reading } from "../../src/domain/time";
import { growTree, type Tree } from "../../src/domain/tree";
import { now, running, stepOf, trip } from "./given";
import { pending } from "./states";

export interface Sprout {
  id: number;
  kind: StepKind;
  over: Partial<Step>;
  yes?: Sprout[];
  no?: Sprout[];
}

export function message(id: number, over: Partial<Step> = {}): Sprout {
  return { id, kind: "message", over };
}

export function delay(id: number, seconds: number): Sprout {
  return { id, kind: "delay", over: { delay: seconds, body: null } };
}

export function timeOfDay(id: number, time: string, zone: string | null = null): Sprout {
  return { id, kind: "delay_until_time", over: { settings: { time, zone }, body: null } as Partial<Step> };
}

export const VIP: Test = { on: "tag", tag: "vip" };
export const GOLD: Test = { on: "tag", tag: "gold" };

interface Branches {
  yes?: Sprout[];
  no?: Sprout[];
  upTo?: number;
  delay?: number;
}

/** Of `alice`, `VIP` is true and `GOLD` is not. */
export function condition(id: number, test: Test, { yes = [], no = [], upTo = 0, delay = 0 }: Branches = {}): Sprout {
  const settings: ConditionSettings = { test, upTo };
  return { id, kind: "condition", over: { settings, delay, body: null } as Partial<Step>, yes, no };
}

export function addTag(id: number, ...tags: string[]): Sprout {
  return { id, kind: "add_tag", over: { settings: { tags }, body: null } as Partial<Step> };
}

export function removeTag(id: number, ...tags: string[]): Sprout {
  return { id, kind: "remove_tag", over: { settings: { tags }, body: null } as Partial<Step> };
}

export function moveTo(id: number, sequenceId: number): Sprout {
  return { id, kind: "move_to_sequence", over: { settings: { sequenceId }, body: null } as Partial<Step> };
}

export function deactivate(id: number): Sprout {
  return { id, kind: "deactivate_contact", over: { body: null } };
}

export function request(id: number, over: Partial<RequestSettings> = {}): Sprout {
  const settings: RequestSettings = {
    method: "POST",
    url: "https://example.com/hook",
    headers: {},
    body: null,
    ...over,
  };
  return { id, kind: "http_request", over: { settings, body: null } as Partial<Step> };
}

export function task(id: number, over: Partial<Step> & { settings?: Partial<TaskSettings> } = {}): Sprout {
  const settings: TaskSettings = { type: "call", autoskip: null, ...over.settings };
  return { id, kind: "task", over: { ...over, settings } as Partial<Step> };
}

export function plant(...sprouts: Sprout[]): Step[] {
  return [stepOf(1, null, { body: null }), ...chain(1, sprouts)];
}

function chain(under: number, sprouts: Sprout[]): Step[] {
  return sprouts.flatMap((sprout, i) => [
    stepOf(sprout.id, sprouts[i - 1]?.id ?? under, { kind: sprout.kind, ...sprout.over } as Partial<Step>),
    ...branch(sprout.id, true, sprout.yes),
    ...branch(sprout.id, false, sprout.no),
  ]);
}

function branch(condition: number, way: boolean, sprouts: Sprout[] | undefined): Step[] {
  if (sprouts === undefined) return [];
  const id = branchId(condition, way);
  return [stepOf(id, condition, { kind: "condition_branch", branch: way, body: null }), ...chain(id, sprouts)];
}

export function branchId(condition: number, way: boolean): number {
  return condition * 10 + (way ? 1 : 2);
}

export function grow(steps: readonly Step[]): Tree {
  return growTree(steps, 1);
}

/** The step of that id; a test that asks for another has a fault of its own. */
export function at(steps: readonly Step[], id: number): Step {
  const step = steps.find((each) => each.id === id);
  if (!step) throw new Error(`there is no step ${id}`);
  return step;
}

/** A world where these are the steps. */
export function worldOf(steps: readonly Step[], facts: Facts = running): Facts {
  return { ...facts, tree: grow(steps) };
}

/** A journey that has started and whose first step has not run yet. */
export const fresh: State = { ...pending, phase: { is: "waiting", step: null, dueAt: trip.enrolledAt } };

/** The journey of `given` began two hours ago, and none of its steps has run. */
export const BEGAN = trip.enrolledAt;

export function woke(state: State, steps: Step[], at: Reading = now, facts: Facts = running) {
  return decide(state, { kind: "wake", facts: worldOf(steps, facts) }, at);
}

export function results(deeds: Deed[]): [number, string][] {
  return deeds.flatMap((deed) => (deed.what === "step" ? [[deed.step, deed.result] as [number, string]] : []));
}

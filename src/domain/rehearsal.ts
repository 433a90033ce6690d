/** Knows how a journey would go: it is ridden ahead of time by the same rules, wake by wake, both ways from each condition. */
import type { Act } from "./act";
import { nextWake } from "./alarm";
import type { Contact } from "./contact";
import { decide } from "./decide";
import { type Decision, type Deed, type Event, isEnded, type State, type Trip, unstarted } from "./enrollment";
import type { Facts } from "./facts";
import type { InFlight } from "./message";
import { dueAt } from "./schedule";
import type { Step, StepOf, Test } from "./step";
import { type Reading, readingAt, type Wall } from "./time";
import { emptyStretch, type Fork, linesOf, type Stretch } from "./timetable";
import { firstIn, growTree, type Tree } from "./tree";
import { holds } from "./verdict";

/** Steps that one rehearsal tells, over all ways together, before it tells no more. */
export const MOST_TOLD = 1000;
/** The same of the characters of their texts, and of wakes: a wait of years is one of hundreds of hops. */
const MOST_TEXT = 2_000_000;
const MOST_WAKES = 50_000;

export interface Scene {
  trip: Trip;
  contact: Contact;
  /** The world but for its contact; nothing in it holds anybody back. */
  facts: Facts;
  /** Both clocks at the start. */
  start: Reading;
  /** The conditions whose way is told beforehand; from all others it goes both ways. */
  ways: ReadonlyMap<number, boolean>;
  /** Whoever loses this tag is taken out. */
  initTag: string | null;
  /** Steps to be told, where all that can be told are too many. */
  most?: number;
}

/** `whole`: nothing was left out for being too much. */
export interface Rehearsed {
  way: Stretch;
  whole: boolean;
}

interface Ride {
  state: State;
  contact: Contact;
  ways: ReadonlyMap<number, boolean>;
  /** The tree in which conditions come to what `ways` says. */
  tree: Tree;
  wakeAt: Wall;
  stretch: Stretch;
  /** Deeds of its next turn that were told before the fork. */
  known: number;
}

/** All rides go on in turns, so that what is too much is cut off at the far end of each. `from` where somebody is under way. */
export function rehearse(scene: Scene, from: State | null = null): Rehearsed {
  const way = emptyStretch();
  const rides = from === null ? [begin(scene, way)] : takeUp(scene, from, way);
  const left = { told: scene.most ?? MOST_TOLD, text: MOST_TEXT, wakes: MOST_WAKES };
  for (let ride = rides.shift(); ride !== undefined; ride = rides.shift()) {
    if (Math.min(left.told, left.text, left.wakes) <= 0) return { way, whole: false };
    const { told } = ride.stretch;
    const before = told.length;
    rides.push(...goOn(scene, ride));
    left.wakes -= 1;
    left.told -= told.length - before;
    for (const { content } of told.slice(before)) left.text -= content?.body.length ?? 0;
  }
  return { way, whole: true };
}

/** As whoever is enrolled begins. */
function begin({ trip, contact, facts, start, ways }: Scene, stretch: Stretch): Ride {
  const first = firstIn(facts.tree);
  const due = first ? dueAt(start.journey, first, { ...facts, contact }) : start.journey;
  const { state } = decide(unstarted(trip), { kind: "start", step: first?.id ?? null, dueAt: due }, start);
  const wakeAt = nextWake(state, start) ?? start.wall;
  return { state, contact, ways, tree: treeFor(facts.tree, ways), wakeAt, stretch, known: 0 };
}

/**
 * As whoever is under way goes on with nothing to hold him: a pause that has no end ends now, what is on its way arrives, and
 * his task is done. None where he has ended, or ends by that.
 */
function takeUp({ facts: around, contact, start: now, ways }: Scene, before: State, stretch: Stretch): Ride[] {
  const facts = { ...around, contact };
  let state = before;
  const take = (event: Event) => {
    state = decide(state, event, now).state;
  };
  if (isPausedForGood(state)) take({ kind: "resume" });
  if (state.inFlight !== null && state.inFlight.lease !== null) take(outcomeOf(state.inFlight, facts));
  if (state.task !== null) take({ kind: "complete", task: state.task.id, by: null, completion: "advance" });
  state = unheld(state);
  const { phase } = state;
  if (phase.is === "ended") {
    stretch.end = { ...phase, step: phase.step ?? null };
    return [];
  }
  const wakeAt = nextWake(state, now) ?? now.wall;
  return [{ state, contact, ways, tree: treeFor(facts.tree, ways), wakeAt, stretch, known: 0 }];
}

function isPausedForGood({ phase }: State): boolean {
  return phase.is === "paused" && phase.resumeAt === undefined && phase.finishAt === undefined;
}

function unheld(state: State): State {
  const { phase } = state;
  if (phase.is !== "waiting" || phase.held === undefined) return state;
  const { held: _, lookAt: __, ...free } = phase;
  return { ...state, phase: free };
}

/** One wake, and what follows from it at once: the ride as it goes on, or both that go on from a fork; none once it has ended. */
function goOn(scene: Scene, ride: Ride): Ride[] {
  const { state: before, contact, tree, stretch, known } = ride;
  const now = readingAt(scene.start, ride.wakeAt);
  const facts = { ...scene.facts, contact, tree };
  const woke = decide(before, { kind: "wake", facts }, now);
  const open = woke.deeds.find((deed) => isUndecided(deed, ride.ways));
  const at = open ? woke.deeds.indexOf(open) : woke.deeds.length;
  const come = open ? { ...woke, deeds: woke.deeds.slice(0, at) } : followed(scene, woke, { ...facts, contact }, now);
  const turn = { before, contact, deeds: come.deeds, act: woke.deliver?.act, known };
  stretch.told.push(...linesOf(turn, scene.facts, now.journey));
  if (open?.what === "step") return forked(scene, { ...ride, known: at }, open.step);
  const { state } = come;
  const { phase } = state;
  if (phase.is === "ended") stretch.end = { ...phase, step: phase.step ?? null };
  const wakeAt = nextWake(state, now);
  const met = "contact" in come ? come.contact : contact;
  return phase.is === "ended" || wakeAt === null ? [] : [{ ...ride, state, contact: met, wakeAt, known: 0 }];
}

/** Whoever travels has a platform. */
const SURE: Test = { on: "contact", condition: { field: "platform", op: "exists" } };
const NEVER: Test = { on: "contact", condition: { field: "platform", op: "not_exists" } };

/** A condition of which nothing is said comes to no at once, so that the turn that meets it shows it. */
function treeFor(tree: Tree, ways: ReadonlyMap<number, boolean>): Tree {
  const steps = [...tree.steps.values()].map((step): Step => {
    if (step.kind !== "condition") return step;
    const way = ways.get(step.id);
    return { ...step, settings: { test: way ? SURE : NEVER, upTo: way === undefined ? 0 : step.settings.upTo } };
  });
  return growTree(steps, tree.revision);
}

function isUndecided(deed: Deed, ways: ReadonlyMap<number, boolean>): boolean {
  return deed.what === "step" && deed.kind === "condition" && !ways.has(deed.step);
}

/** The turn that met the condition is taken again by each of the two. */
function forked({ facts }: Scene, ride: Ride, id: number): Ride[] {
  const condition = facts.tree.steps.get(id);
  const likely = condition?.kind === "condition" ? likelyOf(condition, ride) : null;
  const fork: Fork = { step: id, likely, yes: emptyStretch(), no: emptyStretch() };
  ride.stretch.fork = fork;
  return [true, false].map((way): Ride => {
    const ways = new Map(ride.ways).set(id, way);
    return { ...ride, ways, tree: treeFor(facts.tree, ways), stretch: way ? fork.yes : fork.no };
  });
}

/** What will be opened, clicked or answered nobody knows. */
function likelyOf({ settings: { test } }: StepOf<"condition">, { state, contact }: Ride): boolean | null {
  return test.on === "contact" || test.on === "tag" ? holds(test, state, { contact }) : null;
}

/** What was claimed succeeds at once, and a person does his task as soon as it is given to him. */
function followed({ initTag }: Scene, woke: Decision, facts: Facts & { contact: Contact }, now: Reading) {
  const { deliver } = woke;
  const deeds = [...woke.deeds];
  let { state } = woke;
  const take = (event: Event) => {
    const decision = decide(state, event, now);
    state = decision.state;
    deeds.push(...decision.deeds);
  };
  if (state.task !== null) take({ kind: "complete", task: state.task.id, by: null, completion: "advance" });
  if (deliver) take(outcomeOf(deliver, facts));
  const contact = deliver?.act ? changedBy(deliver.act, facts.contact) : facts.contact;
  const lost = initTag !== null && facts.contact.tags.includes(initTag) && !contact.tags.includes(initTag);
  if ((contact.inactive || lost) && !isEnded(state)) take({ kind: "exit", why: "removed" });
  return { deeds, state, contact };
}

function outcomeOf({ message, attempt, act }: InFlight, facts: Facts): Event {
  if (act?.kind === "move_to_sequence") return { kind: "moved", message, refusal: null };
  return { kind: "outcome", message, attempt, outcome: { kind: "delivered", providerId: null }, facts };
}

function changedBy(act: Act, contact: Contact): Contact {
  switch (act.kind) {
    case "add_tag":
      return { ...contact, tags: [...new Set([...contact.tags, ...act.tags])] };
    case "remove_tag":
      return { ...contact, tags: contact.tags.filter((tag) => !act.tags.includes(tag)) };
    case "deactivate_contact":
      return { ...contact, inactive: true };
    case "move_to_sequence":
    case "http_request":
      return contact;
  }
}

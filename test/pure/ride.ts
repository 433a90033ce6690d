/** Knows how to take a journey through any string of events as the object does, and keeps a record of what came of it. */
import { settling } from "../../src/domain/alarm";
import type { Contact } from "../../src/domain/contact";
import { decide } from "../../src/domain/decide";
import { insertAt, moveTo } from "../../src/domain/edit";
import type { Decision, Entry, Event, ReplyAction, State } from "../../src/domain/enrollment";
import { unstarted } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import type { InFlight, Outcome } from "../../src/domain/message";
import { type Reading, readingAt } from "../../src/domain/time";
import { growTree, shownSteps } from "../../src/domain/tree";
import { alice, J, running, steps, trip, W } from "./given";
import { afterEdit, afterInsert } from "./trunk";

/** One thing that happens: to the journey, to the clock, to the steps, or to the world around. */
export type Happening =
  | { does: "pass"; ms: number }
  | { does: "wake" }
  | { does: "outcome"; outcome: Outcome; factless: boolean; late: boolean }
  | { does: "reply"; key: string; old: boolean; action: ReplyAction["kind"]; until: number | null }
  | { does: "pause" | "resume" | "exit" | "retry" | "start" }
  | { does: "insert" | "delete"; at: number }
  | { does: "move"; from: number; to: number }
  | { does: "delay"; at: number; seconds: number }
  | { does: "world"; world: World }
  | { does: "mirror"; completeTo: number };

/** What is no edit of the steps. */
export type Ordinary = Exclude<Happening, { does: "insert" | "delete" | "move" | "delay" }>;

export interface World {
  running: boolean;
  archived: boolean;
  workspacePaused: boolean;
  channelPaused: boolean;
  deduplicates: boolean;
  optedOut: boolean;
  addressed: boolean;
}

export const fair: World = {
  running: true,
  archived: false,
  workspacePaused: false,
  channelPaused: false,
  deduplicates: true,
  optedOut: false,
  addressed: true,
};

/** One turn as it was: what it began from, what it was told, and what it came to. */
export interface Turn {
  event: Event;
  now: Reading;
  before: State;
  decision: Decision;
  after: State;
}

export interface Ride {
  state: State;
  steps: typeof steps;
  world: World;
  contact: Contact;
  wall: number;
  speed: number;
  mirror: { version: number; completeTo: number };
  history: Entry[];
  turns: Turn[];
  claims: InFlight[];
}

export function newRide(speed: number): Ride {
  const mirror = { version: 0, completeTo: 0 };
  const quiet = { history: [], turns: [], claims: [] };
  return { state: unstarted(trip), steps, world: fair, contact: alice, wall: W, speed, mirror, ...quiet };
}

export function nowOf({ wall, speed }: Ride): Reading {
  return readingAt({ wall: W, journey: J, speed }, wall);
}

export function factsOf({ world, contact, steps, mirror }: Ride): Facts {
  const { archived, deduplicates } = world;
  return {
    ...running,
    sequence: { ...running.sequence, running: world.running && !archived, archived, live: 3000 },
    workspacePaused: world.workspacePaused,
    channel: { kind: "outbox", paused: world.channelPaused, deduplicates, receiver: "outbox" },
    contact: { ...contact, optedOutAt: world.optedOut ? J : null, addresses: world.addressed ? contact.addresses : [] },
    tree: growTree(steps, 1),
    mirror,
  };
}

export function happen(ride: Ride, happening: Happening): void {
  const shown = shownSteps(growTree(ride.steps, 1));
  switch (happening.does) {
    case "pass":
      ride.wall += happening.ms;
      return;
    case "world":
      ride.world = happening.world;
      return;
    case "mirror":
      ride.mirror = { version: ride.state.version, completeTo: Math.min(happening.completeTo, ride.state.entries) };
      return;
    case "insert":
      ride.steps = afterInsert(ride.steps, insertAt(growTree(ride.steps, 1), (happening.at % (shown.length + 1)) + 1));
      return;
    case "delete": {
      const gone = shown[happening.at % Math.max(shown.length, 1)];
      ride.steps = ride.steps.map((step) => (step.id === gone?.id ? { ...step, deletedAt: J } : step));
      return;
    }
    case "move": {
      const moved = shown[happening.from % Math.max(shown.length, 1)];
      const order = (happening.to % Math.max(shown.length, 1)) + 1;
      if (moved) ride.steps = afterEdit(ride.steps, moveTo(growTree(ride.steps, 1), moved, order));
      return;
    }
    case "delay": {
      const { at, seconds: delay } = happening;
      const slowed = shown[at % Math.max(shown.length, 1)];
      ride.steps = ride.steps.map((step) => (step.id === slowed?.id ? { ...step, delay } : step));
      return;
    }
    default: {
      const event = eventOf(ride, happening);
      if (event) turn(ride, event);
    }
  }
}

/** What comes to the journey itself; nothing when there is no attempt whose outcome could come. */
function eventOf(ride: Ride, happening: Happening): Event | null {
  switch (happening.does) {
    case "wake":
      return { kind: "wake", facts: factsOf(ride) };
    case "start":
      return { kind: "start", step: null, dueAt: J };
    case "pause":
      return { kind: "pause", why: "manual" };
    case "exit":
      return { kind: "exit", why: "removed" };
    case "resume":
    case "retry":
      return { kind: happening.does };
    case "outcome": {
      const claimed = happening.late ? ride.claims[0] : ride.claims.at(-1);
      const facts = happening.factless ? null : factsOf(ride);
      const { outcome } = happening;
      return claimed ? { kind: "outcome", message: claimed.message, attempt: claimed.attempt, outcome, facts } : null;
    }
    case "reply": {
      const { key, old, until } = happening;
      const times = until === null ? {} : until % 2 === 0 ? { resumeAt: J + until } : { finishAt: J + until };
      const action = happening.action === "pause" ? { kind: happening.action, ...times } : { kind: happening.action };
      return { kind: "reply", key, at: old ? trip.enrolledAt - 1 : nowOf(ride).journey, action };
    }
    default:
      return null;
  }
}

/** Decides and commits as the object's store does: entries numbered, the version grown, the settling alarm set. */
export function turn(ride: Ride, event: Event): void {
  const now = nowOf(ride);
  const before = freeze(structuredClone(ride.state));
  const decision = decide(before, freeze(event), now);
  const entries = decision.deeds.map((deed, i): Entry => ({ ...deed, n: before.entries + i + 1, at: now.journey }));
  const version = before.version + (entries.length > 0 ? 1 : 0);
  const counted = { ...decision.state, entries: before.entries + entries.length, version };
  const after = { ...counted, settle: settling(counted, event.kind === "wake" ? event.facts.mirror : null, now) };
  ride.state = after;
  ride.history.push(...entries);
  ride.turns.push({ event, now, before, decision, after });
  if (decision.deliver) ride.claims.push(decision.deliver);
}

/** Makes any change to what was given throw, so that a rule that is not pure is found. Maps are left as they are. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}

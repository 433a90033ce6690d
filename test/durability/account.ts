/** Knows the account of a run, put together once all is over: each journey as D1, its object and the receiver know it. */
import type { Entry } from "../../src/domain/enrollment";
import { numberOf } from "./flows.ts";
import { MESSAGES, type Received } from "./receiver.ts";
import { askDatabase, type Query, type Row, readObjects, type Stored } from "./storage.ts";

/** A message, or the request of a step, that reached the receiver. */
export interface Reached extends Received {
  /** The step that sent it, as v1 spells it; `act` of a request. */
  step: string;
  /** Journey time at which it was made; null of a request. */
  madeAt: number | null;
}

export interface Journey {
  id: number;
  row: Row;
  stored: Stored | null;
  /** In the order in which they first came. */
  reached: Reached[];
}

export interface Account {
  journeys: Journey[];
  /** Started objects that no row of D1 names. */
  strays: number[];
  ask: Query;
}

/** By the ids of messages and acts, which are made of their enrollment's. */
const ORDINALS = 4096;

/** Looks at all that there is, while nobody changes it. */
export function withAccount<T>(state: string, received: Iterable<Received>, look: (account: Account) => T): T {
  const objects = readObjects(state);
  const reached = Map.groupBy([...received].map(reachedOf), ({ id }) => Math.floor(numberOf(id) / ORDINALS));
  return askDatabase(state, (ask) => {
    const journeys = ask("SELECT * FROM enrollments ORDER BY id").map((row) => {
      const id = Number(row.id);
      return { id, row, stored: objects.get(id) ?? null, reached: reached.get(id) ?? [] };
    });
    const known = new Set(journeys.map(({ id }) => id));
    return look({ journeys, strays: [...objects.keys()].filter((id) => !known.has(id)), ask });
  });
}

function reachedOf({ id, arrivals }: Received): Reached {
  const [line = "", body = ""] = splitOnce(arrivals[0]?.bytes ?? "");
  if (!line.endsWith(MESSAGES)) return { id, arrivals, step: "act", madeAt: null };
  const { timestamp, data } = JSON.parse(body) as { timestamp: string; data: { stepId: string } };
  return { id, arrivals, step: data.stepId, madeAt: Date.parse(timestamp) };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf("\n");
  return [text.slice(0, at), text.slice(at + 1)];
}

export function isAccepted({ arrivals }: Received): boolean {
  return arrivals.some(({ accepted }) => accepted);
}

export function acceptedOf({ reached }: Journey): Reached[] {
  const firstOf = ({ arrivals }: Reached) => arrivals.find(({ accepted }) => accepted)?.at ?? 0;
  return reached.filter(isAccepted).sort((a, b) => firstOf(a) - firstOf(b));
}

/** What became of each message in the end, as the object's history has it. */
export function fatesOf({ stored }: Journey): Map<number, Extract<Entry, { what: "message" }>> {
  const fates = new Map<number, Extract<Entry, { what: "message" }>>();
  for (const entry of stored?.entries ?? []) if (entry.what === "message") fates.set(entry.message, entry);
  return fates;
}

/** What is worth reading when something is wrong with a journey. */
export function storyOf(journey: Journey): string {
  const { id, row, stored, reached } = journey;
  const entries = (stored?.entries ?? []).map((entry) => {
    const { n, at, what, ...rest } = entry;
    const words = JSON.stringify({ ...rest, content: undefined });
    return `    ${String(n).padStart(3)} ${new Date(at).toISOString()} ${what} ${words}`;
  });
  const requests = reached.flatMap(({ id: message, step, arrivals }) =>
    arrivals.map(({ at, accepted, confirmed }) => {
      const told = confirmed ? "and said so" : "and did not say so";
      return `    ${new Date(at).toISOString()} ${message} of ${step} ${accepted ? "accepted" : "refused"} ${told}`;
    }),
  );
  const state = stored ? JSON.stringify({ ...stored.state, trip: undefined, alarm: stored.alarm }) : "never started";
  return [`  enroll_${id} ${JSON.stringify(row)}`, `    ${state}`, ...entries, ...requests].join("\n");
}

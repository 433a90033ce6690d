/** Knows the object's own storage: one row for the state, one a history entry, and the alarm, written together. */
import { nextWake, settling } from "../domain/alarm";
import type { Examined } from "../domain/audit";
import type { Decision, Entry, State } from "../domain/enrollment";
import { linesOf, type NewsLine, newsLine, snapshotOf, type Telling } from "../domain/mirror";
import { entriesOf, recorded } from "../domain/record";
import { freedAt } from "../domain/retention";
import type { Reading, Wall } from "../domain/time";
import { upgraded } from "../domain/upgrade";
import { forgetful, isWordy, withoutWords } from "../domain/words";

const STATE = "state";
const ENTRY = "entry/";
const keyOf = (n: number) => ENTRY + String(n).padStart(8, "0");

/** Set for good once the contact was erased: no words of his are kept or told from then on. */
const ERASED = "erased";

/** Entries in one telling, so that it fits a queue message; the rest follow once these are confirmed. */
const MOST_TOLD = 100;

export interface Committed {
  state: State;
  /** Whether the mirror has something new to learn. */
  changed: boolean;
}

export interface Store {
  load(): State | null;
  commit(before: State, decision: Decision, turn: Turn): Committed;
  /** All entries, the oldest first. */
  history(): Entry[];
  telling(state: State, now: Reading): Telling;
  /** All of it, from the first entry, and when it wakes; null when it has not started. */
  examine(now: Reading): Promise<Examined | null>;
  /** Sets the alarm without touching the state. */
  wakeAt(wall: Wall): Promise<void>;
  /** The same, unless it is set for sooner. One that is past may be stuck. */
  wakeBy(wall: Wall): Promise<void>;
  erase(): void;
  /** Whether the words of a person who was erased are gone. */
  isErased(): boolean;
  /** Frees all that is stored, the alarm too. */
  free(): Promise<void>;
}

export interface Turn {
  now: Reading;
  /** What the mirror has, when this turn has looked. */
  mirror: { version: number; completeTo: number } | null;
  /** Days after which what has ended is freed. */
  freedAfter: number;
}

export function storeIn(storage: DurableObjectStorage): Store {
  const { kv } = storage;
  const entriesFrom = (n: number) => [...kv.list<Entry>({ prefix: ENTRY, start: keyOf(n) })].map(([, entry]) => entry);
  return {
    load: () => loadFrom(kv),
    history: () => entriesFrom(1),
    commit: (before, decision, turn) => storage.transactionSync(() => commit(storage, before, decision, turn)),
    telling: (state, now) => {
      const untold = entriesFrom(state.confirmed + 1).slice(0, MOST_TOLD);
      return tell(state, untold, newsAbout(state, untold, entriesFrom), now);
    },
    examine: async (now) => {
      const state = loadFrom(kv);
      if (state === null) return null;
      const told = { ...state, confirmed: 0 };
      const entries = entriesFrom(1);
      const telling = tell(told, entries, newsAbout(told, entries, entriesFrom), now);
      return { telling, alarm: await storage.getAlarm(), wake: nextWake(state, now) };
    },
    wakeAt: (wall) => storage.setAlarm(wall),
    wakeBy: async (wall) => {
      const set = await storage.getAlarm();
      if (set === null || set > wall || set <= Date.now()) await storage.setAlarm(wall);
    },
    erase: () => storage.transactionSync(() => eraseWords(kv, entriesFrom(1))),
    isErased: () => kv.get<boolean>(ERASED) === true,
    free: () => storage.deleteAll(),
  };
}

function loadFrom(kv: SyncKvStorage): State | null {
  const stored = kv.get<State>(STATE);
  return stored ? upgraded(stored) : null;
}

function commit(
  storage: DurableObjectStorage,
  before: State,
  decision: Decision,
  { now, mirror, freedAfter }: Turn,
): Committed {
  const { kv } = storage;
  const erased = decision.deeds.length > 0 && kv.get<boolean>(ERASED) === true;
  const made = entriesOf(before, decision, now.journey);
  const entries = erased ? made.map(withoutWords) : made;
  const changed = !decision.shown && (entries.length > 0 || shownOf(before, now) !== shownOf(decision.state, now));
  const after = recorded(before, decision, changed, now.journey);
  // A click in doubt is looked at again in a moment, by where it led; only then is that forgotten.
  const counted = erased ? { ...forgetful(after), clicks: after.clicks } : after;
  const state: State = { ...counted, settle: settling(counted, mirror, now) };
  const wake = nextWake(state, now) ?? atLeast(now.wall + 1, freedAt(state, now, freedAfter));
  // Not awaited: the write is part of the transaction, and the output gate waits for it. The first alarm makes a table: were
  // that done after the other writes, all their statements would be planned anew.
  void (wake === null ? storage.deleteAlarm() : storage.setAlarm(wake));
  for (const entry of entries) kv.put(keyOf(entry.n), entry);
  if (changed || differs(before, state)) kv.put(STATE, state);
  return { state, changed };
}

function atLeast(least: Wall, at: Wall | null): Wall | null {
  return at === null ? null : Math.max(least, at);
}

/** What the mirror would show, to see whether a turn has changed it. Since when something is due already, changes nothing. */
function shownOf(state: State, now: Reading): string {
  const { version: _, wakeBy, ...shown } = snapshotOf(state, now);
  return JSON.stringify({ ...shown, wakeBy: wakeBy && Math.max(wakeBy, now.journey) });
}

/** Whether the state is worth a write: what the mirror confirmed is read again anyway. */
function differs(before: State, after: State): boolean {
  return JSON.stringify({ ...before, confirmed: 0 }) !== JSON.stringify({ ...after, confirmed: 0 });
}

/**
 * What is new of messages; and what is old of those whose line is told only now, for it may have come before the line
 * did and found nothing to be written to.
 */
function newsAbout(state: State, untold: Entry[], entriesFrom: (n: number) => Entry[]): NewsLine[] {
  const lines = new Set(untold.flatMap((entry) => (entry.what === "message" ? [entry.message] : [])));
  const known = [...Object.values(state.noted), ...Object.values(state.clicks.machines)];
  const late = known.some((messages) => messages.some((message) => lines.has(message)));
  const told = late ? entriesFrom(1).filter(({ n }) => n <= state.confirmed) : [];
  const old = told.flatMap((entry) => newsLine(entry) ?? []).filter(({ id }) => lines.has(id));
  return [...old, ...untold.flatMap((entry) => newsLine(entry) ?? [])];
}

function tell(state: State, entries: Entry[], news: NewsLine[], now: Reading): Telling {
  const { id, workspaceId } = state.trip;
  return {
    v: 1,
    enrollment: id,
    workspace: workspaceId,
    snapshot: snapshotOf(state, now),
    from: state.confirmed + 1,
    to: state.confirmed + entries.length,
    ...linesOf(entries, news),
  };
}

function eraseWords(kv: SyncKvStorage, entries: Entry[]): void {
  kv.put(ERASED, true);
  for (const entry of entries) if (isWordy(entry)) kv.put(keyOf(entry.n), withoutWords(entry));
  const state = loadFrom(kv);
  if (state) kv.put(STATE, forgetful(state));
}

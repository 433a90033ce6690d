/** Knows one journey, and nothing else: a thin shell that turns calls and alarms into turns. */

import { DurableObject } from "cloudflare:workers";
import { readClock } from "../clock";
import type { Examined } from "../domain/audit";
import { decide } from "../domain/decide";
import { type Entry, type Event, isEnded, type Refusal, type State, type Trip, unstarted } from "../domain/enrollment";
import type { Facts } from "../domain/facts";
import { contentOf } from "../domain/kept";
import type { Content } from "../domain/message";
import { snapshotOf, type Telling } from "../domain/mirror";
import { freedAt, isRevenant, isToBeFreed, keptOf } from "../domain/retention";
import { unneeded } from "../domain/ticket";
import { HOUR, type Reading, readingAt, SECOND } from "../domain/time";
import { messageToSend } from "../domain/trial";
import { type Waiting, whyWaiting } from "../domain/waiting";
import { turnOf } from "../domain/wave";
import { type Settings, settingsOf } from "../env";
import { report, warn, writeFrom } from "../log";
import { type Database, databaseFor } from "../storage/database";
import { keepHistory } from "../storage/histories";
import { type Asking, type Gathered, gather, STALE } from "./facts";
import { carryOut, giveBack, nudgeAll, shutCarrier, tell } from "./perform";
import { type Store, storeIn } from "./store";
import { giveBackTickets, type Senders } from "./tickets";

/** What a call answers: what the mirror should show now, and why nothing was done, if so. */
export interface Answer {
  telling: Telling;
  refusal: Refusal | null;
}

export interface View {
  state: State;
  history: Entry[];
  waiting: Waiting | null;
}

/** The events that come by call, and need no facts. */
export type Command = Exclude<Event, { kind: "wake" | "outcome" }>;

/** A turn that could not be taken is tried again after this, doubled each time up to a minute, jittered. */
const SOON = SECOND;
const LATEST_SOON = 60 * SECOND;
/** What keeps a journey from being freed is over by then: a retry that was begun, or an erasure. */
const MUCH_LATER = HOUR;

export class Enrollment extends DurableObject<Env> {
  private readonly store: Store;
  private readonly settings: Settings;
  /** Grows with all that may have changed what a gather under way has read. */
  private stirs = 0;
  private failures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = storeIn(ctx.storage);
    this.settings = settingsOf(env);
    writeFrom(this.settings.logLevel);
  }

  /** One event from outside. An exit that comes before the start ends what has not begun, so a late start is refused. */
  command(trip: Trip, event: Command, now: Reading): Answer {
    const { state, refusal } = this.turn(trip, event, now, null);
    return { telling: this.store.telling(state, now), refusal };
  }

  /** The same, of a journey that has begun before: null where it was freed since, for nothing may begin it anew. */
  tell(trip: Trip, event: Command, now: Reading): Answer | null {
    return this.store.load() === null ? null : this.command(trip, event, now);
  }

  /** What the reader of a message shows of himself; says whether it was heard. Nothing is where nothing was ever sent from. */
  hear(workspaceId: number, event: Extract<Command, { kind: "noted" }>, now: Reading): boolean {
    const trip = this.store.load()?.trip;
    if (trip?.workspaceId !== workspaceId) return false;
    this.turn(trip, event, now, null);
    return true;
  }

  /** What the mirror should show now; null when it has not started. */
  current(now: Reading): Telling | null {
    const state = this.store.load();
    return state && this.store.telling(state, now);
  }

  /** Has it look at the world again, if it has started: at once, or in its turn where it is one of a crowd. */
  async wake(crowd: number): Promise<void> {
    const state = this.store.load();
    if (state === null) return;
    this.stirs += 1;
    await this.store.wakeBy(Date.now() + turnOf(state.trip.id, crowd));
  }

  /** State, history and what it waits for; null when it has not started. */
  async view(): Promise<View | null> {
    const state = this.store.load();
    if (state === null) return null;
    const history = this.store.history();
    const gathered = isEnded(state) ? null : await this.gather(state);
    return { state, history, waiting: gathered && whyWaiting(state, gathered.facts, gathered.now) };
  }

  /** The full content of a message, from the newest entry about it, or as it is under way; null when there is none any more. */
  content(message: number): Content | null {
    return contentOf(message, this.store.history(), this.store.load());
  }

  /** All that it knows of itself, to be held against the mirror; null when it has not started. */
  async examine(now: Reading): Promise<Examined | null> {
    return this.store.examine(now);
  }

  /** Ends the journey as removed and takes the contact's words out of what is kept. */
  erase(trip: Trip, now: Reading): Answer {
    const answer = this.command(trip, { kind: "exit", why: "removed" }, now);
    this.store.erase();
    return { ...answer, telling: this.store.telling(this.store.load() ?? unstarted(trip), now) };
  }

  /** The same, of a journey that has begun before: null where it was freed since. */
  forget(trip: Trip, now: Reading): Answer | null {
    return this.store.load() === null ? null : this.erase(trip, now);
  }

  /** Never throws: the platform gives up on an alarm after six retries, and then forgets it. */
  override async alarm(): Promise<void> {
    const state = this.store.load();
    if (state === null) return;
    try {
      await this.go(state);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      warn("a turn was put off", { enrollment: state.trip.id, failures: this.failures, error });
      const wait = Math.min(SOON * 2 ** (this.failures - 1), LATEST_SOON);
      await this.store.wakeAt(Date.now() + wait * (0.5 + Math.random()));
    }
  }

  /** A turn on waking, and, where it claims something, the doing of it and the turn on its outcome. */
  private async go(state: State): Promise<void> {
    const { trip } = state;
    let asked = false;
    let mailbox: number | null = null;
    const gathered = await this.gather(state, (facts, now) => {
      const attempted = messageToSend(this.store.load() ?? state, facts, now);
      asked = asked || (attempted !== null && facts.cap != null);
      mailbox = attempted === null ? mailbox : (facts.post?.box?.id ?? null);
      return attempted;
    });
    if (gathered === null) {
      if (isEnded(state)) return this.rest(state);
      throw new Error("the enrollment has no row in the mirror");
    }
    const { facts, channel, now } = gathered;
    if (isRevenant(this.store.load() ?? state, facts.mirror)) {
      report("a journey that was freed had been begun anew", { enrollment: trip.id });
      return this.store.free();
    }
    const { state: gone, deliver: claimed } = this.turn(trip, { kind: "wake", facts }, now, { facts, mailbox });
    if (!claimed) {
      if (asked || (facts.cap && isEnded(gone))) await giveBack(this.database(trip), gone);
      return isToBeFreed(gone, facts.mirror, now, this.settings.retention.freedAfter) ? this.leave(gone) : undefined;
    }
    const stirs = this.stirs;
    const { transactional } = facts.sequence;
    const around = { settings: this.settings, mailer: this.env.MAIL ?? null, wakeBy: snapshotOf(state, now).wakeBy };
    const means = { db: this.database(trip), channel, transactional, ...around, now };
    const { outcome, nudges } = await carryOut(trip, claimed, means);
    if (outcome === null) return nudgeAll(this.env.JOBS, nudges);
    const later = await this.gatherAfter(trip, { facts, channel, now }, stirs);
    if (outcome.kind === "broken") {
      await shutCarrier(this.database(trip), trip, channel, { reason: outcome.reason, now: later.now.journey });
    }
    const { message, attempt } = claimed;
    this.turn(trip, { kind: "outcome", message, attempt, outcome, facts: later.facts }, later.now, null);
    await nudgeAll(this.env.JOBS, nudges);
  }

  /**
   * Moves the history out, and only then frees what is stored. Cut in between, it is moved again; where something comes in
   * meanwhile, that has set the alarm, and all of it is moved then.
   */
  private async leave(state: State): Promise<void> {
    const { trip, version, entries } = state;
    const { stirs } = this;
    const history = keptOf(this.store.history());
    const leaving = { id: trip.id, version, entries, history, wordless: this.store.isErased() };
    if (!(await keepHistory(this.database(trip), leaving))) return this.store.wakeAt(Date.now() + MUCH_LATER);
    if (this.stirs === stirs) await this.store.free();
  }

  /** Of a journey that has ended and has no row: nobody will ever ask for it. */
  private async rest(state: State): Promise<void> {
    const now = await readClock(this.database(state.trip), this.settings);
    const at = freedAt(state, now, this.settings.retention.freedAfter);
    return at === null || at <= now.wall ? this.store.free() : this.store.wakeAt(at);
  }

  /** The facts for the outcome: the same while they are fresh and nothing stirred; none where D1 fails. */
  private async gatherAfter(
    trip: Trip,
    before: Gathered,
    stirs: number,
  ): Promise<{ facts: Facts | null; now: Reading }> {
    const now = readingAt(before.now, Date.now());
    if (this.stirs === stirs && now.wall - before.now.wall <= STALE) return { facts: before.facts, now };
    const gathered = await this.gather(this.store.load() ?? unstarted(trip)).catch(() => null);
    return gathered ?? { facts: null, now };
  }

  /** `looked`: what was read for it, and the mailbox that was asked for a slot meanwhile. */
  private turn(trip: Trip, event: Event, now: Reading, looked: { facts: Facts; mailbox: number | null } | null) {
    const facts = looked?.facts ?? null;
    const before = this.store.load() ?? unstarted(trip);
    const decision = decide(before, event, now);
    const { state, changed } = this.store.commit(before, decision, {
      now,
      mirror: facts?.mirror ?? null,
      freedAfter: this.settings.retention.freedAfter,
    });
    if (event.kind !== "wake") this.stirs += 1;
    const claimed = decision.deliver?.content !== undefined;
    const left = unneeded(before, state, { asked: looked?.mailbox ?? null, claimed });
    if (left.length > 0) this.ctx.waitUntil(giveBackTickets(this.senders(), state, left));
    const lags = facts !== null && !decision.deliver && isBehind(facts.mirror, state);
    if (changed || lags) this.ctx.waitUntil(tell(this.env.EVENTS, this.store.telling(state, now)));
    return { state, deliver: decision.deliver, refusal: decision.refusal ?? null };
  }

  private gather({ trip, mailbox, inFlight }: State, sends?: Asking["sends"]): Promise<Gathered | null> {
    const senders = this.senders();
    const of = { trip, thread: mailbox, inFlight };
    const asking: Asking = { ...of, senders, stirs: () => this.stirs, ...(sends ? { sends } : {}) };
    return gather(this.database(trip), this.settings, asking);
  }

  private senders(): Senders {
    return this.env.SENDERS as Senders;
  }

  private database(trip: Trip): Database {
    return databaseFor(this.env.DB, trip.workspaceId);
  }
}

function isBehind(mirror: Facts["mirror"], state: State): boolean {
  return mirror.version < state.version || mirror.completeTo < state.entries;
}

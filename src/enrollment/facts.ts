/** Knows how to gather what a turn must know, and asks for room under a cap; where that fails there is no turn. */
import { channelOf } from "../channels/registry";
import { readClock } from "../clock";
import type { Trip } from "../domain/enrollment";
import type { Facts } from "../domain/facts";
import { roomAt } from "../domain/frequency";
import type { InFlight } from "../domain/message";
import { addressKey } from "../domain/platform";
import type { Reading } from "../domain/time";
import { growTree } from "../domain/tree";
import type { Attempted } from "../domain/trial";
import type { Settings } from "../env";
import type { Database } from "../storage/database";
import { readWorld, type StoredChannel, type World } from "../storage/facts";
import { readTiming } from "../storage/schedules";
import { askSlot } from "../storage/slots";
import { selectSteps, stepsOf } from "../storage/steps";
import { carrierOf, postOf, receiverOf } from "./carrier";
import { askTicket, type Senders } from "./tickets";

export interface Gathered {
  facts: Facts;
  channel: StoredChannel;
  now: Reading;
}

/** Facts older than this, in wall milliseconds, are gathered again before anything is decided by them. */
export const STALE = 2000;
/** A database this slow, this often in a row, is as good as down. */
const MOST_TRIES = 5;

export interface Asking {
  trip: Trip;
  /** The mailbox that its mails have left from. */
  thread: number | null;
  senders: Senders;
  /** A number that changes whenever something may have changed what is read here. */
  stirs: () => number;
  /** The message that a turn by these facts would send, for which room and a slot are asked. */
  sends?: (facts: Facts, now: Reading) => Attempted | null;
  /** The message under way, if there is one. */
  inFlight?: InFlight | null;
}

/**
 * Gathers facts that nothing has overtaken: no wake came in meanwhile, and they are fresh. Throws where D1 fails; null
 * where the mirror has no row, as of a move that came to nothing.
 */
export async function gather(db: Database, settings: Settings, asking: Asking): Promise<Gathered | null> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const stirs = asking.stirs();
    const began = Date.now();
    const gathered = await readWithRoom(db, settings, asking);
    if (gathered === null) return null;
    if (asking.stirs() === stirs && Date.now() - began <= STALE) return gathered;
  }
  throw new Error("the facts were overtaken each time they were read");
}

/**
 * What is read, and what the message that would be sent is told when it asks for room under the cap, and then for a slot
 * of its mailbox.
 */
async function readWithRoom(db: Database, settings: Settings, asking: Asking): Promise<Gathered | null> {
  const gathered = await read(db, settings, asking);
  const attempted = gathered && asking.sends?.(gathered.facts, gathered.now);
  if (!attempted) return gathered;
  const { now } = gathered;
  const facts = await withSlot(db, gathered.facts, attempted, now);
  if (roomAt(facts, attempted.message, now.journey) !== null) return { ...gathered, facts };
  const ticket = await askTicket(asking.senders, attempted, facts, now);
  return { ...gathered, facts: ticket ? { ...facts, ticket } : facts };
}

async function withSlot(db: Database, facts: Facts, { message }: Attempted, { journey }: Reading): Promise<Facts> {
  const { cap, contact } = facts;
  if (!cap || !contact || roomAt(facts, message, journey) === null) return facts;
  return { ...facts, slot: await askSlot(db, { contactId: contact.id, message, cap, at: journey }) };
}

async function read(db: Database, settings: Settings, { trip, thread, inFlight }: Asking): Promise<Gathered | null> {
  const to = inFlight?.content ? addressKey(trip.platform, inFlight.content.to) : null;
  const world = await readWorld(db, trip.id, { to, thread });
  if (world === null) return null;
  const definition = await definitionOf(db, trip.sequenceId, world);
  const now = await readClock(db, settings);
  const channel = carrierOf(world, trip, settings);
  const post = await postOf(world, trip, settings);
  return { facts: { ...factsOf(world, channel, definition, settings), ...post }, channel, now };
}

function factsOf(world: World, channel: StoredChannel, definition: Known, settings: Settings): Facts {
  const { status, transactional, name, live, takesOptedOut, workspacePaused, contact, toBlocked, mirror, cap } = world;
  return {
    sequence: {
      running: status === "ACTIVE",
      archived: status === "ARCHIVED",
      transactional,
      name,
      live,
      takesOptedOut,
    },
    workspacePaused,
    channel: {
      kind: channel.kind,
      paused: channel.pausedAt !== null,
      ...channelOf(channel.kind).memoryOf(channel),
      receiver: receiverOf(channel),
      own: channel.mailbox !== undefined,
    },
    contact,
    toBlocked,
    ...definition,
    mirror,
    retryBase: settings.retryBase,
    cap,
  };
}

type Known = Pick<Facts, "tree" | "timing">;

/** Steps and schedules do not change without the revision, so an isolate reads each revision once. */
const definitions = new Map<number, Known>();
const MOST_DEFINITIONS = 500;

async function definitionOf(db: Database, sequenceId: number, { revision, times }: World): Promise<Known> {
  const known = definitions.get(sequenceId);
  if (known?.tree.revision === revision) return known;
  const steps = stepsOf(await selectSteps(db, sequenceId));
  const definition = { tree: growTree(steps, revision), timing: await readTiming(db, times, steps) };
  if (definitions.size >= MOST_DEFINITIONS) definitions.clear();
  definitions.set(sequenceId, definition);
  return definition;
}

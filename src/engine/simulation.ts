/** Knows how to tell beforehand how a journey through a sequence would go, and what that takes for granted. */
import { type Assumption, assumptionsOf } from "../domain/assumption";
import { type Contact, stranger } from "../domain/contact";
import type { Facts } from "../domain/facts";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import type { Box, Post } from "../domain/mail";
import type { Platform } from "../domain/platform";
import { type Rehearsed, rehearse, type Scene } from "../domain/rehearsal";
import { type Journey, wallAt } from "../domain/time";
import { growTree, type Tree } from "../domain/tree";
import type { StoredBox } from "../storage/boxes";
import { readWorldFor, type World } from "../storage/facts";
import { findRuleset } from "../storage/rulesets";
import { type Definition, findDefinition } from "../storage/sequences";
import { refusalOf } from "./admission";
import type { Context } from "./context";
import { timingOf } from "./schedules";

export interface Simulating {
  sequenceId: number;
  /** Null: somebody who is only thought of. */
  contactId: number | null;
  /** The contact's own where it is not told. */
  platform?: Platform | undefined;
  /** In place of the contact's own. */
  timezone?: string | undefined;
  startAt?: Journey | undefined;
  /** Which way conditions come to; all others are followed both ways. */
  ways: ReadonlyMap<number, boolean>;
  /** Steps to be told, where all that can be told are too many. */
  most?: number;
}

export interface Simulation extends Rehearsed {
  contact: Contact;
  platform: Platform;
  startAt: Journey;
  tree: Tree;
  assumes: Assumption[];
}

/** What a stranger is written to on, unless it is told. */
const USUAL: Platform = "EMAIL";

export async function simulate(ctx: Context, asked: Simulating): Promise<Result<Simulation>> {
  const simulated = await simulateIn(ctx, asked, [asked.timezone]);
  if (!simulated.ok) return simulated;
  const [one] = simulated.value;
  return one ? ok(one) : missing("sequence");
}

/**
 * The same in several zones, each in place of the contact's own, which is taken where none is named. It reads what a turn of
 * the engine reads, and no more, once for all; whatever holds up all journeys of the sequence is passed over.
 */
export async function simulateIn(
  ctx: Context,
  asked: Simulating,
  zones: readonly (string | undefined)[],
): Promise<Result<Simulation[]>> {
  const { db, workspaceId, now } = ctx;
  const { sequenceId, contactId, startAt = now.journey, ways, most } = asked;
  const definition = await findDefinition(db, ctx, sequenceId);
  if (!definition) return missing("sequence");
  const { sequence, steps } = definition;
  if (sequence.status === "ARCHIVED") return refuse({ kind: "sequence_archived" });
  const tree = growTree(steps, sequence.revision);
  const fault = faultInWays(tree, ways);
  if (fault) return refuse(fault);
  const world = await readWorldFor(db, { workspaceId, sequenceId, contactId, platform: asked.platform ?? USUAL });
  if (!world) return missing("sequence");
  const known = world.contact?.workspaceId === workspaceId ? world.contact : null;
  if (contactId !== null && !known) return missing("contact");
  const platform = asked.platform ?? known?.platform ?? USUAL;
  // Who carries the messages depends on the platform, which is the contact's own where nobody has told another.
  const there =
    platform === USUAL || asked.platform ? world : await readWorldFor(db, { ...asked, workspaceId, platform });
  if (!there) return missing("sequence");
  const person = known ?? stranger(workspaceId, platform);
  const timing = await timingOf(ctx, definition);
  const obstacle = known && (await obstacleOf(ctx, definition, inZone(known, zones[0]), platform));
  const assumes = assumptionsOf({ sequence, steps, obstacle, platform, ...waitingIn(there) });
  const ridden = zones.map((timezone): Simulation => {
    const contact = inZone(person, timezone);
    const scene: Scene = {
      trip: { id: 0, workspaceId, sequenceId, contactId: contact.id, platform, enrolledAt: startAt },
      contact,
      facts: factsOf(ctx, there, { contact, tree, timing, platform }),
      start: { ...now, wall: wallAt(now, startAt), journey: startAt },
      ways,
      initTag: sequence.initTag,
      ...(most === undefined ? {} : { most }),
    };
    return { ...rehearse(scene), contact, platform, startAt, tree, assumes };
  });
  return ok(ridden);
}

function inZone(contact: Contact, timezone: string | undefined): Contact {
  return timezone === undefined ? contact : { ...contact, timezone };
}

function faultInWays(tree: Tree, ways: ReadonlyMap<number, boolean>): Failure | null {
  for (const id of ways.keys()) {
    const step = tree.steps.get(id);
    if (step?.kind === "condition" && step.deletedAt === null) continue;
    return { kind: "bad_value", field: "branches", message: "must name conditions of this sequence" };
  }
  return null;
}

/** Why he would not be let in as he is now. */
async function obstacleOf(
  { db, workspaceId }: Context,
  definition: Definition,
  contact: Contact,
  platform: Platform,
): Promise<Failure | null> {
  const { rulesetId } = definition.sequence;
  const ruleset = rulesetId === null ? null : await findRuleset(db, workspaceId, rulesetId);
  return refusalOf({ ...definition, ruleset }, contact, platform);
}

/** What is there to hold up a message, and how long nobody can tell. */
function waitingIn({ workspacePaused, channel, cap, box }: World) {
  return {
    paused: { workspace: workspacePaused, channel: channel?.pausedAt != null, mailbox: box?.pausedAt != null },
    capped: cap !== null,
    limited: box !== null && (box.limits.daily !== null || box.limits.rate !== null || box.limits.warmup !== null),
  };
}

type Known = Pick<Facts, "contact" | "tree" | "timing"> & { platform: Platform };

/** The world as a turn reads it, with all gates open. */
export function factsOf({ installed }: Context, world: World, { contact, tree, timing, platform }: Known): Facts {
  const { transactional, name, takesOptedOut, channel } = world;
  return {
    sequence: { running: true, archived: false, transactional, name, live: 1, takesOptedOut },
    workspacePaused: false,
    channel: { kind: channel?.kind ?? "outbox", paused: false, deduplicates: true, receiver: "nobody" },
    contact,
    tree,
    timing,
    mirror: { version: 0, completeTo: 0 },
    retryBase: 0,
    cap: null,
    ...(platform === "EMAIL" ? { post: postOf(installed, world) } : {}),
  };
}

/** Seals nothing: a link in a text that was never sent leads nowhere. */
const NO_SEAL = "0".repeat(24);

function postOf({ sender, publicUrl }: Context["installed"], world: World): Post {
  const { box, tracks, showsLink } = world;
  const from = box ? { address: box.email, name: box.name, replyTo: box.replyTo } : (world.sender ?? sender);
  return {
    seal: NO_SEAL,
    publicUrl: publicUrl ?? null,
    replyDomain: null,
    sender: from,
    box: box && openBox(box),
    tracks,
    showsLink,
  };
}

function openBox({ id, email, optOutSignature, updatedAt }: StoredBox): Box {
  return { id, address: email, paused: false, reason: null, limits: null, optOutSignature, asOf: updatedAt };
}

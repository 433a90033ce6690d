/** Knows the world that the tables of the pure floor start from: one contact, one sequence of three steps, one clock. */
import type { Contact } from "../../src/domain/contact";
import type { Trip } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { ALWAYS_OPEN } from "../../src/domain/schedule";
import type { Step } from "../../src/domain/step";
import { DAY, HOUR, MINUTE, type Reading } from "../../src/domain/time";
import { growTree, type Tree } from "../../src/domain/tree";

/** The two clocks are far apart, so that a mix-up of them cannot go unseen. */
export const W = 1_000_000_000_000;
export const J = 2_200_000_000_000;
export const now: Reading = { wall: W, journey: J, speed: 1 };

/** Both clocks after some wall time. */
export function later(ms: number): Reading {
  return { wall: W + ms, journey: J + ms, speed: 1 };
}

export const trip: Trip = {
  id: 7,
  workspaceId: 1,
  sequenceId: 5,
  contactId: 3,
  platform: "TWITTER",
  enrolledAt: J - 2 * HOUR,
};

export const alice: Contact = {
  id: 3,
  workspaceId: 1,
  platform: "TWITTER",
  displayName: "Alice Smith",
  firstName: "Alice",
  lastName: "Smith",
  avatarUrl: null,
  timezone: "Europe/Berlin",
  tags: ["vip", "beta"],
  customFields: { plan: "pro", seats: 12, score: "8.5", active: true, skills: ["go", "rust"], empty: "" },
  addresses: [
    { platform: "TWITTER", address: "@Alice", key: "alice", platformId: null },
    { platform: "EMAIL", address: "Alice@Example.com", key: "alice@example.com", platformId: null },
  ],
  inactive: false,
  optedOutAt: null,
  lastSeenAt: null,
  source: null,
  ipAddress: null,
  subscribedAt: null,
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
};

export function stepOf(id: number, parentId: number | null, over: Partial<Step> = {}): Step {
  return written({
    id,
    sequenceId: 5,
    parentId,
    kind: parentId === null ? "entry" : "message",
    branch: null,
    label: null,
    delay: 0,
    subject: null,
    body: `message ${id}`,
    format: "text",
    settings: {},
    scheduleId: null,
    date: null,
    creatorId: null,
    updaterId: null,
    createdAt: 0,
    updatedAt: 0,
    deletedAt: null,
    ...over,
  } as Step);
}

/** A message with its text as the one variant that it has, unless it brings others. */
function written(step: Step, own = false): Step {
  if (step.kind === "task") return step.variants && !own ? step : { ...step, variants: [] };
  if (step.kind !== "message" || (step.variants && !own)) return step;
  const { id, subject, body, format } = step;
  const variant = { id: id * 10, templateId: id * 100, isPrivate: true, isReply: false, weight: 1, enabledAt: 0 };
  return { ...step, variants: body === null ? [] : [{ ...variant, subject, body, format }] };
}

export const ENTRY = 1;
export const FIRST = 2;
export const SECOND_STEP = 3;
export const THIRD = 4;

/** Entry, then FIRST at once, SECOND_STEP an hour later, THIRD a day after that. */
export const steps: Step[] = [
  stepOf(ENTRY, null),
  stepOf(FIRST, ENTRY, { body: "Hi {{ contact.firstName }}" }),
  stepOf(SECOND_STEP, FIRST, { delay: HOUR / 1000, body: "Still there, {{ contact.firstName }}?" }),
  stepOf(THIRD, SECOND_STEP, { delay: DAY / 1000, body: "Bye" }),
];

function changed(step: Step, over: Partial<Step>): Step {
  return written({ ...step, ...over } as Step, !("variants" in over));
}

/** The tree with some of its steps changed. */
export function treeWith(changes: Record<number, Partial<Step>>, added: Step[] = []): Tree {
  return growTree([...steps.map((step) => changed(step, changes[step.id] ?? {})), ...added], 2);
}

/** Everything runs, and the mirror has what happened so far. */
export const running: Facts = {
  sequence: { running: true, archived: false, transactional: false, name: "Welcome", live: 0 },
  workspacePaused: false,
  channel: { kind: "outbox", paused: false, deduplicates: true, receiver: "outbox" },
  contact: alice,
  tree: growTree(steps, 1),
  timing: ALWAYS_OPEN,
  mirror: { version: 2, completeTo: 2 },
  retryBase: 30_000,
};

export const sequencePaused: Facts = { ...running, sequence: { ...running.sequence, running: false } };
export const workspacePaused: Facts = { ...running, workspacePaused: true };
export const channelPaused: Facts = { ...running, channel: { ...running.channel, paused: true } };
export const archived: Facts = { ...running, sequence: { ...running.sequence, running: false, archived: true } };
export const erased: Facts = { ...running, contact: null };
export const forgetful: Facts = { ...running, channel: { ...running.channel, deduplicates: false } };
export const transactional: Facts = { ...running, sequence: { ...running.sequence, transactional: true } };
export const manyLive: Facts = { ...running, sequence: { ...running.sequence, live: 1_000_000 } };

export function withContact(over: Partial<Contact>, facts: Facts = running): Facts {
  return { ...facts, contact: { ...alice, ...over } };
}

export const optedOut = withContact({ optedOutAt: J - MINUTE });
export const blocked = withContact({
  addresses: alice.addresses.map((one) => ({ ...one, blocked: "bounced" as const })),
});
export const inactive = withContact({ inactive: true });
export const noAddress = withContact({ addresses: alice.addresses.filter(({ platform }) => platform === "EMAIL") });

import { describe, expect, test } from "vitest";
import type { EndReason, Entry, State } from "../../src/domain/enrollment";
import { ledgerLine, type Snapshot, snapshotOf, standingOf } from "../../src/domain/mirror";
import { momentsFrom } from "../../src/domain/moments";
import { tallyOf } from "../../src/domain/tally";
import { HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { FIRST, J, now, SECOND_STEP, trip, W } from "./given";
import {
  backingOff,
  endedCompleted,
  endedFailed,
  endedWithLeased,
  leased,
  live,
  paused,
  pausedBackingOff,
  pausedToFinish,
  pausedUntil,
  pausedWithLeased,
  pending,
  rows,
  waiting,
  waitingBackingOff,
  waitingHeld,
  waitingInFlight,
  waitingItsTurn,
  waitingStranded,
  working,
  workingForGood,
} from "./states";

describe("standing", () => {
  test.each([
    [null, "ACTIVE"],
    ["completed", "COMPLETED"],
    ["failed", "FAILED"],
    ["bounced", "FAILED"],
    ["replied", "EXITED"],
    ["removed", "EXITED"],
    ["opted_out", "EXITED"],
    ["moved", "EXITED"],
    ["archived", "EXITED"],
  ] as [EndReason | null, string][])("%s -> %s", (why, standing) => {
    expect(standingOf(why)).toBe(standing);
  });
});

/** What is the same in every snapshot of the live states. */
const shown: Snapshot = {
  version: 2,
  state: "waiting",
  why: null,
  standing: "ACTIVE",
  step: SECOND_STEP,
  place: SECOND_STEP,
  ran: [FIRST],
  lastStep: FIRST,
  lastTouch: FIRST,
  dueAt: J,
  wakeBy: J,
  endedAt: null,
  repliedAt: null,
  lastSentAt: J - HOUR / 2,
  callCompletedAt: null,
  error: null,
  tally: tallyOf(pending),
  moments: momentsFrom(trip.enrolledAt),
};

const over: Snapshot = { ...shown, state: "ended", step: null, dueAt: null, wakeBy: null, endedAt: J - SECOND };
const fresh = {
  version: 0,
  state: "pending",
  step: null,
  place: null,
  ran: [],
  lastStep: null,
  lastTouch: null,
  lastSentAt: null,
  dueAt: null,
  wakeBy: null,
} as const;

const snapshots: [string, State, Snapshot][] = [
  ["pending", pending, { ...shown, ...fresh, why: "start" }],
  ["waiting", waiting, { ...shown, dueAt: J + HOUR / 2, wakeBy: J + HOUR / 2 }],
  ["waiting and held", waitingHeld, { ...shown, why: "sequence" }],
  ["waiting for its turn", waitingItsTurn, { ...shown, wakeBy: J + 5 * SECOND }],
  ["waiting with a message under way", waitingInFlight, shown],
  ["waiting between attempts", waitingBackingOff, { ...shown, wakeBy: J + 30 * SECOND }],
  ["waiting for its channel", waitingStranded, { ...shown, why: "channel" }],
  ["paused", paused, { ...shown, state: "paused", why: "manual", dueAt: J + HOUR / 2, wakeBy: null }],
  ["paused between attempts", pausedBackingOff, { ...shown, state: "paused", why: "manual", wakeBy: null }],
  ["paused until", pausedUntil(J + HOUR), { ...shown, state: "paused", why: "out_of_office", wakeBy: J + HOUR }],
  [
    "paused to finish",
    pausedToFinish(J + HOUR),
    { ...shown, state: "paused", why: "reply", dueAt: J + HOUR / 2, wakeBy: J + HOUR },
  ],
  ["working", working, { ...shown, state: "working", dueAt: null, wakeBy: J + HOUR }],
  ["working without an end", workingForGood, { ...shown, state: "working", dueAt: null, wakeBy: null }],
  ["ended completed", endedCompleted, { ...over, why: "completed", standing: "COMPLETED", place: null }],
  ["ended failed", endedFailed, { ...over, why: "failed", standing: "FAILED", error: "no such user" }],
  ["ended with a message under way", endedWithLeased, { ...over, why: "replied", standing: "EXITED" }],
];

describe("snapshot", () => {
  test.each(snapshots)("%s -> what the mirror shows", (_, state, snapshot) => {
    expect(snapshotOf(state, now)).toEqual(snapshot);
  });

  test("paused with a message under way -> by no time or a finite one, as JSON can carry it", () => {
    const { wakeBy } = snapshotOf(pausedWithLeased, now);
    expect(wakeBy === null || Number.isFinite(wakeBy)).toBe(true);
  });

  test.each(rows({ ...live, endedFailed }))("%s -> survives the queue as it is", (_, state) => {
    const snapshot = snapshotOf(state, now);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });

  test("the journey's clock runs faster -> the next attempt is shown in journey time", () => {
    const fast = { wall: W, journey: J, speed: 60 };
    expect(snapshotOf(waitingBackingOff, fast).wakeBy).toBe(J + 30 * MINUTE);
  });

  test("a reply was taken in -> its time is shown, live or ended", () => {
    expect(snapshotOf({ ...waiting, repliedAt: J - 5 }, now).repliedAt).toBe(J - 5);
    expect(snapshotOf({ ...endedFailed, repliedAt: J - 5 }, now).repliedAt).toBe(J - 5);
  });
});

describe("ledger", () => {
  const entry: Extract<Entry, { what: "message" }> = {
    what: "message",
    n: 4,
    at: J,
    message: trip.id * 4096 + 2,
    step: SECOND_STEP,
    status: "retrying",
    attempt: 2,
    content: {
      ...leased.content,
      template: { variant: 30, template: 300 },
      subject: "Hello",
      body: "word ".repeat(100),
    },
    reason: "503",
    providerId: null,
    retryAt: backingOff.retryAt ?? 0,
  };

  test("an entry about a message -> its lean line, the body cut to 160 characters", () => {
    const { excerpt, ...line } = ledgerLine(entry);
    expect(line).toEqual({
      n: 4,
      id: 28674,
      step: SECOND_STEP,
      status: "retrying",
      attempts: 2,
      subject: "Hello",
      providerId: null,
      error: "503",
      variant: 30,
      template: 300,
      createdAt: J - SECOND,
      at: J,
    });
    expect(excerpt).toBe(`${"word ".repeat(31)}word…`);
    expect(excerpt.length).toBeLessThanOrEqual(160);
  });

  test("a body of 160 characters -> not cut, one of 161 is", () => {
    const of = (body: string) => ledgerLine({ ...entry, content: { ...entry.content, body } }).excerpt;
    expect(of("x".repeat(160))).toBe("x".repeat(160));
    expect(of("x".repeat(161))).toBe(`${"x".repeat(159)}…`);
  });
});

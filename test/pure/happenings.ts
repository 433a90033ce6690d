/** Knows what can happen to a journey, in what mixture, and how a property is checked on many of them. */
import * as fc from "fast-check";
import type { Outcome } from "../../src/domain/message";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import "./luck";
import { type Happening, happen, newRide, type Ordinary, type Ride, type Turn, type World } from "./ride";

const RUNS = 600;

export const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Outcome>({ kind: "delivered", providerId: "p" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("transient" as const),
      reason: fc.constant("503"),
      retryAfter: fc.constantFrom(undefined, SECOND, HOUR),
    }),
  },
  fc.constantFrom<Outcome>(
    { kind: "permanent", reason: "gone" },
    { kind: "broken", reason: "401" },
    { kind: "unknown", reason: "timeout" },
  ),
);

export const seldom = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);

export const world: fc.Arbitrary<World> = fc.record({
  running: seldom.map((not) => !not),
  archived: fc.integer({ min: 0, max: 60 }).map((n) => n === 0),
  workspacePaused: seldom,
  channelPaused: seldom,
  deduplicates: fc.boolean(),
  optedOut: fc.integer({ min: 0, max: 60 }).map((n) => n === 0),
  addressed: seldom.map((not) => !not),
});

const place = fc.integer({ min: 0, max: 5 });

/** What people do to a journey, and what the mirror tells of itself. */
export const other: fc.Arbitrary<Ordinary> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("reply" as const),
      key: fc.constantFrom("a", "b", "c"),
      old: fc.boolean(),
      action: fc.constantFrom("finish" as const, "continue" as const, "pause" as const),
      until: fc.constantFrom(null, 2 * HOUR, 2 * HOUR + 1),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Ordinary>({ does: "pause" }) },
  { weight: 3, arbitrary: fc.constantFrom<Ordinary>({ does: "resume" }, { does: "start" }) },
  { weight: 6, arbitrary: fc.constant<Ordinary>({ does: "retry" }) },
  { weight: 1, arbitrary: fc.constant<Ordinary>({ does: "exit" }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("mirror" as const), completeTo: fc.nat(40) }) },
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant("pass" as const),
      ms: fc.constantFrom(1, SECOND, MINUTE, HOUR, DAY, DAY),
    }),
  },
  { weight: 18, arbitrary: fc.constant<Happening>({ does: "wake" }) },
  {
    weight: 16,
    arbitrary: fc.record({ does: fc.constant("outcome" as const), outcome, factless: seldom, late: seldom }),
  },
  { weight: 13, arbitrary: other },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom("insert" as const, "insert" as const, "delete" as const), at: place }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("move" as const), from: place, to: place }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("delay" as const), at: place, seconds: fc.constantFrom(0, 60, 86_400) }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant("world" as const), world }) },
);

const rides = fc.record({
  speed: fc.constantFrom(1, 0.5, 3600),
  happenings: fc.array(happening, { minLength: 10, maxLength: 80, size: "max" }),
});

/** Checks a started journey after all that happened to it; what is shrunk and shown are the happenings alone. */
export function always(check: (ride: Ride) => void): void {
  const property = fc.property(rides, ({ speed, happenings }) => {
    const ride = newRide(speed);
    for (const each of [{ does: "start" } as const, ...happenings]) happen(ride, each);
    check(ride);
  });
  fc.assert(property, { numRuns: RUNS });
}

export function eachTurn(check: (turn: Turn) => void): void {
  always((ride) => {
    for (const turn of ride.turns) check(turn);
  });
}

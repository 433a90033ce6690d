/** Knows what trees of steps there are, and what can happen to a journey through one while it is edited. */
import * as fc from "fast-check";
import { MESSAGE_FACTS } from "../../src/domain/message";
import { TASK_TYPES, type Test } from "../../src/domain/step";
import { DAY, HOUR, MINUTE } from "../../src/domain/time";
import { faultOf } from "../../src/domain/walkable";
import { other, outcome, seldom, world } from "./happenings";
import "./luck";
import type { Sprout } from "./planting";
import * as sprout from "./planting";
import { plant } from "./planting";
import { FIRST_ID, happenInTree, newTreeRide, type TreeEdit, type TreeHappening, type TreeRide } from "./treeride";

const RUNS = 200;

const DEEDS = ["complete", "complete", "finish", "skip", "reschedule", "deliver"] as const;

const seconds = fc.constantFrom(0, 0, 0, 60, 3600, 86_400);
const tag = fc.constantFrom("vip", "gold");

const test: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ on: fc.constant("tag" as const), tag }),
  fc.record({
    on: fc.constant("message" as const),
    fact: fc.constantFrom("opened" as const, "clicked" as const),
    which: fc.constantFrom("any" as const, "previous" as const),
  }),
  fc.constant<Test>({ on: "reply" }),
  fc.constant<Test>({ on: "contact", condition: { field: "customFields.plan", op: "is", value: "pro" } }),
);

/** The ids are given when the whole tree is there. */
const single: fc.Arbitrary<Sprout> = fc.oneof(
  { weight: 6, arbitrary: seconds.map((delay) => sprout.message(0, { delay })) },
  { weight: 2, arbitrary: seconds.map((delay) => sprout.delay(0, delay)) },
  { weight: 1, arbitrary: fc.constantFrom("00:00", "08:30").map((time) => sprout.timeOfDay(0, time)) },
  { weight: 2, arbitrary: tag.map((name) => sprout.addTag(0, name)) },
  { weight: 1, arbitrary: tag.map((name) => sprout.removeTag(0, name)) },
  { weight: 1, arbitrary: fc.constant(sprout.request(0)) },
  {
    weight: 2,
    arbitrary: fc
      .record({ type: fc.constantFrom(...TASK_TYPES), autoskip: fc.constantFrom(null, null, 0, 3600), delay: seconds })
      .map(({ delay, ...settings }) => sprout.task(0, { delay, settings })),
  },
);

const last = fc.constantFrom(...Array.from({ length: 3 }, () => sprout.moveTo(0, 9)), sprout.deactivate(0));

function fork(depth: number): fc.Arbitrary<Sprout> {
  const branches = { yes: chain(depth), no: chain(depth), upTo: seconds, delay: seconds };
  return fc.record({ test, ...branches }).map(({ test, ...rest }) => sprout.condition(0, test, rest));
}

/** Steps one after the other, conditions among them as deep as told; here and there one ends in a move. */
function chain(depth: number): fc.Arbitrary<Sprout[]> {
  const each =
    depth === 0 ? single : fc.oneof({ weight: 3, arbitrary: single }, { weight: 2, arbitrary: fork(depth - 1) });
  const steps = fc.array(each, { minLength: depth === 3 ? 3 : 0, maxLength: depth === 3 ? 7 : 3, size: "max" });
  return fc
    .tuple(steps, depth === 3 ? fc.constant(null) : fc.option(last, { freq: 2 }))
    .map(([list, end]) => (end ? [...list, end] : list));
}

function numbered(sprouts: Sprout[], next = { id: FIRST_ID }): Sprout[] {
  return sprouts.map((each) => {
    const id = next.id++;
    const branch = (steps: Sprout[] | undefined) => (steps ? numbered(steps, next) : undefined);
    const [yes, no] = [branch(each.yes), branch(each.no)];
    return { ...each, id, ...(yes && no ? { yes, no } : {}) };
  });
}

const place = fc.oneof({ weight: 3, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.constant(-1) });
const inserted = fc.oneof(
  { weight: 5, arbitrary: single },
  {
    weight: 2,
    arbitrary: fc.record({ test, upTo: seconds }).map(({ test, upTo }) => sprout.condition(0, test, { upTo })),
  },
  { weight: 1, arbitrary: last },
);

const edit: fc.Arbitrary<TreeEdit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant("insertUnder" as const), at: place, sprout: inserted }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("insertAt" as const), at: fc.nat(30), sprout: single }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("remove" as const), at: place, withBranches: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("delay" as const), at: place, seconds }) },
);

const move: fc.Arbitrary<TreeEdit> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant("moveUnder" as const), at: place, under: place }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("moveTo" as const), at: place, order: fc.nat(30) }) },
);

const ordinary: { weight: number; arbitrary: fc.Arbitrary<TreeHappening> }[] = [
  {
    weight: 12,
    arbitrary: fc.record({ does: fc.constant("pass" as const), ms: fc.constantFrom(1, MINUTE, HOUR, DAY, DAY) }),
  },
  { weight: 24, arbitrary: fc.constant<TreeHappening>({ does: "goOn" }) },
  { weight: 10, arbitrary: fc.constant<TreeHappening>({ does: "wake" }) },
  {
    weight: 10,
    arbitrary: fc.record({ does: fc.constant("outcome" as const), outcome, factless: seldom, late: seldom }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("noted" as const),
      ordinal: fc.nat(9),
      fact: fc.constantFrom(...MESSAGE_FACTS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant("moved" as const), refusal: fc.constantFrom(null, null, "archived") }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("work" as const),
      deed: fc.constantFrom(...DEEDS),
      late: seldom,
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("tags" as const), tags: fc.subarray(["vip", "gold"]) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("world" as const), world }) },
  { weight: 6, arbitrary: other },
];

function rides(edits: fc.Arbitrary<TreeEdit>) {
  return fc.record({
    speed: fc.constantFrom(1, 0.5, 3600),
    sprouts: chain(3)
      .map((sprouts) => numbered(sprouts))
      .filter((sprouts) => faultOf(plant(...sprouts)) === null),
    happenings: fc.array(fc.oneof(...ordinary, { weight: 12, arbitrary: edits }), {
      minLength: 10,
      maxLength: 70,
      size: "max",
    }),
  });
}

const still = rides(edit);
/** What happens to a journey and to its tree, for those who let it happen themselves. */
export const moving = rides(fc.oneof(edit, move));

/** Checks a journey after all that happened to it and to its tree, steps moved about among it. */
export function alwaysInTrees(check: (ride: TreeRide) => void): void {
  always(moving, check);
}

/** The same, but that no step is moved. */
export function withoutMoves(check: (ride: TreeRide) => void): void {
  always(still, check);
}

function always(drawn: ReturnType<typeof rides>, check: (ride: TreeRide) => void): void {
  const property = fc.property(drawn, (one) => check(ridden(one)));
  fc.assert(property, { numRuns: RUNS });
}

export interface Drawn {
  speed: number;
  sprouts: Sprout[];
  happenings: TreeHappening[];
}

export function ridden({ speed, sprouts, happenings }: Drawn): TreeRide {
  const ride = newTreeRide(speed, sprouts);
  for (const each of [{ does: "start" } as const, ...happenings]) happenInTree(ride, each);
  return ride;
}

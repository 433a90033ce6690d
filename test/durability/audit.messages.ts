/** Knows which messages must have reached the receiver: each of a journey's way once, in order, in time, and repeated only around a fault. */
import { type Account, acceptedOf, fatesOf, isAccepted, type Journey, type Reached } from "./account.ts";
import { journeysOf, saying } from "./audit.ends.ts";
import type { Outcome } from "./audit.ts";
import { type Check, check, type Finding } from "./check.ts";
import { dailyLimitFor, numberOf, OPEN } from "./flows.ts";
import { MOST_BACK } from "./plan.ts";
import type { Arrival } from "./receiver.ts";
import { type Death, SPEED } from "./victim.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** An attempt lasts no longer than this, and then its outcome is written; one that was written is never repeated. */
const UNDER_WAY = 40_000;

export function auditMessages(outcome: Outcome, account: Account): Check[] {
  const { journeys } = account;
  const reached = journeys.flatMap(({ reached }) => reached);
  const accepted = reached.filter(isAccepted).length;
  const { repeats, unfounded } = repeatsOf(journeys, outcome.deaths);
  const altered = reached.filter(({ arrivals }) => new Set(arrivals.map(({ bytes }) => bytes)).size > 1);
  const twice = journeys.flatMap((journey) => twiceIn(journey));
  return [
    check("each got the messages of his way in order, each once", `${accepted} accepted`, astray(outcome, account)),
    check("whatever was edited, none got a step twice", `${journeys.length} enrollments`, twice),
    check("an edited sequence brought all that was left alone", "edited", astrayInEdited(outcome, account)),
    check(
      "each receipt stands in the history, and each that stands there came",
      `${accepted}`,
      journeys.flatMap(unlike),
    ),
    check(
      "every repeat had the same bytes",
      `${repeats} repeats`,
      altered.map(({ id }) => `${id} was altered`),
    ),
    check("what was repeated was around a fault", `${repeats} repeats`, unfounded),
    check("no message was made before its delay was over", `${accepted}`, early(outcome, account)),
    check("none was made while its window was shut", "window", outside(outcome, account)),
    check("no mailbox sent more on a day than it may", "mailbox", tooMany(outcome, account)),
  ];
}

function astray({ people, enrolling }: Outcome, account: Account): Finding[] {
  return people
    .filter((person) => enrolling.enrolled.has(person))
    .flatMap((person) =>
      person.ways.flatMap(({ sequence, way }) => {
        const [journey] = journeysOf(account, person, sequence);
        const got = journey ? acceptedOf(journey).map(({ step }) => step) : [];
        if (journey && got.join() === way.join() && ["completed", "moved"].includes(String(journey.row.why))) return [];
        return [{ what: `${person.name} got [${got}] in ${sequence} in place of [${way}]`, journey }];
      }),
    );
}

function twiceIn(journey: Journey): Finding[] {
  const steps = acceptedOf(journey).map(({ step }) => step);
  const twice = steps.filter((step, i) => step !== "act" && steps.indexOf(step) < i);
  return twice.map((step) => saying(`got ${step} twice`)(journey));
}

/** Steps that were neither deleted nor moved come in their order; an inserted one may come in between. */
function astrayInEdited({ flows, edited }: Outcome, { journeys }: Account): Finding[] {
  const flow = flows.find(({ name }) => name === "edited");
  const way = (flow?.steps ?? []).filter((step) => !edited.has(step));
  const own = journeys.filter(({ row }) => row.sequence_id === numberOf(flow?.sequence ?? ""));
  return own.flatMap((journey) => {
    const got = acceptedOf(journey).map(({ step }) => step);
    const kept = got.filter((step) => way.includes(step));
    return kept.join() === way.join() ? [] : [saying(`got [${got}], and should have got at least [${way}]`)(journey)];
  });
}

/** Of what was cut off by an end, it may be that nobody knows. */
function unlike(journey: Journey): Finding[] {
  const accepted = new Set(acceptedOf(journey).map(({ id }) => numberOf(id)));
  const fates = fatesOf(journey);
  const missing = [...fates].filter(([id, { status }]) => status === "sent" && !accepted.has(id));
  const unknown = acceptedOf(journey).filter(({ id, step }) => step !== "act" && !fates.has(numberOf(id)));
  const ended = journey.row.why;
  const odd = [...fates].filter(
    ([, { status }]) => status !== "sent" && (ended === "completed" || status === "retrying"),
  );
  return [
    ...missing.map(([id]) => saying(`says that it sent msg_${id}, and nobody got that`)(journey)),
    ...unknown.map(({ id }) => saying(`knows nothing of ${id}`)(journey)),
    ...odd.filter(([id]) => !isExcused(journey, id)).map(([id]) => saying(`left msg_${id} undecided`)(journey)),
  ];
}

/** A message between attempts is dropped when its step is deleted. */
function isExcused(journey: Journey, message: number): boolean {
  const fate = fatesOf(journey).get(message);
  return fate?.status === "cancelled" && fate.reason === "its step was deleted";
}

/** How many requests came again, and which of them though the one before was answered and nobody died. */
function repeatsOf(journeys: readonly Journey[], deaths: readonly Death[]) {
  const unfounded: Finding[] = [];
  let repeats = 0;
  for (const journey of journeys) {
    for (const { id, arrivals } of journey.reached) {
      for (const [i, again] of arrivals.slice(1).entries()) {
        repeats += 1;
        const before = arrivals[i];
        if (before && !isFounded(before, again, deaths)) unfounded.push(saying(`sent ${id} again`)(journey));
      }
    }
  }
  return { repeats, unfounded };
}

function isFounded(before: Arrival, again: Arrival, deaths: readonly Death[]): boolean {
  if (!before.confirmed) return true;
  return deaths.some(({ at, over }) => over >= before.at && at <= again.at && at - before.at <= UNDER_WAY);
}

function early({ flows }: Outcome, { journeys }: Account): Finding[] {
  return flows
    .filter(({ name }) => name !== "edited")
    .flatMap(({ sequence, steps, delays }) => {
      const own = journeys.filter(({ row }) => row.sequence_id === numberOf(sequence));
      return own.flatMap((journey) => earlyIn(journey, { steps, delays }));
    });
}

function earlyIn(journey: Journey, { steps, delays }: { steps: string[]; delays: number[] }): Finding[] {
  const madeAt = (step: string | undefined) => journey.reached.find((one) => one.step === step)?.madeAt ?? null;
  return steps.flatMap((step, i) => {
    const before = i === 0 ? Number(journey.row.enrolled_at) : madeAt(steps[i - 1]);
    const at = madeAt(step);
    if (at === null || before === null) return [];
    const least = before + (delays[i] ?? 0) * HOUR - MOST_BACK * SPEED;
    return at < least ? [saying(`made ${step} early`)(journey)] : [];
  });
}

function madeIn(
  { flows }: Outcome,
  { journeys }: Account,
  name: string,
): { journey: Journey; one: Reached; at: number }[] {
  const sequence = numberOf(flows.find((flow) => flow.name === name)?.sequence ?? "");
  const own = journeys.filter(({ row }) => row.sequence_id === sequence);
  return own.flatMap((journey) =>
    journey.reached.flatMap((one) => (one.madeAt === null ? [] : [{ journey, one, at: one.madeAt }])),
  );
}

function outside(outcome: Outcome, account: Account): Finding[] {
  const shut = madeIn(outcome, account, "window").filter(({ at }) => {
    const time = new Date(at).toISOString().slice(11, 16);
    return time < OPEN.from || time >= OPEN.to;
  });
  return shut.map(({ journey, one }) => saying(`made ${one.id} outside of its window`)(journey));
}

function tooMany(outcome: Outcome, account: Account): Finding[] {
  const days = Map.groupBy(madeIn(outcome, account, "mailbox"), ({ at }) => Math.floor(at / DAY));
  const limit = dailyLimitFor(outcome.people.length);
  return [...days]
    .filter(([, made]) => made.length > limit)
    .map(([day, made]) => ({ what: `${made.length} of ${limit} on ${new Date(day * DAY).toISOString()}` }));
}

/** Knows when steps are due by a schedule or on a day, and what a journey does that comes to one at the wrong time. */
import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { decide } from "../../src/domain/decide";
import { type Decision, type State, unstarted } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { snapshotOf } from "../../src/domain/mirror";
import { ALWAYS_OPEN, dueAt, type Timing } from "../../src/domain/schedule";
import type { Step } from "../../src/domain/step";
import { HOUR, type Reading, SECOND } from "../../src/domain/time";
import { growTree } from "../../src/domain/tree";
import { whyWaiting } from "../../src/domain/waiting";
import type { Schedule } from "../../src/domain/window";
import { alice, running, stepOf, trip } from "./given";

const days = (from: string, to: string, which = [1, 2, 3, 4, 5]) => which.map((day) => ({ day, from, to }));
const OFFICE = 1;
const EVENINGS = 2;
const THERE = 3;
const schedules = new Map<number, Schedule>([
  [OFFICE, { zone: "UTC", openings: days("09:00", "17:00"), holidays: [] }],
  [EVENINGS, { zone: "UTC", openings: days("18:00", "20:00", [1, 2, 3, 4, 5, 6, 7]), holidays: [] }],
  [THERE, { zone: null, openings: days("09:00", "17:00"), holidays: [] }],
]);

const calendar: Timing = { ...ALWAYS_OPEN, scheduleId: OFFICE, schedules };
const counted: Timing = { ...calendar, intervals: "schedule" };
const dated: Timing = { ...calendar, type: "date" };
const datedFreely: Timing = { ...dated, scheduleId: null };

const instant = (text: string) => Date.parse(text);
const at = (text: string): Reading => ({ wall: 1e12 + instant(text), journey: instant(text), speed: 1 });

const mail = (over: Partial<Step> = {}) => stepOf(2, 1, over);
const wait = (delay: number) => stepOf(2, 1, { kind: "delay", delay });
const H = 3600;

/** 2024-01-10 was a Wednesday. */
describe("when a step is due", () => {
  const CASES: [what: string, timing: Timing, step: Step, anchor: string, due: string][] = [
    ["calendar: open by then", calendar, mail({ delay: 2 * H }), "2024-01-10T10:00Z", "2024-01-10T12:00Z"],
    ["calendar: closed by then", calendar, mail({ delay: 8 * H }), "2024-01-10T10:00Z", "2024-01-11T09:00Z"],
    ["calendar: over a weekend", calendar, mail({ delay: 24 * H }), "2024-01-12T10:00Z", "2024-01-15T09:00Z"],
    ["calendar: a delay is bound by nothing", calendar, wait(8 * H), "2024-01-10T10:00Z", "2024-01-10T18:00Z"],
    [
      "calendar: nor is a tag",
      calendar,
      stepOf(2, 1, { kind: "add_tag", settings: { tags: ["a"] } }),
      "2024-01-10T20:00Z",
      "2024-01-10T20:00Z",
    ],
    ["schedule: within a day", counted, mail({ delay: 2 * H }), "2024-01-10T10:00Z", "2024-01-10T12:00Z"],
    ["schedule: into the next day", counted, mail({ delay: 8 * H }), "2024-01-10T10:00Z", "2024-01-11T10:00Z"],
    ["schedule: up to the closing", counted, mail({ delay: 7 * H }), "2024-01-10T10:00Z", "2024-01-11T09:00Z"],
    ["schedule: a delay up to the closing", counted, wait(7 * H), "2024-01-10T10:00Z", "2024-01-10T17:00Z"],
    ["schedule: a delay counts open time", counted, wait(24 * H), "2024-01-10T09:00Z", "2024-01-12T17:00Z"],
    [
      "schedule, but there is none",
      { ...counted, scheduleId: null },
      wait(24 * H),
      "2024-01-10T09:00Z",
      "2024-01-11T09:00Z",
    ],
    [
      "the schedule is gone",
      { ...counted, scheduleId: 9 },
      mail({ delay: H }),
      "2024-01-10T20:00Z",
      "2024-01-10T21:00Z",
    ],
    ["the step's own schedule", calendar, mail({ scheduleId: EVENINGS }), "2024-01-12T20:00Z", "2024-01-13T18:00Z"],
    [
      "the step's own schedule counts",
      counted,
      mail({ scheduleId: EVENINGS, delay: 3 * H }),
      "2024-01-10T12:00Z",
      "2024-01-11T19:00Z",
    ],
    ["the contact's zone", { ...calendar, scheduleId: THERE }, mail(), "2024-01-10T02:00Z", "2024-01-10T08:00Z"],
    [
      "a day: its first opening",
      dated,
      mail({ date: "2024-01-12", delay: 5 * H }),
      "2024-01-10T10:00Z",
      "2024-01-12T09:00Z",
    ],
    [
      "a day: the one after it that opens",
      dated,
      mail({ date: "2024-01-13" }),
      "2024-01-10T10:00Z",
      "2024-01-15T09:00Z",
    ],
    ["a day: it has begun", dated, mail({ date: "2024-01-10" }), "2024-01-10T10:00Z", "2024-01-10T10:00Z"],
    ["a day: midnight there", datedFreely, mail({ date: "2024-01-12" }), "2024-01-10T10:00Z", "2024-01-11T23:00Z"],
    ["a day: over", datedFreely, mail({ date: "2024-01-09" }), "2024-01-10T10:00Z", "2024-01-10T10:00Z"],
    ["a day: closed for the rest of it", dated, mail({ date: "2024-01-10" }), "2024-01-10T17:00Z", "2024-01-10T17:00Z"],
    ["no day: at once", datedFreely, mail({ delay: 5 * H }), "2024-01-10T10:00Z", "2024-01-10T10:00Z"],
    ["no day: the next opening", dated, mail(), "2024-01-10T20:00Z", "2024-01-11T09:00Z"],
    ["a delay between days", dated, wait(H), "2024-01-10T20:00Z", "2024-01-10T21:00Z"],
    ["a day in an interval sequence", calendar, mail({ date: "2024-02-01" }), "2024-01-10T10:00Z", "2024-01-10T10:00Z"],
  ];

  test.each(CASES)("%s", (_, timing, step, anchor, due) => {
    const found = dueAt(instant(anchor), step, { contact: { timezone: "Europe/Berlin" }, timing });
    expect(new Date(found).toISOString()).toBe(new Date(due).toISOString());
  });
});

function factsOf(timing: Timing, steps: Step[], over: Partial<Facts> = {}): Facts {
  return { ...running, timing, contact: alice, tree: growTree([stepOf(1, null), ...steps], 1), ...over };
}

/** A journey that started at an instant, and awaits its first step. */
function journeyFrom(text: string): State {
  const enrolledAt = instant(text);
  return {
    ...unstarted({ ...trip, enrolledAt }),
    phase: { is: "waiting", step: 2, dueAt: enrolledAt },
    anchorAt: enrolledAt,
  };
}

function wakeAt(state: State, facts: Facts, text: string): Decision {
  return decide(state, { kind: "wake", facts }, at(text));
}

/** When it wakes next, as long as nothing else happens. */
function wakesAt(state: State, text: string): string | null {
  const wake = nextWake(state, at(text));
  return wake === null ? null : new Date(wake - 1e12).toISOString();
}

const NIGHT = "2024-01-10T03:00:00.000Z";
const MORNING = "2024-01-10T09:00:00.000Z";

describe("a shown step goes out only while its schedule is open", () => {
  const facts = factsOf(calendar, [mail()]);
  const pausedFacts = { ...facts, sequence: { ...facts.sequence, running: false } };
  /** Due in the afternoon, and looked at in the night. */
  const overdue = journeyFrom("2024-01-09T16:00Z");

  test("waiting + overdue, looked at in the night -> waits for the morning, and wakes then", () => {
    const { state, deliver } = wakeAt(overdue, facts, NIGHT);
    expect(deliver).toBeUndefined();
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: instant(MORNING) });
    expect(wakesAt(state, NIGHT)).toBe(MORNING);
    expect(snapshotOf(state, at(NIGHT))).toMatchObject({ dueAt: instant(MORNING), wakeBy: instant(MORNING) });
    expect(whyWaiting(state, facts, at(NIGHT))).toEqual({
      for: "window",
      until: instant(MORNING),
      detail: "the schedule is closed",
    });
    expect(wakeAt(state, facts, NIGHT).state).toEqual(state);
    expect(wakeAt(state, facts, MORNING).deliver).toMatchObject({ step: 2, attempt: 1 });
  });

  test("waiting + fell due in closed hours -> waits for the morning", () => {
    const { state } = wakeAt(journeyFrom("2024-01-09T20:00Z"), facts, "2024-01-09T20:00Z");
    expect(wakesAt(state, NIGHT)).toBe(MORNING);
    expect(whyWaiting(state, facts, at(NIGHT))).toMatchObject({ for: "window", until: instant(MORNING) });
  });

  test("waiting + its delay runs still -> for the delay, until the opening that follows", () => {
    const late = factsOf(calendar, [mail({ delay: 12 * H })]);
    const { state } = wakeAt(overdue, late, "2024-01-09T16:00Z");
    expect(whyWaiting(state, late, at("2024-01-09T16:00Z"))).toMatchObject({ for: "delay", until: instant(MORNING) });
    expect(whyWaiting(state, late, at("2024-01-10T05:00Z"))).toMatchObject({ for: "window", until: instant(MORNING) });
  });

  test("held + released in the night -> waits for the morning", () => {
    const { state: held } = wakeAt(overdue, pausedFacts, "2024-01-09T16:30Z");
    expect(held.phase).toMatchObject({ held: "sequence" });
    const { state, deliver } = wakeAt(held, facts, NIGHT);
    expect(deliver).toBeUndefined();
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: instant(MORNING) });
    const { state: again } = wakeAt(state, pausedFacts, MORNING);
    expect(again.phase).toMatchObject({ held: "sequence", dueAt: instant("2024-01-09T16:00Z") });
  });

  test("paused + resumed in the night -> waits for the morning", () => {
    const paused = decide(overdue, { kind: "pause", why: "manual" }, at("2024-01-09T16:30Z")).state;
    const resumed = decide(paused, { kind: "resume" }, at(NIGHT)).state;
    expect(wakesAt(wakeAt(resumed, facts, NIGHT).state, NIGHT)).toBe(MORNING);
  });

  test("waiting for the morning + a schedule that is open -> goes out at once", () => {
    const { state } = wakeAt(overdue, facts, NIGHT);
    expect(wakeAt(state, factsOf(ALWAYS_OPEN, [mail()]), NIGHT).deliver).toMatchObject({ step: 2 });
  });

  test("waiting for the morning + a schedule that opens later -> waits for that", () => {
    const { state } = wakeAt(overdue, facts, NIGHT);
    const later = factsOf({ ...calendar, scheduleId: EVENINGS }, [mail()]);
    expect(wakesAt(wakeAt(state, later, MORNING).state, MORNING)).toBe("2024-01-10T18:00:00.000Z");
  });

  test("a step that is not shown + the night -> done all the same", () => {
    const tag = stepOf(2, 1, { kind: "add_tag", settings: { tags: ["a"] } });
    expect(wakeAt(overdue, factsOf(calendar, [tag]), NIGHT).deliver).toMatchObject({ act: { kind: "add_tag" } });
  });
});

describe("a message between attempts", () => {
  const facts = factsOf(calendar, [mail()]);
  const AFTERNOON = "2024-01-09T16:59:50.000Z";
  const claimed = wakeAt(journeyFrom("2024-01-09T16:59:50Z"), facts, AFTERNOON).state;
  const message = claimed.inFlight?.message ?? 0;
  const transient = { kind: "transient", reason: "busy" } as const;
  const failed = decide(
    claimed,
    { kind: "outcome", message, attempt: 1, outcome: transient, facts },
    at(AFTERNOON),
  ).state;
  const EVENING = "2024-01-09T17:05:00.000Z";

  test("the next attempt is due in closed hours -> made in the morning; the night does not count as time of trying", () => {
    const { state, deliver } = wakeAt(failed, facts, EVENING);
    expect(deliver).toBeUndefined();
    expect(wakesAt(state, EVENING)).toBe(MORNING);
    expect(snapshotOf(state, at(EVENING)).wakeBy).toBe(instant(MORNING));
    expect(whyWaiting(state, facts, at(EVENING))).toMatchObject({ for: "window", until: instant(MORNING) });
    expect(wakeAt(state, facts, NIGHT).state).toEqual(state);
    const { deliver: again, state: going } = wakeAt(state, facts, MORNING);
    expect(again).toMatchObject({ message, attempt: 2 });
    expect(going.phase).not.toHaveProperty("opensAt");
    const retryAt = failed.inFlight?.retryAt ?? 0;
    expect((again?.since ?? 0) - (failed.inFlight?.since ?? 0)).toBe(at(MORNING).wall - retryAt);
  });

  test("the schedule opens sooner by an edit -> made at once", () => {
    const { state } = wakeAt(failed, facts, EVENING);
    expect(wakeAt(state, factsOf(ALWAYS_OPEN, [mail()]), NIGHT).deliver).toMatchObject({ attempt: 2 });
  });

  test("a failed one that is taken up again in the night -> made in the morning, with all its time of trying ahead", () => {
    const spent = { ...failed, inFlight: failed.inFlight && { ...failed.inFlight, since: 0 } };
    const over = decide(
      { ...spent, inFlight: { ...claimed.inFlight, since: 0 } as State["inFlight"] },
      {
        kind: "outcome",
        message,
        attempt: 1,
        outcome: transient,
        facts,
      },
      at(AFTERNOON),
    ).state;
    expect(over.phase).toMatchObject({ is: "ended", why: "failed" });
    const retried = decide(over, { kind: "retry" }, at(NIGHT)).state;
    const { state, deliver } = wakeAt(retried, facts, NIGHT);
    expect(deliver).toBeUndefined();
    expect(wakeAt(state, facts, MORNING).deliver).toMatchObject({ message, since: at(MORNING).wall });
  });

  test("an act of a step + the night -> tried again all the same", () => {
    const tag = stepOf(2, 1, { kind: "add_tag", settings: { tags: ["a"] } });
    const acting = factsOf(calendar, [tag]);
    const begun = wakeAt(journeyFrom(NIGHT), acting, NIGHT).state;
    const id = begun.inFlight?.message ?? 0;
    const put = decide(
      begun,
      { kind: "outcome", message: id, attempt: 1, outcome: transient, facts: acting },
      at(NIGHT),
    );
    expect(wakeAt(put.state, acting, "2024-01-10T04:00Z").deliver).toMatchObject({ attempt: 2 });
  });
});

describe("a step with a day", () => {
  const on = (id: number, date: string | null) => stepOf(id, id - 1, { date });
  const skipped = (step: number) => ({
    what: "step",
    step,
    kind: "message",
    result: "skipped",
    reason: "its day is over",
  });

  test("days that were over when the journey came to them -> passed over, up to the first that is not", () => {
    const facts = factsOf(datedFreely, [on(2, "2024-01-08"), on(3, "2024-01-09"), on(4, "2024-01-12")]);
    const { state, deeds } = wakeAt(journeyFrom("2024-01-10T10:00Z"), facts, "2024-01-10T10:00Z");
    expect(deeds).toEqual([skipped(2), skipped(3)]);
    expect(state).toMatchObject({ phase: { is: "waiting", step: 4 }, ran: [2, 3], lastShown: null });
    expect(wakesAt(state, "2024-01-10T10:00Z")).toBe("2024-01-11T23:00:00.000Z");
    expect(wakeAt(state, facts, "2024-01-11T23:00Z").deliver).toMatchObject({ step: 4 });
  });

  test("its own day, late in it -> sent", () => {
    const facts = factsOf(datedFreely, [on(2, "2024-01-10")]);
    expect(wakeAt(journeyFrom("2024-01-10T22:59Z"), facts, "2024-01-10T22:59:59Z").deliver).toMatchObject({ step: 2 });
  });

  test("its day went by under a hold -> passed over, not sent late", () => {
    const facts = factsOf(datedFreely, [on(2, "2024-01-10"), on(3, null)]);
    const held = wakeAt(
      journeyFrom("2024-01-09T10:00Z"),
      { ...facts, workspacePaused: true },
      "2024-01-10T10:00Z",
    ).state;
    expect(held.phase).toMatchObject({ held: "workspace" });
    const { deeds, deliver } = wakeAt(held, facts, "2024-01-11T10:00Z");
    expect(deeds).toEqual([skipped(2)]);
    expect(deliver).toMatchObject({ step: 3 });
  });

  test("its last opening went by -> passed over before the day is over", () => {
    const facts = factsOf(dated, [on(2, "2024-01-10")]);
    const { deeds } = wakeAt(journeyFrom("2024-01-09T10:00Z"), facts, "2024-01-10T17:00Z");
    expect(deeds).toEqual([skipped(2), { what: "ended", why: "completed", error: null }]);
  });

  test("a day on which it is closed -> sent at the opening that follows, all that day", () => {
    const facts = factsOf(dated, [on(2, "2024-01-13")]);
    const waits = wakeAt(journeyFrom("2024-01-10T10:00Z"), facts, "2024-01-10T10:00Z").state;
    expect(wakesAt(waits, "2024-01-14T10:00Z")).toBe("2024-01-15T09:00:00.000Z");
    expect(wakeAt(waits, facts, "2024-01-15T16:00Z").deliver).toMatchObject({ step: 2 });
    expect(wakeAt(waits, facts, "2024-01-16T10:00Z").deeds).toContainEqual(skipped(2));
  });

  test("the step after a message -> its day, by the facts of the outcome", () => {
    const facts = factsOf(datedFreely, [on(2, null), on(3, "2024-01-12")]);
    const now = "2024-01-10T10:00Z";
    const claimed = wakeAt(journeyFrom(now), facts, now).state;
    const message = claimed.inFlight?.message ?? 0;
    const outcome = { kind: "delivered", providerId: null } as const;
    const { state } = decide(claimed, { kind: "outcome", message, attempt: 1, outcome, facts }, at(now));
    expect(state.phase).toMatchObject({ is: "waiting", step: 3, dueAt: instant("2024-01-11T23:00Z") });
  });
});

test("a faster clock -> the alarm for the opening, in wall time", () => {
  const fast = { wall: 1e12, journey: instant(NIGHT), speed: 3600 };
  const facts = factsOf(calendar, [mail()]);
  const { state } = decide(journeyFrom("2024-01-09T16:00Z"), { kind: "wake", facts }, fast);
  expect(nextWake(state, fast)).toBe(1e12 + (6 * HOUR) / 3600);
  expect(6 * HOUR).toBe(6 * H * SECOND);
});

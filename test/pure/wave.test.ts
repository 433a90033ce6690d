/** Knows how those are spread who fall due at one instant, and who is not, for he would come alone. */
import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { decide } from "../../src/domain/decide";
import type { Phase, State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import type { Rate } from "../../src/domain/mailbox";
import { messageId } from "../../src/domain/message";
import { snapshotOf } from "../../src/domain/mirror";
import { DELIVERY_TIMEOUT } from "../../src/domain/outcome";
import { backoff, RETRY_BASE } from "../../src/domain/retry";
import { ALWAYS_OPEN, dueAt, type Timing } from "../../src/domain/schedule";
import type { Step } from "../../src/domain/step";
import { unneeded } from "../../src/domain/ticket";
import { HOUR, MINUTE, type Reading, SECOND } from "../../src/domain/time";
import { growTree } from "../../src/domain/tree";
import { upgraded } from "../../src/domain/upgrade";
import { whyWaiting } from "../../src/domain/waiting";
import { LONGEST_WAVE, lastIn, PACE, releasedBetween, releasedIn, standBefore, turnOf } from "../../src/domain/wave";
import { isOpen, type Schedule } from "../../src/domain/window";
import { alice, running, stepOf, trip } from "./given";
import { condition, GOLD, message, plant, timeOfDay } from "./planting";
import { pending } from "./states";

const DAYS = [1, 2, 3, 4, 5, 6, 7];
const open = (from: string, to: string): Schedule => ({
  zone: null,
  openings: DAYS.map((day) => ({ day, from, to })),
  holidays: [],
});
const timed = (schedule: Schedule, over: Partial<Timing> = {}): Timing => ({
  ...ALWAYS_OPEN,
  scheduleId: 1,
  schedules: new Map([[1, schedule]]),
  ...over,
});
const OFFICE = timed(open("09:00", "17:00"));
const COUNTED: Timing = { ...OFFICE, intervals: "schedule" };
const DATED: Timing = { ...ALWAYS_OPEN, type: "date" };

const MANY = 10_000;
const instant = (text: string) => Date.parse(text);
/** In January a clock in Berlin is an hour ahead. */
const NINE = instant("2024-01-10T08:00Z");
const reading = (journey: number, speed = 1): Reading => ({ wall: 1e12, journey, speed });

const mail = (over: Partial<Step> = {}) => stepOf(2, 1, over);
const wait = (delay: number, id = 2) => stepOf(id, id - 1, { kind: "delay", delay });
const nineOClock = stepOf(2, 1, { kind: "delay_until_time", settings: { time: "09:00", zone: null } });

function factsOf(timing: Timing, steps: Step[], live = MANY): Facts {
  const sequence = { ...running.sequence, live };
  return { ...running, sequence, contact: { ...alice, timezone: "Europe/Berlin" }, timing, tree: treeOf(steps) };
}

function treeOf(steps: Step[]) {
  return growTree([stepOf(1, null), ...steps], 1);
}

function one(id: number, anchor: string, over: Partial<State> = {}): State {
  return { ...pending, trip: { ...trip, id }, anchorAt: instant(anchor), lastStep: 1, ran: [1], ...over };
}

/** How long each of a crowd waits for its turn once it is due. */
function waitsOf(step: Step, facts: Facts, anchor: string, now = reading(instant(anchor))): number[] {
  return Array.from({ length: facts.sequence.live }, (_, id) => {
    const { dueAt: due, releaseAt = due } = standBefore(one(id + 1, anchor), step, facts, now);
    return releaseAt - due;
  });
}

describe("one of a crowd waits for its turn", () => {
  test.each([
    ["nobody", 0, 0],
    ["alone", 1, 0],
    ["two", 2, PACE],
    ["a hundred", 100, SECOND],
    ["ten thousand", 10_000, 100 * SECOND],
    ["a million", 1_000_000, LONGEST_WAVE],
  ])("%s -> for so long at most", (_, crowd, most) => {
    const turns = Array.from({ length: 1000 }, (_, id) => turnOf(id, crowd));
    expect(Math.max(...turns)).toBeLessThanOrEqual(most);
    expect(Math.max(...turns)).toBeGreaterThanOrEqual(Math.floor(most * 0.9));
    expect(Math.min(...turns)).toBeGreaterThanOrEqual(0);
    expect(turns.every(Number.isInteger)).toBe(true);
  });

  test.each([1, 5000, 1_234_567])("ten thousand from the id %i on -> about a hundred in each second", (first) => {
    const seconds = new Array<number>(100).fill(0);
    for (let id = first; id < first + MANY; id++) {
      const second = Math.floor(turnOf(id, MANY) / SECOND);
      seconds[second] = (seconds[second] ?? 0) + 1;
    }
    expect(seconds).toHaveLength(100);
    expect(Math.min(...seconds)).toBeGreaterThan(60);
    expect(Math.max(...seconds)).toBeLessThan(140);
  });

  test("asked again -> the same turn", () => {
    expect(turnOf(7, MANY)).toBe(turnOf(7, MANY));
    expect(turnOf(7, MANY)).not.toBe(turnOf(8, MANY));
  });

  test.each([
    ["a crowd", 1, MANY, Infinity],
    ["a crowd, faster", 3600, MANY, Infinity],
    ["a crowd before a window closes", 1, MANY, NINE + 30 * SECOND],
    ["somebody alone", 1, 1, Infinity],
    ["nobody", 1, 0, Infinity],
    ["a window that has closed", 1, MANY, NINE - HOUR],
  ])("%s, told by when the last of them may go -> the same turns, and none is later", (_, speed, crowd, until) => {
    const wave = { at: NINE, crowd, until };
    const now = reading(NINE - HOUR, speed);
    const last = lastIn(wave, now);
    for (let id = 1; id <= 100; id++) {
      const turn = releasedBetween({ at: NINE, last }, id, now);
      expect(turn).toEqual(releasedIn(wave, id, now));
      expect(turn.releaseAt ?? NINE).toBeLessThanOrEqual(last);
    }
    expect(last).toBeGreaterThanOrEqual(NINE);
  });
});

describe("who falls due along with all others", () => {
  const SHARED: [what: string, timing: Timing, step: Step, anchor: string, due: string][] = [
    ["closed by then: the opening", OFFICE, mail({ delay: 3600 }), "2024-01-09T20:00Z", "2024-01-10T08:00Z"],
    ["a time of day", ALWAYS_OPEN, nineOClock, "2024-01-09T20:00Z", "2024-01-10T08:00Z"],
    ["open time, begun while it is closed", COUNTED, wait(3600), "2024-01-09T20:00Z", "2024-01-10T09:00Z"],
    ["a day", DATED, mail({ date: "2024-01-11" }), "2024-01-09T20:00Z", "2024-01-10T23:00Z"],
  ];
  test.each(SHARED)("%s -> spread from then on", (_, timing, step, anchor, due) => {
    const facts = factsOf(timing, [step]);
    expect(dueAt(instant(anchor), step, facts)).toBe(instant(due));
    const waits = waitsOf(step, facts, anchor);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...waits)).toBeGreaterThan(95 * SECOND);
    expect(Math.max(...waits)).toBeLessThan(100 * SECOND);
  });

  const APART: [what: string, timing: Timing, step: Step, anchor: string, live: number][] = [
    ["a delay of its own", ALWAYS_OPEN, mail({ delay: 86_400 }), "2024-01-09T20:00Z", MANY],
    ["a delay that ends in open time", OFFICE, mail({ delay: 3600 }), "2024-01-10T10:00Z", MANY],
    ["open time, begun in it, over a night", COUNTED, wait(8 * 3600), "2024-01-10T10:00Z", MANY],
    ["a time of day, alone", ALWAYS_OPEN, nineOClock, "2024-01-09T20:00Z", 1],
    ["an opening, alone", OFFICE, mail(), "2024-01-09T20:00Z", 1],
    ["due at once", OFFICE, mail(), "2024-01-10T10:00Z", MANY],
  ];
  test.each(APART)("%s -> goes when it is due", (_, timing, step, anchor, live) => {
    const phase = standBefore(one(7, anchor), step, factsOf(timing, [step], live), reading(instant(anchor)));
    expect(phase).not.toHaveProperty("releaseAt");
  });

  test("enrolled at one instant -> the delays of their own fall due at one, and are spread", () => {
    const step = mail({ delay: 86_400 });
    const state = one(7, "2024-01-09T20:00Z", { abreast: 5000 });
    const { dueAt: due, releaseAt } = standBefore(state, step, factsOf(ALWAYS_OPEN, [step]), reading(state.anchorAt));
    expect(releaseAt).toBe(due + turnOf(7, 5000));
  });

  test("a time of day, and then an hour -> the hour ends for all at once, and is spread; after a mail no more", () => {
    const steps = [nineOClock, wait(3600, 3), stepOf(4, 3), stepOf(5, 4, { delay: 3600 })];
    const facts = factsOf(ALWAYS_OPEN, steps);
    const begun: Phase = { is: "waiting", step: 2, dueAt: NINE };
    const passed = decide(one(7, "2024-01-09T20:00Z", { phase: begun }), woke(facts), reading(NINE + MINUTE)).state;
    expect(passed.phase).toEqual({
      is: "waiting",
      step: 3,
      dueAt: NINE + HOUR,
      releaseAt: NINE + HOUR + turnOf(7, MANY),
    });
    const at = reading(NINE + HOUR + turnOf(7, MANY));
    const { state, deliver } = decide(passed, woke(facts), at);
    expect(deliver?.step).toBe(4);
    const outcome = { kind: "delivered", providerId: null } as const;
    const sent = { kind: "outcome", message: deliver?.message ?? 0, attempt: 1, outcome, facts } as const;
    const after = decide(state, sent, at).state;
    expect(after.phase).toEqual({ is: "waiting", step: 5, dueAt: at.journey + HOUR });
    expect(after.abreast).toBe(0);
  });
});

function woke(facts: Facts) {
  return { kind: "wake", facts } as const;
}

describe("a wave keeps to its window", () => {
  /** Zone by zone a night in which the clocks change, and windows around the change. */
  const NIGHTS: [zone: string, from: string, to: string, anchor: string][] = [
    ["Europe/Berlin", "09:00", "09:01", "2024-01-09T20:00Z"],
    ["Europe/Berlin", "01:55", "03:05", "2024-03-30T20:00Z"],
    ["Europe/Berlin", "01:59", "02:01", "2024-03-30T20:00Z"],
    ["Europe/Berlin", "02:00", "02:10", "2024-10-26T20:00Z"],
    ["Europe/Berlin", "02:55", "03:05", "2024-10-26T20:00Z"],
    ["America/New_York", "01:50", "03:10", "2024-03-09T20:00Z"],
    ["Australia/Lord_Howe", "01:45", "02:05", "2024-04-06T10:00Z"],
    ["Asia/Kathmandu", "23:55", "24:00", "2024-01-09T20:00Z"],
  ];
  test.each(NIGHTS)("%s, %s to %s -> none before it opens, none after its middle", (zone, from, to, anchor) => {
    const schedule = { ...open(from, to), zone };
    const facts = factsOf(timed(schedule), [mail()], 100_000);
    const now = reading(instant(anchor));
    const releases = Array.from({ length: 2000 }, (_, id) => standBefore(one(id, anchor), mail(), facts, now));
    for (const { dueAt: due, releaseAt = due } of releases) {
      expect(releaseAt).toBeGreaterThanOrEqual(due);
      expect(isOpen(releaseAt, schedule, zone)).toBe(true);
      expect(isOpen(releaseAt + (releaseAt - due), schedule, zone)).toBe(true);
    }
    expect(new Set(releases.map(({ releaseAt }) => releaseAt)).size).toBeGreaterThan(1000);
  });

  test("a time of day, and a mail whose window closes a minute after -> within that window", () => {
    const facts = factsOf(timed(open("08:30", "09:01")), [nineOClock, stepOf(3, 2)]);
    const waits = waitsOf(nineOClock, facts, "2024-01-09T20:00Z");
    expect(Math.max(...waits)).toBeLessThan(30 * SECOND);
    expect(Math.max(...waits)).toBeGreaterThan(29 * SECOND);
  });

  test("a day that the step has -> within it, though the clock runs fast", () => {
    const step = mail({ date: "2024-01-11" });
    const fast = reading(instant("2024-01-09T20:00Z"), 86_400);
    const waits = waitsOf(step, factsOf(DATED, [step]), "2024-01-09T20:00Z", fast);
    expect(Math.max(...waits)).toBeLessThan(12 * HOUR);
    expect(Math.max(...waits)).toBeGreaterThan(11 * HOUR);
  });

  test("the journey's clock runs faster -> the turns are as far apart by the wall's", () => {
    const facts = factsOf(ALWAYS_OPEN, [nineOClock, stepOf(3, 2)]);
    const fast = reading(instant("2024-01-09T20:00Z"), 60);
    const state = one(7, "2024-01-09T20:00Z");
    const phase = standBefore(state, nineOClock, facts, fast);
    expect(nextWake({ ...state, phase }, fast)).toBe(1e12 + (12 * HOUR) / 60 + turnOf(7, MANY));
  });
});

describe("a journey that awaits its turn", () => {
  const facts = factsOf(OFFICE, [mail()]);
  const turn = turnOf(7, MANY);
  const planned = one(7, "2024-01-09T20:00Z", {
    phase: { is: "waiting", step: 2, dueAt: NINE, releaseAt: NINE + turn },
  });

  test("before it is due -> the promised time is shown, and the sweep knows of its turn", () => {
    const now = reading(NINE - HOUR);
    expect(snapshotOf(planned, now)).toMatchObject({ dueAt: NINE, wakeBy: NINE + turn, why: null });
    expect(nextWake(planned, now)).toBe(now.wall + HOUR + turn);
  });

  test("once it is due -> said as a person would want to hear it", () => {
    expect(whyWaiting(planned, facts, reading(NINE + 1))).toEqual({
      for: "turn",
      until: NINE + turn,
      detail: "many are due at the same time and go one after another",
    });
  });

  test("woke before its turn, and at it -> unchanged, and claimed", () => {
    const early = decide(planned, woke(facts), reading(NINE + turn - 1));
    expect([early.state.phase, early.deeds, early.deliver]).toEqual([planned.phase, [], undefined]);
    expect(decide(planned, woke(facts), reading(NINE + turn)).deliver?.step).toBe(2);
  });

  test("an edit has it due at once -> it does not wait for a turn that was another's", () => {
    expect(decide(planned, woke(factsOf(ALWAYS_OPEN, [mail()])), reading(NINE - HOUR)).deliver?.step).toBe(2);
  });

  test("an edit puts it off -> its turn is behind the new time", () => {
    const later = factsOf(timed(open("10:00", "17:00")), [mail()]);
    const { phase } = decide(planned, woke(later), reading(NINE - HOUR)).state;
    expect(phase).toEqual({ is: "waiting", step: 2, dueAt: NINE + HOUR, releaseAt: NINE + HOUR + turn });
  });

  test("due, and its window has closed -> the next opening, in its turn", () => {
    const { phase } = decide(planned, woke(facts), reading(NINE + 8 * HOUR)).state;
    expect(phase).toEqual({ is: "waiting", step: 2, dueAt: NINE + 24 * HOUR, releaseAt: NINE + 24 * HOUR + turn });
  });

  test("between attempts, and its window has closed -> the next opening, in its turn, and tried then", () => {
    const claimed = decide(planned, woke(facts), reading(NINE + turn)).state;
    const { inFlight } = claimed;
    if (!inFlight) throw new Error("nothing was claimed");
    const failed = { ...claimed, inFlight: { ...inFlight, lease: null, retryAt: 1e12 } };
    const put = decide(failed, woke(facts), reading(NINE + 8 * HOUR)).state;
    const release = NINE + 24 * HOUR + turn;
    expect(put.phase).toMatchObject({ opensAt: NINE + 24 * HOUR, releaseAt: release });
    expect(nextWake(put, reading(NINE + 8 * HOUR))).toBe(1e12 + 16 * HOUR + turn);
    expect(snapshotOf(put, reading(NINE + 8 * HOUR))).toMatchObject({ wakeBy: release });
    expect(decide(put, woke(facts), reading(release - 1)).state).toEqual(put);
    expect(decide(put, woke(facts), reading(release)).deliver).toMatchObject({ step: 2, attempt: 2 });
  });
});

describe("a condition that many wait at", () => {
  /** Due at nine for all, it waits an hour for the tag. */
  const gate = plant(timeOfDay(2, "09:00"), condition(3, GOLD, { upTo: 3600, yes: [], no: [message(4)] }));
  const facts: Facts = { ...factsOf(ALWAYS_OPEN, []), tree: growTree(gate, 1) };
  const begun: Phase = { is: "waiting", step: 2, dueAt: NINE };
  const now = reading(NINE + MINUTE);
  const watching = decide(one(7, "2024-01-09T20:00Z", { phase: begun, ran: [1] }), woke(facts), now).state;
  const latest = NINE + HOUR + turnOf(7, MANY);

  test("due for all at once -> the time that it waits at most ends for each in its turn", () => {
    expect(watching.phase).toMatchObject({ step: 3, dueAt: NINE + HOUR, watching: true, releaseAt: latest });
    const looked = decide(watching, woke(facts), { ...now, wall: now.wall + 31 * SECOND }).state;
    expect(nextWake(looked, { ...now, wall: now.wall + 31 * SECOND })).toBe(
      now.wall + 31 * SECOND + latest - now.journey,
    );
    expect(decide(looked, woke(facts), reading(latest)).deliver?.step).toBe(4);
  });

  test("another look, though there are more by now -> nothing that is shown changes", () => {
    const more = { ...facts, sequence: { ...facts.sequence, live: 2 * MANY } };
    const [before, after] = [watching, decide(watching, woke(more), now).state];
    expect(snapshotOf(after, now)).toEqual(snapshotOf(before, now));
  });

  test("its time is over, its turn ahead, and the tag comes -> decided at once", () => {
    const tagged = { ...facts, contact: facts.contact && { ...facts.contact, tags: ["gold"] } };
    const { deeds } = decide(watching, woke(tagged), reading(latest - 1));
    expect(deeds).toContainEqual(expect.objectContaining({ step: 3, result: "true" }));
  });
});

describe("a mailbox that has room again at midnight", () => {
  const limits = { daily: 500, rate: null, warmup: null, zone: "UTC" };
  const box = { id: 3, address: "ada@x.example", paused: false, reason: null, limits, asOf: 0 };
  const tracks = { opens: false, clicks: false };
  const post = { seal: "0".repeat(24), publicUrl: null, replyDomain: null, sender: null, tracks };
  const midnight = instant("2024-01-11T00:00Z");
  const due = one(7, "2024-01-10T10:00Z", { phase: { is: "waiting", step: 2, dueAt: instant("2024-01-10T10:00Z") } });
  const told = (facts: Facts, over: { rate?: Rate } = {}): Facts => ({
    ...facts,
    post: { ...post, box: { ...box, limits: { ...limits, ...over } } },
    ticket: { message: messageId(7, 1), mailbox: 3, at: midnight },
  });
  const now = reading(instant("2024-01-10T10:00Z"));
  const free = factsOf(ALWAYS_OPEN, [mail()]);
  const booked = { mailbox: 3, at: midnight };

  test("as many as may go that day have the same slot -> each in its turn, its slot kept", () => {
    const { state } = decide(due, woke(told(free)), now);
    const releaseAt = midnight + turnOf(7, 500);
    expect(state.phase).toMatchObject({ booked, releaseAt });
    expect(nextWake(state, now)).toBe(1e12 + releaseAt - now.journey);
    const early = decide(state, woke(told(free)), reading(releaseAt - 1)).state;
    expect(early).toEqual(state);
    expect(unneeded(state, early, { asked: null, claimed: false })).toEqual([]);
    const letGo = { ...told(free), ticket: { message: messageId(7, 1), mailbox: 3, at: null } };
    expect(decide(early, woke(letGo), reading(releaseAt)).deliver?.step).toBe(2);
  });

  test("mails are to be apart -> the slots are so already, and nobody waits for anything else", () => {
    const { phase } = decide(due, woke(told(free, { rate: { messages: 1, seconds: 60 } })), now).state;
    expect(phase).toEqual({ is: "waiting", step: 2, dueAt: now.journey, booked });
  });
});

describe("whoever starts in a crowd", () => {
  const event = { kind: "start", step: 2, dueAt: NINE, releaseAt: NINE + 500, abreast: 300 } as const;

  test("started with a turn -> waits for it, and knows who set out with him", () => {
    const { state } = decide({ ...pending, trip: { ...trip, id: 7 } }, event, reading(NINE - HOUR));
    expect(state).toMatchObject({ phase: { is: "waiting", dueAt: NINE, releaseAt: NINE + 500 }, abreast: 300 });
    expect(nextWake(state, reading(NINE - HOUR))).toBe(1e12 + HOUR + 500);
  });

  test("a state that an earlier release stored -> nobody has set out with it", () => {
    const { abreast: _, ...stored } = pending;
    expect(upgraded(stored as State).abreast).toBe(0);
  });
});

describe("how many calls to one endpoint are open at a time, of a crowd due at one instant", () => {
  /** When each of a crowd calls: in its turn, and as long as nobody answers, by the ladder. */
  function callsOf(enrollment: number, crowd: number, stalls: boolean): number[] {
    const calls = [turnOf(enrollment, crowd)];
    for (let attempt = 1; stalls && attempt < 4; attempt++) {
      const message = messageId(enrollment, 1);
      calls.push((calls.at(-1) ?? 0) + DELIVERY_TIMEOUT + backoff({ message, attempt, base: RETRY_BASE }));
    }
    return calls;
  }

  function mostOpen(crowd: number, lasts: number, stalls: boolean): number {
    const ids = Array.from({ length: crowd }, (_, i) => 5000 + i);
    const begun = ids.flatMap((id) => callsOf(id, crowd, stalls)).sort((a, b) => a - b);
    let [over, most] = [0, 0];
    for (const [i, at] of begun.entries()) {
      while ((begun[over] ?? 0) + lasts <= at) over++;
      most = Math.max(most, i - over + 1);
    }
    return most;
  }

  // A hundred begin a second, each as long as its receiver takes; whoever had no answer comes again between the others.
  const ROWS: [receiver: string, lasts: number, stalls: boolean, open: number][] = [
    ["answers in a tenth of a second", SECOND / 10, false, 10],
    ["answers in a second", SECOND, false, 100],
    ["answers just before the time is up", DELIVERY_TIMEOUT, false, 2000],
    ["never answers", DELIVERY_TIMEOUT, true, 4000],
  ];
  test.each(ROWS)("an endpoint that %s", (_, lasts, stalls, open) => {
    const most = mostOpen(MANY, lasts, stalls);
    expect(most).toBeGreaterThan(open * 0.9);
    // Turns are drawn, so some instants have more of them than others.
    expect(most).toBeLessThan(open + 5 * Math.sqrt(open));
  });
});

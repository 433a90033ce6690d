import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { NO_CLICKS, outOfDoubtAt } from "../../src/domain/clicks";
import { decide } from "../../src/domain/decide";
import type { Decision, Event, State } from "../../src/domain/enrollment";
import type { Agent } from "../../src/domain/machine";
import { messageId } from "../../src/domain/message";
import { tallyOf } from "../../src/domain/tally";
import { type Reading, SECOND } from "../../src/domain/time";
import { upgraded } from "../../src/domain/upgrade";
import { J, later, now, running, trip, W } from "./given";
import { endedCompleted, every, pausedBackingOff, rows, waiting, waitingInFlight, without } from "./states";

const MAIL = messageId(trip.id, 1);
const [A, B, C] = ["https://a.example/", "https://b.example/", "https://c.example/"];

interface Click {
  url?: string | null;
  by?: Agent;
  message?: number;
  /** Milliseconds after the others began. */
  at?: number;
}

function click({ url = A, by = "browser", message = MAIL, at = 0 }: Click = {}): Event {
  return { kind: "noted", message, fact: "clicked", when: J + at, url, by };
}

/** Each click at its time, and the wakes that the journey has set for itself, up to a time. */
function ride(state: State, clicks: Click[], until = 10 * SECOND): Decision {
  const alone = { ...state, phase: { ...state.phase } };
  let decision: Decision = { state: alone, deeds: [] };
  const take = (event: Event, at: Reading) => {
    const next = decide(decision.state, event, at);
    decision = { state: next.state, deeds: [...decision.deeds, ...next.deeds] };
  };
  const wakeUpTo = (wall: number) => {
    for (;;) {
      const wake = outOfDoubtAt(decision.state, later(0));
      if (wake === null || wake > W + wall) return;
      take({ kind: "called", at: J }, later(wake - W)); // whatever comes settles what is in doubt
    }
  };
  for (const one of clicks) {
    wakeUpTo(one.at ?? 0);
    take(click(one), later(one.at ?? 0));
  }
  wakeUpTo(until);
  return decision;
}

/** What was put down of clicks: by whom, where, and how many links had been clicked by then. */
function told({ deeds }: Decision): [string | null, "machine" | number][] {
  return deeds.flatMap((deed) =>
    deed.what === "noted" ? [[deed.url, deed.by ?? deed.clicks ?? -1] as [string | null, "machine" | number]] : [],
  );
}

const tables: [string, Click[], [string | null, "machine" | number][]][] = [
  ["one -> counts", [{}], [[A, 1]]],
  ["the same link again, at once -> counts once", [{}, { at: 100 }], [[A, 1]]],
  ["the same link again, a minute later -> counts once", [{}, { at: 60_000 }], [[A, 1]]],
  [
    "another link a second later -> counts as well",
    [{}, { url: B, at: 1000 }],
    [
      [A, 1],
      [B, 2],
    ],
  ],
  ["another link within a second -> both are a machine's", [{}, { url: B, at: 999 }], [[A, "machine"]]],
  [
    "many links, each soon after the last -> all are a machine's",
    [{}, { url: B, at: 800 }, { url: C, at: 1600 }],
    [[A, "machine"]],
  ],
  [
    "a burst, and a person a minute after -> his counts",
    [{}, { url: B, at: 10 }, { url: B, at: 60_000 }],
    [
      [A, "machine"],
      [B, 1],
    ],
  ],
  [
    "two mails' links within a second -> both count",
    [{}, { url: B, message: MAIL + 1, at: 10 }],
    [
      [A, 1],
      [B, 1],
    ],
  ],
  [
    "a machine -> is put down once, and counts nothing",
    [{ by: "machine" }, { by: "machine", url: B, at: 5 }],
    [[A, "machine"]],
  ],
  [
    "a machine, then a person -> his counts",
    [{ by: "machine" }, { at: 2000 }],
    [
      [A, "machine"],
      [A, 1],
    ],
  ],
  [
    "a person, then a machine -> both are told apart",
    [{}, { by: "machine", at: 2000 }],
    [
      [A, 1],
      [A, "machine"],
    ],
  ],
  [
    "who is known to be a person -> counts at once, however soon",
    [{ by: "human" }, { by: "human", url: B, at: 1 }],
    [
      [A, 1],
      [B, 2],
    ],
  ],
  [
    "no link is told -> counts as one",
    [
      { by: "human", url: null },
      { by: "human", url: null, at: 5000 },
    ],
    [[null, 1]],
  ],
  [
    "no link is told, then one -> may be the same, and counts as one",
    [
      { by: "human", url: null },
      { by: "human", at: 5000 },
    ],
    [
      [null, 1],
      [A, 1],
    ],
  ],
  ["a link, then none -> says nothing new", [{ by: "human" }, { by: "human", url: null, at: 5000 }], [[A, 1]]],
];

const twice: State = { ...waiting, messages: 2 };

describe("clicks", () => {
  test.each(tables)("%s", (_, clicks, expected) => {
    expect(told(ride(twice, clicks, 120_000))).toEqual(expected);
  });

  test.each(without(every, "pending"))("%s -> counted, ended or not", (_, state) => {
    const held = decide(state, click(), now).state;
    expect([held.noted, held.clicks.doubts]).toEqual([{}, [{ message: MAIL, url: A, when: J }]]);
    expect(nextWake({ ...held, settle: null }, now)).toBe(W + SECOND);
    const settled = decide(held, { kind: "wake", facts: running }, later(SECOND));
    expect(told(settled)).toEqual([[A, 1]]);
    expect(settled.state.noted.clicked).toEqual([MAIL]);
    expect(settled.state.clicks.doubts).toEqual([]);
  });

  test("a condition that watches -> hears of a person, and not of a machine", () => {
    const watching: State = { ...waiting, phase: { is: "waiting", step: 9, dueAt: J + 9, watching: true } };
    expect(decide(watching, click({ by: "human" }), now).state.phase).toMatchObject({ stirred: true });
    expect(decide(watching, click({ by: "machine" }), now).state.phase).not.toHaveProperty("stirred");
    expect(ride(watching, [{}], 999).state.phase).not.toHaveProperty("stirred");
  });

  test("counts in the tally by mail, whoever clicks how many links; machines do not", () => {
    expect(tallyOf(ride(twice, [{}, { url: B, at: 5000 }], 60_000).state)).toMatchObject({ clicked: 1, opened: 1 });
    expect(tallyOf(ride(twice, [{ by: "machine" }], 60_000).state)).toMatchObject({ clicked: 0, opened: 0 });
  });

  test("a hundred links of a mail are told apart, and a thousand of a journey: the state stays small", () => {
    let state: State = { ...waiting, messages: 50 };
    for (let mail = 0; mail < 20; mail++) {
      for (let n = 0; n < 150; n++) {
        const event = click({ by: "human", url: `https://a.example/${n}`, message: MAIL + mail });
        state = decide(state, event, now).state;
      }
    }
    const links = Object.values(state.clicks.links);
    expect([links.length, ...new Set(links.map(({ length }) => length))]).toEqual([10, 100]);
    expect(state.noted.clicked).toHaveLength(10);
    expect(JSON.stringify(state).length).toBeLessThan(16_000);
  });

  test("those in doubt, a thousand at a time -> a burst keeps none of them", () => {
    const many = Array.from({ length: 1000 }, (_, n) => ({ url: `https://a.example/${n}`, at: n }));
    const { state } = ride(waiting, many, 2000);
    expect(state.clicks).toMatchObject({ doubts: [], links: {}, machines: { clicked: [MAIL] } });
  });

  test("told late, by a queue, in any order -> the time of the clicks tells a burst", () => {
    const late = later(60_000);
    const one = decide(waiting, click({ at: 10 }), late).state;
    expect(told(decide({ ...one }, click({ url: B, at: 0 }), now))).toEqual([[A, "machine"]]);
    expect(nextWake(one, late)).toBe(late.wall + 1);
  });

  test("on a clock that runs faster -> a second is one of the wall's", () => {
    const fast: Reading = { ...now, speed: 3600 };
    const held = decide(endedCompleted, click(), fast).state;
    expect(nextWake({ ...held, settle: null }, fast)).toBe(W + SECOND);
    expect(told(decide(held, click({ url: B, at: 900 * 3600 }), fast))).toEqual([[A, "machine"]]);
    expect(told(decide(held, click({ url: B, at: 1000 * 3600 }), fast))).toEqual([]);
  });
});

describe("what may be either", () => {
  const sent = (ago: number): State => ({ ...waiting, lastSentAt: J - ago });
  const open = (by: Agent): Event => ({ kind: "noted", message: MAIL, fact: "opened", when: J, url: null, by });

  test.each<[string, State, Agent, "machine" | undefined]>([
    ["seconds after it was sent -> a machine", sent(9999), "doubtful", "machine"],
    ["ten seconds after -> a person", sent(10_000), "doubtful", undefined],
    ["what looks like a person, at once -> a person", sent(1), "browser", undefined],
    ["a machine, late -> a machine", sent(1e9), "machine", "machine"],
    [
      "another mail was sent since -> a person",
      { ...twice, lastMessage: MAIL + 1, lastSentAt: J },
      "doubtful",
      undefined,
    ],
  ])("%s", (_, state, by, expected) => {
    const { deeds } = decide(state, open(by), now);
    expect(deeds).toMatchObject([{ what: "noted", fact: "opened" }]);
    expect(deeds[0]?.what === "noted" && deeds[0].by).toBe(expected);
  });

  test("while the mail is under way still -> a machine", () => {
    const message = waitingInFlight.inFlight?.message ?? 0;
    const event: Event = { kind: "noted", message, fact: "opened", when: J, url: null, by: "doubtful" };
    expect(decide(waitingInFlight, event, now).deeds).toMatchObject([{ by: "machine" }]);
  });
});

describe("a machine's open", () => {
  const open = (by: Agent): Event => ({ kind: "noted", message: MAIL, fact: "opened", when: J, url: null, by });

  test.each(without(every, "pending"))("%s -> put down once; a person's after it counts", (_, state) => {
    const first = decide(state, open("machine"), now);
    expect(first.deeds).toEqual([{ what: "noted", message: MAIL, fact: "opened", when: J, url: null, by: "machine" }]);
    expect(first.state.noted).toEqual({});
    expect(decide(first.state, open("machine"), now).deeds).toEqual([]);
    const person = decide(first.state, open("browser"), now);
    expect(person.state.noted).toEqual({ opened: [MAIL] });
    expect(person.deeds).toEqual([{ what: "noted", message: MAIL, fact: "opened", when: J, url: null }]);
  });
});

test("of a message that was not claimed -> refused, and nothing is held in doubt", () => {
  const { state, refusal } = decide(waiting, click({ message: MAIL + 1 }), now);
  expect([refusal, state.clicks]).toEqual(["no_message", NO_CLICKS]);
});

test("a state from before clicks were remembered -> reads as one that remembers none", () => {
  const { clicks: _, ...old } = { ...endedCompleted, noted: { clicked: [MAIL] } };
  const state = upgraded(old as unknown as State);
  expect(state.clicks).toEqual(NO_CLICKS);
  expect(told(decide(state, click({ by: "human" }), now))).toEqual([[A, 1]]);
  expect(told(decide(state, click({ by: "human", url: null }), now))).toEqual([]);
});

test.each(rows({ waiting, pausedBackingOff }))("%s -> what was given is not changed", (_, state) => {
  const before = structuredClone(state);
  ride(state, [{}, { url: B, at: 5 }, { url: C, at: 3000 }]);
  expect(state).toEqual(before);
});

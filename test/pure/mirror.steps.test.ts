import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { mergeTellings, type NewsLine, newsLine, snapshotOf, type Telling } from "../../src/domain/mirror";
import { HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { whyWaiting } from "../../src/domain/waiting";
import { channelPaused, J, later, now, running, sequencePaused, trip } from "./given";
import { addTag, condition, delay, fresh, GOLD, message, plant, request, VIP, worldOf } from "./planting";
import { waiting } from "./states";

const gate = plant(condition(2, GOLD, { delay: 7200, upTo: 3600, yes: [message(3)], no: [message(4)] }), message(5));
const tagging = plant(addTag(2, "a"), message(3));

function woke(steps: typeof gate, facts: Facts = running, state: State = fresh): State {
  return decide(state, { kind: "wake", facts: worldOf(steps, facts) }, now).state;
}

function between(steps: typeof gate): State {
  const claimed = woke(steps);
  const outcome = { kind: "transient", reason: "503" } as const;
  const event = { kind: "outcome", message: claimed.inFlight?.message ?? 0, attempt: 1, outcome, facts: null } as const;
  return decide(claimed, event, now).state;
}

describe("why nothing is being sent, of steps that are no messages", () => {
  test("watching -> the condition, until the latest it is decided", () => {
    const why = { for: "condition", until: J + HOUR, detail: "a condition is not met yet" };
    expect(whyWaiting(woke(gate), worldOf(gate), now)).toEqual(why);
  });

  test("watching while the channel is paused -> the condition all the same", () => {
    expect(whyWaiting(woke(gate), worldOf(gate, channelPaused), now)).toMatchObject({ for: "condition" });
  });

  test("held at a condition -> what holds it", () => {
    const facts = worldOf(gate, sequencePaused);
    expect(whyWaiting(woke(gate, sequencePaused), facts, now)).toMatchObject({ for: "sequence", until: null });
  });

  test("waiting for a condition's own delay -> the delay", () => {
    const early = later(-MINUTE);
    const { state } = decide(fresh, { kind: "wake", facts: worldOf(gate) }, early);
    expect(whyWaiting(state, worldOf(gate), early)).toMatchObject({ for: "delay", until: J });
  });

  test.each([
    ["add tag", tagging],
    ["http request", plant(request(2))],
  ])("an act under way -> said which: %s", (act, steps) => {
    const { state } = decide(fresh, { kind: "wake", facts: worldOf(steps) }, now);
    const why = { for: "sending", until: J + MINUTE, detail: `a step is being done: ${act}` };
    expect(whyWaiting(state, worldOf(steps), now)).toEqual(why);
  });

  test("an act between attempts while the channel is paused -> the retry, for the channel holds messages alone", () => {
    const state = between(tagging);
    expect(whyWaiting(state, worldOf(tagging, channelPaused), now)).toMatchObject({ for: "retry" });
    expect(whyWaiting(state, worldOf(tagging, sequencePaused), now)).toMatchObject({ for: "sequence" });
  });

  test.each([
    ["a message next -> the channel is what comes after the delay", plant(message(2, { delay: 7260 })), true],
    ["a delay next -> nothing is said of the channel", plant(delay(2, 7260)), false],
    [
      "an act next -> nothing is said of the channel",
      plant({ ...addTag(2, "a"), over: { ...addTag(2, "a").over, delay: 7260 } }),
      false,
    ],
  ])("the channel paused, not due, %s", (_, steps, told) => {
    const why = whyWaiting(woke(steps), worldOf(steps, channelPaused), now);
    expect(why).toMatchObject({ for: "delay", until: J + MINUTE });
    expect(why?.detail.includes("channel")).toBe(told);
  });

  test("the channel paused, a message due -> the channel", () => {
    const steps = plant(message(2));
    expect(whyWaiting(woke(steps, channelPaused), worldOf(steps, channelPaused), now)).toMatchObject({
      for: "channel",
    });
  });
});

describe("snapshots of steps that are no messages", () => {
  test("watching -> it waits for the condition, until the latest it is decided", () => {
    const shown = { state: "waiting", why: "condition", step: 2, dueAt: J + HOUR, wakeBy: J + HOUR };
    expect(snapshotOf(woke(gate), now)).toMatchObject(shown);
  });

  test("held at a condition -> the hold, not the condition", () => {
    expect(snapshotOf(woke(gate, sequencePaused), now)).toMatchObject({ why: "sequence", dueAt: J });
  });

  test("held, and known to watch -> the hold, for it is what must be lifted first", () => {
    const { phase } = woke(gate);
    const held = { ...woke(gate), phase: { ...phase, held: "sequence" } } as State;
    expect(snapshotOf(held, now).why).toBe("sequence");
  });

  test("paused while it watched -> paused for its reason, not to be stirred", () => {
    const paused = decide(woke(gate), { kind: "pause", why: "manual" }, now).state;
    expect(snapshotOf(paused, now)).toMatchObject({ state: "paused", why: "manual", wakeBy: null });
  });

  test("the last step that ran is a condition or an act -> shown is the last message", () => {
    const state = { ...waiting, lastStep: 31, lastShown: 2 };
    expect(snapshotOf(state, now).lastStep).toBe(2);
    expect(snapshotOf({ ...state, lastShown: null }, now).lastStep).toBeNull();
  });
});

function news(n: number, id: number): NewsLine {
  return { n, id, fact: "opened", at: J, heardAt: J };
}

function told(version: number, from: number, to: number, lines: NewsLine[]): Telling {
  const telling = { v: 1, enrollment: 7, workspace: 1, from, to, messages: [] } as const;
  const ours = lines.filter(({ n }) => n >= from && n <= to);
  return {
    ...telling,
    messages: [],
    snapshot: { ...snapshotOf(waiting, now), version },
    ...(ours.length > 0 ? { news: ours } : {}),
  };
}

const lines = [news(2, 11), news(3, 11), news(5, 12)];

function newsOf(...tellings: Telling[]): number[] | undefined {
  return mergeTellings(tellings)[0]?.news?.map(({ n }) => n);
}

describe("news in the mirror", () => {
  test("an entry about news -> its line, with the time it happened, not the time it was heard", () => {
    const entry = {
      what: "noted",
      n: 4,
      at: J,
      message: trip.id * 4096 + 1,
      fact: "clicked",
      when: J - SECOND,
      url: "x",
    } as const;
    expect(newsLine(entry)).toEqual({ n: 4, id: 28673, fact: "clicked", at: J - SECOND, heardAt: J });
  });

  test("one after the other -> the news joined", () => {
    expect(newsOf(told(1, 1, 2, lines), told(2, 3, 5, lines))).toEqual([2, 3, 5]);
    expect(newsOf(told(2, 3, 5, lines), told(1, 1, 2, lines))).toEqual([2, 3, 5]);
  });

  test("one of them without news -> the news of the other", () => {
    expect(newsOf(told(1, 1, 1, lines), told(2, 2, 3, lines))).toEqual([2, 3]);
    expect(newsOf(told(1, 1, 3, lines), told(2, 4, 4, lines))).toEqual([2, 3]);
  });

  test("none of them has news -> no empty list", () => {
    expect(mergeTellings([told(1, 1, 1, lines), told(2, 2, 2, [])])[0]).not.toHaveProperty("news");
  });

  test("a gap between them -> no news from beyond it", () => {
    expect(newsOf(told(1, 1, 2, lines), told(4, 5, 5, lines))).toEqual([2]);
  });

  test("overlapping -> all the news, of which the first time counts, so that a doubled line does no harm", () => {
    expect([...new Set(newsOf(told(1, 1, 3, lines), told(2, 2, 5, lines)))]).toEqual([2, 3, 5]);
  });

  test("several enrollments -> kept apart", () => {
    const theirs = { ...told(1, 1, 5, lines), enrollment: 8 };
    expect(
      mergeTellings([theirs, told(1, 1, 2, lines)])
        .map((each) => each.news?.length)
        .sort(),
    ).toEqual([1, 3]);
  });
});

test("a decided condition -> it waits for no condition any more", () => {
  const steps = plant(condition(2, VIP, { upTo: 60 }), message(3, { delay: 60 }));
  expect(snapshotOf(woke(steps), now)).toMatchObject({ why: null, step: 3 });
});

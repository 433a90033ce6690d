import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import { DAY, HOUR, MINUTE, type Reading, SECOND } from "../../src/domain/time";
import { J, later, now, trip, withContact } from "./given";
import {
  addTag,
  BEGAN,
  condition,
  deactivate,
  delay,
  fresh,
  GOLD,
  message,
  moveTo,
  plant,
  removeTag,
  request,
  results,
  timeOfDay,
  VIP,
  woke,
  worldOf,
} from "./planting";

describe("a step that is due", () => {
  const acts = [addTag(2, "a", "b"), removeTag(2, "a"), moveTo(2, 9), request(2), deactivate(2)];

  test.each(acts.map((sprout) => [sprout.kind, sprout] as const))(
    "%s -> claimed, under way like a message",
    (kind, sprout) => {
      const { state, deeds, deliver } = woke(fresh, plant(sprout));
      expect(deliver).toMatchObject({ step: 2, attempt: 1, act: { kind } });
      expect(deliver?.content).toBeUndefined();
      expect(state).toMatchObject({
        inFlight: deliver,
        messages: 0,
        acts: 1,
        ran: [],
        phase: { is: "waiting", step: 2 },
      });
      expect(deeds).toEqual([]);
    },
  );

  test("message -> claimed with its content, and no act", () => {
    const { deliver } = woke(fresh, plant(message(2)));
    expect(deliver).toMatchObject({ step: 2, content: { body: "message 2" } });
    expect(deliver?.act).toBeUndefined();
  });

  test("delay that is over -> passed, its end is when it was due", () => {
    const { state, deeds } = woke(fresh, plant(delay(2, 3600), delay(3, DAY / SECOND)));
    expect(deeds).toEqual([{ what: "step", step: 2, kind: "delay", result: "passed", reason: null }]);
    expect(state).toMatchObject({ ran: [2], lastStep: 2, lastShown: null, anchorAt: BEGAN + HOUR });
    expect(state.phase).toEqual({ is: "waiting", step: 3, dueAt: BEGAN + HOUR + DAY });
  });

  test("delay that is not over -> waits for its end", () => {
    const { state, deeds } = woke(fresh, plant(delay(2, 7201)));
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: J + SECOND });
    expect(deeds).toEqual([]);
  });

  test("condition -> decided, the branch that was taken is its last step, and it ran now", () => {
    const { state, deeds } = woke(fresh, plant(condition(2, VIP, { yes: [delay(3, 60)], no: [delay(4, 90)] })));
    expect(deeds).toEqual([{ what: "step", step: 2, kind: "condition", result: "true", reason: null }]);
    expect(state).toMatchObject({ ran: [2, 21], lastStep: 21, anchorAt: J });
    expect(state.phase).toEqual({ is: "waiting", step: 3, dueAt: J + MINUTE });
  });

  test("condition that is not so -> the false branch", () => {
    const { state, deeds } = woke(fresh, plant(condition(2, GOLD, { yes: [delay(3, 60)], no: [delay(4, 90)] })));
    expect(results(deeds)).toEqual([[2, "false"]]);
    expect(state).toMatchObject({ ran: [2, 22], lastStep: 22, phase: { step: 4, dueAt: J + 90 * SECOND } });
  });

  test("condition whose branches are not there -> it has run, and what comes after it follows", () => {
    const steps = plant(condition(2, VIP), message(3)).filter(({ id }) => id !== 21);
    const { state, deliver } = woke(fresh, steps);
    expect(state.ran).toEqual([2]);
    expect(deliver?.step).toBe(3);
  });
});

describe("several steps in one turn", () => {
  test("delays, conditions in each other, an empty branch -> up to the first that needs the world outside", () => {
    const steps = plant(
      delay(2, 0),
      condition(3, VIP, { yes: [condition(4, GOLD, { yes: [message(5)] }), delay(6, 0)], no: [message(7)] }),
      condition(8, VIP),
      message(9),
      message(10),
    );
    const { state, deeds, deliver } = woke(fresh, steps);
    expect(results(deeds)).toEqual([
      [2, "passed"],
      [3, "true"],
      [4, "false"],
      [6, "passed"],
      [8, "true"],
    ]);
    expect(state.ran).toEqual([2, 3, 31, 4, 42, 6, 8, 81]);
    expect(deliver).toMatchObject({ step: 9, message: trip.id * 4096 + 1 });
  });

  test("nothing is left after them -> completed, told last", () => {
    const { state, deeds, deliver } = woke(fresh, plant(condition(2, VIP, { yes: [delay(3, 0)] })));
    expect(deeds.map(({ what }) => what)).toEqual(["step", "step", "ended"]);
    expect(state).toMatchObject({ ran: [2, 21, 3], phase: { is: "ended", why: "completed", at: J } });
    expect(deliver).toBeUndefined();
  });

  test("a message that cannot be made -> failed at that step, what was passed before stands", () => {
    const { state, deeds } = woke(fresh, plant(delay(2, 0), message(3, { body: "{{ x | nope }}" })));
    expect(results(deeds)).toEqual([[2, "passed"]]);
    expect(state).toMatchObject({ ran: [2], phase: { is: "ended", why: "failed", step: 3 } });
  });

  test("the outcome of a step + the next is a condition -> that is decided on the next turn, at once", () => {
    const steps = plant(message(2), condition(3, VIP), message(4));
    const sent = woke(fresh, steps);
    const { deliver } = sent;
    const outcome = { kind: "delivered", providerId: null } as const;
    const told = {
      kind: "outcome",
      message: deliver?.message ?? 0,
      attempt: 1,
      outcome,
      facts: worldOf(steps),
    } as const;
    const { state } = decide(sent.state, told, now);
    expect(state.phase).toEqual({ is: "waiting", step: 3, dueAt: J });
    expect(woke(state, steps).deliver?.step).toBe(4);
  });
});

describe("lateness", () => {
  test("delays in a row, all looked at late -> they end as though each had been looked at in time", () => {
    const steps = plant(delay(2, 3600), delay(3, 3600), delay(4, 3600), message(5));
    const { state } = woke(fresh, steps, later(30 * MINUTE));
    expect(state.ran).toEqual([2, 3]);
    expect(state.phase).toEqual({ is: "waiting", step: 4, dueAt: BEGAN + 3 * HOUR });
  });

  test("a delay looked at late + a step with a delay of its own -> counted from the delay's end", () => {
    const { state } = woke(fresh, plant(delay(2, 3600), message(3, { delay: 7200 })), later(MINUTE));
    expect(state.phase).toEqual({ is: "waiting", step: 3, dueAt: BEGAN + 3 * HOUR });
  });

  test("a condition decided late -> what follows counts from when it was decided", () => {
    const { state } = woke(fresh, plant(condition(2, VIP, { delay: 60 }), message(3, { delay: 60 })));
    expect(state).toMatchObject({ anchorAt: J, phase: { step: 3, dueAt: J + MINUTE } });
  });
});

describe("a time of day", () => {
  /** 08:00 of the same day in two zones and UTC, from an instant at midnight in UTC, in winter. */
  const midnight = Date.UTC(2040, 0, 10);
  const began: State = { ...fresh, anchorAt: midnight };
  const at: Reading = { ...now, journey: midnight };
  const dweller = (timezone: string | null) => withContact({ timezone });

  test.each([
    ["the step's zone", "America/New_York", dweller("Europe/Berlin"), 13],
    ["the contact's, where the step has none", null, dweller("Europe/Berlin"), 7],
    ["UTC, where the contact has none either", null, dweller(null), 8],
  ])("in %s -> the next time the clock there shows it", (_, zone, facts, hour) => {
    const { state } = woke(began, plant(timeOfDay(2, "08:00", zone)), at, facts);
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: midnight + hour * HOUR });
  });

  test("it is that time this instant -> tomorrow's", () => {
    const { state } = woke(began, plant(timeOfDay(2, "00:00", "UTC")), at);
    expect(state.phase).toMatchObject({ dueAt: midnight + DAY });
  });

  test("with a delay of its own -> the next such time after that", () => {
    const steps = plant({
      ...timeOfDay(2, "08:00", "UTC"),
      over: { ...timeOfDay(2, "08:00", "UTC").over, delay: 9 * 3600 },
    });
    expect(woke(began, steps, at).state.phase).toMatchObject({ dueAt: midnight + DAY + 8 * HOUR });
  });

  test("come round and looked at late -> passed, its end is that time", () => {
    const { state, deliver } = woke(began, plant(timeOfDay(2, "08:00", "UTC"), message(3)), {
      ...now,
      journey: midnight + 9 * HOUR,
    });
    expect(state).toMatchObject({ ran: [2], anchorAt: midnight + 8 * HOUR });
    expect(deliver?.step).toBe(3);
  });

  test("twice in a row -> one day after the other", () => {
    const steps = plant(timeOfDay(2, "08:00", "UTC"), timeOfDay(3, "08:00", "UTC"));
    const { state } = woke(began, steps, { ...now, journey: midnight + 9 * HOUR });
    expect(state.phase).toMatchObject({ step: 3, dueAt: midnight + DAY + 8 * HOUR });
  });
});

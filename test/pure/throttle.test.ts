/** A throttle says why it holds somebody back, and the journey of whom it let in begins only then. */
import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import { unstarted } from "../../src/domain/enrollment";
import { isThrottled, whyHeld } from "../../src/domain/throttle";
import { DAY, HOUR } from "../../src/domain/time";

const NONE = { throttleCapacity: null, throttleMaxAdds: null, throttlePausedAt: null };
const NOON = 20_000 * DAY + 12 * HOUR;
const TODAY = 20_000;

describe("why somebody waits", () => {
  const full = { active: 5, day: TODAY, added: 9 };
  const ROWS: [what: string, throttle: object, tally: typeof full, until: number | null, detail: RegExp][] = [
    ["paused, above all", { throttlePausedAt: 1, throttleCapacity: 5, throttleMaxAdds: 9 }, full, null, /is paused/],
    ["full, which only an end lifts", { throttleCapacity: 5, throttleMaxAdds: 9 }, full, null, /5 be under way.*5 are/],
    ["more there than it takes now", { throttleCapacity: 3 }, full, null, /3 be under way.*5 are/],
    ["the day's share is used up", { throttleMaxAdds: 9 }, full, (TODAY + 1) * DAY, /9 in on a day.*9 came/],
    ["the share was another day's", { throttleMaxAdds: 9 }, { ...full, day: TODAY - 1 }, null, /has room/],
    ["nobody is there", { throttleCapacity: 5 }, { active: 0, day: 0, added: 0 }, null, /has room/],
  ];
  test.each(ROWS)("%s", (_, throttle, tally, until, detail) => {
    const why = whyHeld({ ...NONE, ...throttle }, tally, NOON);
    expect(why).toEqual({ for: "throttle", until, detail: expect.stringMatching(detail) });
  });
});

test("a sequence has a throttle where any of the three is set", () => {
  expect(isThrottled(NONE)).toBe(false);
  for (const field of Object.keys(NONE)) expect(isThrottled({ ...NONE, [field]: 1 })).toBe(true);
});

describe("the object of somebody who waited", () => {
  const trip = { id: 1, workspaceId: 1, sequenceId: 1, contactId: 1, platform: "EMAIL", enrolledAt: NOON } as const;
  const now = { wall: NOON + DAY, journey: NOON + DAY, speed: 1 };

  test("start -> delays count from when he was let in, and a reply of meanwhile is known", () => {
    const event = { kind: "start", step: 7, dueAt: NOON + DAY, anchorAt: NOON + DAY, repliedAt: NOON + HOUR } as const;
    expect(decide(unstarted(trip), event, now).state).toMatchObject({
      phase: { is: "waiting", step: 7, dueAt: NOON + DAY },
      anchorAt: NOON + DAY,
      repliedAt: NOON + HOUR,
    });
  });

  for (const action of [{ kind: "finish" }, { kind: "pause", finishAt: NOON + 9 * DAY }] as const) {
    const reply = { kind: "reply", key: "k", at: NOON + HOUR, action } as const;

    test(`reply to ${action.kind} while held -> ended as replied, and a late start is refused`, () => {
      const { state } = decide(unstarted(trip), { ...reply, held: true }, now);
      expect(state).toMatchObject({ phase: { is: "ended", why: "replied" }, repliedAt: NOON + HOUR });
      expect(decide(state, { kind: "start", step: 7, dueAt: 0 }, now).refusal).toBe("already_ended");
    });

    test(`reply to ${action.kind} before the start, not held -> refused for now`, () => {
      expect(decide(unstarted(trip), reply, now).refusal).toBe("not_started");
    });
  }
});

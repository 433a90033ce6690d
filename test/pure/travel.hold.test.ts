import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { alice, channelPaused, J, later, now, running, sequencePaused, workspacePaused } from "./given";
import {
  addTag,
  BEGAN,
  condition,
  deactivate,
  delay,
  fresh,
  message,
  moveTo,
  plant,
  request,
  results,
  timeOfDay,
  VIP,
  woke,
} from "./planting";
import { afterDelete } from "./trunk";

describe("holds on steps that are no messages", () => {
  test.each([addTag(2, "x"), request(2), moveTo(2, 9), deactivate(2)])(
    "the channel paused + $kind -> done all the same",
    (sprout) => {
      expect(woke(fresh, plant(sprout, message(3)), now, channelPaused).deliver?.step).toBe(2);
    },
  );

  test("the channel paused + a delay, a condition, a message -> the first two pass, the message is held", () => {
    const { state, deeds } = woke(fresh, plant(delay(2, 60), condition(3, VIP), message(4)), now, channelPaused);
    expect(results(deeds)).toEqual([
      [2, "passed"],
      [3, "true"],
    ]);
    expect(state.phase).toEqual({ is: "waiting", step: 4, dueAt: J, held: "channel" });
    expect(nextWake(state, now)).toBeNull();
  });

  test("the channel paused + no step left -> completed", () => {
    expect(woke(fresh, plant(delay(2, 60)), now, channelPaused).state.phase).toMatchObject({
      is: "ended",
      why: "completed",
    });
  });

  test.each([
    ["sequence", sequencePaused],
    ["workspace", workspacePaused],
  ] as const)("the %s paused -> held at whatever is due, be it a delay", (held, facts) => {
    const { state, deeds } = woke(fresh, plant(delay(2, 60), message(3)), now, facts);
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: BEGAN + MINUTE, held });
    expect(deeds).toEqual([]);
  });

  test("held at a delay + lifted -> passed, its end is when it was due, not when the hold was lifted", () => {
    const steps = plant(delay(2, 3600), delay(3, DAY / SECOND));
    const held = woke(fresh, steps, now, sequencePaused).state;
    const { state } = woke(held, steps, later(HOUR));
    expect(state.phase).toEqual({ is: "waiting", step: 3, dueAt: BEGAN + HOUR + DAY });
  });

  test("held at a message by the channel + an act put before what follows -> not visited, the message is still awaited", () => {
    const held = woke(fresh, plant(delay(2, 0), message(3)), now, channelPaused).state;
    const { state, deliver } = woke(held, plant(delay(2, 0), addTag(9, "x"), message(3)), now, channelPaused);
    expect(state.phase).toMatchObject({ step: 3, held: "channel" });
    expect(deliver).toBeUndefined();
  });
});

describe("edited while under way in a tree", () => {
  test("the awaited step was deleted with its branch -> on to what comes after the condition", () => {
    const steps = plant(condition(2, VIP, { yes: [message(3, { delay: 60 })] }), message(4, { delay: 90 }));
    const { state } = woke(fresh, steps);
    const after = woke(state, [2, 21, 3, 22].reduce(afterDelete, steps));
    expect(after.state.phase).toEqual({ is: "waiting", step: 4, dueAt: J + 90 * SECOND });
  });

  test("the zone of the contact changed -> the next look waits for his new one", () => {
    const steps = plant(timeOfDay(2, "08:00"));
    const before = woke(fresh, steps).state;
    const after = woke(before, steps, now, { ...running, contact: { ...alice, timezone: "Asia/Tokyo" } }).state;
    expect(before.phase).not.toEqual(after.phase);
    expect(after).toEqual(woke(fresh, steps, now, { ...running, contact: { ...alice, timezone: "Asia/Tokyo" } }).state);
  });
});

import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { decide } from "../../src/domain/decide";
import type { Hold, State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { DAY, MINUTE, SECOND } from "../../src/domain/time";
import {
  channelPaused,
  J,
  later,
  manyLive,
  now,
  optedOut,
  running,
  SECOND_STEP,
  sequencePaused,
  treeWith,
  W,
  workspacePaused,
} from "./given";
import {
  backingOff,
  stranded,
  waiting,
  waitingBackingOff,
  waitingDue,
  waitingHeld,
  waitingItsTurn,
  waitingStranded,
} from "./states";

function woke(facts: Facts) {
  return { kind: "wake", facts } as const;
}

const holds: [Hold, Facts][] = [
  ["sequence", sequencePaused],
  ["workspace", workspacePaused],
  ["channel", channelPaused],
];

describe("held", () => {
  test.each(holds)("waiting + due + %s paused -> held, alarm off", (hold, facts) => {
    const { state, deeds, deliver } = decide(waitingDue, woke(facts), now);
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J, held: hold });
    expect(nextWake(state, now)).toBeNull();
    expect(deeds).toEqual([]);
    expect(deliver).toBeUndefined();
  });

  test.each(holds)("waiting + woke early + %s paused -> not held yet", (_, facts) => {
    expect(decide(waiting, woke(facts), now).state).toEqual(waiting);
  });

  test.each(holds)("between attempts + %s paused -> held, the message kept", (hold, facts) => {
    const { state, deeds, deliver } = decide(waitingBackingOff, woke(facts), later(MINUTE));
    expect(state).toEqual({ ...waitingBackingOff, phase: { ...waitingBackingOff.phase, held: hold } });
    expect(nextWake(state, now)).toBeNull();
    expect(deeds).toEqual([]);
    expect(deliver).toBeUndefined();
  });

  test("everything paused at once -> held by the sequence first", () => {
    const facts = { ...sequencePaused, workspacePaused: true, channel: channelPaused.channel };
    expect(decide(waitingDue, woke(facts), now).state.phase).toMatchObject({ held: "sequence" });
  });

  test("held by the sequence + woke, now the channel is paused -> held by the channel", () => {
    expect(decide(waitingHeld, woke(channelPaused), now).state.phase).toMatchObject({ held: "channel" });
  });

  test("held + woke, still paused -> unchanged", () => {
    expect(decide(waitingHeld, woke(sequencePaused), now)).toEqual({ state: waitingHeld, deeds: [] });
  });

  test("held + woke, the delay lengthened meanwhile -> waits with an alarm again", () => {
    const facts = { ...sequencePaused, tree: treeWith({ [SECOND_STEP]: { delay: 7200 } }) };
    const { state } = decide(waitingHeld, woke(facts), now);
    expect(state.phase).toStrictEqual({ is: "waiting", step: SECOND_STEP, dueAt: J + 3600 * SECOND });
    expect(nextWake(state, now)).toBe(W + 3600 * SECOND);
  });
});

describe("let go after a hold", () => {
  test("held + lifted, alone in the sequence -> claimed at once", () => {
    const { state, deliver } = decide(waitingHeld, woke(running), now);
    expect(deliver?.step).toBe(SECOND_STEP);
    expect(state.phase).toStrictEqual({ is: "waiting", step: SECOND_STEP, dueAt: J });
  });

  test("held + lifted, many live -> claimed at once: whoever lifts a hold wakes each in its turn", () => {
    expect(decide(waitingHeld, woke(manyLive), now).deliver?.step).toBe(SECOND_STEP);
  });

  test("its turn is ahead + woke before it -> unchanged", () => {
    expect(decide(waitingItsTurn, woke(manyLive), later(SECOND))).toEqual({ state: waitingItsTurn, deeds: [] });
  });

  test("its turn is ahead + woke at it -> claimed", () => {
    const { state, deliver } = decide(waitingItsTurn, woke(manyLive), later(5 * SECOND));
    expect(deliver?.step).toBe(SECOND_STEP);
    expect(state.phase).toStrictEqual({ is: "waiting", step: SECOND_STEP, dueAt: J });
  });

  test("its turn has come + paused meanwhile -> held", () => {
    const { state } = decide(waitingItsTurn, woke(sequencePaused), later(5 * SECOND));
    expect(state.phase).toStrictEqual({ is: "waiting", step: SECOND_STEP, dueAt: J, held: "sequence" });
  });

  test("its turn is ahead + the contact has opted out -> ended at once", () => {
    expect(decide(waitingItsTurn, woke(optedOut), later(SECOND)).state.phase).toMatchObject({ why: "opted_out" });
  });
});

describe("a message between attempts is let go", () => {
  test("held + lifted before its next attempt -> waits for that, alarm on", () => {
    const held: State = { ...waitingBackingOff, phase: { ...waitingHeld.phase } };
    const { state, deliver } = decide(held, woke(running), now);
    expect(state).toEqual({ ...waitingBackingOff, inFlight: { ...backingOff, since: W } });
    expect(nextWake(state, now)).toBe(W + 30 * SECOND);
    expect(deliver).toBeUndefined();
  });

  test("held + lifted after its next attempt was due -> tried again with the same content", () => {
    const held: State = { ...waitingBackingOff, phase: { ...waitingHeld.phase } };
    const { state, deliver } = decide(held, woke(running), later(MINUTE));
    expect(deliver).toEqual({ ...backingOff, attempt: 2, since: W + MINUTE, lease: W + 2 * MINUTE, retryAt: null });
    expect(state.phase).toStrictEqual({ is: "waiting", step: SECOND_STEP, dueAt: J });
    expect(state.messages).toBe(2);
  });

  test("its channel was broken + still paused -> unchanged", () => {
    expect(decide(waitingStranded, woke(channelPaused), now)).toEqual({ state: waitingStranded, deeds: [] });
  });

  test("its channel was broken + mended -> tried again with the same content", () => {
    const { state, deliver } = decide(waitingStranded, woke(running), now);
    expect(deliver).toEqual({ ...stranded, attempt: 2, since: W, lease: W + MINUTE });
    expect(state.phase).toStrictEqual({ is: "waiting", step: SECOND_STEP, dueAt: J });
  });

  test("not held + its next attempt -> the three days are still counted from the first", () => {
    const { deliver } = decide(waitingBackingOff, woke(running), later(MINUTE));
    expect(deliver?.since).toBe(backingOff.since);
  });

  test("held for four days + lifted + one transient fault -> tried again, not given up", () => {
    const held: State = { ...waitingBackingOff, phase: { ...waitingHeld.phase } };
    const tried = decide(held, woke(running), later(4 * DAY));
    const outcome = { kind: "transient", reason: "503" } as const;
    const event = { kind: "outcome", message: backingOff.message, attempt: 2, outcome, facts: running } as const;
    const { state } = decide(tried.state, event, later(4 * DAY + SECOND));
    expect(state.phase).toMatchObject({ is: "waiting" });
    expect(state.inFlight).toMatchObject({ attempt: 2, lease: null, since: W + 4 * DAY });
  });
});

import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { actId } from "../../src/domain/message";
import { MINUTE } from "../../src/domain/time";
import { alice, FIRST, J, now, running, SECOND_STEP, treeWith, trip } from "./given";
import { waitingDue } from "./states";

/** The ruleset takes contacts who have opted out, as this one had before he was enrolled. */
const taken: Facts = {
  ...running,
  sequence: { ...running.sequence, takesOptedOut: true },
  contact: { ...alice, optedOutAt: trip.enrolledAt - MINUTE },
};
const mail = treeWith({
  [SECOND_STEP]: { kind: "task", settings: { taskType: "manual_email" } } as never,
});
const task = {
  id: actId(trip.id, 1),
  step: SECOND_STEP,
  type: "manual_email",
  madeAt: J,
  dueAt: J,
  skipAt: null,
} as const;
const sending: State = { ...waitingDue, acts: 1, task: { ...task, sending: { at: J, by: 1 } } };

function wake(state: State, facts: Facts) {
  return decide(state, { kind: "wake", facts }, now);
}

describe("whoever was taken although he had opted out", () => {
  test("his message is passed over, and the next step awaited", () => {
    const { state, deeds, deliver } = wake(waitingDue, taken);
    expect(deliver).toBeUndefined();
    expect(deeds).toMatchObject([{ what: "step", step: SECOND_STEP, result: "passed" }]);
    expect(state).toMatchObject({ phase: { is: "waiting" }, ran: [FIRST, SECOND_STEP], messages: waitingDue.messages });
  });

  test("the mail of a task is not sent to him either", () => {
    expect(wake(sending, { ...running, tree: mail }).deliver).toBeDefined();
    const { state, deliver } = wake(sending, { ...taken, tree: mail });
    expect(deliver).toBeUndefined();
    expect(state).toMatchObject({ task: null, phase: { is: "waiting" }, ran: [FIRST, SECOND_STEP] });
  });

  test.each<[string, Facts, object]>([
    ["no ruleset takes him", { ...taken, sequence: running.sequence }, { is: "ended", why: "opted_out" }],
    ["he opted out on the way", { ...taken, contact: { ...alice, optedOutAt: J } }, { is: "ended", why: "opted_out" }],
  ])("%s -> ended", (_, facts, phase) => {
    expect(wake(waitingDue, facts).state.phase).toMatchObject(phase);
  });

  test("what is transactional is sent to him", () => {
    const facts = { ...taken, sequence: { ...taken.sequence, transactional: true } };
    expect(wake(waitingDue, facts).deliver).toBeDefined();
  });
});

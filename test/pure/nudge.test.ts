import { expect, test } from "vitest";
import { jobNudge, MOST_TRIGGERS, triggerNudges } from "../../src/domain/nudge";

test("a job is told of by itself", () => {
  expect(jobNudge(7, 5)).toEqual({ v: 1, kind: "job", workspaceId: 7, job: 5 });
});

test("triggers are told of together, but no more at a time than one turn can do", () => {
  expect(triggerNudges(7, [])).toEqual([]);
  expect(triggerNudges(7, [3, 4])).toEqual([{ v: 1, kind: "trigger", workspaceId: 7, triggers: [3, 4] }]);
  const many = Array.from({ length: 2 * MOST_TRIGGERS + 1 }, (_, i) => i);
  const sizes = triggerNudges(7, many).map((nudge) => (nudge.kind === "trigger" ? nudge.triggers.length : 0));
  expect(sizes).toEqual([MOST_TRIGGERS, MOST_TRIGGERS, 1]);
});

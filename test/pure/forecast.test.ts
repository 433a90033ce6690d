import { describe, expect, test } from "vitest";
import { nextEmailAt } from "../../src/domain/forecast";
import { labelOf } from "../../src/domain/label";
import { ALWAYS_OPEN, type Setting } from "../../src/domain/schedule";
import type { Step, StepDraft } from "../../src/domain/step";
import { SECOND } from "../../src/domain/time";
import { growTree } from "../../src/domain/tree";
import { J } from "./given";

const bare = { label: null, delay: 0, subject: null, body: null, format: "html", settings: {} } as const;
const KINDS: Record<string, StepDraft> = {
  email: { ...bare, kind: "message", body: "x" },
  wait: { ...bare, kind: "delay", delay: 100 },
  time: { ...bare, kind: "delay_until_time", settings: { time: "08:00", zone: null } },
  tag: { ...bare, kind: "add_tag", delay: 7, settings: { tags: ["a"] } },
  request: { ...bare, kind: "http_request", settings: { method: "POST", url: "https://x", headers: {}, body: null } },
  condition: { ...bare, kind: "condition", settings: { test: { on: "reply" }, upTo: 50 } },
  move: { ...bare, kind: "move_to_sequence", settings: { sequenceId: 9 } },
  off: { ...bare, kind: "deactivate_contact", settings: {} },
};

const SETTING: Setting = { contact: null, timing: ALWAYS_OPEN };

/** Steps 2, 3, … in a row after the entry; `late email` has a delay of its own, `no email` was deleted. */
function row(...names: string[]): Step[] {
  const place = { sequenceId: 5, branch: null, ...times };
  const entry = { ...bare, ...place, kind: "entry" as const, id: 1, parentId: null };
  const rest = names.map((name, i) => {
    const [how, kind = how] = name.split(" ") as [string, string?];
    const delay = how === "late" ? { delay: 60 } : {};
    return {
      ...KINDS[kind],
      ...place,
      ...delay,
      id: i + 2,
      parentId: i + 1,
      deletedAt: how === "no" ? J : null,
    } as Step;
  });
  return [entry, ...rest];
}

const times = {
  scheduleId: null,
  date: null,
  creatorId: null,
  updaterId: null,
  createdAt: J,
  updatedAt: J,
  deletedAt: null,
};

const forecast = (names: string[], stepId: number | null, dueAt: number | null = J) =>
  nextEmailAt(growTree(row(...names), 1), { dueAt, stepId }, SETTING);

describe("when the next email goes", () => {
  test.each([
    [["email"], 2, 0],
    [["late email"], 2, 0], // its own delay is in the time it is due
    [["wait", "email"], 2, 0],
    [["wait", "wait", "email"], 2, 100],
    [["wait", "late email"], 2, 60],
    [["wait", "tag", "request", "late email"], 2, 67],
    [["wait", "no wait", "email"], 2, 0],
    [["no email", "wait", "email"], 2, 0], // awaited and deleted since
    [["time", "wait", "email"], 2, 100],
    [["wait", "time", "late email"], 2, 0],
    [["condition", "late email"], 2, 0],
    [["wait", "wait", "condition", "late email"], 2, 0],
  ])("%j, awaiting %i -> %i seconds past what is due", (names, step, seconds) => {
    expect(forecast(names, step)).toBe(J + seconds * SECOND);
  });

  test.each([
    [["wait"], 2],
    [["email", "tag"], 3],
    [["move", "email"], 2],
    [["wait", "off", "email"], 2],
    [["no email"], 2],
    [["email"], null],
    [["email"], 99],
  ])("%j, awaiting %j -> never", (names, step) => {
    expect(forecast(names, step)).toBeNull();
  });

  test("an ended journey -> never", () => {
    expect(forecast(["email"], 2, null)).toBeNull();
  });

  test("at the end of a branch -> on past the condition", () => {
    const [entry, condition, mail] = row("condition", "late email");
    const place = { ...bare, ...times, sequenceId: 5 };
    const branch = { ...place, kind: "condition_branch" as const, settings: {}, parentId: 2 };
    const tag = { ...place, ...KINDS.tag, id: 12, parentId: 10, branch: null } as Step;
    const fork: Step[] = [{ ...branch, id: 10, branch: true }, { ...branch, id: 11, branch: false }, tag];
    const tree = growTree([entry, condition, mail, ...fork] as Step[], 1);
    expect(nextEmailAt(tree, { dueAt: J, stepId: 12 }, SETTING)).toBe(J + 60 * SECOND);
  });
});

describe("when the next email goes, by a schedule or on a day", () => {
  const hours = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: "09:00", to: "17:00" }));
  const schedules = new Map([[1, { zone: "UTC", openings: hours, holidays: [] }]]);
  const at = (text: string) => Date.parse(text);
  const due = at("2024-01-10T16:00Z");

  test.each([
    ["calendar", ["wait", "late email"], 7200, "2024-01-11T09:00Z"],
    ["schedule", ["wait", "late email"], 7200, "2024-01-11T10:00Z"],
    ["schedule", ["wait", "wait", "late email"], 1800, "2024-01-11T09:00Z"],
  ] as const)("intervals of the %s: %j, each delay %i seconds -> %s", (intervals, names, delay, next) => {
    const steps = row(...names).map((step) => ({ ...step, delay }) as Step);
    const setting = { contact: null, timing: { ...ALWAYS_OPEN, intervals, scheduleId: 1, schedules } };
    expect(nextEmailAt(growTree(steps, 1), { dueAt: due, stepId: 2 }, setting)).toBe(at(next));
  });

  test("a date that will have passed -> the email after it", () => {
    const dates = [null, null, "2024-01-09", "2024-02-01"];
    const steps = row("wait", "email", "email").map((step, i) => ({ ...step, date: dates[i] ?? null }) as Step);
    const setting = { contact: null, timing: { ...ALWAYS_OPEN, type: "date" as const } };
    expect(nextEmailAt(growTree(steps, 1), { dueAt: due, stepId: 2 }, setting)).toBe(at("2024-02-01T00:00Z"));
  });
});

test.each([
  [0, "Wait 0 seconds"],
  [1, "Wait 1 second"],
  [90, "Wait 90 seconds"],
  [60, "Wait 1 minute"],
  [3600, "Wait 1 hour"],
  [5400, "Wait 90 minutes"],
  [36 * 3600, "Wait 36 hours"],
  [86_400, "Wait 1 day"],
  [7 * 86_400, "Wait 7 days"],
])("a delay of %i seconds is called %j", (delay, label) => {
  const [, step] = row("wait");
  expect(labelOf({ ...step, delay } as Step)).toBe(label);
});

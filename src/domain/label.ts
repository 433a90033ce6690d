/** Knows what a step is called that nobody has named. */
import { describe } from "./condition";
import type { Step, TaskType, Test } from "./step";

const UNITS: [seconds: number, name: string][] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

const TASKS: Record<TaskType, string> = { manual_email: "Manual email", call: "Call", task: "Task" };

/** The step's own label, or one that says what it does. */
export function labelOf(step: Step): string {
  return step.label ?? defaultLabel(step);
}

function defaultLabel(step: Step): string {
  switch (step.kind) {
    case "entry":
      return "Start";
    case "message":
      return step.subject || "Email";
    case "delay":
      return `Wait ${spanOf(step.delay)}`;
    case "delay_until_time":
      return `Wait until ${step.settings.time}`;
    case "condition":
      return questionOf(step.settings.test);
    case "condition_branch":
      return step.branch ? "Yes" : "No";
    case "move_to_sequence":
      return "Move to another sequence";
    case "add_tag":
      return `Add tag ${step.settings.tags.join(", ")}`;
    case "remove_tag":
      return `Remove tag ${step.settings.tags.join(", ")}`;
    case "deactivate_contact":
      return "Deactivate subscriber";
    case "http_request":
      return `${step.settings.method} request`;
    case "task":
      return TASKS[step.settings.type];
  }
}

/** In the largest unit that divides it: 5400 seconds are 90 minutes. */
function spanOf(seconds: number): string {
  const [size, name] = UNITS.find(([size]) => seconds % size === 0 && seconds >= size) ?? [1, "second"];
  const n = seconds / size;
  return `${n} ${name}${n === 1 ? "" : "s"}`;
}

function questionOf(test: Test): string {
  switch (test.on) {
    case "message":
      return `${test.which === "any" ? "Any" : "Previous"} email ${test.fact}?`;
    case "reply":
      return "Has replied?";
    case "tag":
      return `Has tag ${test.tag}?`;
    case "contact":
      return `${describe(test.condition)}?`;
  }
}

/** Knows what steps and the ways of a journey are called on pages. */

import type { Condition } from "../../domain/condition";
import { textOfRendered } from "../../domain/html";
import { oneLine } from "../../domain/line";
import { excerptOf } from "../../domain/message";
import type { Step, TaskType, Test } from "../../domain/step";
import { SECOND } from "../../domain/time";
import { lengthOf } from "../kit/when";

/** A step by its own label, or by what it says or does. */
export function nameOf(step: Step): string {
  return step.label ?? deedOf(step);
}

function deedOf(step: Step): string {
  switch (step.kind) {
    case "entry":
      return "The beginning";
    case "message":
      return step.subject ?? saidIn(step.body, step.format) ?? "Message";
    case "delay":
      return `Wait ${lengthOf(step.delay * SECOND)}`;
    case "delay_until_time":
      return `Wait until ${step.settings.time}${step.settings.zone === null ? "" : ` in ${step.settings.zone}`}`;
    case "condition":
      return askedIn(step.settings.test);
    case "condition_branch":
      return step.branch ? "Yes" : "No";
    case "move_to_sequence":
      return "Move to another sequence";
    case "add_tag":
      return `Add ${tagsOf(step.settings.tags)}`;
    case "remove_tag":
      return `Remove ${tagsOf(step.settings.tags)}`;
    case "deactivate_contact":
      return "Deactivate the contact";
    case "http_request":
      return `Call ${step.settings.method} ${excerptOf(step.settings.url)}`;
    case "task":
      return excerptOf(step.subject ?? step.settings.note ?? TASKS[step.settings.type]);
  }
}

const TASKS: Record<TaskType, string> = { manual_email: "Send a mail by hand", call: "Make a call", task: "Do a task" };

export function taskName(type: TaskType): string {
  return TASKS[type];
}

const LONGEST_NAME = 60;

/** How a text begins, on one line; null of one that says nothing. */
export function saidIn(body: string | null, format: Step["format"]): string | null {
  const text = oneLine(format === "html" ? textOfRendered(body ?? "") : (body ?? ""));
  if (text === "") return null;
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME - 1).trimEnd()}…`;
}

function tagsOf(tags: readonly string[]): string {
  return `${tags.length === 1 ? "the tag" : "the tags"} ${tags.join(", ")}`;
}

/** What a condition asks, as a question. */
export function askedIn(test: Test): string {
  switch (test.on) {
    case "message":
      return `${test.which === "any" ? "Any message" : "The message before"} ${test.fact}?`;
    case "tag":
      return `Has the tag ${test.tag}?`;
    case "reply":
      return "Has replied?";
    case "contact":
      return `${conditionIn(test.condition)}?`;
  }
}

function conditionIn({ field, op, value }: Condition): string {
  const name = field.replace(/^customFields\./, "");
  return [name, op.replaceAll("_", " "), ...(value === undefined ? [] : [String(value)])].join(" ");
}

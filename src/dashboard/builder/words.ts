/** Knows what steps are called, and how each is told in a line. */

import { describe } from "../../domain/condition";
import { capital } from "../../domain/line";
import { excerptOf } from "../../domain/message";
import type { ConditionSettings, Step, StepKind, Test } from "../../domain/step";
import { SECOND } from "../../domain/time";
import { lengthOf } from "../kit/when";

/** The kinds that somebody makes; the others come along with something. */
export const MADE = [
  "message",
  "delay",
  "delay_until_time",
  "condition",
  "add_tag",
  "remove_tag",
  "move_to_sequence",
  "deactivate_contact",
  "http_request",
  "task",
] as const satisfies readonly StepKind[];
export type Made = (typeof MADE)[number];

export const KINDS: Record<StepKind, { name: string; does: string }> = {
  entry: { name: "Start", does: "" },
  condition_branch: { name: "Branch", does: "" },
  message: {
    name: "Message",
    does: "Writes to the contact. With several texts, each goes to its share of the contacts.",
  },
  delay: { name: "Wait", does: "Lets some time go by." },
  delay_until_time: { name: "Wait until a time", does: "Goes on at the next such time of day." },
  condition: { name: "Condition", does: "Goes one of two ways: by an open, a click, a reply, a tag or a field." },
  add_tag: { name: "Add tags", does: "Gives the contact tags." },
  remove_tag: { name: "Remove tags", does: "Takes tags from the contact." },
  move_to_sequence: { name: "Move to a sequence", does: "Ends here, and begins another sequence." },
  deactivate_contact: { name: "Deactivate contact", does: "Nothing is sent to the contact any more, by any sequence." },
  http_request: { name: "Web request", does: "Tells another service, with the contact's data." },
  task: { name: "Task", does: "Asks a person for a call, a mail by hand, or anything else." },
};

export function isMade(kind: StepKind): kind is Made {
  return MADE.some((one) => one === kind);
}

/** What a step says, or does, in a line. */
export function gistOf(step: Step): string {
  if (step.label) return step.label;
  switch (step.kind) {
    case "entry":
      return "Whoever is enrolled begins here";
    case "condition_branch":
      return step.branch ? "Yes" : "No";
    case "message":
      return excerptOf(step.subject || step.body || "No text yet: nobody can be written to here");
    case "delay":
      return spanOf(step.delay);
    case "delay_until_time":
      return `${step.settings.time}, ${step.settings.zone ?? "by the contact's clock"}`;
    case "condition":
      return askedBy(step.settings);
    case "add_tag":
    case "remove_tag":
      return step.settings.tags.join(", ");
    case "move_to_sequence":
      return "The contact goes on there";
    case "deactivate_contact":
      return "No more messages, whatever the sequence";
    case "http_request":
      return `${step.settings.method} ${step.settings.url}`;
    case "task":
      return step.settings.note || step.subject || TASKS[step.settings.type];
  }
}

export const TASKS = { manual_email: "A mail by hand", call: "A call", task: "Something to do" } as const;

/** `Message “Hello there”`. */
export function titleOf(step: Step): string {
  return step.kind === "entry" ? "the start" : `${KINDS[step.kind].name} “${shortened(gistOf(step), 60)}”`;
}

export function spanOf(seconds: number): string {
  return seconds === 0 ? "At once" : lengthOf(seconds * SECOND);
}

function askedBy({ test, upTo }: ConditionSettings): string {
  return `${testOf(test)}?${upTo > 0 ? ` Waits up to ${spanOf(upTo)}` : ""}`;
}

function testOf(test: Test): string {
  switch (test.on) {
    case "message":
      return `Has ${test.fact} ${test.which === "any" ? "any message" : "the message before"}`;
    case "reply":
      return "Has replied";
    case "tag":
      return `Has the tag ${test.tag}`;
    case "contact":
      return capital(describe(test.condition));
  }
}

/** At most so many characters, as people count them. */
export function shortened(text: string, most: number): string {
  const all = [...text.replaceAll(/\s+/g, " ").trim()];
  return all.length <= most
    ? all.join("")
    : `${all
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`;
}

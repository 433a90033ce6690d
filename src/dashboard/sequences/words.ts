/** Knows how steps, and what journeys wait for, are put into words. */
import type { Step, StepKind } from "../../domain/step";
import { conditionAbove, type Tree } from "../../domain/tree";

const KINDS: Record<StepKind, string> = {
  entry: "Start",
  message: "Message",
  delay: "Delay",
  delay_until_time: "Wait for a time of day",
  condition: "Condition",
  condition_branch: "Branch",
  move_to_sequence: "Move to a sequence",
  add_tag: "Add tags",
  remove_tag: "Remove tags",
  deactivate_contact: "Deactivate the contact",
  http_request: "HTTP request",
  task: "Task",
};

export function kindOf(kind: StepKind | null): string {
  return kind === null ? "A step that is gone" : KINDS[kind];
}

const LONGEST_NAME = 60;

export function nameOf(step: Step | undefined): string {
  if (step === undefined) return "A step that is gone";
  if (step.kind === "condition_branch") return step.branch ? "Yes" : "No";
  const words = step.label || step.subject || step.body?.trim().split("\n")[0] || KINDS[step.kind];
  return words.length > LONGEST_NAME ? `${words.slice(0, LONGEST_NAME)}…` : words;
}

/** In how many conditions a step stands. */
export function depthOf(tree: Tree, step: Step): number {
  const above = conditionAbove(tree, step);
  return above === null ? 0 : 1 + depthOf(tree, above);
}

interface Stand {
  state: string;
  why: string | null;
}

const WAITS: Record<string, string> = {
  start: "the start",
  retry: "another try",
  move: "the start",
  throttle: "the throttle",
  sequence: "the sequence to run",
  workspace: "the workspace to run",
  channel: "the channel",
  mailbox: "a mailbox",
  condition: "a condition",
  frequency: "the limit of messages a contact",
  slot: "a slot of the mailbox",
};

const PAUSES: Record<string, string> = {
  manual: "paused by hand",
  reply: "paused by a reply",
  out_of_office: "out of office",
};

const ENDS: Record<string, string> = {
  completed: "came to the end",
  replied: "replied",
  removed: "removed by hand",
  opted_out: "opted out",
  bounced: "bounced",
  moved: "moved to another sequence",
  archived: "the sequence was archived",
  failed: "failed",
};

/** What a journey waits for, or how it ended. */
export function standOf({ state, why }: Stand): string {
  switch (state) {
    case "ended":
      return ENDS[why ?? ""] ?? "ended";
    case "paused":
      return PAUSES[why ?? ""] ?? "paused";
    case "working":
      return "a task";
    default:
      return WAITS[why ?? ""] ?? "its delay";
  }
}

export function people(n: number): string {
  return n === 1 ? "1 person" : `${n.toLocaleString("en")} people`;
}

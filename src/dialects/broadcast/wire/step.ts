/** Knows a step as Broadcast reads it: its action, its place, and what each action has besides. */
import { labelOf } from "../../../domain/label";
import type { Step, StepKind } from "../../../domain/step";
import { liveParentOf, type Tree, walk } from "../../../domain/tree";
import { showTest } from "./condition";

export const ACTIONS: Record<StepKind, string> = {
  entry: "entry_point",
  message: "send_email",
  delay: "delay",
  delay_until_time: "delay_until_time",
  condition: "condition",
  condition_branch: "condition_branch",
  move_to_sequence: "move_to_sequence",
  add_tag: "add_tag_to_subscriber",
  remove_tag: "remove_tag_from_subscriber",
  deactivate_contact: "deactivate_subscriber",
  http_request: "make_http_request",
  task: "task",
};

/** In pre-order, the true branch before the false one. */
export function showSteps(tree: Tree) {
  const live = [...walk(tree)].filter(({ deletedAt }) => deletedAt === null);
  return live.map((step) => showStep({ tree, step }));
}

export function showStep({ tree, step }: { tree: Tree; step: Step }) {
  return {
    id: step.id,
    action: ACTIONS[step.kind],
    label: labelOf(step),
    parent_id: liveParentOf(tree, step)?.id ?? null,
    true_branch: step.branch,
    ...detailsOf(step),
    delay: step.delay,
  };
}

function detailsOf(step: Step): object {
  switch (step.kind) {
    case "entry":
    case "condition_branch":
    case "delay":
    case "deactivate_contact":
      return {};
    case "message":
      return { subject: step.subject, body: step.body ?? "", preheader: step.settings.preheader ?? null };
    case "delay_until_time":
      return { time: step.settings.time, time_zone: step.settings.zone };
    case "condition":
      return { ...showTest(step.settings.test), wait_up_to: step.settings.upTo };
    case "move_to_sequence":
      return { sequence_id: step.settings.sequenceId };
    case "add_tag":
    case "remove_tag":
      return { taggify_list: step.settings.tags.join(",") };
    case "http_request": {
      const { url, method, headers, body } = step.settings;
      return { url, http_method: method, headers, body };
    }
    case "task":
      return { task_type: step.settings.type, note: step.settings.note ?? null };
  }
}

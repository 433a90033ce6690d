/** Knows an enrollment as Broadcast's oldest list shows it, and who is to be enrolled or removed. */
import * as z from "zod";
import { addressOn } from "../../../domain/contact";
import { nextEmailAt } from "../../../domain/forecast";
import type { Timing } from "../../../domain/schedule";
import { growTree, type Tree } from "../../../domain/tree";
import type { EnrollmentRow } from "../../../engine/admission";
import type { Shown } from "../../../engine/enrollments";
import { text, textOrNone } from "./parse";
import { second, secondOrNull } from "./time";

export const Enrolled = z.object({
  email: text(320),
  first_name: textOrNone(255).optional(),
  last_name: textOrNone(255).optional(),
});

/** The rows of one sequence. */
export function showEnrollments(items: readonly Shown[], timing: Timing) {
  const [first] = items;
  if (!first) return [];
  const { steps, sequence } = first.definition;
  const tree = growTree(steps, sequence.revision);
  return items.map((one) => showEnrollment(one, tree, timing));
}

function showEnrollment({ row, contact }: Shown, tree: Tree, timing: Timing) {
  return {
    id: String(row.id),
    status: statusOf(row),
    started_at: second(row.enrolledAt),
    completed_at: secondOrNull(row.endedAt),
    next_trigger_at: row.state === "ended" ? null : secondOrNull(nextEmailAt(tree, row, { contact, timing })),
    subscriber: { id: String(row.contactId), email: contact && (addressOn(contact, "EMAIL")?.address ?? null) },
  };
}

function statusOf({ state, why }: EnrollmentRow) {
  switch (state) {
    case "pending":
    case "waiting":
    case "working":
      return "active";
    case "paused":
      return "paused";
    case "ended":
      return ENDS.get(why) ?? "removed";
  }
}

/** All other ends are removals. */
const ENDS = new Map<EnrollmentRow["why"], string>([
  ["completed", "completed"],
  ["bounced", "error"],
  ["failed", "error"],
  ["moved", "moved"],
]);

/** Knows what a step is. */
import type { Format } from "./template";
import type { Journey } from "./time";

/** `entry` is the root and is made with the sequence. */
export type StepKind = "entry" | "message";

export interface Step {
  id: number;
  sequenceId: number;
  /** The step it comes after; null for the entry alone. */
  parentId: number | null;
  kind: StepKind;
  /** Seconds to wait after the previous step ran, 0 or more. */
  delay: number;
  subject: string | null;
  /** Liquid; null on steps that write nothing. */
  body: string | null;
  format: Format;
  createdAt: Journey;
  updatedAt: Journey;
  /** A deleted step keeps its place in the tree, so that whoever awaited it finds the way onward. */
  deletedAt: Journey | null;
}

/** Whether the dialects that know only lists show this step and number it. */
export function isShown(step: Step): boolean {
  return step.kind === "message" && step.deletedAt === null;
}

export const MOST_STEPS = 500;

/** Knows what a step is, and what each kind of step needs. */
import type { Condition } from "./condition";
import type { Format } from "./template";
import type { Journey } from "./time";
import type { Variant } from "./variant";

/** `entry` is the root and is made with the sequence, the two branches with their condition. */
export const STEP_KINDS = [
  "entry",
  "message",
  "delay",
  "delay_until_time",
  "condition",
  "condition_branch",
  "move_to_sequence",
  "add_tag",
  "remove_tag",
  "deactivate_contact",
  "http_request",
  "task",
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

interface Base {
  id: number;
  sequenceId: number;
  /** The step it comes after; null for the entry alone. What comes after a condition's branches hangs on the condition. */
  parentId: number | null;
  /** Which branch of its condition a `condition_branch` is; null on all others. */
  branch: boolean | null;
  label: string | null;
  /** Seconds to wait after the previous step ran, 0 or more. Of a `delay` it is all there is. */
  delay: number;
  /** Of a message, this and its text are those of the first variant that is enabled. */
  subject: string | null;
  /** Liquid; null on steps that write nothing. */
  body: string | null;
  format: Format;
  /** A schedule of its own in place of the sequence's. */
  scheduleId: number | null;
  /** `YYYY-MM-DD`: of a date sequence, the day on which it comes if it is a shown step. */
  date: string | null;
  /** The users on whose behalf; null where nobody called, and of steps older than that was kept. */
  creatorId: number | null;
  updaterId: number | null;
  createdAt: Journey;
  updatedAt: Journey;
  /** A deleted step keeps its place in the tree, so that whoever awaited it finds the way onward. */
  deletedAt: Journey | null;
}

export type Step = Base &
  (
    | { kind: "entry" | "delay" | "condition_branch"; settings: Record<string, never> }
    | { kind: "deactivate_contact"; settings: Record<string, never> }
    | { kind: "message"; settings: MessageSettings; variants: readonly Variant[] }
    | { kind: "delay_until_time"; settings: LocalTime }
    | { kind: "condition"; settings: ConditionSettings }
    | { kind: "move_to_sequence"; settings: { sequenceId: number } }
    | { kind: "add_tag" | "remove_tag"; settings: { tags: string[] } }
    | { kind: "http_request"; settings: RequestSettings }
    | { kind: "task"; settings: TaskSettings; variants: readonly Variant[] }
  );

export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;

/** A step on which templates may hang. */
export type Writer = StepOf<"message" | "task">;

export type Timed = Pick<Base, "scheduleId" | "date">;

/** What a step is made of, before it has a place and an id. */
type DraftOf<S> = S extends Step
  ? Pick<S, "kind" | "label" | "delay" | "subject" | "body" | "format" | "settings"> & Partial<Timed>
  : never;
export type StepDraft = DraftOf<Step>;

export interface MessageSettings {
  /** Liquid; what mail programs show beside the subject. */
  preheader?: string;
}

export interface LocalTime {
  /** `08:00`, on the 24-hour clock. */
  time: string;
  /** An IANA zone; null for the contact's own, or UTC where he has none. */
  zone: string | null;
}

export interface ConditionSettings {
  test: Test;
  /** Seconds that it waits for the test to be met before it goes the other way; 0 decides at once. */
  upTo: number;
}

/** What a condition asks. */
export type Test =
  /** Of any message of this journey, or of the one just before. */
  | { on: "message"; fact: "opened" | "clicked"; which: "any" | "previous" }
  | { on: "contact"; condition: Condition }
  | { on: "tag"; tag: string }
  | { on: "reply" };

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** All texts are Liquid. */
export interface RequestSettings {
  method: (typeof METHODS)[number];
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

export const TASK_TYPES = ["manual_email", "call", "task"] as const;
export type TaskType = (typeof TASK_TYPES)[number];

/** What a person must do. The mail of a manual email is one of its variants; where none is enabled, its own text. */
export interface TaskSettings {
  type: TaskType;
  /** What whoever does it is told. */
  note?: string;
  /** Seconds from when it is overdue until it is skipped; null: it waits until somebody acts. */
  autoskip: number | null;
  priorityId?: number | null;
}

/** Whether what it sends, by itself or for a person, is taken from templates. */
export function isWriter(step: Step): step is Writer {
  return step.kind === "message" || (step.kind === "task" && step.settings.type === "manual_email");
}

/** Which steps a dialect that knows only lists shows and numbers. */
export type Shows = (step: Step) => boolean;

/** Whether v1 shows this step: it sends by itself. */
export function isShown(step: Step): boolean {
  return step.kind === "message" && step.deletedAt === null;
}

/** Whether it reaches out to somebody, by itself or through a person: such steps Outreach shows, and windows bind. */
export function isTouch(step: Step): boolean {
  return (step.kind === "message" || step.kind === "task") && step.deletedAt === null;
}

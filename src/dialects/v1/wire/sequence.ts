/** Knows a sequence and its steps as v1 writes and reads them. */
import * as z from "zod";
import { isField, NO_RULES, OPERATORS, type Rules, takesValue } from "../../../domain/condition";
import { REENROLLS, SEQUENCE_STATUSES, type Sequence } from "../../../domain/sequence";
import type { Step } from "../../../domain/step";
import { numbered, type ShownStep } from "../../../engine/steps";
import { spell } from "../ids";
import { oneOf, text } from "./parse";
import { instant } from "./time";

const MOST_CONDITIONS = 50;
const LONGEST_DELAY = 8760;
const HOUR = 3600;

const Condition = z
  .strictObject({
    field: z.string().refine(isField, "is not a field that rules can ask for"),
    op: oneOf(OPERATORS),
    value: z
      .union([z.string().max(1000), z.number(), z.boolean()], "must be a text, a number, true or false")
      .optional(),
  })
  .refine((condition) => takesValue(condition.op) === (condition.value !== undefined), {
    message: "must have a value, unless the operator is exists or not_exists",
    path: ["value"],
  });

/** `{}` stands for no rules. */
const EnrollmentRules = z
  .strictObject({
    match: oneOf(["all", "any"]).default("all"),
    conditions: z.array(Condition).max(MOST_CONDITIONS).default([]),
  })
  .transform((rules): Rules => (rules.conditions.length === 0 ? NO_RULES : rules));

const name = text(1, 255);
const messageTemplate = text(1, 2000);
const delayHours = z.int().min(0).max(LONGEST_DELAY);

export const CreateSequence = z.object({
  name,
  enrollmentRules: EnrollmentRules.default(NO_RULES),
  exitOnReply: z.boolean().default(true),
  reenroll: oneOf(REENROLLS).default("after_exit"),
});

export const UpdateSequence = z.object({
  name: name.optional(),
  status: oneOf(SEQUENCE_STATUSES).optional(),
  exitOnReply: z.boolean().optional(),
  enrollmentRules: EnrollmentRules.optional(),
  reenroll: oneOf(REENROLLS).optional(),
});

export const AddStep = z.object({ messageTemplate, delayHours, stepOrder: z.int().optional() });

export const UpdateStep = z.object({
  messageTemplate: messageTemplate.optional(),
  delayHours: delayHours.optional(),
  stepOrder: z.int().optional(),
});

export function secondsOf(delayHours: number): number {
  return delayHours * HOUR;
}

export function showSequence(sequence: Sequence, steps: readonly Step[]) {
  return {
    id: spell("sequence", sequence.id),
    workspaceId: spell("workspace", sequence.workspaceId),
    name: sequence.name,
    enrollmentRules: sequence.rules.conditions.length === 0 ? {} : sequence.rules,
    exitOnReply: sequence.primaryReplyAction === "finish",
    reenroll: sequence.reenroll,
    status: sequence.status,
    steps: numbered(steps).map(showStep),
    createdAt: instant(sequence.createdAt),
    updatedAt: instant(sequence.updatedAt),
  };
}

export function showStep({ step, order }: ShownStep) {
  return {
    id: spell("step", step.id),
    sequenceId: spell("sequence", step.sequenceId),
    stepOrder: order,
    messageTemplate: step.body ?? "",
    delayHours: Math.ceil(step.delay / HOUR),
    createdAt: instant(step.createdAt),
    updatedAt: instant(step.updatedAt),
  };
}

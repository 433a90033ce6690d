/** Knows a variant of a step's text as v1 writes and reads it. */
import * as z from "zod";
import { MOST_WEIGHT, USUAL_WEIGHT, type Variant } from "../../../domain/variant";
import { spell } from "../ids";
import { oneLine, spelled } from "./parse";
import { messageTemplate } from "./sequence";

const LONGEST_SUBJECT = 998;

const subject = oneLine(LONGEST_SUBJECT).nullable().optional();
const weight = z.int().min(1).max(MOST_WEIGHT);

export const AddVariant = z.object({
  messageTemplate,
  subject,
  weight: weight.default(USUAL_WEIGHT),
  enabled: z.boolean().default(true),
});

export const UpdateVariant = z.object({
  messageTemplate: messageTemplate.optional(),
  subject,
  weight: weight.optional(),
  enabled: z.boolean().optional(),
});

export const ShownVariant = z
  .object({
    id: spelled("variant"),
    stepId: spelled("step"),
    subject: z.string().nullable(),
    messageTemplate: z.string(),
    weight: z.int(),
    enabled: z.boolean(),
  })
  .meta({ id: "Variant" });

export function showVariant(
  step: number,
  { id, subject, isReply, body, weight, enabledAt }: Variant,
): z.input<typeof ShownVariant> {
  return {
    id: spell("variant", id),
    stepId: spell("step", step),
    subject: isReply ? null : subject,
    messageTemplate: body,
    weight,
    enabled: enabledAt !== null,
  };
}

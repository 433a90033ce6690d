/** Knows rules about contacts as v1 writes them: for enrolling, and for segments. */
import * as z from "zod";
import { isField, NO_RULES, OPERATORS, type Rules as Saved, takesValue } from "../../../domain/condition";
import { oneOf } from "./parse";

const MOST_CONDITIONS = 50;

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

export const ShownRules = z.object({
  match: z.enum(["all", "any"]),
  conditions: z.array(
    z.object({
      field: z.string(),
      op: z.enum(OPERATORS),
      value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
    }),
  ),
});

/** `{}` stands for no rules. */
export const Rules = z
  .strictObject({
    match: oneOf(["all", "any"]).default("all"),
    conditions: z.array(Condition).max(MOST_CONDITIONS).default([]),
  })
  .transform((rules): Saved => (rules.conditions.length === 0 ? NO_RULES : rules));

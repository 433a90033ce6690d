/** Knows what v1 shows of what a sequence has come to. */
import * as z from "zod";
import { HAPPENINGS, RESPONSES } from "../../../domain/analytics";
import { STANDINGS } from "../../../domain/mirror";
import { STEP_KINDS } from "../../../domain/step";
import { spelled } from "./parse";
import { Count, countsOf } from "./shape";

/** Of those that were sent; null where none was. */
const rate = z.number().nullable();

const responses = {
  ...countsOf(RESPONSES).shape,
  rates: z.object({ open: rate, click: rate, reply: rate, bounce: rate, optOut: rate }).meta({ id: "Rates" }),
};

const ReplyTime = z.object({ replies: Count, averageSeconds: Count.nullable(), medianSeconds: Count.nullable() });

/** Whether one text does better than another, where there is enough to tell it by. */
const ShownVerdict = z
  .union([
    z.object({ enoughData: z.literal(false) }),
    z.object({
      enoughData: z.literal(true),
      difference: z.number(),
      z: z.number(),
      pValue: z.number(),
      significant: z.boolean(),
    }),
  ])
  .meta({ id: "Verdict" });

export const ShownVariantFigures = z
  .object({
    variantId: spelled("variant").nullable(),
    weight: z.int().nullable(),
    enabled: z.boolean(),
    deleted: z.boolean(),
    ...responses,
    comparison: z
      .object({ with: spelled("variant"), opened: ShownVerdict, clicked: ShownVerdict, replied: ShownVerdict })
      .nullable(),
  })
  .meta({ id: "VariantFigures" });

export const ShownStepFigures = z
  .object({
    stepId: spelled("step"),
    stepOrder: z.int().nullable(),
    kind: z.enum(STEP_KINDS).nullable(),
    label: z.string().nullable(),
    branch: z.boolean().nullable(),
    deleted: z.boolean(),
    reached: Count,
    waiting: Count,
    exited: Count,
    failed: Count,
    ...responses,
    timeToReply: ReplyTime,
    variants: z.array(ShownVariantFigures),
  })
  .meta({ id: "StepFigures" });

/** A day of UTC. */
const Day = z.iso.date();

export const ShownAnalytics = z
  .object({
    sequenceId: spelled("sequence"),
    enrolled: Count,
    enrollmentStats: countsOf(STANDINGS),
    contacts: z.object({ reached: Count, replied: Count }),
    ...responses,
    timeToReply: ReplyTime.extend({
      buckets: z.array(z.object({ fromSeconds: Count, toSeconds: Count.nullable(), replies: Count })),
    }),
    steps: z.array(ShownStepFigures),
    period: z.object({ from: Day, to: Day, timezone: z.literal("UTC"), ...countsOf(HAPPENINGS).shape }),
    byDay: z.array(z.object({ date: Day, ...countsOf(HAPPENINGS).shape })),
  })
  .meta({ id: "Analytics" });

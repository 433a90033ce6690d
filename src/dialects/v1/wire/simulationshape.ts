/** Knows what v1 shows of a journey that nobody has made yet. */
import * as z from "zod";
import { METHODS, STEP_KINDS, TASK_TYPES } from "../../../domain/step";
import { platformName, spelled } from "./parse";
import { Instant } from "./shape";

const words = z.string().nullable();

/** As a clock in the contact's zone shows it. */
const Local = z.string().meta({ format: "date-time", examples: ["2027-01-31T10:00:00+01:00"] });

/** Which fields it has, the kind of its step says. */
export const ShownAct = z.object({
  tags: z.array(z.string()).optional(),
  sequenceId: spelled("sequence").optional(),
  method: z.enum(METHODS).optional(),
  url: z.string().optional(),
});

export const ShownTold = z
  .object({
    stepId: spelled("step"),
    kind: z.enum(STEP_KINDS),
    label: words,
    at: Instant,
    local: Local,
    waits: z.array(z.object({ for: z.string(), until: Instant, local: Local })),
    result: z.string(),
    reason: words,
    message: z
      .object({
        to: z.string(),
        toName: words,
        subject: words,
        preheader: words,
        body: z.string(),
        format: z.enum(["text", "html"]),
      })
      .optional(),
    act: ShownAct.optional(),
    task: z.object({ type: z.enum(TASK_TYPES), skippedAt: Instant.nullable() }).optional(),
  })
  .meta({ id: "TimetableStep" });

export const ShownStretch = z
  .object({
    steps: z.array(ShownTold),
    end: z
      .object({ event: z.string(), reason: words, stepId: spelled("step").nullable(), at: Instant, local: Local })
      .nullable(),
    get fork() {
      return ShownFork.nullable();
    },
  })
  .meta({ id: "Timetable" });

export const ShownFork = z
  .object({
    stepId: spelled("step"),
    label: words,
    likely: z.boolean().nullable(),
    get yes() {
      return ShownStretch;
    },
    get no() {
      return ShownStretch;
    },
  })
  .meta({ id: "Fork" });

export const ShownSimulation = z
  .object({
    sequenceId: spelled("sequence"),
    contactId: spelled("contact").nullable(),
    platform: platformName,
    timezone: z.string(),
    startAt: Instant,
    timetable: ShownStretch,
    truncated: z.boolean(),
    assumes: z.array(z.object({ about: z.string(), detail: z.string() })),
  })
  .meta({ id: "Simulation" });

/** Knows when a step is due. Sending windows belong here. */
import type { Contact } from "./contact";
import { nextLocalTime } from "./localtime";
import type { Step } from "./step";
import { type Journey, SECOND } from "./time";

/**
 * The step's own delay, counted from when the step before it ran, or from the start; and after that, where the step waits
 * for a time of day, the next such time in its zone, the contact's, or UTC.
 */
export function dueAt(anchorAt: Journey, step: Step, contact: Pick<Contact, "timezone"> | null): Journey {
  const after = anchorAt + step.delay * SECOND;
  if (step.kind !== "delay_until_time") return after;
  return nextLocalTime(after, step.settings.time, step.settings.zone ?? contact?.timezone ?? "UTC");
}

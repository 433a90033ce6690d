/** Knows a schedule as v1 writes and reads it. */
import * as z from "zod";
import { MOST_HOLIDAYS, MOST_OPENINGS } from "../../../domain/openings";
import { isZone } from "../../../domain/zone";
import type { ScheduleRow } from "../../../engine/schedules";
import { spell } from "../ids";
import { spelled, text } from "./parse";
import { Instant } from "./shape";
import { instant } from "./time";

const name = text(1, 255);
/** What is left out, or null, is the contact's own. */
const timezone = z.string().refine(isZone, "must be an IANA time zone, such as Europe/Berlin").nullable().optional();
const Opening = z.strictObject({ day: z.int().min(1).max(7), from: z.string(), to: z.string() });
const openings = z.array(Opening).max(MOST_OPENINGS);
const holidays = z.array(z.string()).max(MOST_HOLIDAYS);

export const CreateSchedule = z.object({ name, timezone, openings, holidays: holidays.default([]) });

export const UpdateSchedule = z.object({
  name: name.optional(),
  timezone,
  openings: openings.optional(),
  holidays: holidays.optional(),
});

export const ShownSchedule = z
  .object({
    id: spelled("schedule"),
    workspaceId: spelled("workspace"),
    name: z.string(),
    timezone: z.string().nullable(),
    openings: z.array(z.object({ day: z.int(), from: z.string(), to: z.string() })),
    holidays: z.array(z.string()),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Schedule" });

export function showSchedule(schedule: ScheduleRow) {
  return {
    id: spell("schedule", schedule.id),
    workspaceId: spell("workspace", schedule.workspaceId),
    name: schedule.name,
    timezone: schedule.zone,
    openings: schedule.openings,
    holidays: schedule.holidays,
    createdAt: instant(schedule.createdAt),
    updatedAt: instant(schedule.updatedAt),
  };
}

/** Knows the forms about time: which schedule a sequence keeps to, and what a schedule says. */
import * as z from "zod";
import { idOf, oneOf, text } from "../../dialects/v1/wire/parse";
import { isDate } from "../../domain/day";
import { isLocalTime } from "../../domain/localtime";
import { INTERVAL_TYPES } from "../../domain/sequence";
import type { Opening } from "../../domain/window";
import { isZone } from "../../domain/zone";
import type { ScheduleDraft } from "../../engine/schedules";
import { orEmpty } from "../kit/form";

export const KeepForm = z.object({
  scheduleId: orEmpty(idOf("schedule")),
  scheduleIntervalType: oneOf(INTERVAL_TYPES),
  go: oneOf(["save", "try"]).default("save"),
});

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const LONGEST_LINE = 1000;
const LONGEST_LIST = 10_000;
const SPAN = /^(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.](\d{2}))?$/;

function openingsIn(day: number) {
  return text(0, LONGEST_LINE)
    .default("")
    .transform((said, ctx) => {
      const parts = said.split(/[,;]/).map((part) => part.trim());
      const openings = parts.filter((part) => part !== "").map((part) => openingIn(day, part));
      if (openings.every((one) => one !== null)) return openings;
      ctx.issues.push({ code: "custom", input: said, message: "must be times such as 09:00–12:00, 13:00–17:00" });
      return z.NEVER;
    });
}

/** `9-17` is meant as `09:00–17:00`; what goes past midnight is two days' own. */
function openingIn(day: number, part: string): Opening | null {
  const [, from, fromMinutes = "00", to, toMinutes = "00"] = SPAN.exec(part) ?? [];
  if (from === undefined || to === undefined) return null;
  const opening = { day, from: `${from.padStart(2, "0")}:${fromMinutes}`, to: `${to.padStart(2, "0")}:${toMinutes}` };
  const ends = isLocalTime(opening.to) || opening.to === "24:00";
  return isLocalTime(opening.from) && ends && opening.from < opening.to ? opening : null;
}

const zone = orEmpty(z.string().trim().refine(isZone, "must be an IANA time zone, such as Europe/Berlin"));

const holidays = text(0, LONGEST_LIST)
  .default("")
  .transform((said) => said.split(/[\s,;]+/).filter((day) => day !== ""))
  .refine((days) => days.every(isDate), "must be days such as 2027-12-25, one on each line");

export const ScheduleForm = z
  .object({
    name: text(1, 255),
    zone,
    holidays,
    day1: openingsIn(1),
    day2: openingsIn(2),
    day3: openingsIn(3),
    day4: openingsIn(4),
    day5: openingsIn(5),
    day6: openingsIn(6),
    day7: openingsIn(7),
  })
  .transform(({ name, zone, holidays, ...days }): ScheduleDraft => {
    return { name, zone, holidays, openings: DAYS.flatMap((day) => days[`day${day}`]) };
  });

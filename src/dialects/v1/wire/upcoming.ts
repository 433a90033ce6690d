/** Knows how v1 asks for what lies ahead, and shows it. */
import * as z from "zod";
import { STEP_KINDS } from "../../../domain/step";
import { DAY } from "../../../domain/time";
import type { Upcoming, UpcomingRow } from "../../../engine/upcoming";
import { spell } from "../ids";
import { idOf, platformName, queryNumber, spelled } from "./parse";
import { Instant } from "./shape";
import { instant } from "./time";

/** Of a range, which is the next week unless told. */
const LONGEST_RANGE = 92 * DAY;
const USUAL_RANGE = 7 * DAY;

const time = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time with a zone" })
  .transform((value) => Date.parse(value));

/** Where the page before ended, as it was given out. */
const cursor = z
  .string()
  .regex(/^\d{1,15}\.\d{1,15}$/, "must be the nextCursor of the page before")
  .transform((text) => {
    const [wakeBy = 0, id = 0] = text.split(".").map(Number);
    return { wakeBy, id };
  });

export const UpcomingQuery = z.object({
  from: time.optional().describe("Now unless told"),
  to: time.optional().describe("A week after from unless told, and 92 days at most"),
  sequence: idOf("sequence").optional().describe("All active ones unless told, if they are 100 at most"),
  cursor: cursor.optional(),
  limit: queryNumber(1, 100).default(50),
});

/** The range that is asked for; why it cannot be, if so. */
export function rangeOf({ from, to }: z.output<typeof UpcomingQuery>, now: number) {
  const begin = from ?? now;
  const end = to ?? begin + USUAL_RANGE;
  const message =
    end < begin ? "must not be before from" : end - begin > LONGEST_RANGE ? "must be within 92 days of from" : null;
  return { from: begin, to: end, message };
}

const words = z.string().nullable();

const ShownComing = z
  .object({
    at: Instant,
    enrollmentId: spelled("enrollment"),
    sequenceId: spelled("sequence"),
    contact: z.object({ id: spelled("contact"), displayName: words }),
    platform: platformName,
    step: z.object({ id: spelled("step"), kind: z.enum(STEP_KINDS).nullable(), label: words }).nullable(),
    dueAt: Instant,
    waiting: z.object({ for: z.string() }),
  })
  .meta({ id: "Upcoming" });

/** A page may have fewer than were asked for, and others after it: the last is the one without a cursor. */
export const ShownUpcoming = z.object({ upcoming: z.array(ShownComing), nextCursor: words });

export function showUpcoming({ items, last }: Upcoming): z.input<typeof ShownUpcoming> {
  return { upcoming: items.map(showOne), nextCursor: last && `${last.wakeBy}.${last.id}` };
}

function showOne(row: UpcomingRow): z.input<typeof ShownComing> {
  const { id, sequenceId, contactId, displayName, platform, stepId, kind, label, dueAt, wakeBy } = row;
  return {
    at: instant(wakeBy),
    enrollmentId: spell("enrollment", id),
    sequenceId: spell("sequence", sequenceId),
    contact: { id: spell("contact", contactId), displayName },
    platform,
    step: stepId === null ? null : { id: spell("step", stepId), kind, label },
    dueAt: instant(dueAt ?? wakeBy),
    waiting: { for: waitsFor(row) },
  };
}

/** As far as the lists tell: the enrollment itself tells a delay from a schedule that is closed. */
function waitsFor({ why, running, wakeBy, dueAt }: UpcomingRow): string {
  if (why === "slot") return "mailbox";
  if (why !== null) return why;
  if (running === 0) return "sequence";
  return dueAt !== null && wakeBy > dueAt ? "turn" : "delay";
}

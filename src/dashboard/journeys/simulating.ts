/** Knows what a simulation may be asked for in an address, and what is meant by what is left out. */
import * as z from "zod";
import { idOf, oneOf, parse, text } from "../../dialects/v1/wire/parse";
import { PLATFORMS } from "../../domain/platform";
import { isZone } from "../../domain/zone";
import { type Fault, faultIn, faultOf } from "../kit/page";

/** How many are told side by side. */
export const ZONE_FIELDS = ["zone", "zone2", "zone3"] as const;

/** Shown where nobody has chosen: three working days that hardly meet. */
const USUAL_ZONES = ["America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo"];

/** What is offered in the field; any other may be entered. */
export const COMMON_ZONES = [
  ...["UTC", "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Chicago"],
  ...["America/New_York", "America/Toronto", "America/Bogota", "America/Sao_Paulo", "America/Argentina/Buenos_Aires"],
  ...["Atlantic/Azores", "Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"],
  ...["Europe/Warsaw", "Europe/Athens", "Europe/Kyiv", "Europe/Istanbul", "Africa/Lagos", "Africa/Cairo"],
  ...["Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka"],
  ...["Asia/Bangkok", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Asia/Seoul", "Australia/Perth"],
  ...["Australia/Sydney", "Pacific/Auckland"],
];

const zone = z.string().trim().refine(isZone, "is no time zone: it looks like Europe/Berlin").optional();

/** A start further ahead tells nobody anything. */
const LATEST_START = Date.UTC(2200, 0, 1);

const start = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, "is no date and time: it looks like 2030-01-31T09:00")
  .transform((value) => Date.parse(`${value}:00Z`))
  .refine((at) => at > 0 && at < LATEST_START, "must be a day between 1970 and 2200");

const MOST_WAYS = 50;

const ways = z
  .string()
  .transform((list) => list.split(",").slice(0, MOST_WAYS))
  .pipe(z.array(idOf("step")))
  .optional();

const Asked = z.object({
  contact: idOf("contact").optional(),
  who: text(0, 255).optional(),
  platform: oneOf(PLATFORMS).optional(),
  start: start.optional(),
  ...{ zone, zone2: zone, zone3: zone },
  ...{ yes: ways, no: ways },
});

export type SimulationAsked = z.output<typeof Asked>;

/** Whatever stands in an address is read here, so that what is wrong with it is told at its field. */
export const AnyQuery = z.record(z.string(), z.string());

export function readAsked(query: Record<string, string>): { asked: SimulationAsked; fault: Fault | null } {
  const parsed = parse(Asked, query);
  if (parsed.ok) return { asked: parsed.value, fault: null };
  const { field, message } = faultOf(parsed.refusal);
  const fault = field === null ? { field, message } : faultIn(field, message.replace(`${field} `, "This "));
  return { asked: {}, fault };
}

/** Of a contact his own, unless others are named. */
export function zonesOf(asked: SimulationAsked, contact: boolean): (string | undefined)[] {
  const named = ZONE_FIELDS.flatMap((field) => asked[field] ?? []);
  if (named.length > 0) return [...new Set(named)];
  return contact ? [undefined] : USUAL_ZONES;
}

export function waysOf({ yes = [], no = [] }: SimulationAsked): Map<number, boolean> {
  return new Map([...yes.map((id) => [id, true] as const), ...no.map((id) => [id, false] as const)]);
}

/** `Europe/Berlin` as people say it. */
export function placeIn(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

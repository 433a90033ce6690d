/** Knows the fields of a sequence's settings: how they come in, and how lengths of time are split for people. */
import * as z from "zod";
import { idOf, oneOf, tag, text } from "../../dialects/v1/wire/parse";
import {
  LONGEST_REPLY_PAUSE,
  MOST_LET_IN,
  REENROLLS,
  REPLY_ACTIONS,
  REPLY_SCOPES,
  SHARE_TYPES,
} from "../../domain/sequence";
import type { SequenceFields } from "../../engine/sequencefields";
import { orEmpty, ticked } from "../kit/form";

/** In seconds; the first that goes into a length without a rest tells it. */
const UNITS = { days: 86_400, hours: 3600, minutes: 60, seconds: 1 } as const;
export const UNIT_NAMES = ["days", "hours", "minutes", "seconds"] as const;
type Unit = (typeof UNIT_NAMES)[number];

/** A number of a form, told at its field where it is none. */
function whole(min: number, max: number) {
  return z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

const NAME = text(1, 255);
const DESCRIPTION = orEmpty(text(0, 1024));

export const NewSequenceForm = z.object({ name: NAME, description: DESCRIPTION });
export const CopyForm = z.object({ copyName: NAME });

const amount = whole(0, Number.MAX_SAFE_INTEGER);
const unit = oneOf(UNIT_NAMES);
const most = orEmpty(whole(1, MOST_LET_IN));

const Fields = z.object({
  name: NAME,
  description: DESCRIPTION,
  primaryReplyAction: oneOf(REPLY_ACTIONS),
  primaryReplyPause: amount,
  primaryReplyUnit: unit,
  secondaryReplyAction: orEmpty(oneOf(REPLY_ACTIONS)),
  secondaryReplyPause: amount,
  secondaryReplyUnit: unit,
  replyScope: oneOf(REPLY_SCOPES),
  reenroll: orEmpty(oneOf(REENROLLS)),
  initTag: orEmpty(tag),
  initSegmentId: orEmpty(idOf("segment")),
  throttleCapacity: most,
  throttleMaxAdds: most,
  throttlePaused: ticked,
  transactional: ticked,
  trackOpens: ticked,
  trackClicks: ticked,
  shareType: oneOf(SHARE_TYPES),
  locked: ticked,
});

export const FIELD_NAMES = Object.keys(Fields.shape);

/** In the engine's words, lengths in seconds. */
export const SettingsForm = Fields.check(({ value, issues }) => {
  for (const field of ["primaryReply", "secondaryReply"] as const) {
    const seconds = value[`${field}Pause`] * UNITS[value[`${field}Unit`]];
    if (seconds <= LONGEST_REPLY_PAUSE) continue;
    const path = [`${field}Pause`];
    issues.push({ code: "custom", input: value, path, message: "must be a year at most" });
  }
}).transform(({ primaryReplyUnit, secondaryReplyUnit, reenroll, ...fields }) => {
  const settings: SequenceFields = {
    ...fields,
    // Nobody unsays what was said of it by name.
    reenroll: reenroll ?? undefined,
    primaryReplyPause: fields.primaryReplyPause * UNITS[primaryReplyUnit],
    secondaryReplyPause: fields.secondaryReplyPause * UNITS[secondaryReplyUnit],
  };
  return settings;
});

export function inUnits(seconds: number): { amount: number; unit: Unit } {
  const unit = UNIT_NAMES.find((name) => seconds % UNITS[name] === 0) ?? "seconds";
  return { amount: seconds / UNITS[unit], unit };
}

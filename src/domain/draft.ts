/** Knows what a step may hold before it is saved: texts that render, times and zones that exist, requests that can be made. */
import { isField } from "./condition";
import { isDate } from "./day";
import type { Failure } from "./failure";
import { isLocalTime } from "./localtime";
import type { RequestSettings, StepDraft, Test } from "./step";
import { isTag, LONGEST_TAG, MOST_TAGS } from "./tag";
import { LONGEST_NOTE } from "./task";
import { checkTemplate } from "./template";
import { isZone } from "./zone";

export const LONGEST_DELAY = 10 * 366 * 24 * 3600; // seconds: no drip waits longer than ten years
/** Characters of a text; a subject fits one line of a mail (RFC 5322, section 2.1.1). */
const LONGEST: Record<string, number> = { subject: 998, preheader: 1000, url: 2000 };
const LONGEST_TEXT = 400_000;
/** Of a step without a date. */
const ANY_DAY = "1970-01-01";
const TAG_RULE = `must have 1 to ${LONGEST_TAG} characters`;

/** What is wrong with a step, named by the field; null when it can be saved. */
export function faultInStep(draft: StepDraft): Failure | null {
  if (!isDelay(draft.delay)) return badDelay("delay");
  if (!isDate(draft.date ?? ANY_DAY)) return bad("date", "must be a day such as 2027-12-25");
  switch (draft.kind) {
    case "entry":
    case "condition_branch":
      return {
        kind: "unwalkable",
        message: "an entry point comes with its sequence, and branches with their condition",
      };
    case "delay":
    case "deactivate_contact":
      return null;
    case "message": {
      const { subject, body, settings } = draft;
      // One that has no text yet is given templates.
      const isBare = subject === null && body === null;
      if (!isBare && (body === null || body.trim() === "")) return blank("body");
      return faultInTexts({ subject, body, preheader: settings.preheader ?? null });
    }
    case "delay_until_time":
      if (!isLocalTime(draft.settings.time)) return bad("time", "must be a time of day such as 08:00");
      return draft.settings.zone === null || isZone(draft.settings.zone)
        ? null
        : bad("timeZone", "must be an IANA time zone, such as Europe/Berlin");
    case "condition":
      return isDelay(draft.settings.upTo) ? faultInTest(draft.settings.test) : badDelay("waitUpTo");
    case "move_to_sequence":
      return draft.settings.sequenceId > 0 ? null : bad("sequenceId", "must name a sequence");
    case "add_tag":
    case "remove_tag":
      return faultInTags(draft.settings.tags);
    case "http_request":
      return faultInRequest(draft.settings);
    case "task":
      return faultInTask(draft);
  }
}

/** What is wrong with a template's texts; it may lack them yet. */
export function faultInTemplate(texts: { subject: string | null; body: string }): Failure | null {
  return faultInTexts({ ...texts });
}

function isDelay(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_DELAY;
}

function badDelay(field: string): Failure {
  return bad(field, `must be a whole number of seconds from 0 to ${LONGEST_DELAY}`);
}

function faultInTest(test: Test): Failure | null {
  switch (test.on) {
    case "message":
    case "reply":
      return null;
    case "tag":
      if (test.tag.trim() === "") return blank("tag");
      return isTag(test.tag) ? null : bad("tag", `${TAG_RULE}, on one line`);
    case "contact":
      return isField(test.condition.field) ? null : bad("field", "is not a field that conditions can ask for");
  }
}

function faultInTags(tags: readonly string[]): Failure | null {
  if (tags.length === 0) return blank("tags");
  if (tags.length > MOST_TAGS) return bad("tags", `must be at most ${MOST_TAGS}`);
  return tags.every(isTag) ? null : bad("tags", `${TAG_RULE} each, on one line`);
}

function faultInTask({ subject, body, settings }: Extract<StepDraft, { kind: "task" }>): Failure | null {
  const { type, note, autoskip, priorityId } = settings;
  if ([...(note ?? "")].length > LONGEST_NOTE) return bad("note", `must have at most ${LONGEST_NOTE} characters`);
  if (autoskip !== null && !isDelay(autoskip)) return badDelay("autoskip");
  if (typeof priorityId === "number" && !(Number.isSafeInteger(priorityId) && priorityId > 0)) {
    return bad("priorityId", "must name a priority");
  }
  const isBare = subject === null && body === null;
  if (type !== "manual_email" || isBare) return null;
  return body === null || body.trim() === "" ? blank("body") : faultInTexts({ subject, body });
}

/** RFC 9110, section 5.6.2: what a header may be called. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Headers that say how the connection is used are not the step's to set, nor is the key that marks repeats. */
const OURS = /^(host|content-length|transfer-encoding|connection|upgrade|idempotency-key)$/i;

function faultInRequest({ url, headers, body }: RequestSettings): Failure | null {
  if (!/^https?:\/\/./i.test(url.trim()) && !url.trim().startsWith("{{")) return bad("url", "must begin with https://");
  const wrong = Object.keys(headers).find((name) => !TOKEN.test(name) || OURS.test(name));
  if (wrong !== undefined) return bad("headers", `cannot hold ${JSON.stringify(wrong)}`);
  const values = Object.fromEntries(Object.entries(headers).map(([name, value]) => [`headers.${name}`, value]));
  return faultInTexts({ url, body, ...values });
}

function faultInTexts(texts: Record<string, string | null>): Failure | null {
  for (const [field, source] of Object.entries(texts)) {
    if (source === null) continue;
    const most = LONGEST[field] ?? LONGEST_TEXT;
    if (source.length > most) return bad(field, `must have at most ${most} characters`);
    const checked = checkTemplate(source);
    if (!checked.ok) return { kind: "bad_template", field, ...checked.failure };
  }
  return null;
}

function blank(field: string): Failure {
  return { kind: "blank", field };
}

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}

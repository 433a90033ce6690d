/** Knows a step as Broadcast writes it: which fields each action has, and what they make of a step. */
import * as z from "zod";
import { OPERATORS } from "../../../domain/condition";
import { METHODS, STEP_KINDS, type Step, type StepDraft, type StepKind } from "../../../domain/step";
import { tagOf } from "../../../domain/tag";
import type { StepPatch } from "../../../engine/steps";
import { BLANK, wrong } from "../errors";
import { isFields } from "./body";
import { formOfTest, SETTINGS, testAfter } from "./condition";
import {
  type Fields,
  type Form,
  flag,
  integer,
  integerOrNone,
  oneOf,
  optional,
  type Parsed,
  tagList,
  text,
  textOrNone,
} from "./parse";
import { ACTIONS } from "./step";

const LOST = "__proto__";

/** A record leaves out one name silently: it is looked for before. */
const headers = z
  .unknown()
  .refine((given) => !isFields(given) || !Object.hasOwn(given, LOST), `cannot hold "${LOST}"`)
  .pipe(z.record(z.string(), z.string()));

/** The fields of all actions; a form says which of them an action has. */
export const StepFields = z.object({
  action: z.string().optional(),
  label: textOrNone(255).optional(),
  parent_id: integerOrNone.optional(),
  true_branch: flag.nullable().optional(),
  delay: optional(integer),
  subject: textOrNone().optional(),
  body: text().nullable().optional(),
  preheader: textOrNone().optional(),
  time: text().optional(),
  time_zone: textOrNone().optional(),
  condition_setting: optional(oneOf(SETTINGS)),
  wait_up_to: optional(integer),
  tag: z.string().transform(tagOf).optional(),
  field: text().optional(),
  op: optional(oneOf(OPERATORS)),
  value: optional(z.union([text(1000), z.number(), z.boolean()])),
  sequence_id: optional(integer),
  taggify_list: optional(tagList),
  url: text().optional(),
  http_method: optional(z.string().toUpperCase().pipe(z.enum(METHODS))),
  headers: optional(headers),
});
type Given = z.output<typeof StepFields>;

/** What each action has beside its place, its label and its delay; what comes first it cannot be without. */
const OWN: Record<StepKind, string[]> = {
  entry: [],
  message: ["body", "subject", "preheader"],
  delay: ["delay"],
  delay_until_time: ["time", "time_zone"],
  condition: ["condition_setting", "wait_up_to"],
  condition_branch: [],
  move_to_sequence: ["sequence_id"],
  add_tag: ["taggify_list"],
  remove_tag: ["taggify_list"],
  deactivate_contact: [],
  http_request: ["url", "http_method", "headers", "body"],
  task: [],
};

const COMMON = ["action", "label", "parent_id", "true_branch"];

/** Tasks are shown here and moved about, but made elsewhere. */
type Made = Exclude<StepKind, "task">;

export function kindOf(action: unknown): Made | null {
  return STEP_KINDS.find((kind): kind is Made => kind !== "task" && ACTIONS[kind] === action) ?? null;
}

/** Of a step that is to be made. */
export function formOfNew(given: Fields): Parsed<Form> {
  const kind = kindOf(given.action);
  if (kind) return { ok: true, value: formOf(kind, given, null) };
  const isBlank = (given.action ?? "") === "";
  return { ok: false, refusal: wrong("action", isBlank ? BLANK : "is not included in the list") };
}

/** Of a step that is there: nothing is needed but what a new setting of its condition brings with it. */
export function formOfChange(given: Fields, step: Step): Parsed<Form> {
  const { fields, needed } = formOf(step.kind, given, step);
  return { ok: true, value: { fields, needed: needed.filter((name) => !OWN[step.kind].includes(name)) } };
}

function formOf(kind: StepKind, given: Fields, step: Step | null): Form {
  const own = OWN[kind];
  const delay = kind === "entry" || kind === "condition_branch" ? [] : ["delay"];
  const present = step?.kind === "condition" ? step.settings.test : null;
  const test = kind === "condition" ? formOfTest(given, present) : { fields: [], needed: [] };
  return { fields: [...COMMON, ...delay, ...own, ...test.fields], needed: [...own.slice(0, 1), ...test.needed] };
}

export function draftOf(kind: Made, given: Given): StepDraft {
  const blank = blankOf(kind);
  // A patch keeps to the kind of the draft it was made for.
  return { ...blank, ...patchOf(blank, given) } as StepDraft;
}

/** What the fields change of a step. */
export function patchOf(before: StepDraft, given: Given): StepPatch {
  const { label, delay } = given;
  const content = before.kind === "message" ? contentOf(given) : {};
  const all = { label, delay, ...content, settings: settingsAfter(before, given) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** A body that is written here is HTML. */
function contentOf({ subject, body }: Given) {
  return { subject, body: body === null ? "" : body, format: body === undefined ? undefined : ("html" as const) };
}

function settingsAfter(before: StepDraft, given: Given): StepDraft["settings"] {
  switch (before.kind) {
    case "entry":
    case "condition_branch":
    case "delay":
    case "deactivate_contact":
      return {};
    case "task":
      return before.settings;
    case "message": {
      const preheader = given.preheader === undefined ? (before.settings.preheader ?? null) : given.preheader;
      return preheader === null ? {} : { preheader };
    }
    case "delay_until_time": {
      const { time = before.settings.time, time_zone: zone = before.settings.zone } = given;
      return { time, zone };
    }
    case "condition":
      return { test: testAfter(before.settings.test, given), upTo: given.wait_up_to ?? before.settings.upTo };
    case "move_to_sequence":
      return { sequenceId: given.sequence_id ?? before.settings.sequenceId };
    case "add_tag":
    case "remove_tag":
      return { tags: given.taggify_list ?? before.settings.tags };
    case "http_request": {
      const { url, headers, method, body } = before.settings;
      return {
        url: given.url ?? url,
        method: given.http_method ?? method,
        headers: given.headers ?? headers,
        body: given.body === undefined ? body : given.body,
      };
    }
  }
}

/** What a step is before anything is said of it. */
function blankOf(kind: Made): StepDraft {
  const bare = { label: null, delay: 0, subject: null, body: null, format: "html" } as const;
  switch (kind) {
    case "entry":
    case "condition_branch":
    case "delay":
    case "deactivate_contact":
      return { ...bare, kind, settings: {} };
    case "message":
      return { ...bare, kind, body: "", settings: {} };
    case "delay_until_time":
      return { ...bare, kind, settings: { time: "", zone: null } };
    case "condition":
      return { ...bare, kind, settings: { test: { on: "reply" }, upTo: 0 } };
    case "move_to_sequence":
      return { ...bare, kind, settings: { sequenceId: 0 } };
    case "add_tag":
    case "remove_tag":
      return { ...bare, kind, settings: { tags: [] } };
    case "http_request":
      return { ...bare, kind, settings: { method: "POST", url: "", headers: {}, body: null } };
  }
}

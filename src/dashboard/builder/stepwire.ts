/** Knows the form of a step: what each kind's fields are called, and the step that they make. */
import * as z from "zod";
import { idOf, oneLine, oneOf, text } from "../../dialects/v1/wire/parse";
import { isField, OPERATORS, takesValue } from "../../domain/condition";
import { METHODS, type StepDraft, TASK_TYPES, type Test } from "../../domain/step";
import { tagOf } from "../../domain/tag";
import { orEmpty } from "../kit/form";

/** Seconds in what lengths of time are told in, the longest first. */
export const UNITS = { weeks: 604_800, days: 86_400, hours: 3600, minutes: 60, seconds: 1 } as const;
const UNIT_NAMES = ["weeks", "days", "hours", "minutes", "seconds"] as const;
const LONGEST_LABEL = 255;
const LONGEST_SUBJECT = 998;
/** The engine says what is too long in its own words; this only bounds what is looked at. */
const LONGEST_FIELD = 1_000_000;

const amount = z.preprocess(
  (value) => (value === undefined || value === "" ? "0" : value),
  z.string().regex(/^\d{1,9}$/, "must be a whole number, 0 or more"),
);
const unit = oneOf(UNIT_NAMES).default("hours");

/** Seconds of an amount and the unit beside it. */
function seconds(value: string, of: (typeof UNIT_NAMES)[number]): number {
  return Number(value) * UNITS[of];
}

const some = text(0, LONGEST_FIELD).default("");
const maybe = orEmpty(text(0, LONGEST_FIELD));

/** What all kinds have; `go`: whether it is done, or only looked at. */
const common = {
  label: orEmpty(oneLine(LONGEST_LABEL)),
  delay: amount,
  delayUnit: unit,
  go: oneOf(["save", "try"]).default("save"),
};

type Common = z.output<z.ZodObject<typeof common>>;

function bare({ label, delay, delayUnit }: Common) {
  return { label, delay: seconds(delay, delayUnit), subject: null, body: null, format: "text" as const };
}

const texts = {
  subject: orEmpty(oneLine(LONGEST_SUBJECT)),
  preheader: orEmpty(oneLine(LONGEST_SUBJECT)),
  format: oneOf(["text", "html"]).default("text"),
  messageTemplate: text(1, LONGEST_FIELD),
};

/** The fields of a text by itself, as variants have them. */
export const TextFields = z.object(texts);
/** A text that is only looked at may be anything. */
export const LooseText = z.object({ ...texts, subject: maybe, preheader: maybe, messageTemplate: some });

/** Browsers end lines by two characters. */
function plain(body: string): string {
  return body.replaceAll("\r\n", "\n");
}

export function textIn({ subject, format, messageTemplate }: Omit<z.output<typeof TextFields>, "preheader">) {
  return { subject, format, body: plain(messageTemplate) };
}

const linesIn = (value: string) =>
  value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

const tags = some.transform((value) => [...new Set(linesIn(value).map(tagOf))]);

const headers = some.transform((value, ctx) => {
  const pairs = linesIn(value).map((line) => /^([^:]+?)\s*:\s*(.*)$/.exec(line));
  if (pairs.every((pair) => pair !== null))
    return Object.fromEntries(pairs.map(([, name, said]) => [name, said ?? ""]));
  ctx.issues.push({ code: "custom", input: value, message: "must be one on each line, such as Accept: text/plain" });
  return z.NEVER;
});

export const ASKS = ["opened", "clicked", "reply", "tag", "contact"] as const;

const condition = {
  asks: oneOf(ASKS),
  which: oneOf(["any", "previous"]).default("any"),
  tag: some,
  field: some,
  op: oneOf(OPERATORS).default("is"),
  value: some,
  waitUpTo: amount,
  waitUpToUnit: unit,
};

function testIn({ asks, which, tag, field, op, value }: z.output<z.ZodObject<typeof condition>>): Test {
  switch (asks) {
    case "opened":
    case "clicked":
      return { on: "message", fact: asks, which };
    case "reply":
      return { on: "reply" };
    case "tag":
      return { on: "tag", tag: tagOf(tag) };
    case "contact":
      return {
        on: "contact",
        condition: takesValue(op) ? { field: field.trim(), op, value } : { field: field.trim(), op },
      };
  }
}

function kind<const K extends StepDraft["kind"], S extends z.ZodRawShape>(name: K, shape: S) {
  return z.object({ kind: z.literal(name), ...common, ...shape });
}

/** What a form asks for: the step, and whether it is to be saved. */
function asked(form: Common, own: Own): { go: "save" | "try"; draft: StepDraft } {
  return { go: form.go, draft: { ...bare(form), ...own } };
}

type OwnOf<D> = D extends StepDraft ? Pick<D, "kind" | "settings"> & Partial<D> : never;
type Own = OwnOf<StepDraft>;

const Condition = kind("condition", condition)
  .refine(({ asks, field }) => asks !== "contact" || isField(field.trim()), {
    message: "must be a field of contacts, such as firstName or customFields.city",
    path: ["field"],
  })
  .refine(({ asks, op, value }) => asks !== "contact" || !takesValue(op) || value.trim() !== "", {
    message: "must not be empty",
    path: ["value"],
  })
  .transform((form) => {
    const upTo = seconds(form.waitUpTo, form.waitUpToUnit);
    return asked(form, { kind: form.kind, settings: { test: testIn(form), upTo } });
  });

const Task = kind("task", {
  type: oneOf(TASK_TYPES),
  note: some,
  autoskip: orEmpty(amount),
  autoskipUnit: unit,
  subject: texts.subject,
  format: texts.format,
  messageTemplate: some,
}).transform((form) => {
  const { kind, type, autoskip: skip } = form;
  const isMail = type === "manual_email" && (form.subject !== null || form.messageTemplate.trim() !== "");
  const note = form.note.trim() === "" ? {} : { note: plain(form.note) };
  const autoskip = skip === null ? null : seconds(skip, form.autoskipUnit);
  return asked(form, { kind, settings: { type, autoskip, ...note }, ...(isMail ? textIn(form) : {}) });
});

const Request = kind("http_request", {
  method: oneOf(METHODS).default("POST"),
  url: some,
  headers,
  messageTemplate: some,
}).transform((form) => {
  const { kind, method, url, headers, messageTemplate } = form;
  const body = messageTemplate.trim() === "" ? null : plain(messageTemplate);
  return asked(form, { kind, settings: { method, url: url.trim(), headers, body } });
});

/** A step as a form tells it. */
export const StepForm = z.discriminatedUnion("kind", [
  kind("message", texts).transform((form) => {
    const settings = form.preheader === null ? {} : { preheader: form.preheader };
    return asked(form, { kind: form.kind, settings, ...textIn(form) });
  }),
  kind("delay", {}).transform((form) => asked(form, { kind: form.kind, settings: {} })),
  kind("delay_until_time", { time: some, timeZone: orEmpty(text(0, LONGEST_LABEL)) }).transform((form) =>
    asked(form, { kind: form.kind, settings: { time: form.time.trim(), zone: form.timeZone } }),
  ),
  Condition,
  kind("add_tag", { tags }).transform((form) => asked(form, { kind: form.kind, settings: { tags: form.tags } })),
  kind("remove_tag", { tags }).transform((form) => asked(form, { kind: form.kind, settings: { tags: form.tags } })),
  kind("move_to_sequence", { sequenceId: idOf("sequence") }).transform((form) =>
    asked(form, { kind: form.kind, settings: { sequenceId: form.sequenceId } }),
  ),
  kind("deactivate_contact", {}).transform((form) => asked(form, { kind: form.kind, settings: {} })),
  Request,
  Task,
]);

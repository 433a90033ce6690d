/** Knows the options of the operator's commands, and what they say of a workspace or a user. */
import { ok, type Result, refuse } from "../domain/failure.ts";

const one = { type: "string" } as const;
const many = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

export const OPTIONS = {
  name: { ...one, form: "--name NAME" },
  plan: { ...one, form: "--plan FREE|STARTER|PRO|AGENCY" },
  feature: { ...many, form: "--feature NAME=on|off|plan …" },
  limit: { ...many, form: "--limit NAME=NUMBER|none|plan …" },
  email: { ...one, form: "--email ADDRESS" },
  scope: { ...many, form: "--scope SCOPE …" },
  expires: { ...one, form: "--expires 2027-01-31T00:00:00Z" },
  overlap: { ...one, form: "--overlap 24h" },
  page: { ...one, form: "--page N" },
  pause: { ...flag, form: "--pause" },
  resume: { ...flag, form: "--resume" },
  lock: { ...flag, form: "--lock" },
  unlock: { ...flag, form: "--unlock" },
  json: { ...flag, form: "--json" },
  help: { ...flag, form: "--help" },
} as const;
export type OptionName = keyof typeof OPTIONS;

type Value<O> = O extends { multiple: true } ? string[] : O extends { type: "boolean" } ? boolean : string;
export type Given = { [N in OptionName]?: Value<(typeof OPTIONS)[N]> | undefined };

/** Tells places from options, whose values follow them as a word of their own or behind a `=`. */
export function readWords(words: readonly string[]): Result<{ places: string[]; given: Given }, string> {
  const places: string[] = [];
  const given = new Map<string, string | boolean | string[]>();
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      places.push(word);
      continue;
    }
    if (!isOption(name)) return refuse(`there is no option --${name}; --help tells them all`);
    const value = valueIn(name, inline, left);
    if (value === null) return refuse(`it is ${OPTIONS[name].form}`);
    const before = given.get(name);
    given.set(name, typeof value === "object" && Array.isArray(before) ? [...before, ...value] : value);
  }
  // Each value is of the type that its option says.
  return ok({ places, given: Object.fromEntries(given) as Given });
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/** Takes the next word where the value is not in the option's own; null where it is wrong. */
function valueIn(name: OptionName, inline: string | undefined, left: string[]): string | boolean | string[] | null {
  const option = OPTIONS[name];
  if (option.type === "boolean") return inline === undefined ? true : null;
  const value = inline ?? (left[0]?.startsWith("--") ? undefined : left.shift());
  if (value === undefined) return null;
  return "multiple" in option ? [value] : value;
}

/** What is set of a workspace or a user; of two that contradict each other, the careful one counts. */
export function change({ name, plan, email, pause, resume, lock, unlock }: Given): Record<string, unknown> {
  const paused = pause ? true : resume ? false : undefined;
  const locked = lock ? true : unlock ? false : undefined;
  const told = Object.entries({ name, plan, email, paused, locked });
  return Object.fromEntries(told.filter(([, value]) => value !== undefined));
}

type Own = Record<string, unknown>;

/** The features and limits that a workspace has of its own afterwards, where one of them is named. */
export function own(
  { feature = [], limit = [] }: Given,
  before: { features?: Own; limits?: Own },
): Result<{ features?: Own; limits?: Own }, string> {
  const features = after(feature, before.features, featureOf);
  if (!features.ok) return refuse(`--feature ${features.failure}: it is NAME=on, NAME=off or NAME=plan`);
  const limits = after(limit, before.limits, limitOf);
  if (!limits.ok) return refuse(`--limit ${limits.failure}: it is NAME=NUMBER, NAME=none or NAME=plan`);
  return ok({
    ...(feature.length > 0 ? { features: features.value } : {}),
    ...(limit.length > 0 ? { limits: limits.value } : {}),
  });
}

/** Undefined is what says nothing. */
function after(said: string[], before: Own = {}, readValue: (text: string) => unknown): Result<Own, string> {
  const set = new Map(Object.entries(before));
  for (const text of said) {
    const [, name = "", value = ""] = /^(\w+)=(\w+)$/.exec(text) ?? [];
    const read = readValue(value);
    if (value !== "plan" && read === undefined) return refuse(text);
    if (value === "plan") set.delete(name);
    else set.set(name, read);
  }
  return ok(Object.fromEntries(set));
}

function featureOf(text: string): boolean | undefined {
  return text === "on" ? true : text === "off" ? false : undefined;
}

function limitOf(text: string): number | null | undefined {
  if (text === "none") return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const UNITS: Record<string, number> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds; null where it is no length of time. */
export function durationOf(text: string): number | null {
  const [, number, unit = ""] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  return number === undefined ? null : Number(number) * (UNITS[unit] ?? 1);
}

/** Knows what a form on a contact says: his names, his addresses row by row, and the fields of one's own. */
import * as z from "zod";
import { plain } from "../../dialects/v1/wire/contact";
import { platformName, tag } from "../../dialects/v1/wire/parse";
import { isOneLine } from "../../domain/line";
import { isAddress } from "../../domain/platform";
import { MOST_TAGS } from "../../domain/tag";
import type { Written } from "../../engine/addresses";
import { orEmpty, several } from "../kit/form";
import { platformCalled } from "./who";

const LONGEST_ADDRESS = 320;
const MOST_ROWS = 200;
const CUSTOM_NAME = /^[^.\s]{1,100}$/;

const rows = several(z.string()).pipe(z.array(z.string()).max(MOST_ROWS));

/** Tags as somebody types them: with commas between. */
export const typedTags = z
  .string()
  .default("")
  .transform((text) => text.split(",").filter((one) => one.trim() !== ""))
  .pipe(z.array(tag).max(MOST_TAGS))
  .transform((tags) => [...new Set(tags)]);

export const PersonForm = z
  .object({
    displayName: orEmpty(plain.displayName),
    firstName: orEmpty(plain.firstName),
    lastName: orEmpty(plain.lastName),
    timezone: orEmpty(plain.timezone),
    avatarUrl: orEmpty(plain.avatarUrl),
    tags: typedTags,
    platform: several(platformName),
    address: rows,
    custom: rows,
    value: rows,
  })
  .transform(({ platform, address, custom, value, ...person }, ctx) => {
    const wrong = (field: string, message: string) =>
      ctx.issues.push({ code: "custom", message, input: null, path: [field] });
    const addresses: (Written & { at: number })[] = [];
    for (const [at, written] of address.entries()) {
      const one = { at, platform: platform[at] ?? "EMAIL", address: written.trim() };
      if (one.address === "") continue;
      const fits = isAddress(one.platform, one.address) && isOneLine(one.address);
      if (!fits || one.address.length > LONGEST_ADDRESS)
        wrong(rowOf("address", at), `is no address on ${platformCalled(one.platform)}`);
      addresses.push(one);
    }
    if (addresses.length === 0) wrong(rowOf("address", 0), "must not be empty");
    const fields = new Map<string, string>();
    for (const [at, written] of custom.entries()) {
      const [name, text] = [written.trim(), (value[at] ?? "").replaceAll("\r\n", "\n").trim()];
      if (name === "" && text === "") continue;
      if (!CUSTOM_NAME.test(name)) wrong(rowOf("custom", at), "must have a name without dots and spaces");
      if (fields.has(name)) wrong(rowOf("custom", at), "stands in a row before already");
      fields.set(name, text);
    }
    return { ...person, addresses, fields };
  });

export type Person = z.output<typeof PersonForm>;

/** What a fault of one row of a form is called. */
export function rowOf(name: "address" | "custom", at: number): string {
  return `${name}.${at}`;
}

/** A value as it stands in a form: a text as it is, all else as JSON. */
export function shownValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What was no text stays none, where what was entered can be read so. */
function readAs(text: string, before: unknown): unknown {
  if (before === undefined || typeof before === "string") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What a form changes of the fields: those it leaves as they were stay what they were, and not their JSON. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const gone = Object.keys(before).filter((name) => !after.has(name));
  const was = (name: string) => (Object.hasOwn(before, name) ? shownValue(before[name]).trim() : "");
  const changed = [...after].filter(([name, text]) => was(name) !== text);
  return Object.fromEntries([
    ...gone.map((name) => [name, null]),
    ...changed.map(([name, text]) => [name, text === "" ? null : readAs(text, before[name])]),
  ]);
}

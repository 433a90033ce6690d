/** Knows how to make up values that fit a JSON Schema, and how to spoil them. */
import fc from "fast-check";
import type { Json } from "./world";

export interface Making {
  /** What `$ref` leads to. */
  resolve: (ref: string) => Json;
  /** Stands for an id of a noun until the request is sent: which there are is known only then. */
  id: (prefix: string) => fc.Arbitrary<string>;
}

/** What a text of a name must look like, where no schema can say so; each has a chance only if it is given one. */
const PLAUSIBLE: Record<string, string[]> = {
  timezone: ["Europe/Berlin", "UTC", "America/New_York"],
  email: ["ann@example.com", "bob@example.com", "box@sender.example"],
  address: ["ann@example.com", "carol", "+155501"],
  to: ["ann@example.com", "17:00"],
  from: ["ann@example.com", "09:00", "08:30"],
  field: ["tags", "email", "customFields.tier"],
  date: ["2040-03-01"],
  since: ["2040-01-02"],
  holidays: ["2040-12-25"],
  host: ["127.0.0.1"],
  url: ["https://hooks.example/in"],
  secret: ["whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="],
  mapping: ["{}", '{"E-Mail":"email"}'],
  delimiter: [",", ";", "tab"],
};

export function fitting(schema: Json, making: Making, name = ""): fc.Arbitrary<unknown> {
  if (schema.$ref) return fitting(making.resolve(schema.$ref), making, name);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one: Json) => fitting(one, making, name)));
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return wordOf(schema.enum);
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type: string) => fitting({ ...schema, type }, making, name)));
  }
  switch (schema.type) {
    case "string":
      return textOf(schema, making, name);
    case "integer":
      return fc.integer({ min: schema.minimum ?? -3, max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1) });
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(fitting(schema.items, making, name), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case "object":
      return objectOf(schema, making);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Two platforms of many, lest people and what they are enrolled on never meet. */
const MET = ["EMAIL", "TWITTER"];

function wordOf(words: string[]): fc.Arbitrary<string> {
  const any = fc.constantFrom(...words);
  if (!MET.every((one) => words.includes(one))) return any;
  return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...MET) }, { weight: 1, arbitrary: any });
}

function textOf(schema: Json, making: Making, name: string): fc.Arbitrary<string> {
  const prefix = /^\^([a-z]+)_\[A-Za-z0-9\]/.exec(schema.pattern ?? "")?.[1];
  if (prefix) return making.id(prefix);
  if (schema.format === "date-time") {
    const range = { min: new Date("2039-06-01"), max: new Date("2040-06-01"), noInvalidDate: true };
    return fc.date(range).map((date) => date.toISOString());
  }
  const plausible = PLAUSIBLE[name];
  if (plausible) return fc.constantFrom(...plausible);
  if (schema.format === "email") return fc.emailAddress();
  if (schema.format === "uri") return fc.webUrl();
  const least = schema.minLength ?? 0;
  return fc.string({ unit: "grapheme-ascii", minLength: least, maxLength: Math.min(schema.maxLength ?? 20, 20) });
}

function objectOf({ properties, required = [], propertyNames }: Json, making: Making): fc.Arbitrary<unknown> {
  if (!properties) {
    const key = propertyNames?.pattern ? fc.constantFrom("tier", "city", "n1") : fc.string({ maxLength: 8 });
    return fc.dictionary(key, fc.string({ maxLength: 8 }), { maxKeys: 3, noNullPrototype: true });
  }
  const parts = Object.entries(properties).map(([name, one]) => [name, fitting(one, making, name)] as const);
  return fc.record(Object.fromEntries(parts), { requiredKeys: required, noNullPrototype: true });
}

const deep = (levels: number) => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`) as unknown;

/** What nobody should send. */
export const JUNK: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, -0, 2 ** 53, 2 ** 63, [], {}, [[]], [null], [{}], deep(30), deep(2000)],
  ...["", " ", "\u0000", "a\u0000b", "\ud800", "a\udfff", "\ufeff", "\u202eabc", "💥".repeat(200), "x".repeat(300)],
  ...[
    "x".repeat(70_000),
    "\n",
    "a\r\nb: c",
    "{{",
    "{% if %}",
    "{{ a | b: }}",
    "{% for i in (1..9999999) %}{% endfor %}",
  ],
  ...[
    "' OR 1=1 --",
    "%",
    "_",
    "*",
    "NEAR(",
    '"',
    "\\",
    "../..",
    "seq_1",
    "seq_",
    "contact_0",
    "NaN",
    "Infinity",
    "0x10",
  ],
  ...["2027-13-45", "9999-99-99T99:99:99Z", "1969-12-31T23:59:59Z", "+275760-09-13T00:00:00.000Z", "constructor"],
  JSON.parse('{"__proto__":{"admin":true},"constructor":1,"toString":null}'),
  { kind: null, length: -1, toJSON: "x" },
];

const copied = (junk: unknown) => (typeof junk === "object" ? JSON.parse(JSON.stringify(junk)) : junk);

type Place = { holder: Json; key: string };

function placesIn(value: Json): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [{ holder: value, key }, ...placesIn(value[key])]);
}

/** The same with something missing, something added, or something else in the place of one of its parts. */
export function spoilt(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const how = fc.constantFrom("drop", "add", "swap", "swap", "swap");
  const spoiling = fc.record({ how, at: fc.nat(), junk: fc.constantFrom(...JUNK) });
  return fc.tuple(values, fc.array(spoiling, { minLength: 1, maxLength: 2 })).map(([value, spoilings]) => {
    const whole: Json = { body: structuredClone(value) };
    for (const { how, at, junk } of spoilings) {
      const places = placesIn(whole);
      const place = places[at % places.length];
      if (!place) continue;
      if (how === "swap") place.holder[place.key] = copied(junk);
      else if (how === "add") place.holder.extra = copied(junk);
      else if (!Array.isArray(place.holder) && place.key !== "body") delete place.holder[place.key];
    }
    return whole.body;
  });
}

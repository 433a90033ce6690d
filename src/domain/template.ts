/** Knows Liquid: how a message's text is checked when it is saved and rendered when it is sent. */
import { Context, Liquid, LiquidError } from "liquidjs";
import { addressOn, type Contact } from "./contact";
import { ok, type Result, refuse } from "./failure";
import type { Platform } from "./platform";

export type Format = "text" | "html";

export interface TemplateFault {
  message: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

/** Cumulative allocation of one rendering, in the library's units (about characters): a loop cannot run away with it. */
const MEMORY_LIMIT = 2_000_000;
const PARSE_LIMIT = 500_000;

/** Nodes of a template that one rendering may go through, loops included, and how long a text it may gather meanwhile. */
const MOST_NODES = 20_000;
const LONGEST_TEXT = 1_000_000;

/** Tags that read other templates: there are none to read. */
const FILE_TAGS = ["include", "render", "layout", "block"];

const engines: Record<Format, Liquid> = { text: engine(false), html: engine(true) };

function engine(escapes: boolean): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    memoryLimit: MEMORY_LIMIT,
    parseLimit: PARSE_LIMIT,
    templates: {},
    ...(escapes ? { outputEscape: "escape" as const } : {}),
  });
  for (const tag of FILE_TAGS) delete liquid.tags[tag];
  return liquid;
}

/** Whether a template can be rendered at all; the fault's place is where the author should look. */
export function checkTemplate(source: string): Result<void, TemplateFault> {
  try {
    engines.text.parse(source);
    return ok(undefined);
  } catch (error) {
    return refuse(faultOf(error));
  }
}

/** The text for one contact. Names he has no value for render as nothing. */
export function render(source: string, format: Format, scope: Scope): Result<string, TemplateFault> {
  const engine = engines[format];
  try {
    const text = String(engine.renderSync(engine.parse(source), boundedContext(engine, scope)));
    return isTooLong(text) ? refuse({ message: TOO_LONG, line: 1, column: 1 }) : ok(text);
  } catch (error) {
    return refuse(faultOf(error));
  }
}

/** The library bounds a rendering by time, which stands still while a Worker computes: here it is bounded by work. */
function boundedContext(engine: Liquid, scope: Scope): Context {
  const context = new Context(scope, engine.options, { sync: true });
  let nodes = 0;
  context.renderLimit.check = () => {
    nodes += 1;
    if (nodes > MOST_NODES) throw new Error("the template does too much");
    if (Object.values(context.bottom()).some(isTooLong)) throw new Error(TOO_LONG);
  };
  return context;
}

const TOO_LONG = "the template makes too long a text";

function isTooLong(value: unknown): boolean {
  return typeof value === "string" && value.length > LONGEST_TEXT;
}

export type Scope = Record<string, unknown>;

/** The names a template may use: `contact.…` as v1 spells them, and Broadcast's at the root. */
export function scopeOf(contact: Contact, platform: Platform, unsubscribeUrl?: string | null): Scope {
  const email = addressOn(contact, "EMAIL")?.address ?? null;
  return {
    contact: {
      displayName: contact.displayName,
      firstName: contact.firstName,
      lastName: contact.lastName,
      username: addressOn(contact, platform)?.address ?? null,
      email,
      platform,
      timezone: contact.timezone,
      tags: contact.tags,
      customFields: contact.customFields,
    },
    display_name: contact.displayName,
    first_name: contact.firstName,
    last_name: contact.lastName,
    email,
    tags: contact.tags,
    custom: contact.customFields,
    unsubscribe_url: unsubscribeUrl ?? "",
  };
}

function faultOf(error: unknown): TemplateFault {
  if (!LiquidError.is(error)) return { message: error instanceof Error ? error.message : "failed", line: 1, column: 1 };
  const [line = 1, column = 1] = error.token.getPosition();
  // The library ends its messages with the place, which is told apart here.
  return { message: error.message.replace(/, (file:.*|line:\d+.*)$/, ""), line, column };
}

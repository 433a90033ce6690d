/** Knows Liquid: how a message's text is checked when it is saved and rendered when it is sent. */
import { type Liquid, LiquidError } from "liquidjs";
import { addressOn, type Contact } from "./contact";
import { ok, type Result, refuse } from "./failure";
import { boundedContext, engine, isTooLong, TOO_LONG } from "./liquid";
import type { Platform } from "./platform";

export type Format = "text" | "html";

export interface TemplateFault {
  message: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

const engines: Record<Format, Liquid> = { text: engine(false), html: engine(true) };

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

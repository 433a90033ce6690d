/** Knows what a step may do besides sending a message: each act is claimed, done and recorded like one. */
import type { Contact } from "./contact";
import { ok, type Result, refuse } from "./failure";
import { oneLine } from "./line";
import type { Platform } from "./platform";
import type { RequestSettings, Step } from "./step";
import { render, scopeOf } from "./template";

export type Act =
  | { kind: "add_tag" | "remove_tag"; tags: string[] }
  | { kind: "deactivate_contact" }
  | { kind: "move_to_sequence"; sequenceId: number }
  | ({ kind: "http_request" } & RequestSettings);

export type ActStep = Extract<Step, { kind: Act["kind"] }>;

/** The act of a step for one contact, its texts rendered; or why it cannot be made. */
export function actOf(step: ActStep, contact: Contact, platform: Platform): Result<Act, string> {
  switch (step.kind) {
    case "add_tag":
    case "remove_tag":
      return ok({ kind: step.kind, tags: step.settings.tags });
    case "deactivate_contact":
      return ok({ kind: step.kind });
    case "move_to_sequence":
      return ok({ kind: step.kind, sequenceId: step.settings.sequenceId });
    case "http_request":
      return requestFor(step.settings, contact, platform);
  }
}

function requestFor(settings: RequestSettings, contact: Contact, platform: Platform): Result<Act, string> {
  const scope = scopeOf(contact, platform);
  const texts = { url: settings.url, ...(settings.body === null ? {} : { body: settings.body }) };
  const rendered: Record<string, string> = {};
  for (const [part, source] of [...Object.entries(texts), ...headersOf(settings)]) {
    const text = render(source, "text", scope);
    if (!text.ok) return refuse(`the request's ${part} failed: ${text.failure.message}`);
    rendered[part] = text.value;
  }
  // No contact's name can begin a header of its own.
  const headers = Object.fromEntries(
    Object.keys(settings.headers).map((name) => [name, oneLine(rendered[headerPart(name)] ?? "")]),
  );
  const { method } = settings;
  return ok({ kind: "http_request", method, url: (rendered.url ?? "").trim(), headers, body: rendered.body ?? null });
}

function headersOf({ headers }: RequestSettings): [string, string][] {
  return Object.entries(headers).map(([name, value]) => [headerPart(name), value]);
}

function headerPart(name: string): string {
  return `header ${name}`;
}

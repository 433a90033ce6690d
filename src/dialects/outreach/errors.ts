/** Knows how `/api/v2` says no: every failure as JSON:API errors. */
import type { Failure } from "../../domain/failure";
import { sizeInWords } from "../../domain/limits";
import type { Http } from "../http";
import type { Table } from "./table";

export interface ApiError {
  id: string;
  title: string;
  detail: string;
  code?: string;
  source?: { pointer: string } | { parameter: string };
}

export interface Refusal {
  status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 422 | 429 | 500 | 503;
  errors: ApiError[];
}

export const MEDIA_TYPE = "application/vnd.api+json";

export function answer(c: Http, status: 200 | 201 | Refusal["status"], body: object): Response {
  return c.body(JSON.stringify(body), status, { "content-type": MEDIA_TYPE });
}

export function refused(c: Http, { status, errors }: Refusal): Response {
  if (status === 503) c.header("retry-after", "1");
  return answer(c, status, { errors });
}

export const UNAUTHORIZED = alone(401, "unauthorized", "Unauthorized", "A valid access token is required.");
export const NOTHING_HERE = alone(404, "resourceNotFound", "Resource Not Found", "There is nothing here.");
export const WRONG_METHOD = alone(405, "methodNotAllowed", "Method Not Allowed", "This cannot be done here.");
export const OUTAGE = alone(503, "serviceUnavailable", "Service Unavailable", "Try again in a moment.");
export const BROKEN = alone(500, "internalServerError", "Internal Server Error", "Something went wrong on our side.");
export const UNSUPPORTED = alone(
  415,
  "unsupportedMediaType",
  "Unsupported Media Type",
  `Expected Content-Type header to be '${MEDIA_TYPE}'.`,
);

function alone(status: Refusal["status"], id: string, title: string, detail: string): Refusal {
  return { status, errors: [{ id, title, detail }] };
}

export function tooLarge(most: number): Refusal {
  return alone(413, "payloadTooLarge", "Payload Too Large", `The body is larger than ${sizeInWords(most)}.`);
}

export function tooManyRequests(limit: number): Refusal {
  return alone(
    429,
    "rateLimitExceeded",
    "Rate Limit Exceeded",
    `You have exceeded your limit of ${limit} requests a minute.`,
  );
}

export function lackingScope(scope: string): Refusal {
  const detail = `Your authorization does not include the required scope '${scope}'.`;
  return alone(403, "unauthorizedOauthScope", "Unauthorized OAuth Scope", detail);
}

export function notFound(type: string, id: string): Refusal {
  return alone(404, "resourceNotFound", "Resource Not Found", `Could not find '${type}' with ID '${id}'.`);
}

/** What the query names wrongly. */
export function badParameter(id: string, parameter: string, detail: string): Refusal {
  return { status: 400, errors: [{ id, title: "Invalid Parameter", detail, source: { parameter } }] };
}

export function invalid(pointer: string, detail: string): ApiError {
  return { id: "validationError", title: "Validation Error", detail, source: { pointer } };
}

export function unprocessable(...errors: ApiError[]): Refusal {
  return { status: 422, errors };
}

export function refusalOf(failure: Failure, table: Table): Refusal {
  switch (failure.kind) {
    case "not_found":
      return whole(`Could not find the ${failure.what}.`);
    case "already_enrolled":
    case "enrolled_before":
      return unprocessable({
        ...invalid("/data/relationships/prospect", "Prospect has already been in this sequence."),
        code: "has already been in this sequence",
      });
    case "sequence_archived":
      return whole("Sequence is archived.");
    case "sequence_locked":
      return whole("Sequence is locked.");
    case "read_only":
      return alone(403, "unauthorizedRequest", "Unauthorized Request", "Only its owner may change the sequence.");
    case "beyond_scope":
      return lackingScope(failure.scope);
    case "sequence_full":
      return whole(`Sequence takes at most ${failure.max} prospects.`);
    case "no_address":
      return ofProspect("Prospect has no email address.");
    case "opted_out":
      return ofProspect("Prospect has opted out.");
    case "blocked":
      return ofProspect(
        failure.reason === "bounced"
          ? "Prospect's email address has bounced."
          : "Prospect has complained of what was sent to this email address.",
      );
    case "needs_consent":
      return ofProspect("Prospect has opted out, and has not agreed to be contacted again.");
    case "inactive":
      return ofProspect("Prospect is inactive.");
    case "rules_unmet":
      return ofProspect(`Prospect does not meet the enrollment rule: ${failure.condition}.`);
    case "already_ended":
      return whole("Sequence state is already finished.");
    case "already_paused":
      return whole("Sequence state is already paused.");
    case "held_back":
      return whole("Sequence state waits at the throttle.");
    case "not_paused":
      return whole("Sequence state is not paused.");
    case "not_failed":
      return whole("Sequence state has not failed.");
    case "no_longer_kept":
      return whole("Sequence state finished long ago, and what it would need to go on is no longer kept.");
    case "already_complete":
      return whole("Task is already complete.");
    case "task_sending":
      return whole("Task's mail is being sent.");
    case "no_mail":
      return whole("Task has no mail to deliver.");
    case "not_sequenced":
      return whole("Task belongs to no sequence.");
    case "address_taken":
      return wrong(table, "emails", "has already been taken");
    case "bad_address":
      return wrong(table, "emails", "is invalid");
    case "branched":
      return whole("The sequence branches here, which this API cannot show.");
    case "unwalkable":
      return whole(`The steps could not be walked: ${failure.message}.`);
    case "branches_not_empty":
      return whole("The condition has steps in its branches.");
    case "delay_too_short":
      return wrong(table, "interval", `must be at least ${failure.least} seconds`);
    case "too_many_steps":
      return whole(`A sequence holds at most ${failure.max} steps.`);
    case "too_many":
      return whole(`There are at most ${failure.max} ${failure.what}.`);
    case "segment_in_use":
      return whole("A sequence enrolls from this segment.");
    case "schedule_in_use":
      return whole("A sequence or a step keeps to this schedule.");
    case "ruleset_in_use":
      return whole("A sequence follows this ruleset.");
    case "shut_out":
      return ofProspect("Prospect is in another sequence, and the rulesets of the two shut each other out.");
    case "touched_recently":
      return ofProspect(`Prospect was contacted less than ${failure.seconds} seconds ago.`);
    case "repeated_row":
      return ofProspect("Prospect is in an earlier row already.");
    case "key_reused":
      return whole("The idempotency key has been used for another request.");
    case "key_replaced":
      return whole("Another key was made in place of this one already.");
    case "template_in_use":
      return whole("A sequence sends this template.");
    case "last_text":
      return whole("The step sends nothing else.");
    case "bad_template":
      return wrong(table, failure.field, `is not a valid template: ${failure.message} (line ${failure.line})`);
    case "blank":
      return wrong(table, failure.field, "can't be blank");
    case "bad_value":
      return wrong(table, failure.field, failure.message);
    case "too_broad":
      return badParameter("filterParameter.tooBroad", "filter", broad(failure.max, failure.by));
    case "unavailable":
      return OUTAGE;
  }
}

function broad(max: number, by: readonly string[]): string {
  return `More than ${max} rows would have to be looked through: narrow the filter by one of ${by.join(", ")}, or sort by that alone.`;
}

function whole(detail: string): Refusal {
  return unprocessable(invalid("/data", detail));
}

function ofProspect(detail: string): Refusal {
  return unprocessable(invalid("/data/relationships/prospect", detail));
}

/** A field as the engine calls it, and what is wrong with it. */
function wrong(table: Table, field: string, message: string): Refusal {
  return unprocessable(invalid(pointerTo(table, field), `${humanised(field)} ${message}.`));
}

/** `openings.0.from` is within an attribute. */
function pointerTo({ attributes, relationships }: Table, field: string): string {
  const [name = "", ...within] = field.split(".");
  const relation = field.replace(/Id$/, "");
  if (Object.hasOwn(attributes, name)) return ["/data/attributes", name, ...within].join("/");
  return Object.hasOwn(relationships, relation) ? `/data/relationships/${relation}` : "/data";
}

/** `throttleMaxAddsPerDay` reads as "Throttle max adds per day". */
export function humanised(field: string): string {
  const words = field.replace(/Id$/, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

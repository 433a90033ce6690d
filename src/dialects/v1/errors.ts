/** Knows how v1 says no: every failure as a status, a code and a message. */

import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Failure } from "../../domain/failure";
import { capital } from "../../domain/line";
import { reasonOf } from "../../domain/reason";
import type { Http } from "../http";

export type Code =
  | "BAD_REQUEST"
  | "VALIDATION_ERROR"
  | "UNAUTHORIZED"
  | "LIMIT_EXCEEDED"
  | "AUTHORIZATION_ERROR"
  | "PLAN_UPGRADE_REQUIRED"
  | "NOT_FOUND"
  | "CONFLICT"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "IDEMPOTENCY_INVALID_KEY"
  | "IDEMPOTENCY_CONFLICT"
  | "IDEMPOTENCY_IN_PROGRESS"
  | "IDEMPOTENCY_OUTCOME_UNKNOWN"
  | "RATE_LIMITED"
  | "INTERNAL_ERROR"
  | "SERVICE_UNAVAILABLE";

export interface Refusal {
  code: Code;
  message: string;
  /** Only with VALIDATION_ERROR and what is wrong with an Idempotency-Key. */
  details?: { field: string; [more: string]: unknown };
}

export const STATUS: Record<Code, ContentfulStatusCode> = {
  BAD_REQUEST: 400,
  VALIDATION_ERROR: 400,
  UNAUTHORIZED: 401,
  LIMIT_EXCEEDED: 402,
  AUTHORIZATION_ERROR: 403,
  PLAN_UPGRADE_REQUIRED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_INVALID_KEY: 400,
  IDEMPOTENCY_CONFLICT: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  IDEMPOTENCY_OUTCOME_UNKNOWN: 409,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
};

export function refuse(c: Http, refusal: Refusal): Response {
  if (refusal.code === "SERVICE_UNAVAILABLE") c.header("retry-after", "1");
  return c.json({ error: refusal }, STATUS[refusal.code]);
}

export const NEEDS_AGENCY: Refusal = {
  code: "PLAN_UPGRADE_REQUIRED",
  message: "DM Sequences require an Agency plan",
};

const HEADER = "Idempotency-Key";
const key = { field: HEADER };

export const KEY_MALFORMED: Refusal = {
  code: "IDEMPOTENCY_INVALID_KEY",
  message: `${HEADER} must be 1 to 255 characters of ASCII without spaces`,
  details: key,
};
export const KEY_REUSED: Refusal = {
  code: "IDEMPOTENCY_CONFLICT",
  message: `The ${HEADER} has been used for another request`,
  details: key,
};
export const KEY_UNDER_WAY: Refusal = {
  code: "IDEMPOTENCY_IN_PROGRESS",
  message: `A request with this ${HEADER} is under way`,
  details: key,
};
export const OUTCOME_UNKNOWN: Refusal = {
  code: "IDEMPOTENCY_OUTCOME_UNKNOWN",
  message: `The request with this ${HEADER} broke off, and may have been done: look whether it was, and if not, send it with another`,
  details: key,
};

export function refusalOf(failure: Failure): Refusal {
  switch (failure.kind) {
    case "not_found":
      return { code: "NOT_FOUND", message: `${capital(failure.what)} not found` };
    case "already_enrolled":
      return conflict("The contact is already enrolled in this sequence");
    case "enrolled_before":
      return conflict("The contact has been enrolled in this sequence before, and it does not enroll anybody twice");
    case "sequence_archived":
      return conflict("The sequence is archived and accepts no enrollments");
    case "sequence_locked":
      return conflict("The sequence is locked");
    case "read_only":
      return { code: "AUTHORIZATION_ERROR", message: "Only its owner may change the sequence" };
    case "beyond_scope":
      return { code: "AUTHORIZATION_ERROR", message: `The key lacks the scope ${failure.scope}` };
    case "sequence_full":
      return conflict(`The sequence takes ${failure.max} enrollments at most, and has had them`);
    case "no_address":
      return conflict(`The contact has no address on ${failure.platform}`);
    case "opted_out":
      return conflict("The contact has opted out");
    case "blocked":
      return conflict(capital(reasonOf(failure)));
    case "needs_consent":
      return conflict(
        "He has opted out: lift this only where he has agreed to be written to again, and say so by consent=true",
      );
    case "inactive":
      return conflict("The contact is inactive");
    case "rules_unmet":
      return conflict(`The contact does not meet the enrollment rule: ${failure.condition}`);
    case "already_ended":
      return conflict("The enrollment has already ended");
    case "already_paused":
      return conflict("The enrollment is already paused");
    case "held_back":
      return conflict("The enrollment waits at the sequence's throttle and has not begun; it can be removed");
    case "not_paused":
      return conflict("The enrollment is not paused");
    case "not_failed":
      return conflict("The enrollment has not failed");
    case "no_longer_kept":
      return conflict(capital(reasonOf(failure)));
    case "already_complete":
      return conflict("The task is already complete");
    case "task_sending":
      return conflict("The mail of the task is being sent");
    case "no_mail":
      return conflict("The task has no mail to send");
    case "not_sequenced":
      return conflict("The task belongs to no sequence");
    case "address_taken":
      return conflict(`Another contact has the ${failure.platform} address ${failure.address}`);
    case "bad_address":
      return invalid("address", `address is no ${failure.platform} address`);
    case "branched":
      return conflict("The sequence branches here, which this API cannot show; edit it through another");
    case "unwalkable":
      return conflict(`The steps could not be walked: ${failure.message}`);
    case "branches_not_empty":
      return conflict("The condition has steps in its branches");
    case "delay_too_short":
      return conflict(`The delays before the step make it ${Math.ceil(failure.least / 3600)} hours at least`);
    case "too_many_steps":
      return { code: "LIMIT_EXCEEDED", message: `A sequence holds at most ${failure.max} steps` };
    case "too_many":
      return { code: "LIMIT_EXCEEDED", message: `A workspace holds at most ${failure.max} ${failure.what}` };
    case "segment_in_use":
      return conflict("A sequence enrolls from this segment");
    case "schedule_in_use":
      return conflict("A sequence or a step keeps to this schedule");
    case "ruleset_in_use":
      return conflict("A sequence follows this ruleset");
    case "shut_out":
      return conflict("The contact is in another sequence, and the rulesets of the two shut each other out");
    case "touched_recently":
      return conflict(`The contact was written to less than ${failure.seconds} seconds ago`);
    case "repeated_row":
      return conflict("The contact is in an earlier row already");
    case "key_reused":
      return KEY_REUSED;
    case "key_replaced":
      return conflict("Another key was made in place of this one already");
    case "template_in_use":
      return conflict("A sequence sends this template");
    case "last_text":
      return conflict("The step sends no other variant");
    case "bad_template":
      return badTemplate(failure);
    case "blank":
      return invalid(failure.field, `${failure.field} must not be empty`);
    case "bad_value":
      return invalid(failure.field, `${failure.field} ${failure.message}`);
    case "too_broad":
      return { code: "BAD_REQUEST", message: `Narrow it by ${failure.by.join(", ")}` };
    case "unavailable":
      return { code: "SERVICE_UNAVAILABLE", message: `Try again: ${failure.what}` };
  }
}

export function invalid(field: string, message: string): Refusal {
  return { code: "VALIDATION_ERROR", message, details: { field } };
}

function conflict(message: string): Refusal {
  return { code: "CONFLICT", message };
}

function badTemplate(fault: Extract<Failure, { kind: "bad_template" }>): Refusal {
  const { message, line, column } = fault;
  const field = fault.field === "body" ? "messageTemplate" : fault.field;
  return {
    code: "VALIDATION_ERROR",
    message: `${field} is not a valid template: ${message} (line ${line}, column ${column})`,
    details: { field, line, column },
  };
}

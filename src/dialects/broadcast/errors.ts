/** Knows how Broadcast says no: every failure as a status and one sentence. */
import type { Failure, Noun } from "../../domain/failure";
import { reasonOf } from "../../domain/reason";
import type { Http } from "../http";

export interface Refusal {
  status: 400 | 401 | 404 | 422 | 429 | 500 | 503;
  error: string;
}

export const UNAUTHORIZED: Refusal = { status: 401, error: "Unauthorized" };
export const NOT_FOUND: Refusal = { status: 404, error: "Not found" };

export function refuse(c: Http, { status, error }: Refusal): Response {
  if (status === 503) c.header("retry-after", "1");
  return c.json({ error }, status);
}

/** An answer of headers alone. */
export function empty(c: Http, status: 200 | 201 | 422): Response {
  return c.body(null, status, { "content-length": "0" });
}

export function refusalOf(failure: Failure): Refusal {
  switch (failure.kind) {
    case "not_found":
      return { status: 404, error: `${humanised(nounOf(failure.what))} not found` };
    case "already_enrolled":
      return refused("The subscriber is already in this sequence");
    case "enrolled_before":
      return refused("The subscriber has been in this sequence before, and it takes nobody twice");
    case "sequence_archived":
      return { status: 404, error: "Sequence not found" };
    case "sequence_locked":
      return refused("The sequence is locked");
    case "read_only":
    case "beyond_scope":
      return UNAUTHORIZED;
    case "sequence_full":
      return refused(`The sequence takes ${failure.max} subscribers at most, and has had them`);
    case "no_address":
      return refused("The subscriber has no email address");
    case "opted_out":
      return refused("The subscriber has unsubscribed");
    case "blocked":
      return refused(
        failure.reason === "bounced"
          ? "The subscriber's address has bounced"
          : "The subscriber has complained of what was sent to this address",
      );
    case "needs_consent":
      return refused(`The address cannot be lifted: ${reasonOf(failure)}`);
    case "inactive":
      return refused("The subscriber is inactive");
    case "rules_unmet":
      return refused(`The subscriber does not meet the enrollment rule: ${failure.condition}`);
    case "already_ended":
      return refused("The subscriber is no longer in this sequence");
    case "already_paused":
      return refused("The subscriber is already paused");
    case "held_back":
      return refused("The subscriber waits at the sequence's throttle and has not begun");
    case "not_paused":
      return refused("The subscriber is not paused");
    case "not_failed":
      return refused("The subscriber has not failed");
    case "no_longer_kept":
      return refused("The subscriber's enrollment ended long ago, and what it would need to go on is no longer kept");
    case "already_complete":
    case "task_sending":
    case "no_mail":
    case "not_sequenced":
      return refused(`The task cannot be changed so: ${reasonOf(failure)}`);
    case "address_taken":
      return wrong("email", "has already been taken");
    case "bad_address":
      return wrong("email", "is invalid");
    case "branched":
      return refused("The sequence ends in branches or in a move: name the step to add to by parent_id");
    case "unwalkable":
      return refused(`The steps could not be walked: ${failure.message}`);
    case "branches_not_empty":
      return refused("The condition has steps in its branches: set delete_branches to true to delete them too");
    case "delay_too_short":
      return wrong("delay", `must be at least ${failure.least} seconds`);
    case "too_many_steps":
      return refused(`A sequence holds at most ${failure.max} steps`);
    case "too_many":
      return refused(`A workspace holds at most ${failure.max} ${failure.what}`);
    case "segment_in_use":
      return refused("A sequence enrolls from this segment");
    case "schedule_in_use":
      return refused("A sequence or a step keeps to this schedule");
    case "ruleset_in_use":
      return refused("A sequence follows this ruleset");
    case "shut_out":
      return refused("The subscriber is in another sequence, and the rulesets of the two shut each other out");
    case "touched_recently":
      return refused(`The subscriber was written to less than ${failure.seconds} seconds ago`);
    case "repeated_row":
      return refused("The subscriber is in an earlier row already");
    case "key_reused":
      return refused("The idempotency key has been used for another request");
    case "key_replaced":
      return refused("Another key was made in place of this one already");
    case "template_in_use":
      return refused("A sequence sends this template");
    case "last_text":
      return refused("The step sends nothing else");
    case "bad_template":
      return badTemplate(failure);
    case "blank":
      return wrong(fieldOf(failure.field), BLANK);
    case "bad_value":
      return wrong(fieldOf(failure.field), failure.message);
    case "too_broad":
      return { status: 400, error: `Narrow it by ${failure.by.join(", ")}` };
    case "unavailable":
      return { status: 503, error: `Try again: ${failure.what}` };
  }
}

export const BLANK = "can't be blank";

/** A field and what is wrong with it, as Rails puts the two together. */
export function wrong(field: string, message: string): Refusal {
  return refused(`${humanised(field)} ${message}`);
}

/** `init_segment_id` reads as "Init segment", and `subscriber[email]` as "Email". */
function humanised(field: string): string {
  const words = field
    .replace(/^subscriber\[(.+)\]$/, "$1")
    .replace(/_id$/, "")
    .replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function refused(error: string): Refusal {
  return { status: 422, error };
}

function badTemplate({ field, message, line, column }: Extract<Failure, { kind: "bad_template" }>): Refusal {
  return wrong(field, `is not a valid template: ${message} (line ${line}, column ${column})`);
}

function nounOf(what: Noun): string {
  return what === "contact" ? "subscriber" : what;
}

/** What the engine calls otherwise than this API does. */
const FIELDS = new Map([
  ["tags", "taggify_list"],
  ["address", "email"],
]);

function fieldOf(field: string): string {
  return FIELDS.get(field) ?? field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

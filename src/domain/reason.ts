/** Knows how a refusal reads in the history of a journey that asked for something. */
import type { Failure } from "./failure";

export function reasonOf(failure: Failure): string {
  switch (failure.kind) {
    case "not_found":
      return `there is no such ${failure.what}`;
    case "already_enrolled":
      return "the contact is already enrolled there";
    case "enrolled_before":
      return "the contact has been enrolled there before";
    case "sequence_archived":
      return "the sequence is archived";
    case "sequence_locked":
      return "the sequence is locked";
    case "read_only":
      return "only its owner may change the sequence";
    case "beyond_scope":
      return `the key lacks the scope ${failure.scope}`;
    case "sequence_full":
      return `the sequence takes ${failure.max} enrollments at most`;
    case "no_address":
      return `the contact has no address on ${failure.platform}`;
    case "opted_out":
      return "the contact has opted out";
    case "blocked":
      return failure.reason === "bounced"
        ? `the contact's ${failure.platform} address has bounced`
        : `the contact has complained of what was sent to his ${failure.platform} address`;
    case "needs_consent":
      return "the contact has opted out, and nobody says that he agreed to be written to again";
    case "inactive":
      return "the contact is inactive";
    case "rules_unmet":
      return `the contact does not meet the enrollment rule: ${failure.condition}`;
    case "already_ended":
      return "the enrollment has ended";
    case "already_paused":
      return "the enrollment is paused";
    case "held_back":
      return "the throttle has not let him in yet";
    case "not_paused":
      return "the enrollment is not paused";
    case "not_failed":
      return "the enrollment has not failed";
    case "no_longer_kept":
      return "the enrollment ended long ago, and what it would need to go on is no longer kept";
    case "already_complete":
      return "the task is already complete";
    case "task_sending":
      return "the mail of the task is being sent";
    case "no_mail":
      return "the task has no mail";
    case "not_sequenced":
      return "the task belongs to no sequence";
    case "address_taken":
      return `another contact has that ${failure.platform} address`;
    case "bad_address":
      return `that is no ${failure.platform} address`;
    case "branched":
      return "the sequence branches there";
    case "unwalkable":
      return failure.message;
    case "branches_not_empty":
      return "the branches are not empty";
    case "delay_too_short":
      return "the delay is too short";
    case "too_many_steps":
      return `a sequence holds at most ${failure.max} steps`;
    case "too_many":
      return `there are at most ${failure.max} ${failure.what}`;
    case "segment_in_use":
      return "a sequence enrolls from that segment";
    case "schedule_in_use":
      return "a sequence keeps to that schedule";
    case "ruleset_in_use":
      return "a sequence follows that ruleset";
    case "shut_out":
      return "the contact is in another sequence, and the rulesets of the two shut each other out";
    case "touched_recently":
      return `the contact was written to less than ${failure.seconds} seconds ago`;
    case "repeated_row":
      return "the contact is in an earlier row";
    case "key_reused":
      return "the idempotency key came with another request";
    case "key_replaced":
      return "another key was made in place of this one";
    case "template_in_use":
      return "a sequence sends that template";
    case "last_text":
      return "the step sends nothing else";
    case "blank":
      return `${failure.field} must not be empty`;
    case "bad_template":
    case "bad_value":
      return `${failure.field} ${failure.message}`;
    case "too_broad":
      return "too many rows would be looked through";
    case "unavailable":
      return failure.what;
  }
}

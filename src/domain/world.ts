/** Knows what the world asks of a journey before it goes on: that it end, or that it hold. */
import { reachable } from "./contact";
import type { EndReason, Hold, State } from "./enrollment";
import type { Facts } from "./facts";
import type { Failure } from "./failure";

interface End {
  why: EndReason;
  error: string | null;
}

/**
 * Whether the world has ended this journey: the contact is gone or must not be written to, or the sequence is. Who was
 * taken although he had opted out goes on.
 */
export function endOf(facts: Facts, state: State): End | null {
  if (facts.sequence.archived) return { why: "archived", error: null };
  if (facts.contact === null) return { why: "removed", error: null };
  const { transactional, takesOptedOut } = facts.sequence;
  const takenSo = takesOptedOut === true && (facts.contact.optedOutAt ?? Infinity) <= state.trip.enrolledAt;
  const reach = reachable(facts.contact, state.trip.platform, transactional || takenSo);
  return reach.ok ? null : endFor(reach.failure, state);
}

/** Whether no message is to be sent to whoever was taken so. */
export function isShunned({ contact, sequence }: Facts): boolean {
  return contact !== null && contact.optedOutAt !== null && !sequence.transactional;
}

function endFor(failure: Failure, state: State): End {
  switch (failure.kind) {
    case "opted_out":
      return { why: "opted_out", error: null };
    case "blocked":
      return { why: "bounced", error: null };
    case "inactive":
      return { why: "removed", error: null };
    default:
      return { why: "failed", error: `the contact has no ${state.trip.platform} address` };
  }
}

/** What keeps a due step from being done; a paused channel or mailbox keeps back messages alone. */
export function holdOf(facts: Facts, { sends }: { sends: boolean }): Hold | null {
  if (!facts.sequence.running) return "sequence";
  if (facts.workspacePaused) return "workspace";
  if (!sends) return null;
  if (facts.channel.paused) return "channel";
  return facts.post?.box?.paused ? "mailbox" : null;
}

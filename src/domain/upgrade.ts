/** Knows how a state that an earlier release stored is completed. */
import { FORMAT, type State, unstarted } from "./enrollment";
import { messageId } from "./message";
import { fatesBefore } from "./tally";

/** A state as a release before this one stored it, completed: until then all steps were messages. */
export function upgraded(stored: State): State {
  const counted = { ...stored, fates: stored.fates ?? fatesBefore(stored) };
  // Fields that came to be since, and messages were all that touched anybody until they did.
  if (stored.format === FORMAT) return { ...unstarted(stored.trip), ...{ lastTouch: stored.lastShown }, ...counted };
  const { lastStep, messages, trip, inFlight, phase } = stored;
  // The newest one that was claimed, unless it never went out.
  const unsent = inFlight !== null || (phase.is === "ended" && phase.why === "failed") ? 1 : 0;
  const lastMessage = lastStep === null ? null : messageId(trip.id, messages - unsent);
  return { ...unstarted(trip), ...counted, lastShown: lastStep, lastTouch: lastStep, lastMessage, format: FORMAT };
}

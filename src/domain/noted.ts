/** Knows what a journey makes of news: of a message that was sent, and of a move that was asked for. */
import { isByMachine, noteClick, noteMachine } from "./clicks";
import { fateDeed } from "./deed";
import { end, refused, unchanged } from "./ending";
import type { Decision, Event, State } from "./enrollment";
import { messageId } from "./message";
import type { NewsLine } from "./mirror";
import { afterAct, fail } from "./outcome";
import type { Journey, Reading } from "./time";
import { stirred } from "./watch";

/** The first news of a kind counts, ended or not; a condition that waits for it is looked at again. Clicks count by link. */
export function note(state: State, event: Extract<Event, { kind: "noted" }>, now: Reading): Decision {
  const { message, fact, when, url } = event;
  if (!isOf(state, message)) return refused(state, "no_message");
  if (fact === "clicked") return noteClick(state, event, now);
  if (fact === "opened" && isByMachine(state, event, now)) return noteMachine(state, fact, event);
  const known = state.noted[fact] ?? [];
  if (known.includes(message)) return unchanged(state);
  // Where it has ended the journey, that is written there.
  if (fact === "unsubscribed" && state.fates.optedOutAfter === message) return unchanged(state);
  const noted = { ...state.noted, [fact]: [...known, message] };
  return { state: { ...stirred(state), noted }, deeds: [{ what: "noted", message, fact, when, url }] };
}

/** News of a message whose journey was freed: whoever looks doubtful so long after it was sent is taken for a person. */
export function lateNews({ message, fact, when, by }: Extract<Event, { kind: "noted" }>, at: Journey): NewsLine {
  const byMachine = by === "machine" && (fact === "opened" || fact === "clicked");
  const told = byMachine ? (`machine_${fact}` as const) : fact === "unsubscribed" ? "opted_out" : fact;
  return { n: 0, id: message, fact: told, at: when, heardAt: at, ...(told === "clicked" ? { clicks: 1 } : {}) };
}

/** Whether the journey has begun a message of that id. */
export function isOf({ trip, messages }: State, message: number): boolean {
  return message > messageId(trip.id, 0) && message <= messageId(trip.id, messages);
}

/** The move was made, and the journey ends here; or it was refused there, and fails with the reason. */
export function moved(state: State, event: Extract<Event, { kind: "moved" }>, now: Reading): Decision {
  const { phase, inFlight } = state;
  if (phase.is === "ended") return phase.why === "moved" ? unchanged(state) : refused(state, "already_ended");
  if (inFlight?.message !== event.message || inFlight.act?.kind !== "move_to_sequence") {
    return refused(state, "not_moving");
  }
  // Under a pause nothing new is begun, there either: once it is resumed, it asks again.
  if (phase.is === "paused") return refused(state, "already_paused");
  if (event.refusal !== null) return fail(state, inFlight, event.refusal, now);
  const ended = end(afterAct(state, inFlight, now), "moved", now.journey);
  return { ...ended, deeds: [fateDeed(inFlight, "sent"), ...ended.deeds] };
}

/** Knows what a turn leaves behind: numbered entries of history, and a state that has counted them. */
import type { Decision, Deed, Entry, State } from "./enrollment";
import { momentsAfter } from "./moments";
import { fatesAfter } from "./tally";
import type { Journey } from "./time";

/** The version and the entries of a journey that has only just begun, as its row shows it before it has. */
export const BEGUN = 1;

/** Numbers what was done. What answers or ends a journey is put down to the message that went out last, if to no other. */
export function entriesOf(before: State, { deeds }: Decision, at: Journey): Entry[] {
  return deeds.map((deed, i): Entry => ({ ...attributed(deed, before.lastMessage), n: before.entries + i + 1, at }));
}

function attributed(deed: Deed, lastMessage: number | null): Deed {
  if (lastMessage === null) return deed;
  const caused = deed.what === "replied" || (deed.what === "ended" && deed.why === "opted_out");
  return caused ? { message: lastMessage, ...deed } : deed;
}

/** The state after a turn; `changed` says whether the mirror has something new to learn. */
export function recorded(before: State, { state, deeds }: Decision, changed: boolean, at: Journey): State {
  return {
    ...state,
    entries: before.entries + deeds.length,
    version: before.version + (changed ? 1 : 0),
    fates: fatesAfter(state.fates, deeds, before.lastMessage),
    moments: changed ? momentsAfter(state.moments, before.phase, state.phase, at) : state.moments,
  };
}

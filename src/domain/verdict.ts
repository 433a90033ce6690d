/** Knows whether what a condition asks is so. */
import { meets } from "./condition";
import type { State } from "./enrollment";
import type { Facts } from "./facts";
import type { Test } from "./step";

export function holds(test: Test, state: State, { contact }: Pick<Facts, "contact">): boolean {
  switch (test.on) {
    case "message":
      return wasSeen(test, state);
    case "contact":
      return contact !== null && meets(test.condition, contact, state.trip.platform);
    case "tag":
      return contact?.tags.includes(test.tag) ?? false;
    case "reply":
      return state.repliedAt !== null;
  }
}

/** Who has clicked has opened, even where his program shows no pictures. */
function wasSeen({ fact, which }: Extract<Test, { on: "message" }>, { noted, lastMessage }: State): boolean {
  const seen = [...(noted.clicked ?? []), ...(fact === "opened" ? (noted.opened ?? []) : [])];
  return which === "any" ? seen.length > 0 : lastMessage !== null && seen.includes(lastMessage);
}

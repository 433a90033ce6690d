/** Knows a call that was made, and what it does to the journey of whoever was called. */
import type { Completion } from "./working";

export const CALL_DIRECTIONS = ["inbound", "outbound"] as const;
export type CallDirection = (typeof CALL_DIRECTIONS)[number];

export const CALL_OUTCOMES = ["Answered", "Not Answered"] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export const SEQUENCE_ACTIONS = ["Advance", "Finish", "Finish - No Reply", "Finish - Replied"] as const;
export type SequenceAction = (typeof SEQUENCE_ACTIONS)[number];

export function completionOf(action: SequenceAction): Completion {
  switch (action) {
    case "Advance":
      return "advance";
    case "Finish":
    case "Finish - No Reply":
      return "finish";
    case "Finish - Replied":
      return "finish_replied";
  }
}

/** Knows who comes into a segment and who leaves it, as seen at one revision of each. */
import type { Contact } from "./contact";
import { belongs, type Segment } from "./segment";

/** A segment and a contact at the revisions they were compared at. */
export interface Pair {
  segment: number;
  rules: number;
  contact: number;
  revision: number;
}

export interface Membership {
  segmentId: number;
  contactId: number;
}

export interface Moves {
  joins: Pair[];
  leaves: Pair[];
}

/** What must change for these contacts, so that exactly those who meet the rules are members. */
export function movesOf(
  segments: readonly Segment[],
  contacts: readonly Contact[],
  members: readonly Membership[],
): Moves {
  const inside = new Set(members.map(({ segmentId, contactId }) => keyOf(segmentId, contactId)));
  const moves: Moves = { joins: [], leaves: [] };
  for (const segment of segments) {
    for (const contact of contacts) {
      const is = inside.has(keyOf(segment.id, contact.id));
      const shall = belongs(segment, contact);
      if (is === shall) continue;
      const pair = { segment: segment.id, rules: segment.revision, contact: contact.id, revision: contact.revision };
      (shall ? moves.joins : moves.leaves).push(pair);
    }
  }
  return moves;
}

function keyOf(segment: number, contact: number): string {
  return `${segment}/${contact}`;
}

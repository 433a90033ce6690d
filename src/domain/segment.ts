/** Knows what a segment is: contacts who meet saved rules. */
import { firstUnmet, type Rules } from "./condition";
import type { Contact } from "./contact";
import type { Journey } from "./time";

export interface Segment {
  id: number;
  workspaceId: number;
  name: string;
  rules: Rules;
  /** A number that no other edit has chosen. */
  revision: number;
  /** The revision by whose rules all contacts have been looked at. */
  built: number;
  createdAt: Journey;
  updatedAt: Journey;
}

export const MOST_SEGMENTS = 100;

export function isReady({ revision, built }: Segment): boolean {
  return revision === built;
}

/** What is asked of a segment about its members stands on a contact's own platform. */
export function belongs({ rules }: Pick<Segment, "rules">, contact: Contact): boolean {
  return firstUnmet(rules, contact, contact.platform) === null;
}

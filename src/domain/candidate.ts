/** Knows who is brought along to be enrolled: somebody with addresses, who may be a contact already. */
import type { Address } from "./contact";
import type { Failure } from "./failure";
import type { Platform } from "./platform";

/** What is null or empty was not said. */
export interface Candidate {
  /** His own, where he becomes a contact. */
  platform: Platform;
  /** By any of them he is known; the first one that is somebody's tells whose. */
  addresses: Address[];
  displayName: string | null;
  firstName: string | null;
  lastName: string | null;
  avatarUrl: string | null;
  timezone: string | null;
  tags: string[];
  customFields: Record<string, unknown>;
}

/** One row of what was sent: somebody who is there, somebody brought along, or why he is neither. */
export type Entry = { row: number } & (
  | { contact: number }
  | { candidate: Candidate }
  | { failure: Failure; address: string | null }
);

/** Knows what a bulk enrollment is: a job over rows that were staged in chunks. */
import type { Candidate, Entry } from "./candidate";
import type { Failure } from "./failure";
import type { Platform } from "./platform";
import type { Journey, Wall } from "./time";

/** Rows of one job. */
export const MOST_ROWS = 50_000;

/** Entries of one chunk, and characters of them: a database takes no more than two million in one value. */
const MOST_ENTRIES = 2000;
const MOST_TEXT = 128 * 1024;
/** Characters of one entry. No contact comes near it; the reason why one is refused may name a field that does. */
const LONGEST_ENTRY = 64 * 1024;
const TOO_LONG: Failure = { kind: "bad_value", field: "row", message: `has more than ${LONGEST_ENTRY} characters` };
/** Chunks of one job at most. Rows come to fewer, unless most of them are as long as may be: each chunk but the last is full. */
export const MOST_CHUNKS = 4096;

/**
 * Jobs of a workspace that come in, wait to be seen to, or are: each may hold 64 MB of a database of ten gigabytes meanwhile.
 */
export const MOST_UNFINISHED = 20;

/** staging: the request still comes in. done: each row was admitted or refused. failed: what was staged is not there any more. */
export type BulkState = "staging" | "queued" | "running" | "done" | "failed";

export interface BulkOptions {
  sequenceId: number;
  /** Null: each contact's own; EMAIL, where he has an address there. */
  platform: Platform | null;
  mailboxId: number | null;
  /** Whether what is said of somebody who is there already is written to him. */
  updateExisting: boolean;
}

export interface BulkJob extends BulkOptions {
  id: number;
  workspaceId: number;
  userId: number | null;
  state: BulkState;
  idempotencyKey: string | null;
  fingerprint: string | null;
  total: number;
  chunks: number;
  cursor: number;
  enrolled: number;
  refused: number;
  mark: number;
  startedTo: number;
  createdAt: Journey;
  finishedAt: Journey | null;
  begunAt: Wall;
  touchedAt: Wall;
  closed: boolean;
}

/** Why a row was not admitted. The address is told only of who is no contact. */
export interface RowRefusal {
  row: number;
  contactId: number | null;
  address: string | null;
  failure: Failure;
}

/** Names the one admission that a job can make of a contact. */
export function bulkOrigin(job: number, contact: number): string {
  return `bulk/${job}/${contact}`;
}

export interface Packer {
  /** The chunks that are full now, as JSON. */
  add: (entries: readonly Entry[]) => string[];
  /** What is left. */
  rest: () => string[];
}

export function packer(): Packer {
  let texts: string[] = [];
  let length = 0;
  const take = (): string => {
    const chunk = `[${texts.join(",")}]`;
    texts = [];
    length = 0;
    return chunk;
  };
  return {
    add: (entries) =>
      entries.flatMap((entry) => {
        const whole = JSON.stringify(entry);
        const isLong = whole.length > LONGEST_ENTRY;
        const text = isLong ? JSON.stringify({ row: entry.row, failure: TOO_LONG, address: null }) : whole;
        texts.push(text);
        length += text.length;
        return texts.length >= MOST_ENTRIES || length >= MOST_TEXT ? [take()] : [];
      }),
    rest: () => (texts.length > 0 ? [take()] : []),
  };
}

/** The first address of an entry that names nobody who is there. */
export function addressOfCandidate({ addresses }: Candidate): string | null {
  return addresses[0]?.address ?? null;
}

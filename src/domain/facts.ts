/** Knows what a turn reads of the world before it decides. */
import type { Contact } from "./contact";
import type { FrequencyCap, Slot } from "./frequency";
import type { Post } from "./mail";
import type { Timing } from "./schedule";
import type { Block } from "./suppression";
import type { Ticket } from "./ticket";
import type { Wall } from "./time";
import type { Tree } from "./tree";

/** What a turn reads before it decides. */
export interface Facts {
  sequence: {
    running: boolean;
    archived: boolean;
    transactional: boolean;
    name: string;
    live: number;
    /** Whether its ruleset takes contacts who have opted out, for what is no message. */
    takesOptedOut?: boolean;
  };
  workspacePaused: boolean;
  channel: {
    kind: string;
    paused: boolean;
    /** Whether the receiver drops what it has had under the same id. */
    deduplicates: boolean;
    /** Tells it from any other: what one has had, another does not know. */
    receiver: string;
    /** For how many milliseconds it knows an id again; without it, for good. */
    remembers?: Wall;
    /** By the transport of the mailbox. */
    own?: boolean;
  };
  /** Null once he was erased. */
  contact: Contact | null;
  /** Set where the address of the message under way is not to be written to, whoever has it now. */
  toBlocked?: Block | null;
  tree: Tree;
  timing: Timing;
  mirror: { version: number; completeTo: number; ended?: boolean };
  retryBase: number;
  /** How often the workspace writes to one contact, and the room that was asked for under it. */
  cap?: FrequencyCap | null;
  /** Of a journey on EMAIL. */
  post?: Post;
  slot?: Slot;
  /** The slot of its mailbox that was asked for. */
  ticket?: Ticket;
}

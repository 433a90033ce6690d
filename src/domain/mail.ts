/** Knows what makes a message a mail, and what a mail needs of the world. */
import type { Limits } from "./mailbox";
import type { Journey, Wall } from "./time";
import type { Sender } from "./transport";

/** What stands in a mail beside its text; fixed with it at the first claim. */
export interface Mail {
  from: Sender;
  /** The mailbox it leaves from, if there is one. */
  mailbox: number | null;
  /** By what its links and addresses name it. */
  token: string;
  /** Without angle brackets, as are the others (RFC 5322, section 3.6.4). */
  messageId: string;
  /** The ids of the thread it continues, the first one first; none where it starts one. */
  references: string[];
  /** Where one click stops the mails; null in a transactional sequence. */
  unsubscribeUrl: string | null;
  tracks: Tracks;
  /** Wall time of the first claim. */
  date: Wall;
}

export interface Tracks {
  opens: boolean;
  clicks: boolean;
}

/** The thread that a later mail continues. */
export interface Thread {
  subject: string;
  /** Message ids, the first one first. */
  ids: string[];
}

/** What a turn of a journey on EMAIL knows beside the rest. */
export interface Post {
  /** Signs what names its messages. */
  seal: string;
  /** Without a slash at its end. Null: nobody has said where this service is reached, and no mail can be stopped. */
  publicUrl: string | null;
  /** Where answers are received; null: nowhere. */
  replyDomain: string | null;
  /** Null: nobody has said from whom mails come. */
  sender: Sender | null;
  /** The mailbox that the next mail leaves from, if there is one. */
  box: Box | null;
  tracks: Tracks;
  /** Whether each mail is to show the link that stops them: as the ruleset says. */
  showsLink?: boolean;
}

export interface Box {
  id: number;
  address: string;
  paused: boolean;
  /** HTML that stands in for the line with that link, which it names `%unsubscribe_url%`. */
  optOutSignature?: string | null;
  /** Why it is paused. */
  reason: string | null;
  /** What its slots are given out by; null: a mail leaves without one. */
  limits: Limits | null;
  /** When it was last set, paused or resumed: what was read of its limits holds for that state only. */
  asOf: Journey;
}

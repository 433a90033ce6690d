/** Knows what every channel is: a way out of the building for one message. */
import type { Content, Outcome } from "../domain/message";
import type { Transport } from "../domain/transport";
import type { Directory } from "./whereabouts";

export interface Outgoing {
  /** The idempotency key, the same on every attempt. */
  id: number;
  workspaceId: number;
  sequenceId: number;
  stepId: number;
  enrollmentId: number;
  contactId: number;
  content: Content;
  /** Whoever gets it has asked for it, and needs no way to stop it. */
  transactional: boolean;
}

/** Where a workspace's messages of a platform go. */
export interface ChannelSettings {
  url: string | null;
  secret: string | null;
  /** Of mails. */
  transport: Transport | null;
  /** Its credentials, locked for their owner; where they are told in the clear, `secret` has them. */
  sealed: { owner: string; locked: string } | null;
}

export interface Bounds {
  /** In production nothing on this machine or in its private network may be called. */
  production: boolean;
  /** In place of the public one. */
  directory?: Directory;
}

export interface Surroundings extends Bounds {
  /** Opens what is locked, and signs what leaves. */
  secret: string;
  /** Without a slash at its end. */
  publicUrl: string | null;
  replyDomain: string | null;
  /** The account's own way to send mails. */
  mailer: SendEmail | null;
  /** Where the API of Resend is reached. */
  resendUrl: string;
  /** Milliseconds that one attempt may take, DELIVERY_TIMEOUT at most. */
  deliveryTimeout: number;
}

/** Whether a receiver drops what it has had under the same id; only then is a lost attempt repeated. */
export interface Memory {
  deduplicates: boolean;
  /** For how many milliseconds it knows an id again; without it, for good. */
  remembers?: number;
}

export interface Channel {
  memoryOf(settings: ChannelSettings): Memory;
  /** Sends one message. Settles within DELIVERY_TIMEOUT and never throws for what the other side did. */
  deliver(message: Outgoing, settings: ChannelSettings, surroundings: Surroundings): Promise<Outcome>;
}

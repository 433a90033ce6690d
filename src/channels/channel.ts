/** Knows what every channel is: a way out of the building for one message. */
import type { Content, Outcome } from "../domain/message";

export interface Outgoing {
  /** The idempotency key, the same on every attempt. */
  id: number;
  workspaceId: number;
  sequenceId: number;
  stepId: number;
  enrollmentId: number;
  contactId: number;
  content: Content;
}

/** Where a workspace's messages of a platform go. */
export interface ChannelSettings {
  url: string | null;
  secret: string | null;
}

export interface Surroundings {
  /** In production nothing on this machine or in its private network may be called. */
  production: boolean;
}

export interface Channel {
  /** Whether the receiver drops what it has had under the same id; only then is a lost attempt repeated. */
  deduplicates: boolean;
  /** Sends one message. Settles within DELIVERY_TIMEOUT and never throws for what the other side did. */
  deliver(message: Outgoing, settings: ChannelSettings, surroundings: Surroundings): Promise<Outcome>;
}

/** Milliseconds that one attempt may take. */
export const DELIVERY_TIMEOUT = 20_000;

/** Knows what every verb is given: a workspace, its database, the objects and queues, and what time it is. */
import type { Telling } from "../domain/mirror";
import type { Nudge } from "../domain/nudge";
import type { InboundReply } from "../domain/reply";
import { type Classifier, sentimentOf } from "../domain/sentiment";
import type { Reading } from "../domain/time";
import type { Trace } from "../domain/trace";
import type { Enrollment } from "../enrollment/object";
import { type Database, databaseFor } from "../storage/database";

export interface Context {
  workspaceId: number;
  /** The user on whose behalf a request acts; null where nobody calls: queues and the clock. */
  userId: number | null;
  db: Database;
  objects: DurableObjectNamespace<Enrollment>;
  replies: Queue<InboundReply | Trace>;
  jobs: Queue<Nudge>;
  events: Queue<Telling>;
  now: Reading;
  /** Keys what must be recognised without being known. */
  secret: string;
  production: boolean;
  /** Tells how a reply was meant from what it says. */
  sentimentOf: Classifier;
}

export interface Doors {
  bindings: Pick<Env, "DB" | "ENROLLMENTS" | "REPLIES" | "JOBS" | "EVENTS">;
  secret: string;
  production: boolean;
  now: Reading;
  /** In place of the words that this project knows. */
  sentimentOf?: Classifier;
}

/** The context of one workspace, for a door that has told who calls and what time it is. */
export function contextFor(
  { bindings, secret, production, now, ...told }: Doors,
  workspaceId: number,
  userId: number | null = null,
): Context {
  return {
    workspaceId,
    userId,
    db: databaseFor(bindings.DB, workspaceId),
    objects: bindings.ENROLLMENTS as DurableObjectNamespace<Enrollment>,
    replies: bindings.REPLIES,
    jobs: bindings.JOBS,
    events: bindings.EVENTS,
    now,
    secret,
    production,
    sentimentOf: told.sentimentOf ?? sentimentOf,
  };
}

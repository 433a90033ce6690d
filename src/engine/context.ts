/** Knows what every verb is given: a workspace, its database, the objects and queues, and what time it is. */
import { type Installed, NOTHING_INSTALLED } from "../domain/installed";
import { type LimitsByPlan, STANDARD } from "../domain/limits";
import type { Content, Outcome } from "../domain/message";
import type { Telling } from "../domain/mirror";
import type { Nudge } from "../domain/nudge";
import type { InboundReply } from "../domain/reply";
import { RETENTION, type Retention } from "../domain/retention";
import { RETRY_BASE } from "../domain/retry";
import { type Classifier, sentimentOf } from "../domain/sentiment";
import type { Reading, Wall } from "../domain/time";
import type { Trace } from "../domain/trace";
import type { Transport } from "../domain/transport";
import type { Enrollment } from "../enrollment/object";
import type { Sender } from "../sender/object";
import { type Database, databaseFor } from "../storage/database";
import type { Caller } from "./announcing";
import type { WebhookNudge } from "./webhooknudges";

export interface Context {
  workspaceId: number;
  /** The user on whose behalf a request acts; null where nobody calls: queues and the clock. */
  userId: number | null;
  db: Database;
  objects: DurableObjectNamespace<Enrollment>;
  senders: DurableObjectNamespace<Sender>;
  replies: Queue<InboundReply | Trace>;
  jobs: Queue<Nudge>;
  events: Queue<Telling>;
  webhooks: Queue<WebhookNudge>;
  now: Reading;
  /** Keys what must be recognised without being known. */
  secret: string;
  production: boolean;
  /** What carries mails where nobody else says it. */
  installed: Installed;
  /** How long is kept what has ended, where a workspace says nothing. */
  retention: Retention;
  /** Of workspaces that have none of their own. */
  limits: LimitsByPlan;
  /** How long the first retry of a call waits. */
  retryBase: Wall;
  post: Post;
  /** Tells how a reply was meant from what it says. */
  sentimentOf: Classifier;
}

/** Sends a mail at once, beside all journeys. */
export type Post = (mail: Content, by: Carrier) => Promise<Outcome>;

export interface Carrier {
  workspaceId: number;
  transport: Transport | null;
  /** Its credential, as it is or locked. */
  secret: string | null;
  sealed: { owner: string; locked: string } | null;
}

const nowhere: Post = async () => ({ kind: "broken", reason: "there is no way out from here" });

export interface Doors {
  bindings: Pick<Env, "DB" | "ENROLLMENTS" | "SENDERS" | "REPLIES" | "JOBS" | "EVENTS" | "WEBHOOKS">;
  secret: string;
  production: boolean;
  now: Reading;
  installed?: Installed;
  retention?: Retention;
  limits?: LimitsByPlan;
  retryBase?: Wall;
  /** What opens the operator's door; null: nothing does. */
  operator?: string | null;
  post?: Post;
  /** Whether reads may be answered by copies of the database that lag behind it a little. */
  replicas?: boolean;
  /** Calls customers' endpoints; without it none is reached. */
  call?: Caller;
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
    senders: bindings.SENDERS as DurableObjectNamespace<Sender>,
    replies: bindings.REPLIES,
    jobs: bindings.JOBS,
    events: bindings.EVENTS,
    webhooks: bindings.WEBHOOKS,
    now,
    secret,
    production,
    installed: told.installed ?? NOTHING_INSTALLED,
    retention: told.retention ?? RETENTION,
    limits: told.limits ?? STANDARD,
    retryBase: told.retryBase ?? RETRY_BASE,
    post: told.post ?? nowhere,
    sentimentOf: told.sentimentOf ?? sentimentOf,
  };
}

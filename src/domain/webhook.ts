/** Knows what becomes of a call to a customer's endpoint: when it is made again, when it is given up, and when the endpoint rests. */
import { backoff, GIVE_UP_AFTER } from "./retry";
import { DAY, HOUR, SECOND, type Wall } from "./time";

export const MOST_WEBHOOKS = 10;

/** Calls to one endpoint that are open at a time: as many as the platform lets one invocation have. */
export const LANES = 6;
/** Deliveries that are read, told and written down together. */
export const ROUND = 60;
/** When a turn that has gone on for so long begins no further call: others wait for theirs. */
export const TURN_TIME = 5 * SECOND;
/** To one that did not answer well the last time: enough to see whether it does again. */
export const PROBES = 3;
/** Longer than a turn with a last call that times out after 20 s. */
export const LEASE = 60 * SECOND;

/** One that has not answered well for so long is paused. */
const DEAD_AFTER = 3 * DAY;
/** So many days of journey time a delivery is kept, whatever became of it. */
export const DELIVERIES_KEPT = 30 * DAY;

/** Hours for which the secret before still signs beside a new one, unless it is said. */
export const OVERLAP_HOURS = 24;
export const LONGEST_OVERLAP = 7 * 24;
export const overlapOf = (hours: number): Wall => hours * HOUR;

/** More deliveries than one endpoint is ever told. */
const NUMBERS = 1_000_000_000;

/** The id of a delivery tells its endpoint and its number there. */
export function deliveryId(webhook: number, number: number): number {
  return webhook * NUMBERS + number;
}

/** Its number at that endpoint; null where it is another's. */
export function numberIn(webhook: number, id: number): number | null {
  return Math.floor(id / NUMBERS) === webhook ? id % NUMBERS : null;
}

export const DELIVERY_STATUSES = ["waiting", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** What came back of one call. */
export interface Echo {
  /** Null where nothing came back. */
  status: number | null;
  /** The beginning of the answer's body. */
  excerpt: string | null;
  error: string | null;
  /** How long it took, in milliseconds. */
  took: number;
}

/** One call, as it is kept. */
export interface Try extends Echo {
  at: Wall;
}

interface Tried {
  webhookId: number;
  number: number;
  /** Before this one. */
  tries: number;
  /** When it was tried first. */
  triedAt: Wall | null;
}

export interface Fate {
  status: DeliveryStatus;
  dueAt: Wall | null;
}

export function isWell({ status }: Echo): boolean {
  return status !== null && status >= 200 && status < 300;
}

/**
 * What was not answered well is told again, whatever the answer: who has made a mistake may mend it. After three days it is given
 * up, unless the endpoint has answered nothing well since: then it is that which is at fault, and all is kept for it, to be told
 * soon after it is back.
 */
export function fateOf({ webhookId, number, tries, triedAt }: Tried, echo: Echo, round: Round): Fate {
  if (isWell(echo)) return { status: "delivered", dueAt: null };
  const { now, failingSince, base } = round;
  const first = triedAt ?? now;
  const isAtFault = failingSince === null || failingSince > first;
  const attempt = isAtFault ? tries + 1 : Math.min(tries + 1, LONGEST_REST);
  const dueAt = now + backoff({ message: webhookId * SPREAD + number, attempt, base });
  if (isAtFault && dueAt - first > GIVE_UP_AFTER) return { status: "failed", dueAt: null };
  return { status: "waiting", dueAt };
}

/** Keeps the deliveries of different endpoints from being scattered alike. */
const SPREAD = 1_000_003;

interface Round extends Pace {
  /** Since when the endpoint has answered nothing well, this round included. */
  failingSince: Wall | null;
}

export interface Pace {
  now: Wall;
  /** How long the first retry waits. */
  base: Wall;
}

export interface Health {
  id: number;
  failures: number;
  failingSince: Wall | null;
}

export interface Prognosis extends Omit<Health, "id"> {
  /** Nothing is sent before, where it did not answer well. */
  restsUntil: Wall;
  /** Why it is paused. */
  dead: string | null;
}

/** How an endpoint is after a round: who has answered anything well is well, and whoever says that he is gone is gone. */
export function prognosisOf({ id, ...before }: Health, echoes: readonly Echo[], { now, base }: Pace): Prognosis {
  const gone = echoes.some(({ status }) => status === 410);
  if (!gone && (echoes.length === 0 || echoes.some(isWell))) {
    return { failures: 0, failingSince: null, restsUntil: 0, dead: null };
  }
  const failures = before.failures + 1;
  const failingSince = before.failingSince ?? now;
  const restsUntil = now + backoff({ message: id, attempt: Math.min(failures, LONGEST_REST), base });
  const dead = gone ? "the endpoint answered 410: it is gone" : deadBy(echoes, now - failingSince);
  return { failures, failingSince, restsUntil, dead };
}

/** The rung of the ladder that an endpoint as a whole waits at most: an hour, so that it is soon seen to be back. */
const LONGEST_REST = 4;

function deadBy(echoes: readonly Echo[], failed: Wall): string | null {
  if (failed < DEAD_AFTER) return null;
  const last = echoes.at(-1);
  const why = last?.error ?? `it answered ${last?.status}`;
  return `the endpoint has not answered well for ${DEAD_AFTER / DAY} days: ${why}`;
}

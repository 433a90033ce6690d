/** Knows the public prices of the platform, and what a number of like things costs at them. Pure. */

/** What the platform bills, of one thing or of many of them in a month. */
export interface Usage {
  /** Calls of the Worker: requests, and batches from queues. */
  requests: number;
  cpuMs: number;
  /** Calls of objects, and their alarms. */
  objectRequests: number;
  /** Seconds for which an object is awake, times its 128 MB. */
  objectGbSeconds: number;
  objectRowsRead: number;
  objectRowsWritten: number;
  objectGb: number;
  databaseRowsRead: number;
  databaseRowsWritten: number;
  databaseGb: number;
  /** 64 KB written, read or deleted. */
  queueOperations: number;
}

export interface Tariff {
  what: string;
  /** In the plan, each month. */
  included: number;
  /** So many more cost so many dollars. */
  per: number;
  dollars: number;
}

const MILLION = 1e6;
const BILLION = 1e9;

/** Of Workers Paid, each month. */
export const PLAN = 5;

/**
 * As of November 2026:
 * https://developers.cloudflare.com/workers/platform/pricing/
 * https://developers.cloudflare.com/durable-objects/platform/pricing/
 * https://developers.cloudflare.com/d1/platform/pricing/
 * https://developers.cloudflare.com/queues/platform/pricing/
 */
export const TARIFFS: Record<keyof Usage, Tariff> = {
  requests: { what: "Worker requests", included: 10 * MILLION, per: MILLION, dollars: 0.3 },
  cpuMs: { what: "Worker CPU, ms (estimated)", included: 30 * MILLION, per: MILLION, dollars: 0.02 },
  objectRequests: { what: "object requests and alarms", included: MILLION, per: MILLION, dollars: 0.15 },
  objectGbSeconds: { what: "object GB-s (estimated)", included: 400_000, per: MILLION, dollars: 12.5 },
  objectRowsRead: { what: "object rows read", included: 25 * BILLION, per: MILLION, dollars: 0.001 },
  objectRowsWritten: { what: "object rows written", included: 50 * MILLION, per: MILLION, dollars: 1 },
  objectGb: { what: "object storage, GB-month", included: 5, per: 1, dollars: 0.2 },
  databaseRowsRead: { what: "D1 rows read", included: 25 * BILLION, per: MILLION, dollars: 0.001 },
  databaseRowsWritten: { what: "D1 rows written", included: 50 * MILLION, per: MILLION, dollars: 1 },
  databaseGb: { what: "D1 storage, GB-month", included: 5, per: 1, dollars: 0.75 },
  queueOperations: { what: "queue operations", included: MILLION, per: MILLION, dollars: 0.4 },
};

export interface Charge {
  what: string;
  /** Of one. */
  each: number;
  /** Of all. */
  used: number;
  included: number;
  /** Beyond what the plan includes. */
  dollars: number;
  /** Where nothing is included any more. */
  marginal: number;
}

export interface Bill {
  charges: Charge[];
  /** Beyond the price of the plan itself. */
  dollars: number;
  marginal: number;
}

/** What so many in a month cost, of which each uses this much. */
export function billFor(each: Usage, count: number): Bill {
  const charges = (Object.keys(TARIFFS) as (keyof Usage)[]).map((key) => charge(TARIFFS[key], each[key], count));
  return {
    charges,
    dollars: sum(charges.map((one) => one.dollars)),
    marginal: sum(charges.map((one) => one.marginal)),
  };
}

function charge({ what, included, per, dollars }: Tariff, each: number, count: number): Charge {
  const used = each * count;
  const priced = (units: number) => (units / per) * dollars;
  return { what, each, used, included, dollars: priced(Math.max(0, used - included)), marginal: priced(used) };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** Knows how customers' endpoints are told what stands in D1 for them: one of them a turn, in rounds, and each beside the others. */
import { bodyFor } from "../domain/envelope";
import { MINUTE, SECOND } from "../domain/time";
import {
  DELIVERIES_KEPT,
  type Echo,
  fateOf,
  LANES,
  LEASE,
  PROBES,
  prognosisOf,
  ROUND,
  TURN_TIME,
} from "../domain/webhook";
import { dueLetters, type Letter, settleRound } from "../storage/deliveries";
import { noteTidiedWebhook, removeDeliveries, removeWebhook, untidiedWebhooks } from "../storage/pastdeliveries";
import { type DueWebhook, takeTurn, type WebhookRow } from "../storage/webhooks";
import type { Context } from "./context";
import { headersFor } from "./signing";
import { nudgeWebhooks } from "./webhooknudges";
import { secretsOf } from "./webhooks";

/** Calls an endpoint; what it did, or that it did nothing, is the answer. */
export type Caller = (url: string, call: { headers: Record<string, string>; body: string }) => Promise<Echo>;

/** Of one turn: many quick calls take longer to write down than to make, and a Worker may make only so many. */
const MOST_ROUNDS = 10;

/** Longer waits are the sweep's, which looks every minute. */
const LONGEST_DELAY = 10 * MINUTE;

/**
 * Tells one endpoint what is due there, round after round until that has taken a while; what is due then is the next nudge's.
 * Two never are at the same endpoint: whoever comes while one is there goes, for what is due is looked at again in the end.
 */
export async function tellDue(ctx: Context, due: DueWebhook, call: Caller): Promise<void> {
  const { wall } = ctx.now;
  for (let took = 0, rounds = 1; ; rounds++) {
    const round = await tellRound(ctx, due, call);
    if (!round) return;
    took += round.took;
    const { nextAt } = round;
    if (nextAt === null || nextAt - wall > LONGEST_DELAY) return;
    if (nextAt > wall || took >= TURN_TIME || rounds === MOST_ROUNDS)
      return nudgeWebhooks(ctx.webhooks, [due], Math.max(0, nextAt - wall));
  }
}

interface Round {
  /** Milliseconds. */
  took: number;
  /** When something is due next. */
  nextAt: number | null;
}

/** Null where there is nothing to do, or somebody is at it. */
async function tellRound(ctx: Context, due: DueWebhook, call: Caller): Promise<Round | null> {
  const { db, now, retryBase: base } = ctx;
  const pace = { now: now.wall, base };
  const webhook = await takeTurn(db, due, { wall: now.wall, lease: LEASE });
  if (!webhook) return null;
  const letters = await dueLetters(db, webhook, now.wall, webhook.failures > 0 ? PROBES : ROUND);
  const { heard, took } = await tellAll(letters, await callerOf(ctx, webhook, call));
  const prognosis = prognosisOf(
    webhook,
    heard.map(({ echo }) => echo),
    pace,
  );
  const settled = heard.map(({ letter: { delivery }, echo }) => ({
    number: delivery.number,
    ...fateOf(delivery, echo, { ...pace, failingSince: prognosis.failingSince }),
    last: { at: now.wall, ...echo },
  }));
  const nextAt = await settleRound(db, webhook, settled, { prognosis, wall: now.wall, journey: now.journey });
  return { took, nextAt };
}

type Telling = (letter: Letter) => Promise<Echo>;

async function callerOf(ctx: Context, webhook: WebhookRow, call: Caller): Promise<Telling> {
  const secrets = await secretsOf(ctx, webhook);
  const { url, dialect } = webhook;
  const timestamp = Math.floor(ctx.now.wall / SECOND);
  return async ({ happening }) => {
    if (secrets.length === 0) return { status: null, excerpt: null, error: "its secret cannot be read", took: 0 };
    const { event, number } = happening;
    const body = bodyFor(dialect, happening);
    return call(url, { headers: await headersFor(dialect, secrets, { event, number, body, timestamp }), body });
  };
}

interface Heard {
  letter: Letter;
  echo: Echo;
}

/** Some at a time; none is begun once it has taken a while, or once nothing came back. */
async function tellAll(letters: readonly Letter[], tell: Telling): Promise<{ heard: Heard[]; took: number }> {
  const heard: Heard[] = [];
  const ahead = [...letters];
  let isSilent = false;
  const lane = async () => {
    let took = 0;
    while (took < TURN_TIME && !isSilent) {
      const letter = ahead.shift();
      if (!letter) break;
      const echo = await tell(letter);
      took += echo.took;
      isSilent ||= echo.status === null || echo.status === 410;
      heard.push({ letter, echo });
    }
    return took;
  };
  const took = await Promise.all(Array.from({ length: LANES }, lane));
  return { heard, took: Math.max(...took) };
}

/** How often an endpoint is tidied. */
const EACH = 60 * MINUTE;
const AT_A_TIME = 20;
const CHUNK = 500;
const CHUNKS_A_SWEEP = 20;

/** Removes what was told long ago, and what those were told that are no more; what one sweep leaves is the next one's. */
export async function tidyWebhooks({ db, now }: Context): Promise<void> {
  const { wall } = now;
  const budget = { chunks: CHUNKS_A_SWEEP };
  for (const webhook of await untidiedWebhooks(db, wall - EACH, AT_A_TIME)) {
    const before = webhook.deletedAt === null ? now.journey - DELIVERIES_KEPT : Number.MAX_SAFE_INTEGER;
    while (budget.chunks > 0) {
      budget.chunks -= 1;
      if ((await removeDeliveries(db, webhook, { before, wall, limit: CHUNK })) < CHUNK) break;
    }
    if (budget.chunks === 0) return;
    await (webhook.deletedAt === null ? noteTidiedWebhook(db, webhook, wall) : removeWebhook(db, webhook));
  }
}

/** Kills the server three times with `kill -9` while messages flow, and audits that every promise held all the same. */
import { setTimeout as sleep } from "node:timers/promises";
import { startReceiver } from "../../src/local/receiver.ts";
import { sweepNow } from "../../src/local/server.ts";
import { audit, type Check, type Outcome, totalOf } from "./audit.ts";
import { type Api, apiAt, must } from "./client.ts";
import { type ClockCheck, readClock } from "./clock.ts";
import { CROWD, DELAYS, enrollAll, makeContacts, makeSequence } from "./crowd.ts";
import { type Victim, victim } from "./victim.ts";

/** The receiver takes this long to answer, so that a kill finds messages that were accepted and not yet recorded. */
const RECEIVER_DELAY = 150;
const GLANCE = 5;
const LONGEST_PHASE = 100_000;
const LONGEST_END = 150_000;
const BETWEEN_SWEEPS = 10_000;
const MESSAGES = CROWD * DELAYS.length;

const began = Date.now();

function say(text: string): void {
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
}

async function run(server: Victim): Promise<Check[]> {
  await server.start();
  const receiver = await startReceiver(() => ({ delay: RECEIVER_DELAY }));
  try {
    const api = apiAt(server.url, server.key);
    const put = { kind: "webhook", url: receiver.url };
    receiver.trust(
      (await must<{ channel: { secret: string } }>(api, "PUT", "/v1/channels/WEBHOOK", put)).channel.secret,
    );
    const sequence = await makeSequence(api);
    const contacts = await makeContacts(api);
    say(`${contacts.length} contacts and a sequence of ${DELAYS.length} steps are ready`);
    const enrolling = enrollAll(api, sequence.path, contacts);
    const outcome: Outcome = {
      api,
      receiver,
      sequence,
      enrolled: enrolling.enrolled,
      deaths: server.deaths,
      clocks: [],
    };
    await Promise.all([enrolling.done, killThrice(server, outcome)]);
    const cutOff = [...enrolling.enrolled.values()].filter((id) => id === null).length;
    say(`all are enrolled, ${cutOff} of them by a request that a kill left without an answer`);
    await ending(server, outcome);
    return await audit(outcome);
  } finally {
    await receiver.close();
  }
}

/** The instants at which it is killed, always with messages under way. */
async function killThrice(server: Victim, outcome: Outcome): Promise<void> {
  const { receiver, enrolled } = outcome;
  const accepted = () => receiver.deliveries.size;
  await kill(server, outcome, "during enrollment", () => enrolled.size >= CROWD * 0.4);
  await kill(server, outcome, "during sending", () => enrolled.size === CROWD && accepted() >= MESSAGES * 0.5);
  await kill(server, outcome, "after some have completed", () => finished(outcome) >= CROWD * 0.2);
}

async function kill(server: Victim, outcome: Outcome, phase: string, isIt: () => boolean): Promise<void> {
  const { api, receiver, enrolled, clocks } = outcome;
  const nth = clocks.length + 1;
  await until(phase, isIt);
  const before = await readClock(api, `before-${nth}`);
  await until(`${phase}, with messages under way`, () => receiver.open() > 0);
  const underWay = receiver.open();
  await server.kill();
  say(
    `kill ${nth}, ${phase}: ${enrolled.size} enrolled, ${receiver.deliveries.size} messages accepted, ` +
      `${underWay} under way, ${finished(outcome)} journeys finished`,
  );
  await server.start();
  const check: ClockCheck = { before, after: await readClock(api, `after-${nth}`) };
  clocks.push(check);
  say(
    `it runs again; the journey's clock went on from ${stamp(check.before.journey)} to ${stamp(check.after.journey)}`,
  );
}

function stamp(journey: number): string {
  return new Date(journey).toISOString().slice(0, 16);
}

/** Journeys whose every message was accepted. */
function finished({ receiver }: Outcome): number {
  const last = DELAYS.length;
  const byEnrollment = Map.groupBy(receiver.deliveries.values(), ({ message }) => message.enrollmentId);
  return [...byEnrollment.values()].filter((own) => own.length === last).length;
}

async function until(what: string, isIt: () => boolean): Promise<void> {
  for (const since = Date.now(); !isIt(); await sleep(GLANCE)) {
    if (Date.now() - since > LONGEST_PHASE) throw new Error(`it never came to this: ${what}`);
  }
}

/** Waits until all have completed and the ledger knows it, sweeping as the cron does; gives up after a while. */
async function ending(server: Victim, { api, receiver, sequence }: Outcome): Promise<void> {
  const id = sequence.path.split("/").at(-1);
  const since = Date.now();
  for (let swept = 0; Date.now() - since < LONGEST_END; await sleep(500)) {
    if (Date.now() - swept > BETWEEN_SWEEPS) {
      swept = Date.now();
      await sweepNow(server.url).catch(() => undefined);
      say(
        `${await completed(api, sequence.path)} of ${CROWD} completed, ${receiver.deliveries.size} messages accepted`,
      );
    }
    if ((await completed(api, sequence.path)) < CROWD) continue;
    if ((await totalOf(api, `/v1/messages?sequence=${id}&status=sent`)) >= MESSAGES) break;
  }
  say(`the wait for the end took ${Math.round((Date.now() - since) / 1000)} s`);
}

async function completed(api: Api, sequence: string): Promise<number> {
  const { enrollmentStats } = await must<{ enrollmentStats: { COMPLETED: number } }>(api, "GET", sequence);
  return enrollmentStats.COMPLETED;
}

function report(checks: readonly Check[]): void {
  const width = Math.max(...checks.map(({ name }) => name.length));
  console.log("");
  for (const { name, ok, found } of checks) console.log(`${ok ? "ok  " : "FAIL"}  ${name.padEnd(width)}  ${found}`);
}

const server = await victim(() => say("it fell over by itself, and is started again"));
process.once("exit", server.bury);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

let failed = 1;
let passed = 0;
try {
  const checks = await run(server);
  report(checks);
  failed = checks.filter(({ ok }) => !ok).length;
  passed = checks.length - failed;
} catch (error) {
  console.error(error);
}
if (failed > 0) console.error(`\nThe server's last words:\n${server.lastWords()}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Has one of two endpoints be down for two days of the journey, and the server killed amid them: it is told all that the other one was. */
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, type Server, startServer, sweepNow } from "../../src/local/server.ts";
import { prepareState } from "../../src/local/state.ts";
import { type Api, apiAt, must } from "../durability/client.ts";
import { type Ear, startEar, type Told } from "./ear.ts";

/** Journey seconds a second: a day of the journey passes in six seconds. */
const SPEED = 14_400;
const DAY = 86_400_000;
const DOWN_FOR = 2 * DAY;
/** The ladder of the retries is of wall time, so that it is the setting which makes a rung as short as the days are: an hour's lasts 2.4 s. */
const RETRY_BASE = 20;
/** Hours between the messages of a sequence, so that some fall due while the endpoint is down, others while the server is. */
const STEPS = [0, 30, 30];
const PEOPLE = 8;
const PROMPT = 5000;
/** The longest rung and a second or two, on a machine that is busy; with half a minute as its base it would be later. */
const SOON = 20_000;
/** In which what came of a call is written down, and less than the least wait until the next one. */
const QUIET = 300;
const GLANCE = 100;
const BETWEEN_SWEEPS = 2000;
const LONGEST_WAIT = 60_000;

let failed = 0;

function check(what: string, holds: boolean, found: unknown): void {
  if (!holds) failed += 1;
  console.log(`${holds ? "✓" : "✗"} ${what}: ${JSON.stringify(found)}`);
}

interface Endpoint {
  id: string;
  ear: Ear;
}

async function listen(api: Api): Promise<Endpoint> {
  const ear = await startEar();
  const { webhook } = await must<{ webhook: { id: string; secret: string } }>(api, "POST", "/v1/webhooks", {
    url: ear.url,
  });
  ear.trust(webhook.secret);
  return { id: webhook.id, ear };
}

async function makeSequence(api: Api): Promise<string> {
  const { sequence } = await must<{ sequence: { id: string } }>(api, "POST", "/v1/sequences", { name: "Drip" });
  for (const delayHours of STEPS) {
    const step = { messageTemplate: "Hello {{ contact.displayName }}", delayHours };
    await must(api, "POST", `/v1/sequences/${sequence.id}/steps`, step);
  }
  await must(api, "PATCH", `/v1/sequences/${sequence.id}`, { status: "ACTIVE" });
  return sequence.id;
}

let people = 0;

/** Their enrollments, by their ids, and when they were answered for. */
async function enroll(api: Api, sequence: string): Promise<Map<string, number>> {
  const made = new Map<string, number>();
  for (let i = 0; i < PEOPLE; i++) {
    people += 1;
    const who = { platform: "TWITTER", username: `person${people}` };
    const { contact } = await must<{ contact: { id: string } }>(api, "POST", "/v1/contacts", who);
    const asked = { contactId: contact.id, platform: "TWITTER" };
    const path = `/v1/sequences/${sequence}/enrollments`;
    const { enrollment } = await must<{ enrollment: { id: string } }>(api, "POST", path, asked);
    made.set(enrollment.id, Date.now());
  }
  return made;
}

/** How long after the answers the endpoint heard of the last of them. */
async function lateness({ heard }: Ear, made: ReadonlyMap<string, number>): Promise<number> {
  const late: number[] = [];
  for (const [id, answeredAt] of made) {
    const event = `evt_${id.replace("enroll_", "")}_enrolled`;
    await until(() => heard.some((one) => one.id === event), PROMPT);
    late.push((heard.find((one) => one.id === event)?.at ?? Number.POSITIVE_INFINITY) - answeredAt);
  }
  return Math.max(...late);
}

async function until(holds: () => boolean | Promise<boolean>, longest: number): Promise<void> {
  for (const began = Date.now(); Date.now() - began < longest && !(await holds()); ) await sleep(GLANCE);
}

interface Counts {
  status: string;
  deliveries: { waiting: number; delivered: number; failed: number; missed: number };
}

async function countsOf(api: Api, { id }: Endpoint): Promise<Counts> {
  return (await must<{ webhook: Counts }>(api, "GET", `/v1/webhooks/${id}`)).webhook;
}

/** What time of the journey it is, as the server stamps it. */
async function journeyNow(api: Api): Promise<number> {
  people += 1;
  const who = { platform: "TWITTER", username: `clock${people}` };
  const { contact } = await must<{ contact: { createdAt: string } }>(api, "POST", "/v1/contacts", who);
  return Date.parse(contact.createdAt);
}

const byId = (heard: readonly Told[]) => Map.groupBy(heard, ({ id }) => id);

function audit(name: string, { ear: { heard, forged } }: Endpoint, counts: Counts): void {
  check(`${name}: every call was signed for it`, forged.length === 0, forged.slice(0, 3));
  const numbers = new Set(heard.map(({ number }) => number));
  const { waiting, delivered, failed: given, missed } = counts.deliveries;
  const isWhole = [...numbers].sort((a, b) => a - b).every((number, i) => number === i + 1);
  check(`${name}: its numbers have no gap`, isWhole && numbers.size === delivered, {
    heard: numbers.size,
    counts: counts.deliveries,
  });
  check(`${name}: nothing waits, was given up or missed`, waiting + given + missed === 0, counts.status);
  const changed = [...byId(heard)].filter(([, told]) => new Set(told.map(({ text }) => text)).size > 1);
  check(`${name}: what came again was the same`, changed.length === 0, {
    repeats: heard.length - byId(heard).size,
    changed: changed.map(([id]) => id),
  });
}

/** Made of what is known here alone: two events a message, and two of each journey's ends. */
function expected(enrollments: number): number {
  const ofSequence = 2 + STEPS.length;
  return ofSequence + enrollments * (2 + 2 * STEPS.length);
}

const began = Date.now();
const folder = mkdtempSync(join(tmpdir(), "dripline-webhooks-"));
const log = join(folder, "server.log");
const state = join(folder, "state");
const { keys, secret } = await prepareState(state, undefined);
const port = await freePort();

function start(): Promise<Server> {
  const settings = { RATE_LIMITS: "AGENCY=1000000", RETRY_BASE_MS: String(RETRY_BASE) };
  const options = { port, state, secret, clockSpeed: String(SPEED), settings, log: openSync(log, "a") };
  return startServer({ ...options, detached: true });
}

/** Without a farewell, with all its processes: what lived in memory is gone. */
async function kill({ process: { pid }, gone }: Server): Promise<void> {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
  await gone;
}

let server = await start();
const sweeps = setInterval(() => void sweepNow(server.url).catch(() => undefined), BETWEEN_SWEEPS);
const api = apiAt(server.url, keys[0] ?? "");
const [steady, weak] = [await listen(api), await listen(api)];
try {
  const sequence = await makeSequence(api);
  const enrolled = new Map<string, number>();
  const enrollMore = async () => {
    const made = await enroll(api, sequence);
    for (const [id, at] of made) enrolled.set(id, at);
    return made;
  };
  const enrollAndHear = async (how: string) => {
    const late = await lateness(steady.ear, await enrollMore());
    check(`${how}: the other one hears of everybody at once`, late < PROMPT, `${late} ms`);
  };

  await enrollAndHear("both are well");
  await until(() => weak.ear.heard.length === steady.ear.heard.length, PROMPT);
  const before = weak.ear.heard.length;
  const downSince = await journeyNow(api);
  weak.ear.become("refusing");
  await enrollAndHear("one refuses connections");
  weak.ear.become("failing");
  await enrollAndHear("it answers 503");
  const isTurnedAway = () => (weak.ear.turnedAway.get("failing") ?? 0) > 0;
  await until(isTurnedAway, PROMPT);
  // Amid a call it would leave a lease behind that lasts for a minute.
  await sleep(QUIET);
  await kill(server);
  server = await start();
  await enrollAndHear("the server was killed, and is back");
  // Of what is local alone a queue hands over one nudge after another: whoever hangs there holds up the others.
  weak.ear.become("hanging");
  await enrollMore();
  await until(async () => (await journeyNow(api)) - downSince > DOWN_FOR, LONGEST_WAIT);
  const { deliveries, status } = await countsOf(api, weak);
  const after = weak.ear.heard.length;
  weak.ear.become("well");
  const back = Date.now();
  check("meanwhile it heard nothing and was not paused", after === before && status === "active", {
    days: ((await journeyNow(api)) - downSince) / DAY,
    heardBefore: before,
    turnedAway: Object.fromEntries(weak.ear.turnedAway),
    waiting: deliveries.waiting,
  });

  const all = expected(enrolled.size);
  const isAllTold = async () => {
    const told = await Promise.all([steady, weak].map((endpoint) => countsOf(api, endpoint)));
    return told.every((counts) => counts.deliveries.delivered === all && counts.deliveries.waiting === 0);
  };
  await until(isAllTold, LONGEST_WAIT);
  const took = Date.now() - back;
  check("it hears all soon after it is back", took < SOON && (await isAllTold()), `${took} ms`);
  audit("the other one", steady, await countsOf(api, steady));
  audit("the one that was down", weak, await countsOf(api, weak));
  const [one, other] = [byId(steady.ear.heard), byId(weak.ear.heard)];
  const apart = [...one.keys()].filter((id) => !other.has(id)).concat([...other.keys()].filter((id) => !one.has(id)));
  check("both heard the same, and all there was", apart.length === 0 && one.size === all, {
    heard: one.size,
    of: all,
    apart: apart.slice(0, 5),
  });
} catch (error) {
  console.error(error, readFileSync(log, "utf8").split("\n").slice(-40).join("\n"));
  failed += 1;
} finally {
  clearInterval(sweeps);
  for (const { ear } of [steady, weak]) ear.close();
  await kill(server);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
console.log(`${((Date.now() - began) / 1000).toFixed(0)} s`);
process.exit(failed === 0 ? 0 : 1);

/** Sends a thousand mails from one mailbox that may send fifty a day, and others from one that is being warmed up: on no day one more, and each in its turn. */
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startServer, sweepNow } from "../../src/local/server.ts";
import { prepareState } from "../../src/local/state.ts";
import { type Api, apiAt, must } from "../durability/client.ts";

/** Journey seconds a second: a day of the journey passes in three seconds. */
const SPEED = 28_800;
const DAY = 86_400_000;
const A_DAY = 50;
const LONGEST_RUN = 240_000;
const GLANCE = 1000;
const BETWEEN_SWEEPS = 20_000;
/** So many requests are under way at a time, so people may come to ask a little out of the order of their enrollments. */
const AT_A_TIME = 16;
const OUT_OF_TURN = 4 * AT_A_TIME;

interface Flow {
  name: string;
  people: number;
  warmup: { start: number; step: number } | null;
  /** What may be sent on the nth day. */
  most: (day: number) => number;
}

const FLOWS: Flow[] = [
  { name: "fifty a day", people: 1000, warmup: null, most: () => A_DAY },
  { name: "warmed up", people: 300, warmup: { start: 10, step: 10 }, most: (day) => Math.min(A_DAY, 10 + 10 * day) },
];

interface Begun extends Flow {
  sequence: number;
  /** The first day of the mailbox. */
  since: number;
  /** The day on which the last one was enrolled. */
  allIn: number;
}

interface Mailing {
  id: number;
  attributes: { createdAt: string };
}

let failed = 0;

function check(what: string, holds: boolean, found: unknown): void {
  if (!holds) failed += 1;
  console.log(`${holds ? "✓" : "✗"} ${what}: ${JSON.stringify(found)}`);
}

async function begin(api: Api, flow: Flow): Promise<Begun> {
  const box = { email: `${flow.people}@sender.example`, dailyLimit: A_DAY, warmup: flow.warmup };
  const { mailbox } = await must<{ mailbox: { id: string; createdAt: string } }>(api, "POST", "/v1/mailboxes", box);
  const draft = { name: flow.name, useAnyMailbox: false, mailboxIds: [mailbox.id] };
  const { sequence } = await must<{ sequence: { id: string } }>(api, "POST", "/v1/sequences", draft);
  const step = { messageTemplate: "Hello {{ first_name }}", delayHours: 0 };
  await must(api, "POST", `/v1/sequences/${sequence.id}/steps`, step);
  await must(api, "PATCH", `/v1/sequences/${sequence.id}`, { status: "ACTIVE" });
  const id = Number(sequence.id.slice("seq_".length));
  await enrollAll(api, id, flow.people);
  const since = Math.floor(Date.parse(mailbox.createdAt) / DAY);
  return { ...flow, sequence: id, since, allIn: Math.floor((await newestOf(api, id)) / DAY) - since };
}

async function enrollAll(api: Api, sequence: number, people: number): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < people) {
      const nth = next++;
      const subscriber = { email: `${nth}@${sequence}.example`, first_name: `No. ${nth}` };
      const path = `/api/v1/sequences/${sequence}/add_subscriber`;
      const { status, tries } = await api("POST", path, { subscriber });
      if (status !== 201 && tries === 1) throw new Error(`${subscriber.email} was not enrolled: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function newestOf(api: Api, sequence: number): Promise<number> {
  const path = `/api/v2/sequenceStates?filter[sequence][id]=${sequence}&sort=-createdAt&page[size]=1`;
  const { data } = await must<{ data: Mailing[] }>(api, "GET", path);
  return Date.parse(data[0]?.attributes.createdAt ?? "");
}

async function mailingsOf(api: Api, { sequence }: Begun): Promise<Mailing[]> {
  const path = `/api/v2/mailings?filter[sequence][id]=${sequence}&filter[state]=delivered&page[size]=1000`;
  return (await must<{ data: Mailing[] }>(api, "GET", path)).data;
}

async function allSent(api: Api, flows: Begun[]): Promise<Mailing[][]> {
  for (const began = Date.now(); Date.now() - began < LONGEST_RUN; await sleep(GLANCE)) {
    const sent = await Promise.all(flows.map((flow) => mailingsOf(api, flow)));
    if (sent.every(({ length }, i) => length === flows[i]?.people)) return sent;
  }
  console.error(`not all were sent within ${LONGEST_RUN / 1000} s`);
  return Promise.all(flows.map((flow) => mailingsOf(api, flow)));
}

function audit({ name, people, most, since, allIn }: Begun, mailings: Mailing[]): void {
  const sent = mailings.map(({ id, attributes }) => ({
    id,
    day: Math.floor(Date.parse(attributes.createdAt) / DAY) - since,
  }));
  const days = [...Map.groupBy(sent, ({ day }) => day)].sort(([a], [b]) => a - b);
  check(`${name}: all are sent`, sent.length === people, sent.length);
  const counts = days.map(([day, group]) => `${group.length} of ${most(day)}`);
  check(
    `${name}: on no day more than may be`,
    days.every(([day, { length }]) => length <= most(day)),
    counts,
  );
  // Where the machine enrolls no faster than may be sent, nobody stands in line.
  const inLine = sent.filter(({ day }) => day > allIn).length;
  check(
    `${name}: and on some as many, while people stand in line`,
    inLine < 2 * A_DAY || days.some(([day, { length }]) => length === most(day)),
    { inLine, full: days.filter(([day, { length }]) => length === most(day)).length },
  );
  const inOrder = sent.sort((a, b) => a.id - b.id).map(({ day }) => day);
  const early = inOrder.filter((day, i) => day < Math.max(...inOrder.slice(0, Math.max(0, i - OUT_OF_TURN)), -1));
  check(`${name}: nobody before who was there before him`, early.length === 0, early);
}

const folder = mkdtempSync(join(tmpdir(), "dripline-limit-"));
const log = join(folder, "server.log");
const state = join(folder, "state");
const { keys, secret } = await prepareState(state, undefined);
const port = await freePort();
const settings = { RATE_LIMITS: "AGENCY=1000000" };
const server = await startServer({ port, state, secret, clockSpeed: String(SPEED), settings, log: openSync(log, "a") });
const sweeps = setInterval(() => void sweepNow(server.url).catch(() => undefined), BETWEEN_SWEEPS);
try {
  const api = apiAt(server.url, keys[0] ?? "");
  const flows = await Promise.all(FLOWS.map((flow) => begin(api, flow)));
  const sent = await allSent(api, flows);
  for (const [i, flow] of flows.entries()) audit(flow, sent[i] ?? []);
} catch (error) {
  console.error(error, readFileSync(log, "utf8").split("\n").slice(-40).join("\n"));
  failed += 1;
} finally {
  clearInterval(sweeps);
  await server.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
process.exit(failed === 0 ? 0 : 1);

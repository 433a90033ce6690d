/** `npm run demo`: a sequence of three steps and five contacts, told as it happens, in under a minute. */
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { styleText } from "node:util";
import { type Receiver, startReceiver } from "./receiver.ts";
import { freePort, startServer } from "./server.ts";
import { prepareState } from "./state.ts";

/** Journey seconds a second: an hour of the journey passes in a second. */
const SPEED = 3600;
const HOUR = 3_600_000;
const LONGEST = 30_000;
const LONGEST_LAG = 10_000;
const GLANCE = 200;
/** Wall milliseconds from one enrollment to the next. */
const APART = 800;

const STEPS = [
  { delayHours: 0, messageTemplate: "Hi {{ contact.firstName }}, welcome aboard!" },
  { delayHours: 4, messageTemplate: "{{ contact.firstName }}, three tips for {{ contact.customFields.team }}." },
  { delayHours: 8, messageTemplate: "How is it going, {{ contact.firstName }}? Just reply." },
];

interface Role {
  firstName: string;
  team: string;
  /** What happens an hour after so many messages have reached them. */
  turn?: { after: number; says: string } | { after: number; removed: true };
}

const CAST: [Role, ...Role[]] = [
  { firstName: "Ada", team: "Analytics" },
  { firstName: "Grace", team: "Compilers", turn: { after: 1, says: "Lovely! Can we talk on Friday?" } },
  { firstName: "Alan", team: "Research", turn: { after: 2, says: "STOP" } },
  { firstName: "Mary", team: "Wind Tunnels", turn: { after: 1, removed: true } },
  { firstName: "Katherine", team: "Orbits" },
];
const EXPECTED = { COMPLETED: 2, EXITED: 3, messages: 10 };

interface Traveller extends Role {
  /** The enrollment's path in the API. */
  path: string;
  enrolledAt: number;
  /** The newest history entry that was told. */
  told: number;
  waitsUntil: number;
}

interface Detail {
  status: string;
  history: { n: number; at: string; event: string; excerpt?: string; action?: string }[];
  waiting: { for: string; until: string | null } | null;
}

interface Line {
  at: number;
  who: string;
  what: string;
}

type Api = <T>(method: string, path: string, body?: object) => Promise<T>;

function apiAt(url: string, key: string): Api {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, headers, ...sent });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
}

/** The sequence, active, and a channel that calls the receiver. */
async function prepare(api: Api, receiver: Receiver): Promise<string> {
  const put = { kind: "webhook", url: receiver.url };
  const { channel } = await api<{ channel: { secret: string } }>("PUT", "/v1/channels/WEBHOOK", put);
  receiver.trust(channel.secret);
  const { sequence } = await api<{ sequence: { id: string } }>("POST", "/v1/sequences", { name: "Welcome aboard" });
  const path = `/v1/sequences/${sequence.id}`;
  for (const step of STEPS) await api("POST", `${path}/steps`, step);
  await api("PATCH", path, { status: "ACTIVE" });
  return path;
}

async function enroll(api: Api, sequence: string, role: Role): Promise<Traveller> {
  const { firstName, team } = role;
  const person = { platform: "WEBHOOK", username: firstName.toLowerCase(), firstName, customFields: { team } };
  const { contact } = await api<{ contact: { id: string } }>("POST", "/v1/contacts", person);
  const { enrollment } = await api<{ enrollment: { id: string; enrolledAt: string } }>(
    "POST",
    `${sequence}/enrollments`,
    { contactId: contact.id, platform: "WEBHOOK" },
  );
  const path = `${sequence}/enrollments/${enrollment.id}`;
  return { ...role, path, enrolledAt: Date.parse(enrollment.enrolledAt), told: 0, waitsUntil: 0 };
}

/** What the history says that was not told yet, and what is waited for now. */
function newsOf(one: Traveller, { history, waiting }: Detail, start: number): Line[] {
  const fresh = history.filter((entry) => entry.n > one.told && entry.action === undefined);
  const line = (at: number, what: string): Line => ({ at, who: one.firstName, what });
  const lines = fresh.map(({ at, event, excerpt }) => line(Date.parse(at), eventText(event, excerpt)));
  const last = history.at(-1);
  const until = waiting?.for === "delay" && waiting.until ? Date.parse(waiting.until) : 0;
  if (last && until > one.waitsUntil && until >= Date.parse(last.at) + HOUR) {
    one.waitsUntil = until;
    lines.push(line(Date.parse(last.at), styleText("dim", `waiting until ${elapsed(until - start)}`)));
  }
  one.told = last?.n ?? one.told;
  return lines;
}

const ENDS: Record<string, string> = {
  completed: styleText(["green", "bold"], "✓ completed"),
  replied: styleText("yellow", "■ exited: replied, so nothing more is sent"),
  opted_out: styleText("yellow", "■ exited: opted out, and is not written to again"),
  removed: styleText("yellow", "■ exited: removed by hand"),
};

function eventText(event: string, excerpt = ""): string {
  if (event === "message_sent") return `${styleText("green", "→ sent")}    “${excerpt}”`;
  return ENDS[event] ?? event;
}

/** Lets a contact take his turn once its hour has come. */
async function act(api: Api, one: Traveller, { history }: Detail, now: number): Promise<Line[]> {
  const { turn, firstName } = one;
  if (turn === undefined) return [];
  const sent = history.filter((entry) => entry.event === "message_sent")[turn.after - 1];
  if (!sent || now < Date.parse(sent.at) + HOUR) return [];
  delete one.turn;
  if ("removed" in turn) {
    await api("DELETE", one.path);
    return [];
  }
  const said = { platform: "WEBHOOK", from: firstName.toLowerCase(), text: turn.says };
  const { reply } = await api<{ reply: { createdAt: string } }>("POST", "/v1/replies", said);
  const what = `${styleText("cyan", "← replied")} “${turn.says}”`;
  return [{ at: Date.parse(reply.createdAt), who: firstName, what }];
}

/** Follows everybody to the end, telling what happens in the order of the journey's clock; returns how long that took. */
async function follow(api: Api, sequence: string): Promise<number> {
  const [first, ...others] = CAST;
  const travellers = [await enroll(api, sequence, first)];
  const start = travellers[0]?.enrolledAt ?? 0;
  const began = Date.now();
  let pending: Line[] = [];
  for (let live = CAST.length; live > 0; await sleep(GLANCE)) {
    const passed = Date.now() - began;
    if (passed > LONGEST) throw new Error(`${live} contacts had not come to their end after ${LONGEST / 1000} s`);
    const next = others[travellers.length - 1];
    if (next && passed >= travellers.length * APART) travellers.push(await enroll(api, sequence, next));
    // What has happened by now is found by this glance; into what is younger, something may still come in between.
    const now = start + passed * SPEED;
    live = CAST.length;
    for (const one of travellers) {
      const { enrollment } = await api<{ enrollment: Detail }>("GET", one.path);
      pending.push(...newsOf(one, enrollment, start), ...(await act(api, one, enrollment, now)));
      if (enrollment.status !== "ACTIVE") live -= 1;
    }
    pending.sort((a, b) => a.at - b.at);
    for (const line of pending) if (line.at <= now || live === 0) tell(line, start);
    pending = pending.filter((line) => line.at > now);
  }
  return Date.now() - began;
}

function tell({ at, who, what }: Line, start: number): void {
  console.log(`  ${styleText("dim", elapsed(at - start))}  ${styleText("bold", who.padEnd(10))} ${what}`);
}

/** Journey hours and minutes. */
function elapsed(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Prints how it ended; throws where that is not how it had to end. */
async function sum(api: Api, sequence: string, receiver: Receiver, took: number): Promise<void> {
  const { COMPLETED, EXITED, messages } = EXPECTED;
  const stats = await settled(api, sequence);
  const counts = Object.entries(stats).map(([standing, n]) => `${styleText("bold", String(n))} ${standing}`);
  const received = [...receiver.deliveries.values()];
  const repeated = received.filter(({ arrivals }) => arrivals.length > 1);
  console.log(`
${counts.join("   ")}   ${styleText("dim", `the enrollmentStats of GET ${sequence}`)}
${received.length} messages received, ${repeated.length} of them twice, ${receiver.forged.length} with a wrong signature
${elapsed(took * SPEED)} hours of the journey in ${Math.round(took / 1000)} seconds`);
  const asTold = stats.COMPLETED === COMPLETED && stats.EXITED === EXITED && received.length === messages;
  if (!asTold || repeated.length > 0 || receiver.forged.length > 0)
    throw new Error(`${COMPLETED} COMPLETED, ${EXITED} EXITED and ${messages} messages, once each, were expected`);
}

/** The statistics, which follow the journeys by about a second. */
async function settled(api: Api, sequence: string): Promise<Record<string, number>> {
  for (const began = Date.now(); ; await sleep(GLANCE)) {
    const { enrollmentStats } = await api<{ enrollmentStats: Record<string, number> }>("GET", sequence);
    if (enrollmentStats.ACTIVE === 0 || Date.now() - began > LONGEST_LAG) return enrollmentStats;
  }
}

async function run(folder: string, log: number, interrupted: Promise<never>): Promise<void> {
  console.log(styleText("dim", "Starting Dripline on a fresh state; its clock runs so that an hour takes a second …"));
  const { keys, secret } = await prepareState(folder, undefined);
  const port = await freePort();
  const server = await startServer({ port, state: folder, secret, clockSpeed: String(SPEED), log });
  const receiver = await startReceiver();
  try {
    await Promise.race([tellStory(apiAt(server.url, keys[0] ?? ""), receiver), interrupted]);
  } finally {
    await Promise.all([receiver.close(), server.stop()]);
  }
}

async function tellStory(api: Api, receiver: Receiver): Promise<void> {
  const sequence = await prepare(api, receiver);
  introduce();
  await sum(api, sequence, receiver, await follow(api, sequence));
}

function introduce(): void {
  console.log(`\n${styleText("bold", "Welcome aboard")}, a sequence of ${STEPS.length} steps on a signed webhook:\n`);
  for (const { delayHours, messageTemplate } of STEPS) {
    const when = delayHours === 0 ? "at once" : `${delayHours} h later`;
    console.log(`  ${when.padEnd(10)} ${styleText("dim", messageTemplate)}`);
  }
  console.log(`\n${styleText("dim", "  clock  contact    what happened")}`);
}

const folder = mkdtempSync(join(tmpdir(), "dripline-demo-"));
const log = join(folder, "server.log");
const interrupted = new Promise<never>((_, fail) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => fail(new Error("interrupted")));
});
interrupted.catch(() => undefined);
try {
  await run(folder, openSync(log, "w"), interrupted);
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
  console.error(readFileSync(log, "utf8").split("\n").slice(-20).join("\n"));
  process.exitCode = 1;
}
rmSync(folder, { recursive: true, force: true });

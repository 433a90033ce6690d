/** Counts what enrollments of five steps cost on a real server, and prices a million of them: `node test/bench/cost.ts`. */
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startServer } from "../../src/local/server.ts";
import { prepareState } from "../../src/local/state.ts";
import { type Api, apiAt, must } from "../durability/client.ts";
import type { Meters } from "./metered.ts";
import { billFor, PLAN, type Usage } from "./price.ts";

const STEPS = 5;
/** Of which each is made by both ways of enrolling. */
const PEOPLE = 200;
const AT_A_TIME = 16;
/** A day of the journey passes in this many wall milliseconds. */
const A_DAY = 2000;
const SPEED = 86_400_000 / A_DAY;
/** An object that has ended looks once more whether the mirror knows, after 30 s. */
const LAST_LOOK = 40_000;
const LONGEST = 120_000;
const GLANCE = 500;
const MILLION = 1_000_000;
const GB = 1e9;
/** Targets, in dollars a million beyond the plan. */
const WANTED = 15;

/** What cannot be measured here, estimated on the high side. */
const ESTIMATED = {
  /** An object is awake while it reads D1 and waits for a channel to answer: so long for each message. */
  awakeSeconds: 0.5,
  memoryGb: 0.128,
  /** Milliseconds of CPU for a request, and for each telling that a batch brings. */
  cpuOfRequest: 4,
  cpuOfTelling: 1,
};

export interface Table {
  title: string;
  head: string[];
  rows: string[][];
  notes?: string[];
}

export interface Findings {
  tables: Table[];
  targets: { what: string; wanted: string; found: string; met: boolean }[];
}

/** Enrolls these contacts; false where this release knows no such way. */
type Way = (api: Api, sequence: string, contacts: readonly string[]) => Promise<boolean>;

const WAYS: Record<string, Way> = {
  "one by one": async (api, sequence, contacts) => {
    await each(contacts, (contactId) =>
      must(api, "POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform: "TWITTER" }),
    );
    return true;
  },
  "in bulk": async (api, sequence, contactIds) => {
    const { status } = await api("POST", `/v1/sequences/${sequence}/enrollments/bulk`, { contactIds });
    return status < 300;
  },
};

/** Lets each way enroll as many on a state of its own, and follows them to their end. */
export async function cost(): Promise<Findings> {
  const measured = await Promise.all(
    Object.entries(WAYS).map(async ([name, way]) => [name, await measure(way)] as const),
  );
  return findingsOf(new Map(measured.flatMap(([name, usage]) => (usage ? [[name, usage] as const] : []))));
}

async function measure(way: Way): Promise<Usage | null> {
  const folder = mkdtempSync(join(tmpdir(), "dripline-cost-"));
  const state = join(folder, "state");
  const { keys, secret } = await prepareState(state, undefined);
  const port = await freePort();
  const log = openSync(join(folder, "server.log"), "a");
  // The option in front ends the list of settings, or the script would be taken for one of them.
  const args = ["--log-level=warn", "test/bench/metered.ts"];
  const settings = { RATE_LIMITS: "AGENCY=1000000" };
  const server = await startServer({ port, state, secret, clockSpeed: String(SPEED), settings, log, args });
  try {
    const api = apiAt(server.url, keys[0] ?? "");
    const sequence = await makeSequence(api);
    const contacts: string[] = [];
    await each(Array.from({ length: PEOPLE }), async (_, i) => {
      const person = { platform: "TWITTER", username: `person${i}`, firstName: "Ada" };
      const { contact } = await must<{ contact: { id: string } }>(api, "POST", "/v1/contacts", person);
      contacts.push(contact.id);
    });
    const before = await meters(server.url, "DELETE");
    if (!(await way(api, sequence, contacts))) return null;
    const enrolling = await meters(server.url);
    await ended(api, sequence);
    await sleep(LAST_LOOK);
    const after = await meters(server.url);
    if (after.sent < PEOPLE * STEPS) throw new Error("the runtime has started anew meanwhile, and its meters with it");
    return usageOf(after, { requests: enrolling.requests, bytesBefore: before.databaseBytes });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function makeSequence(api: Api): Promise<string> {
  const { sequence } = await must<{ sequence: { id: string } }>(api, "POST", "/v1/sequences", { name: "Cost" });
  for (let step = 1; step <= STEPS; step++) {
    const messageTemplate = `Message ${step} to {{ contact.firstName }}, who is to read a sentence or two of it before the next.`;
    await must(api, "POST", `/v1/sequences/${sequence.id}/steps`, { messageTemplate, delayHours: 24 });
  }
  await must(api, "PATCH", `/v1/sequences/${sequence.id}`, { status: "ACTIVE" });
  return sequence.id;
}

/** Waits until all have come to their end, as the mirror shows it. */
async function ended(api: Api, sequence: string): Promise<void> {
  for (const began = Date.now(); Date.now() - began < LONGEST; await sleep(GLANCE)) {
    const { enrollmentStats } = await must<{ enrollmentStats: Record<string, number> }>(
      api,
      "GET",
      `/v1/sequences/${sequence}`,
    );
    if (enrollmentStats.COMPLETED === PEOPLE) return;
  }
  throw new Error(`not all ${PEOPLE} had come to their end after ${LONGEST / 1000} s`);
}

async function meters(url: string, method = "GET"): Promise<Meters> {
  const response = await fetch(`${url}/meter`, { method });
  return (await response.json()) as Meters;
}

/** Of one enrollment. */
function usageOf(after: Meters, { requests, bytesBefore }: { requests: number; bytesBefore: number }): Usage {
  const one = (all: number) => all / PEOPLE;
  const { awakeSeconds, memoryGb, cpuOfRequest, cpuOfTelling } = ESTIMATED;
  const tellings = one(after.sent);
  return {
    // In a month's even flow each telling may come as a batch of its own.
    requests: one(requests) + tellings,
    cpuMs: one(requests) * cpuOfRequest + tellings * cpuOfTelling,
    objectRequests: one(after.objectRequests),
    objectGbSeconds: STEPS * awakeSeconds * memoryGb,
    objectRowsRead: one(after.objectRowsRead),
    objectRowsWritten: one(after.objectRowsWritten),
    objectGb: after.objectBytes / after.objects / GB,
    databaseRowsRead: one(after.databaseRowsRead),
    databaseRowsWritten: one(after.databaseRowsWritten),
    databaseGb: one(after.databaseBytes - bytesBefore) / GB,
    // Written and deleted once, and read as often as it is delivered.
    queueOperations: tellings * 2 + one(after.delivered),
  };
}

function findingsOf(found: ReadonlyMap<string, Usage>): Findings {
  const tables: Table[] = [];
  const targets: Findings["targets"] = [];
  for (const [name, usage] of found) {
    const { charges, dollars, marginal } = billFor(usage, MILLION);
    const rows = charges.map(({ what, each, included, dollars, marginal }) => {
      const stored = what.includes("GB-month");
      const shown = stored ? `${Math.round(each * GB).toLocaleString("en-US")} B` : figure(each);
      return [what, shown, included.toLocaleString("en-US"), money(dollars), money(marginal)];
    });
    tables.push({
      title: `An enrollment of five steps, enrolled ${name}`,
      head: ["billed", "each", "in the plan", "a million, beyond the plan", "a million, nothing included"],
      rows: [...rows, ["together", "", "", `**${money(dollars)}**`, money(marginal)]],
      notes: [
        `Beside the plan's ${money(PLAN)} a month. Contacts were there before, and what is stored is counted for a whole month.`,
      ],
    });
    targets.push({
      what: `a million enrollments of five steps, ${name}`,
      wanted: `under ${money(WANTED)}`,
      found: money(dollars),
      met: dollars < WANTED,
    });
  }
  return { tables, targets };
}

const figure = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: value < 1 ? 3 : 1 });
const money = (dollars: number) => `$${dollars.toFixed(2)}`;

async function each<T>(items: readonly T[], deed: (item: T, i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      await deed(items[i] as T, i);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

if (import.meta.main) {
  const { tables, targets } = await cost();
  for (const { title, head, rows, notes = [] } of tables) {
    const lines = [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map(
      (row) => `| ${row.join(" | ")} |`,
    );
    console.log(["", `### ${title}`, "", ...lines, ...notes.flatMap((line) => ["", line])].join("\n"));
  }
  for (const { what, wanted, found, met } of targets) console.log(`\n${met ? "✓" : "✗"} ${what}: ${found} (${wanted})`);
  process.exit(0);
}

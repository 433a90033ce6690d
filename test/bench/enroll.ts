/** (b) Enrolling, one by one and in bulk, beside the bare loop: insert a row, make an object, set its alarm. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Findings, inTurn, median, ROUNDS, ratioOf, shown, type Target } from "./figures.ts";
import { type Client, clientOf, pace } from "./load.ts";
import type { Runtime } from "./runtime.ts";
import { call, makeDrip, plantContacts } from "./stage.ts";

const WANTED = 0.7;
/** Enrollments in a round. */
const CROWD = 200;
const DAY = 86_400;

/** What a hand-written drip would keep at the least. */
const BARE_TABLE = [
  `CREATE TABLE bare_enrollments (id INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL, contact_id INTEGER NOT NULL, state TEXT NOT NULL, due_at INTEGER, enrolled_at INTEGER NOT NULL)`,
  "CREATE UNIQUE INDEX bare_enrollments_once ON bare_enrollments (contact_id, sequence_id)",
];

const KNOWN = { count: 20_000, wanted: 20_000 };
const NEW = { count: 10_000, wanted: 5000 };

export async function enroll(runtime: Runtime, where: string): Promise<Findings> {
  const client = clientOf(runtime.url, runtime.key);
  for (const sql of BARE_TABLE) await runtime.db.prepare(sql).run();
  const drip = await makeDrip(runtime, client, [DAY, DAY, DAY]);
  let contact = await plantContacts(runtime, CROWD * (ROUNDS + 1) + KNOWN.count);
  const round = (one: (contact: number) => Promise<unknown>) => () => {
    const first = contact;
    contact += CROWD;
    return pace(CROWD, (i) => one(first + i));
  };
  let nth = 0;
  const real = (id: number) =>
    client.send({
      method: "POST",
      path: `/v1/sequences/seq_${drip.sequence}/enrollments`,
      body: JSON.stringify({ contactId: `contact_${id}`, platform: "WEBHOOK" }),
    });
  const bare = () => client.send({ method: "POST", path: "/bare/enroll", body: JSON.stringify({ contactId: ++nth }) });
  await round(real)();
  await pace(CROWD, bare);
  const [ours = [], theirs = []] = await inTurn(ROUNDS, [round(real), () => pace(CROWD, bare)]);
  const ratio = ratioOf(ours, theirs);
  const rows = [
    ["one by one", shown(median(ours)), shown(median(theirs)), shown(ratio)],
    ...(await bulkRows(runtime, client, { sequence: drip.sequence, known: contact, bare: median(theirs) })),
  ];
  client.close();
  const head = ["enrolling", "a second", "bare loop", "ratio"];
  const targets: Target[] = [
    { what: `enrollments/s ${where}`, wanted: `${WANTED} of the bare loop`, found: shown(ratio), met: ratio >= WANTED },
    ...bulkTargets(where),
  ];
  return { tables: [{ title: `Enrolling beside the bare loop, ${where}`, head, rows }], targets };
}

interface Bulk {
  sequence: number;
  /** The first of the known contacts. */
  known: number;
  bare: number;
}

const admitted = new Map<string, number | null>();

async function bulkRows(runtime: Runtime, client: Client, { sequence, known, bare }: Bulk): Promise<string[][]> {
  const contactIds = Array.from({ length: KNOWN.count }, (_, i) => `contact_${known + i}`);
  const rows = Array.from({ length: NEW.count }, (_, i) => `csv${i}@example.com,Ada,No. ${i}`);
  const csv = ["email,first_name,last_name", ...rows].join("\r\n");
  const json = { type: "application/json", body: JSON.stringify({ contactIds, platform: "WEBHOOK" }) };
  admitted.set("known", await admit(runtime, client, sequence, json));
  admitted.set("new", await admit(runtime, client, sequence, { type: "text/csv", body: csv }));
  const row = (name: string, rate: number | null) =>
    rate === null ? [name, "not there yet", shown(bare), "–"] : [name, shown(rate), shown(bare), shown(rate / bare)];
  return [
    row(`in bulk, ${shown(KNOWN.count)} known contacts`, admitted.get("known") ?? null),
    row(`in bulk, a CSV of ${shown(NEW.count)} new ones`, admitted.get("new") ?? null),
  ];
}

interface Job {
  id: string;
  state: string;
  total: number;
  enrolled: number;
  refused: number;
  createdAt: string;
  finishedAt: string | null;
}

const LONGEST_BULK = 120_000;

/** Contacts admitted a second, from the request on until the last has come in; null where there is no such route. */
async function admit(
  { url, key }: Runtime,
  client: Client,
  sequence: number,
  { type, body }: { type: string; body: string },
): Promise<number | null> {
  const began = performance.now();
  const response = await fetch(`${url}/v1/sequences/seq_${sequence}/enrollments/bulk`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": type },
    body,
  });
  const text = await response.text();
  if (response.status === 404) return null;
  if (response.status !== 202) throw new Error(`bulk enrollment answered ${response.status}: ${text}`);
  const { id } = (JSON.parse(text) as { job: Job }).job;
  while (performance.now() - began < LONGEST_BULK) {
    const { job } = await call<{ job: Job }>(client, "GET", `/v1/jobs/${id}`);
    if (job.refused > 0) throw new Error(`${job.refused} of the job ${id} were refused`);
    if (job.total > 0 && job.enrolled >= job.total) return (job.enrolled / (performance.now() - began)) * 1000;
    await sleep(10);
  }
  throw new Error(`the job ${id} had not finished after ${LONGEST_BULK / 1000} s`);
}

function bulkTargets(where: string): Target[] {
  const target = (what: string, rate: number | null | undefined, wanted: number): Target[] =>
    rate == null
      ? []
      : [{ what: `${what} ${where}`, wanted: `${shown(wanted)} a second`, found: shown(rate), met: rate >= wanted }];
  return [
    ...target("bulk admission of known contacts", admitted.get("known"), KNOWN.wanted),
    ...target("bulk admission of a CSV of new ones", admitted.get("new"), NEW.wanted),
  ];
}

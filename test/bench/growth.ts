/** (f) Whether it gets slower as the mirror fills: three states side by side, asked in turn. */
import { listen } from "./ears.ts";
import { type Findings, inTurn, median, ROUNDS, ratioOf, shown } from "./figures.ts";
import { type Client, clientOf, pace } from "./load.ts";
import type { Runtime } from "./runtime.ts";
import { type Drip, makeDrip, plantContacts, plantEnrollments, setChannel } from "./stage.ts";

const SIZES = [1000, 10_000, 100_000];
const WANTED = 0.9;
const DAY = 86_400;
const READS = 300;
/** Shorter rounds differ by more than a tenth from one to the next. */
const WRITES = 200;
const LONGEST = 30_000;

interface Stage {
  client: Client;
  /** Its journeys wait for long. */
  slow: Drip;
  /** Its message is due at once. */
  now: Drip;
  /** The next contact who was never enrolled. */
  contact: number;
}

async function setStage(runtime: Runtime, size: number, url: string): Promise<Stage> {
  const client = clientOf(runtime.url, runtime.key);
  await setChannel(client, url);
  const [slow, now] = [await makeDrip(runtime, client, [DAY]), await makeDrip(runtime, client, [0])];
  for (const drip of [slow, now]) await plantEnrollments(runtime, drip, size / 2);
  const contact = await plantContacts(runtime, WRITES * 2 * (ROUNDS + 1));
  return { client, slow, now, contact };
}

export async function growth(startOne: () => Promise<Runtime>): Promise<Findings> {
  const ears = await listen();
  const runtimes: Runtime[] = [];
  const stages: Stage[] = [];
  for (const size of SIZES) {
    const runtime = await startOne();
    runtimes.push(runtime);
    stages.push(await setStage(runtime, size, ears.url));
  }
  const read = (path: (stage: Stage) => string) => (stage: Stage) => () =>
    pace(READS, () => stage.client.send({ method: "GET", path: path(stage) }));
  const enroll = (stage: Stage, drip: Drip) => {
    const body = JSON.stringify({ contactId: `contact_${stage.contact++}`, platform: "WEBHOOK" });
    return stage.client.send({ method: "POST", path: `/v1/sequences/seq_${drip.sequence}/enrollments`, body });
  };
  const fire = (stage: Stage) => async () => {
    ears.forget();
    const began = performance.now();
    await pace(WRITES, () => enroll(stage, stage.now));
    await ears.until(WRITES, LONGEST);
    return (WRITES / (performance.now() - began)) * 1000;
  };
  const deeds: [string, (stage: Stage) => () => Promise<number>][] = [
    ["list", read(({ slow }) => `/v1/sequences/seq_${slow.sequence}/enrollments?limit=20`)],
    ["statistics", read(({ slow }) => `/v1/sequences/seq_${slow.sequence}`)],
    ["enroll", (stage) => () => pace(WRITES, () => enroll(stage, stage.slow))],
    ["enroll and fire", fire],
  ];
  const rows: string[][] = [];
  const lowest: number[] = [];
  for (const [name, deed] of deeds) {
    for (const stage of stages) await deed(stage)();
    const rates = await inTurn(ROUNDS, stages.map(deed));
    const ratios = rates.slice(1).map((those) => ratioOf(those, rates[0] ?? []));
    lowest.push(...ratios);
    rows.push([name, ...rates.map((those) => shown(median(those))), ...ratios.map((ratio) => shown(ratio))]);
  }
  ears.close();
  for (const { client } of stages) client.close();
  for (const { stop } of runtimes) await stop();
  const sizes = SIZES.map((size) => `${shown(size)}`);
  const head = [
    "a second, with so many enrollments",
    ...sizes,
    ...sizes.slice(1).map((size) => `${size} : ${sizes[0]}`),
  ];
  return {
    tables: [{ title: "Growth", head, rows }],
    targets: [
      {
        what: "growth",
        wanted: "flat within 10 %",
        found: `at the lowest ${shown(Math.min(...lowest))} of the speed at ${sizes[0]}`,
        met: Math.min(...lowest) >= WANTED,
      },
    ],
  };
}

/** (g) What it weighs: the bundle, the time until it answers, and the memory of journeys that are awake. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Findings, inTurn, median, ROUNDS, shown } from "./figures.ts";
import { clientOf } from "./load.ts";
import { type Built, build, type Runtime, timeToAnswer } from "./runtime.ts";
import { makeDrip, plantJourneys } from "./stage.ts";

const OBJECTS = 10_000;
/** Files that the runtime holds open for an object that is awake, and for all else. */
const FILES = 3;
const OTHER_FILES = 1000;
const HOUR = 3_600_000;

export async function weight(startOne: (built: Built) => Promise<Runtime>, bench: Built): Promise<Findings> {
  const real = build("src/worker.ts");
  const script = readFileSync(join(real.folder, real.script));
  const [ours = [], empty = []] = await inTurn(ROUNDS, [() => timeToAnswer(real), () => timeToAnswer(null)]);
  real.discard();
  const kilobytes = (bytes: number) => `${shown(bytes / 1000, 0)} KB`;
  const rows = [
    ["bundle, minified", kilobytes(script.length)],
    ["the same, gzipped", kilobytes(gzipSync(script, { level: 9 }).length)],
    ["from the start of the runtime to the first answer", `${shown(median(ours), 0)} ms`],
    ["the same of an empty Worker", `${shown(median(empty), 0)} ms`],
    ...(await memoryRows(await startOne(bench))),
  ];
  return { tables: [{ title: "Weight", head: ["what", "figure"], rows }], targets: [] };
}

async function memoryRows(runtime: Runtime): Promise<string[][]> {
  const { pid } = runtime;
  if (pid === null) return [["memory", "this system does not tell"]];
  const client = clientOf(runtime.url, runtime.key);
  const drip = await makeDrip(runtime, client, [HOUR / 1000]);
  const count = Math.min(OBJECTS, Math.floor((mostFiles() - OTHER_FILES) / FILES));
  await plantJourneys(runtime, client, drip, [Date.now() + HOUR]);
  const before = memoryOf(pid);
  await plantJourneys(
    runtime,
    client,
    drip,
    Array.from({ length: count }, () => Date.now() + HOUR),
  );
  const grown = memoryOf(pid) - before;
  client.close();
  await runtime.stop();
  const megabytes = (bytes: number) => `${shown(bytes / 1_000_000, 0)} MB`;
  return [
    ["memory of the runtime without journeys", megabytes(before)],
    [`memory that ${shown(count, 0)} journeys awake at once add`, megabytes(grown)],
    [`of ${shown(OBJECTS, 0)}, by that`, megabytes((grown / count) * OBJECTS)],
  ];
}

/** Files that a process may open here. */
function mostFiles(): number {
  const { stdout } = spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" });
  const most = Number(stdout.trim());
  return Number.isFinite(most) && most > 0 ? most : OBJECTS * FILES + OTHER_FILES;
}

function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

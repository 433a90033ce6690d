/** `npm run bench`: measures, prints tables in Markdown, and says which targets were met. */
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cost } from "./cost.ts";
import { drips } from "./drips.ts";
import { enroll } from "./enroll.ts";
import { type Findings, print, printTargets, type Target } from "./figures.ts";
import { growth } from "./growth.ts";
import { lateness } from "./lateness.ts";
import { routes } from "./routes.ts";
import { build, type Runtime, start } from "./runtime.ts";
import { weight } from "./weight.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { memory: { type: "string" }, disk: { type: "string" } },
});

const MEMORY = values.memory ?? (existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
const DISK = values.disk ?? join(import.meta.dirname, "../../.wrangler");

const built = build("test/bench/worker.ts");

type Measure = (runtime: Runtime, where: string) => Promise<Findings>;

/** Runs a part on a state of its own. */
async function on(under: string, where: string, measure: Measure): Promise<Findings> {
  mkdirSync(under, { recursive: true });
  const runtime = await start({ built, under });
  return measure(runtime, where).finally(runtime.stop);
}

const inMemory = (measure: Measure) => () => on(MEMORY, "in memory", measure);

/** Once where only the work counts, and once where each write is waited for. */
const inBoth = (measure: Measure) => async () => {
  const [memory, disk] = [await on(MEMORY, "in memory", measure), await on(DISK, "on disk", measure)];
  return { tables: [...memory.tables, ...disk.tables], targets: memory.targets };
};

const PARTS: Record<string, () => Promise<Findings>> = {
  routes: inMemory(routes),
  enroll: inBoth(enroll),
  lateness: inMemory(lateness),
  drips: inBoth(drips),
  growth: () => growth(() => start({ built, under: MEMORY })),
  weight: () => weight((bench) => start({ built: bench, under: MEMORY, awake: true }), built),
  cost,
};

const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);
const began = Date.now();
const targets: Target[] = [];
try {
  for (const name of wanted) {
    const part = PARTS[name];
    if (!part) throw new Error(`${name} is none of the parts ${Object.keys(PARTS).join(", ")}`);
    const since = Date.now();
    try {
      const found = await part();
      for (const table of found.tables) print(table);
      targets.push(...found.targets);
    } catch (error) {
      // What one part cannot measure is said, and the others are measured all the same.
      console.error(`${name} was not measured:`, error);
      process.exitCode = 1;
    }
    console.error(`(${name}: ${Math.round((Date.now() - since) / 1000)} s)`);
  }
  printTargets(targets);
  console.log(`\nIt took ${Math.round((Date.now() - began) / 1000)} s.`);
} finally {
  built.discard();
}
process.exit();

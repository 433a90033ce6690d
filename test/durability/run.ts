/** Runs seeds of harm against the real server, and tells of each whether every promise held: `npm run durability -- --seed 7`. */
import { parseArgs } from "node:util";
import { type Attacking, attack, type Result, storiesOf } from "./attack.ts";
import { inWords, planOf } from "./plan.ts";

const { values } = parseArgs({
  options: {
    /** One seed, or from one to another: `1..10`. */
    seed: { type: "string" },
    seeds: { type: "string", default: "1..10" },
    /** At least so many enrollments a seed. */
    enrollments: { type: "string", default: "540" },
    /** How long harm is done to each. */
    minutes: { type: "string", default: "0.5" },
    kills: { type: "string" },
    /** Seeds that are run at a time: most of a run is waiting. */
    abreast: { type: "string", default: "2" },
    /** Prints each harm, and what goes on. */
    verbose: { type: "boolean", default: false },
  },
});

const [first = 1, last = first] = (values.seed ?? values.seeds).split("..").map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, i) => first + i);
const lasts = Number(values.minutes) * 60_000;
const kills = values.kills === undefined ? null : Number(values.kills);
const isVerbose = values.verbose || seeds.length === 1;
const began = Date.now();

function attackingOf(seed: number): Attacking {
  const say = (text: string) => {
    const at = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
    if (isVerbose) console.log(`${at} s  seed ${seed}: ${text}`);
  };
  return { plan: planOf(seed, { lasts, kills }), enrollments: Number(values.enrollments), say };
}

const COLUMNS: [string, (result: Result) => string | number][] = [
  ["seed", ({ plan }) => plan.seed],
  ["enrollments", ({ enrollments }) => enrollments],
  ["messages", ({ messages }) => messages],
  ["kills", ({ kills }) => kills],
  ["receiver faults", ({ plan }) => countOf(plan.harms, "receiver")],
  ["inner faults", ({ plan }) => countOf(plan.harms, "inside")],
  ["clock leaps", ({ plan }) => countOf(plan.harms, "clock")],
  ["deeds", ({ plan }) => countOf(plan.harms, "deed")],
  ["repeats", ({ repeats }) => repeats],
  ["settled in", ({ settling }) => `${settling.toFixed(0)} s`],
  ["in all", ({ seconds }) => `${seconds.toFixed(0)} s`],
  ["verdict", ({ checks }) => (checks.every(({ ok }) => ok) ? "all held" : `${failuresOf(checks)} broken`)],
];

function countOf(harms: readonly { kind: string }[], kind: string): number {
  return harms.filter((harm) => harm.kind === kind).length;
}

function failuresOf(checks: Result["checks"]): number {
  return checks.filter(({ ok }) => !ok).length;
}

const MOST_FINDINGS = 6;

function tell(result: Result): void {
  const { plan, checks, falls, lastWords } = result;
  const width = Math.max(...checks.map(({ name }) => name.length));
  console.log("");
  for (const { name, ok, looked, findings } of checks) {
    if (ok && !isVerbose) continue;
    console.log(`seed ${plan.seed}  ${ok ? "ok  " : "FAIL"}  ${name.padEnd(width)}  ${looked}`);
    for (const { what } of findings.slice(0, MOST_FINDINGS)) console.log(`        ${what}`);
    if (findings.length > MOST_FINDINGS) console.log(`        and ${findings.length - MOST_FINDINGS} more`);
  }
  if (falls > 0) console.log(`seed ${plan.seed}  the runtime fell over ${falls} times by itself`);
  if (failuresOf(checks) === 0) return;
  console.log(`\nThe harm of seed ${plan.seed}:\n${plan.harms.map(inWords).join("\n")}`);
  console.log(`\nJourneys to look into:\n${storiesOf(checks).join("\n")}`);
  console.log(`\nThe server's last words:\n${lastWords}`);
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

// Each server that is started looks to it that none outlives this process.
process.setMaxListeners(0);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const results: Result[] = [];
let broken = 0;
const waiting = [...seeds];
const runner = async () => {
  for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
    const attacking = attackingOf(seed);
    if (isVerbose) console.log(attacking.plan.harms.map(inWords).join("\n"));
    try {
      const result = await attack(attacking);
      tell(result);
      results.push(result);
      console.log(row(COLUMNS.map(([, of]) => of(result))));
      broken += failuresOf(result.checks);
    } catch (error) {
      console.error(`seed ${seed} could not be run:`, error);
      broken += 1;
    }
  }
};
await Promise.all(Array.from({ length: Number(values.abreast) }, runner));

const sorted = results.sort((a, b) => a.plan.seed - b.plan.seed);
const sum = (of: (result: Result) => number) => sorted.reduce((all, result) => all + of(result), 0);
console.log(`\n${row(COLUMNS.map(([name]) => name))}\n${row(COLUMNS.map(() => "---"))}`);
for (const result of sorted) console.log(row(COLUMNS.map(([, of]) => of(result))));
console.log(
  `\n${sorted.length} seeds, ${sum(({ enrollments }) => enrollments)} enrollments, ${sum(({ messages }) => messages)} messages, ` +
    `${sum(({ kills }) => kills)} kills, ${((Date.now() - began) / 1000).toFixed(0)} s: ${broken === 0 ? "every promise held" : `${broken} broken`}`,
);
process.exit(broken === 0 && results.length === seeds.length ? 0 : 1);

/** Knows how figures are summed up and shown: medians, percentiles, tables in Markdown, and what was to be reached. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/** The value below which this part of them lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.ceil(sorted.length * part), sorted.length) - 1] ?? Number.NaN;
}

/** Runs rounds of several deeds in turn, so that noise falls on all of them, and gives what each came to. */
export async function inTurn<T>(rounds: number, deeds: readonly (() => Promise<T>)[]): Promise<T[][]> {
  const found: T[][] = deeds.map(() => []);
  for (let round = 0; round < rounds; round++) {
    // Every other round goes backwards, so that nobody always comes after the same one.
    const order = [...deeds.entries()];
    for (const [i, deed] of round % 2 === 0 ? order : order.reverse()) found[i]?.push(await deed());
  }
  return found;
}

/** How many rounds each ratio is the median of. */
export const ROUNDS = 5;

/** The median of the rounds' own ratios. */
export function ratioOf(these: readonly number[], those: readonly number[]): number {
  return median(these.map((one, i) => one / (those[i] ?? Number.NaN)));
}

export function shown(value: number | null, digits = value !== null && value < 10 ? 2 : 0): string {
  return value === null
    ? "–"
    : value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export interface Table {
  title: string;
  head: string[];
  rows: string[][];
  notes?: string[];
}

/** What was to be reached. */
export interface Target {
  what: string;
  wanted: string;
  found: string;
  met: boolean;
}

export interface Findings {
  tables: Table[];
  targets: Target[];
}

export function print({ title, head, rows, notes = [] }: Table): void {
  const lines = [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`);
  console.log(["", `### ${title}`, "", ...lines, ...notes.flatMap((note) => ["", note])].join("\n"));
}

export function printTargets(targets: readonly Target[]): void {
  const rows = targets.map(({ what, wanted, found, met }) => [what, wanted, found, met ? "yes" : "**no**"]);
  if (rows.length > 0) print({ title: "Targets", head: ["what", "target", "found", "met"], rows });
}

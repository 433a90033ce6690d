/** Knows how what the server has answered is told to people: one thing by its fields, and several in columns. */

// biome-ignore lint/suspicious/noExplicitAny: it is told as it comes, and nothing hangs on what is in it
export type Json = any;

export function table(rows: readonly Json[], columns: readonly string[]): string {
  if (rows.length === 0) return "There are none.";
  const lines = [
    columns.map((name) => name.replace(/[A-Z]/g, " $&").toUpperCase()),
    ...rows.map((row) => columns.map((name) => worded(row[name]))),
  ];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function fields(thing: Json): string {
  const names = Object.keys(thing);
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `${name.padEnd(width)}  ${worded(thing[name])}`).join("\n");
}

function worded(value: Json): string {
  if (value === null || value === undefined) return "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(worded).join(" ");
  if (typeof value !== "object") return String(value);
  const inner = Object.entries(value).map(
    ([name, one]) => `${name}=${one === null ? "none" : typeof one === "object" ? `{${worded(one)}}` : worded(one)}`,
  );
  return inner.length === 0 ? "-" : inner.join(" ");
}

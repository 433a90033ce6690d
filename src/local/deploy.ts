/** Knows how the service is put into an account: what it needs is made, the database brought up to date, and only then the code. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";

const USAGE = `npm run deploy -- [--dry-run] [--secrets-file FILE]

Makes the database and the queues that wrangler.toml names, where the account has none of that name; checks that the
secrets are set; applies the migrations; and deploys. --secrets-file sets secrets along with it, as the first time,
from lines such as DRIPLINE_SECRET=… . --dry-run says what would be done, and asks the account nothing.`;

/** Without these the service answers nothing. */
const NEEDED = ["DRIPLINE_SECRET"];
/** Without these it works, and something is shut. */
const ADVISED = ["DRIPLINE_OPERATOR"];

const ROOT = join(import.meta.dirname, "../..");
const { values: options } = parseArgs({
  options: {
    "dry-run": { type: "boolean", default: false },
    "secrets-file": { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}

const { queues, d1_databases: databases } = readConfig({ config: join(ROOT, "wrangler.toml") });
interface Consumer {
  queue: string;
  dead_letter_queue?: string;
}

const consumers = queues.consumers as Consumer[];
const names = new Set([
  ...(queues.producers as { queue: string }[]).map(({ queue }) => queue),
  ...consumers.flatMap(({ queue, dead_letter_queue: dead }) => (dead === undefined ? [queue] : [queue, dead])),
]);

checkSecrets();
for (const { database_name: name } of databases) if (name) need(name, ["d1", "info", name], ["d1", "create", name]);
for (const name of names) need(name, ["queues", "info", name], ["queues", "create", name]);
for (const { binding } of databases) run(["d1", "migrations", "apply", binding, "--remote"]);
const secrets = options["secrets-file"] ? ["--secrets-file", options["secrets-file"]] : [];
run(["deploy", ...secrets]);
if (options["dry-run"]) console.log("\nNothing was done.");

/** Before anything is changed: the new code would be deployed, and answer nothing. */
function checkSecrets(): void {
  const given = options["secrets-file"] ? namesIn(options["secrets-file"]) : [];
  if (options["dry-run"]) {
    say(["secret", "list"]);
    return;
  }
  const listed = ask(["secret", "list", "--format", "json"]);
  const set = listed === null ? [] : [...listed.matchAll(/"name":\s*"([^"]+)"/g)].map(([, name]) => name);
  const lacking = (wanted: string[]) => wanted.filter((name) => !set.includes(name) && !given.includes(name));
  for (const name of lacking(ADVISED))
    console.warn(`${name} is not set: nobody can ask for figures, or run the doctor.`);
  const missing = lacking(NEEDED);
  if (missing.length === 0) return;
  console.error(
    `${missing.join(", ")} must be set: with \`wrangler secret put\`, or by --secrets-file the first time.`,
  );
  process.exit(1);
}

/** The names of `NAME=value` lines, or of a JSON object. */
function namesIn(file: string): string[] {
  const text = readFileSync(file, "utf8");
  if (text.trimStart().startsWith("{")) return Object.keys(JSON.parse(text) as object);
  return [...text.matchAll(/^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=/gm)].map(([, name = ""]) => name);
}

/** Makes what is not there. */
function need(name: string, look: string[], make: string[]): void {
  if (options["dry-run"]) say(make, `where there is no ${name}`);
  else if (ask(look) === null) run(make);
}

/** What wrangler says; null where it says that it cannot. */
function ask(command: string[]): string | null {
  const { status, stdout } = spawnSync("wrangler", command, { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout : null;
}

/** What fails ends the whole: what comes after it would be wrong without it. */
function run(command: string[]): void {
  say(command);
  if (options["dry-run"]) return;
  const { status } = spawnSync("wrangler", command, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

function say(command: string[], when = ""): void {
  console.log(`wrangler ${command.join(" ")}${when && `  # ${when}`}`);
}

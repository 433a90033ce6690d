/** Knows the folder of the local state: the schema applied, and a first workspace with its key. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getPlatformProxy, unstable_readConfig as readConfig, unstable_splitSqlQuery as splitSql } from "wrangler";
import { keySpecs, seedSql } from "./seed.ts";

export interface LocalState {
  /** The keys of the state, the first made first. */
  keys: string[];
  secret: string;
  /** Opens `/admin`. */
  operator: string;
}

const ROOT = join(import.meta.dirname, "../..");
/** As `wrangler d1 migrations apply` keeps it, which may be used on the same state. */
const APPLIED = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/** Makes the state ready. It may be killed at any instant and run again: each step is done whole, or again. */
export async function prepareState(folder: string, wanted: string | undefined): Promise<LocalState> {
  mkdirSync(folder, { recursive: true });
  const secret = keep(join(folder, "secret"), () => randomBytes(32).toString("hex"));
  const operator = keep(join(folder, "operator"), () => `drip_operator_${randomBytes(32).toString("base64url")}`);
  const specs = keySpecs(
    keep(join(folder, "keys"), () => wanted || `vb_live_${randomBytes(18).toString("base64url")}`),
  );
  const { env, dispose } = await openDatabase(folder);
  try {
    await migrate(env.DB);
    if (!existsSync(join(folder, "seeded"))) {
      await env.DB.batch(splitSql(seedSql(specs, Date.now())).map((query) => env.DB.prepare(query)));
      writeFileSync(join(folder, "seeded"), "");
    }
  } finally {
    await dispose();
  }
  return { keys: specs.map((spec) => spec.key), secret, operator };
}

/** The database alone: beside it the objects would be missed. */
function openDatabase(folder: string) {
  const { name, compatibility_date, d1_databases } = readConfig({ config: join(ROOT, "wrangler.toml") });
  const configPath = join(folder, "database.json");
  writeFileSync(configPath, JSON.stringify({ name, compatibility_date, d1_databases }));
  return getPlatformProxy<{ DB: D1Database }>({ configPath, persist: { path: join(folder, "v3") } });
}

/** Applies the migrations that are not yet, each in one transaction with the note that it is. */
async function migrate(db: D1Database): Promise<void> {
  await db.prepare(APPLIED).run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const folder = join(ROOT, "migrations");
  for (const name of readdirSync(folder).sort()) {
    if (applied.has(name)) continue;
    const queries = splitSql(readFileSync(join(folder, name), "utf8")).map((query) => db.prepare(query));
    await db.batch([...queries, db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name)]);
  }
}

/** What a file holds, made first where there is none. */
function keep(path: string, make: () => string): string {
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, make(), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
  return readFileSync(path, "utf8");
}

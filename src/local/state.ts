/** Knows the folder of the local state: the schema applied, and a first workspace with its key. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keySpecs, seedSql } from "./seed.ts";

export interface LocalState {
  /** The keys of the state, the first made first. */
  keys: string[];
  secret: string;
}

/** Makes the state ready. It may be killed at any instant and run again: each step is done whole, or again. */
export function prepareState(folder: string, wanted: string | undefined): LocalState {
  mkdirSync(folder, { recursive: true });
  const secret = keep(join(folder, "secret"), () => randomBytes(32).toString("hex"));
  const keys = keep(join(folder, "keys"), () => wanted || `vb_live_${randomBytes(18).toString("base64url")}`);
  wrangler(folder, ["d1", "migrations", "apply", "DB"]);
  const seeded = join(folder, "seeded");
  const specs = keySpecs(keys);
  if (!existsSync(seeded)) {
    const file = join(folder, "seed.sql");
    writeFileSync(file, seedSql(specs, Date.now()), { mode: 0o600 });
    wrangler(folder, ["d1", "execute", "DB", "--yes", "--file", file]);
    writeFileSync(seeded, "");
  }
  return { keys: specs.map((spec) => spec.key), secret };
}

/** What a file holds, made first where there is none. */
function keep(path: string, make: () => string): string {
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, make(), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
  return readFileSync(path, "utf8");
}

function wrangler(folder: string, args: string[]): void {
  const all = [...args, "--local", "--persist-to", folder];
  const { status, stdout, stderr } = spawnSync("wrangler", all, {
    encoding: "utf8",
    env: { ...process.env, CI: "true" },
  });
  if (status !== 0) throw new Error(`wrangler ${all.join(" ")} failed:\n${stdout}\n${stderr}`);
}

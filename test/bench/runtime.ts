/** Knows how to run what was built, as in production minified, straight in the runtime: no proxy stands before it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions as converted, Miniflare, type MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as optionsOf } from "wrangler";
import { freePort } from "../../src/local/server.ts";
import { prepareState } from "../../src/local/state.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface Built {
  folder: string;
  script: string;
  discard: () => void;
}

/** Bundles an entry as a deployment would. */
export function build(entry: string): Built {
  const folder = mkdtempSync(join(tmpdir(), "dripline-bench-bundle-"));
  const built = spawnSync("wrangler", ["deploy", entry, "--dry-run", "--minify", "--outdir", folder], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
  if (built.status !== 0) throw new Error(`the bundle was not made:\n${built.stdout}\n${built.stderr}`);
  const script = readdirSync(folder).find((name) => name.endsWith(".js"));
  if (script === undefined) throw new Error("the bundle has no script");
  return { folder, script, discard: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Runtime {
  url: string;
  key: string;
  db: D1Database;
  /** The process in which the Worker runs; null where the system does not tell. */
  pid: number | null;
  stop: () => Promise<void>;
}

export interface Running {
  built: Built;
  /** Where the folder of its state is made. */
  under: string;
  clockSpeed?: number;
  /** Keeps objects in memory that have nothing to do. */
  awake?: boolean;
}

/** Starts the runtime on an empty state, with the service, its key, and what it is compared with. */
export async function start({ built, under, clockSpeed = 1, awake = false }: Running): Promise<Runtime> {
  const state = mkdtempSync(join(under, "dripline-bench-"));
  const { keys, secret } = await prepareState(state, undefined);
  const children = childrenOf(process.pid);
  const runtime = new Miniflare(await options(built, { state, secret, clockSpeed, awake, bare: true }));
  await runtime.ready;
  const [pid = null] = childrenOf(process.pid).filter((child) => !children.includes(child));
  const stop = async () => {
    await runtime.dispose();
    rmSync(state, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  const db = (await runtime.getD1Database("DB")) as unknown as D1Database;
  const url = (await runtime.unsafeGetDirectURL()).href.replace(/\/$/, "");
  return { url, key: keys[0] ?? "", db, pid, stop };
}

/** Milliseconds from the start of the runtime until a Worker answers for the first time; without one, until an empty one does. */
export async function timeToAnswer(built: Built | null): Promise<number> {
  const state = mkdtempSync(join(tmpdir(), "dripline-bench-"));
  const secret = "a secret that only the bench knows of";
  const wanted = built
    ? await options(built, { state, secret, clockSpeed: 1, awake: false, bare: false })
    : converted({ modules: true, script: 'export default { fetch: () => new Response("here") }' });
  const began = performance.now();
  const runtime = new Miniflare(wanted);
  const response = await runtime.dispatchFetch("http://bench.test/nothing");
  await response.text();
  const took = performance.now() - began;
  await runtime.dispose();
  rmSync(state, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  return took;
}

interface Installing {
  state: string;
  secret: string;
  clockSpeed: number;
  awake: boolean;
  /** Whether what it is compared with is there too. */
  bare: boolean;
}

async function options(
  built: Built,
  { state, secret, clockSpeed, awake, bare }: Installing,
): Promise<MiniflareOptions> {
  const { workerOptions } = optionsOf(join(ROOT, "wrangler.toml"));
  const object = (className: string) => ({ className, useSQLite: true, unsafePreventEviction: awake });
  const bindings = {
    ENVIRONMENT: "development",
    CLOCK_SPEED: String(clockSpeed),
    DRIPLINE_SECRET: secret,
    RATE_LIMITS: "AGENCY=100000000",
  };
  const worker = {
    ...workerOptions,
    name: "bench",
    rootPath: built.folder,
    modules: [{ type: "ESModule" as const, path: join(built.folder, built.script) }],
    bindings,
    durableObjects: {
      ENROLLMENTS: object("Enrollment"),
      SENDERS: object("Sender"),
      ...(bare ? { BARE: object("Bare") } : {}),
    },
    workflows: bare ? { DRIP: { name: "drip", className: "Drip" } } : {},
    unsafeDirectSockets: [{ host: "127.0.0.1", port: await freePort() }],
  };
  const persist = join(state, "v3");
  return converted({ ...worker, resourcePersistencePath: persist, port: 0 });
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

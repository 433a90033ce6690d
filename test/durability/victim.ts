/** Knows the server that is killed with all its processes, and started again on the same state. */
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, type Server, startServer, sweepNow } from "../../src/local/server.ts";
import { prepareState } from "../../src/local/state.ts";
import { type Faults, NO_FAULTS } from "./faults.ts";

/** Journey seconds a second: an hour of the journey passes in a second. */
export const SPEED = 3600;
/** Days of the journey for which objects are kept, far more than a run comes to: the audit reads what they keep. */
export const KEPT = 5000;
/** Wall milliseconds before a delivery is tried again; short, for what is waited for here are leases. */
const RETRY_BASE = 200;
/** Wall milliseconds in which the receiver hears the last of what a dead server had sent. */
const ECHO = 500;

/** One end of the server. What it had sent until then may reach the receiver a little later. */
export interface Death {
  /** Wall time of the blow. */
  at: number;
  /** Wall time from which on only its successor can have sent anything; infinite until that is launched. */
  over: number;
}

export interface Victim {
  url: string;
  key: string;
  /** The folder that all it knows is in. */
  state: string;
  deaths: Death[];
  start: () => Promise<void>;
  /** `kill -9` of the whole process group: no farewell, and what lived in memory is gone. */
  kill: () => Promise<void>;
  /** Has it suffer from these faults, until they change or it dies. Its clock stays as wrong as it is. */
  suffer: (faults: Omit<Faults, "clock">) => Promise<void>;
  /** Sets its clock ahead or back, and whatever the platform keeps by that clock with it. */
  leap: (by: number) => Promise<void>;
  /** How wrong its clock is. */
  leapt: () => number;
  /** Puts a message on the queue of replies, as another Worker would. */
  enqueue: (reply: object) => Promise<void>;
  sweep: () => Promise<void>;
  /** The last lines that the server wrote. */
  lastWords: () => string;
  /** Leaves nothing behind: no process, no file. */
  bury: () => void;
}

export interface Watching {
  /** It has fallen over by itself, as `wrangler dev` may when its own proxy loses a connection; it is started again. */
  onFall: () => void;
  /** It is dead, and nobody writes to its state. */
  onDeath: (state: string) => void;
}

export async function victim({ onFall, onDeath }: Watching): Promise<Victim> {
  const folder = mkdtempSync(join(tmpdir(), "dripline-durability-"));
  const log = join(folder, "server.log");
  const out = openSync(log, "a");
  const state = join(folder, "state");
  const { keys, secret } = await prepareState(state, undefined);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const deaths: Death[] = [];
  let server: Server | null = null;
  let starting: Promise<void> = Promise.resolve();
  let leapt = 0;
  const launch = async () => {
    await sleep(ECHO);
    if (deaths.length > 0) onDeath(state);
    const last = deaths.at(-1);
    if (last) last.over = Date.now();
    const faults = JSON.stringify({ ...NO_FAULTS, clock: leapt });
    const settings = {
      RETRY_BASE_MS: String(RETRY_BASE),
      FREED_AFTER_DAYS: String(KEPT),
      RETENTION_DAYS: "0",
      RATE_LIMITS: "AGENCY=1000000",
      FAULTS: faults,
    };
    // Not right behind a setting, which would take it for another one.
    const args = ["--log-level=warn", "test/durability/worker.ts"];
    const options = { port, state, secret, clockSpeed: String(SPEED), settings, args, log: out, detached: true };
    const launched = await startServer(options);
    server = launched;
    void launched.gone.then(() => {
      if (server === launched) revive();
    });
  };
  const start = () => {
    starting = launch();
    return starting;
  };
  const revive = () => {
    server = null;
    deaths.push({ at: Date.now(), over: Number.POSITIVE_INFINITY });
    onFall();
    start().catch((error: unknown) => console.error("it could not be started again", error));
  };
  /** One that is just being killed need not hear it: with its life its faults end. */
  const tell = async (what: string, body: object) => {
    const init = { method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(LONGEST_TELLING) };
    const response = await fetch(`${url}/harm/${what}`, init).catch(() => null);
    if (response?.status === 404) throw new Error("the server that runs is not the one that can be harmed");
    await response?.body?.cancel();
  };
  return {
    url,
    key: keys[0] ?? "",
    state,
    deaths,
    start,
    kill: async () => {
      await starting;
      const killed = server;
      server = null;
      deaths.push({ at: Date.now(), over: Number.POSITIVE_INFINITY });
      killGroup(killed);
      await killed?.gone;
    },
    suffer: (faults) => tell("faults", { ...faults, clock: leapt }),
    leap: async (by) => {
      leapt += by;
      await tell("faults", { ...NO_FAULTS, clock: leapt });
      await tell("leap", { by });
    },
    leapt: () => leapt,
    enqueue: (reply) => tell("reply", reply),
    sweep: () => sweepNow(url).catch(() => undefined),
    lastWords: () => readFileSync(log, "utf8").split("\n").slice(-40).join("\n"),
    bury: () => {
      const last = server;
      server = null;
      killGroup(last);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

const LONGEST_TELLING = 30_000;

function killGroup(server: Server | null): void {
  const pid = server?.process.pid;
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has gone already.
  }
}

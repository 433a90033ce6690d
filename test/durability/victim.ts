/** Knows the server that is killed with all its processes, and started again on the same state. */
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, type Server, startServer } from "../../src/local/server.ts";
import { prepareState } from "../../src/local/state.ts";

/** Journey seconds a second: an hour of the journey passes in a second. */
export const SPEED = 3600;
/** Wall milliseconds before a delivery is tried again; short, for what is waited for here is the lease. */
const RETRY_BASE = 2000;
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
  deaths: Death[];
  start: () => Promise<void>;
  /** `kill -9` of the whole process group: no farewell, and what lived in memory is gone. */
  kill: () => Promise<void>;
  /** The last lines that the server wrote. */
  lastWords: () => string;
  /** Leaves nothing behind: no process, no file. */
  bury: () => void;
}

/** Says when it has fallen over by itself, as `wrangler dev` may when its own proxy loses a connection; it is started again. */
export async function victim(onFall: () => void): Promise<Victim> {
  const folder = mkdtempSync(join(tmpdir(), "dripline-durability-"));
  const log = join(folder, "server.log");
  const out = openSync(log, "a");
  const state = join(folder, "state");
  const { keys, secret } = await prepareState(state, undefined);
  const port = await freePort();
  const deaths: Death[] = [];
  let server: Server | null = null;
  let starting: Promise<void> = Promise.resolve();
  const launch = async () => {
    const args = ["--var", `RETRY_BASE_MS:${RETRY_BASE}`];
    const clockSpeed = String(SPEED);
    await sleep(ECHO);
    const last = deaths.at(-1);
    if (last) last.over = Date.now();
    const launched = await startServer({ port, state, secret, clockSpeed, args, log: out, detached: true });
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
  return {
    url: `http://127.0.0.1:${port}`,
    key: keys[0] ?? "",
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
    lastWords: () => readFileSync(log, "utf8").split("\n").slice(-40).join("\n"),
    bury: () => {
      killGroup(server);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function killGroup(server: Server | null): void {
  const pid = server?.process.pid;
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has gone already.
  }
}

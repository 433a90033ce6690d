/** Knows how to run the service on this machine: the runtime, the cron that does not fire by itself, and a clean stop. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface ServerOptions {
  port: number;
  state: string;
  secret: string;
  clockSpeed: string;
  /** More settings by their names; those without a value are left out. */
  settings?: Record<string, string | undefined>;
  /** Handed to `wrangler dev`. */
  args?: string[];
  /** The descriptor of a file that its output goes to, instead of here. */
  log?: number;
  /** Makes it the head of a process group of its own, so that all of it can be killed at once. */
  detached?: boolean;
}

export interface Server {
  url: string;
  process: ChildProcess;
  /** Settles when the runtime has gone, with its exit code. */
  gone: Promise<number>;
  stop: () => Promise<number>;
}

const CRON = 60_000;
const LONGEST_START = 60_000;

/** Starts the runtime and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { port, state, secret, clockSpeed, settings = {}, args = [], log = "inherit", detached = false } = options;
  const vars = { ENVIRONMENT: "development", CLOCK_SPEED: clockSpeed, DRIPLINE_SECRET: secret, ...settings };
  const command = ["dev", "--port", String(port), "--persist-to", state, "--show-interactive-dev-session=false"];
  // Left to itself it picks a port that looks free, and of two that start at once one may find it taken.
  const unlessTold = { "--log-level": "warn", "--inspector-port": "0" };
  for (const [name, value] of Object.entries(unlessTold))
    if (!args.some((arg) => arg.startsWith(name))) command.push(name, value);
  for (const [name, value] of Object.entries(vars)) if (value) command.push("--var", `${name}:${value}`);
  const child = spawn("wrangler", [...command, ...args], {
    stdio: ["ignore", log, log],
    detached,
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
  });
  const gone = new Promise<number>((settle) => child.once("exit", (code) => settle(code ?? 1)));
  // Whatever ends this process, be it a start that failed, ends the runtime too.
  process.once("exit", () => child.kill("SIGTERM"));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGTERM");
    return gone;
  };
  await Promise.race([
    answering(url),
    gone.then((code) => Promise.reject(new Error(`the runtime stopped with code ${code} before it answered`))),
  ]);
  keepCron(url, gone);
  return { url, process: child, gone, stop };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Whether nobody listens on a port of this machine. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer()
      .once("error", () => settle(false))
      .listen(port, "127.0.0.1", () => probe.close(() => settle(true)));
  });
}

async function answering(url: string): Promise<void> {
  for (const began = Date.now(); Date.now() - began < LONGEST_START; await sleep(100)) {
    const response = await fetch(`${url}/health`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return;
  }
  throw new Error(`${url} did not answer within ${LONGEST_START / 1000} s`);
}

/** Runs the local cron at once and every minute, as the platform does when deployed. */
function keepCron(url: string, gone: Promise<number>): void {
  const run = () => sweepNow(url).catch((error: unknown) => console.warn(`The local cron failed: ${error}`));
  void run();
  const timer = setInterval(run, CRON);
  void gone.then(() => clearInterval(timer));
}

export async function sweepNow(url: string): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the sweep answered ${response.status}`);
}

/** Knows how to look at the pages as people do: a real server, a real browser, and what no page may be found guilty of. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { freePort, type Server, startServer } from "../../src/local/server.ts";
import { prepareState } from "../../src/local/state.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a browser is on this machine; null where there is none. */
export function browserPath(): string | null {
  const { CHROMIUM } = process.env;
  if (CHROMIUM && !existsSync(CHROMIUM)) throw new Error(`CHROMIUM says ${CHROMIUM}, and there is none`);
  // One that does not even tell its version is the stub of a package that is not there.
  return CHROMIUM || (PLACES.find((path) => existsSync(path) && spawnSync(path, ["--version"]).status === 0) ?? null);
}

export interface Place {
  server: Server;
  url: string;
  key: string;
  /** Opens `/admin`. */
  operator: string;
  /** A browser window of its own, whose faults are told at the end. */
  visit: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** A request to the API with the workspace's key. */
  api: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** What pages complained about in their consoles, or failed to run or load. */
  complaints: string[];
}

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely, and every look is an assertion
type Answer = any;

/** Starts a server on an empty state and a browser, and ends both whatever comes. */
export async function withBrowser(clockSpeed: string, run: (place: Place) => Promise<void>): Promise<void> {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error("there is no browser: set CHROMIUM to where one is");
  const state = mkdtempSync(join(tmpdir(), "dripline-browser-"));
  const { keys, secret, operator } = await prepareState(state, undefined);
  const port = await freePort();
  const settings = {
    DRIPLINE_OPERATOR: operator,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    RATE_LIMITS: "AGENCY=1000000",
  };
  const server = await startServer({ port, state, secret, clockSpeed, settings });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const [key = ""] = keys;
  const complaints: string[] = [];
  try {
    await run({
      ...{ server, key, operator, complaints, url: server.url },
      visit: async (options = {}) => {
        const context = await browser.newContext({ baseURL: server.url, ...options });
        context.setDefaultTimeout(20_000);
        context.on("page", (page) => listen(page, complaints));
        return context;
      },
      api: async (method, path, body) => {
        const sent = body === undefined ? {} : { body: JSON.stringify(body) };
        const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
        const response = await fetch(`${server.url}${path}`, { method, headers, ...sent });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text}`);
        return text === "" ? null : JSON.parse(text);
      },
    });
  } finally {
    await browser.close();
    await server.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

/** What a name asks for that is run where it should only be shown. */
export const HOSTILE = `<img src=x onerror="alert(1)">`;

function listen(page: Page, complaints: string[]): void {
  page.on("dialog", (dialog) => {
    complaints.push(`${page.url()}: said ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (/\/x$/.test(new URL(request.url()).pathname)) complaints.push(`${page.url()}: asked for ${request.url()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${page.url()}: ${message.text()}`);
  });
}

export async function signIn(page: Page, key: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

interface Violation {
  id: string;
  impact: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe-core finds serious or critical on a page; of all rules, or of those that are named. */
export async function faultsOf(page: Page, rules: readonly string[] = []): Promise<string[]> {
  // Run by the debugger's door: the page's own policy lets no script in that it did not serve.
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(AXE);
  const runOnly = rules.length > 0 ? { type: "rule", values: rules } : { type: "tag", values: EVERYTHING };
  const options = JSON.stringify({ runOnly, resultTypes: ["violations"] });
  const told = await page.evaluate(`axe.run(${options}).then(({ violations }) => violations)`);
  return (told as Violation[])
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => {
      const where = nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html} ${failureSummary.replaceAll(/\s+/g, " ")}`);
      return `${page.url()}: ${id}: ${help}, ${nodes.length} times: ${where.join(" | ")}`;
    });
}

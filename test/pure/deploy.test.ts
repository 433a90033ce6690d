import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "deploy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An account as wrangler shows it: what it has, and which of its commands fail. */
interface Account {
  has?: string[];
  secrets?: string[];
  fails?: string;
}

/** Stands in for wrangler, of which there is no account here: it writes down what it is asked, and answers by the account. */
const STAND_IN = `#!/usr/bin/env node
const { appendFileSync } = require("node:fs");
const { join } = require("node:path");
const account = JSON.parse(process.env.ACCOUNT);
const [command] = [process.argv.slice(2).join(" ")];
appendFileSync(join(__dirname, "asked"), command + "\\n");
if (account.fails && command.startsWith(account.fails)) process.exit(3);
if (command.startsWith("secret list")) console.log(JSON.stringify(account.secrets.map((name) => ({ name, type: "secret_text" }))));
const [, , name] = process.argv.slice(2);
if (/^(d1|queues) info/.test(command) && !account.has.includes(name)) process.exit(1);
`;

function deploy(args: string[], account: Account) {
  writeFileSync(join(folder, "asked"), "");
  writeFileSync(join(folder, "wrangler"), STAND_IN);
  chmodSync(join(folder, "wrangler"), 0o755);
  const told = { has: [], secrets: [], ...account };
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, ACCOUNT: JSON.stringify(told) };
  const { status, stdout, stderr } = spawnSync("node", ["src/local/deploy.ts", ...args], { env, encoding: "utf8" });
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  return {
    status,
    stdout,
    stderr,
    done: asked.filter((command) => command !== "" && !/ (info|list)\b/.test(command)),
    asked,
  };
}

const config = readFileSync("wrangler.toml", "utf8");
const QUEUES = [
  ...new Set([...config.matchAll(/^(?:queue|dead_letter_queue) = "([^"]+)"/gm)].map(([, name = ""]) => name)),
];
const SECRETS = ["DRIPLINE_SECRET", "DRIPLINE_OPERATOR"];
const LAST = ["d1 migrations apply DB --remote", "deploy"];

describe("npm run deploy", () => {
  test("into an empty account -> all that is needed is made, then the migrations, then the code", () => {
    const { status, done } = deploy([], { secrets: SECRETS });
    expect(QUEUES.length).toBeGreaterThanOrEqual(6);
    expect(done[0]).toBe("d1 create dripline");
    expect(done.slice(1, -2).sort()).toEqual(QUEUES.map((name) => `queues create ${name}`).sort());
    expect([status, ...done.slice(-2)]).toEqual([0, ...LAST]);
  });

  test("once more -> nothing is made again", () => {
    expect(deploy([], { has: ["dripline", ...QUEUES], secrets: SECRETS }).done).toEqual(LAST);
  });

  test("a queue came to be since -> it alone is made", () => {
    const [added = "", ...rest] = QUEUES;
    expect(deploy([], { has: ["dripline", ...rest], secrets: SECRETS }).done).toEqual([
      `queues create ${added}`,
      ...LAST,
    ]);
  });

  test("without its secret -> nothing is touched", () => {
    const { status, stderr, done } = deploy([], { secrets: ["DRIPLINE_OPERATOR"] });
    expect([status, done]).toEqual([1, []]);
    expect(stderr).toMatch(/DRIPLINE_SECRET must be set/);
  });

  test("the first time, when there is no service whose secrets could be listed -> they come from a file", () => {
    const file = join(folder, "secrets");
    writeFileSync(file, "DRIPLINE_SECRET=hush hush\nDRIPLINE_OPERATOR=hush\n");
    const { status, stdout, stderr, done } = deploy(["--secrets-file", file], { fails: "secret list" });
    expect([status, done.at(-1)]).toEqual([0, `deploy --secrets-file ${file}`]);
    expect(stdout + stderr).not.toMatch(/hush/);
  });

  test.each(["d1 create", "queues create", "d1 migrations"])("%s fails -> no code is deployed", (fails) => {
    const { status, done } = deploy([], { secrets: SECRETS, fails });
    expect([status, done.at(-1)?.startsWith(fails)]).toEqual([3, true]);
    expect(done).not.toContain("deploy");
  });

  test("a dry run says all of it, in order, and asks the account nothing", () => {
    const { status, stdout, asked } = deploy(["--dry-run"], {});
    expect([status, asked]).toEqual([0, [""]]);
    for (const name of QUEUES) expect(stdout).toContain(`wrangler queues create ${name}`);
    expect(stdout.indexOf("migrations apply")).toBeLessThan(stdout.indexOf("wrangler deploy"));
    expect(stdout).toContain("Nothing was done.");
  });
});

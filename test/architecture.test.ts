/** The house, checked: which floor may import what, what the ground floor may never do, and how large a file may grow. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const MOST_LINES = 250;

/** Packages and floors that a floor may import; a `types:` floor may be imported for its types alone. */
const MAY: Record<string, string[]> = {
  domain: ["domain", "liquidjs", "@date-fns/tz"],
  storage: ["domain", "storage", "drizzle-orm"],
  channels: ["domain", "channels", "log", "seal", "vault", "nodemailer", "node", "cloudflare:email"],
  enrollment: [
    ...[
      "domain",
      "storage",
      "channels",
      "enrollment",
      "types:sender",
      "cloudflare:workers",
      "env",
      "clock",
      "log",
      "seal",
    ],
  ],
  sender: ["domain", "sender", "cloudflare:workers"],
  engine: [
    "domain",
    "storage",
    "engine",
    "log",
    "seal",
    "vault",
    "types:enrollment",
    "types:sender",
    "types:drizzle-orm",
  ],
  dialects: ["engine", "domain", "dialects", "log", "hono", "zod", "types:enrollment"],
  dashboard: ["engine", "domain", "dialects", "dashboard", "log", "hono", "zod"],
  consumers: ["engine", "storage", "domain", "consumers", "log", "zod", "postal-mime", "seal"],
  client: ["client"],
  local: ["domain", "local", "node", "standardwebhooks", "wrangler"],
  env: ["domain", "zod"],
  clock: ["domain", "storage", "types:env"],
  log: ["domain", "node"],
  seal: [],
  vault: [],
  worker: ["*"],
};

/** What the ground floor may not know of: clocks, chance, the platform, waiting. */
const NEVER_IN_DOMAIN = [
  /\bawait\b/,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bMath\.random\b/,
  /\bcrypto\b/,
  /\bconsole\b/,
  /\bfetch\(/,
];

interface Import {
  from: string;
  what: string;
  typeOnly: boolean;
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
  .map((path) => ({ path, source: readFileSync(join("src", path), "utf8") }));

function floorOf(path: string): string {
  return path.includes("/") ? (path.split("/")[0] ?? "") : path.replace(/\.tsx?$/, "");
}

function importsOf({ path, source }: { path: string; source: string }): Import[] {
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"/gm);
  return [...statements].map(([, type, from = ""]) => ({
    from,
    what: from.startsWith(".")
      ? floorOf(normalize(join(dirname(path), from)))
      : (from.match(/^(@[^/]+\/[^/]+|[^/:]+(:workers|:email)?)/)?.[0] ?? from),
    typeOnly: type !== undefined,
  }));
}

function breaches(): string[] {
  return files.flatMap((file) => {
    const may = MAY[floorOf(file.path)] ?? [];
    return importsOf(file)
      .filter(
        ({ what, typeOnly }) =>
          !may.includes("*") && !may.includes(what) && !(typeOnly && may.includes(`types:${what}`)),
      )
      .map(({ from }) => `${file.path} imports ${from}`);
  });
}

test("every file keeps to what its floor may import", () => {
  expect(files.length).toBeGreaterThan(80);
  expect(breaches()).toEqual([]);
});

/** The operator's door is no dialect of its own: it speaks v1's words, and is kept apart because another key opens it. */
const SPEAKS: Record<string, string> = { admin: "v1" };

test("pages speak v1's words, and know of no other dialect", () => {
  const foreign = files
    .filter(({ path }) => path.startsWith("dashboard/"))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ what }) => what === "dialects")
        .map(({ from }) => normalize(join(dirname(file.path), from)).split("/"))
        .filter(([, dialect = "", ...deeper]) => deeper.length > 0 && dialect !== "v1")
        .map((target) => `${file.path} imports ${target.join("/")}`),
    );
  expect(foreign).toEqual([]);
});

test("no dialect imports another", () => {
  const across = files
    .filter(({ path }) => path.startsWith("dialects/") && path.split("/").length > 2)
    .flatMap((file) => {
      const own = file.path.split("/")[1];
      const others = importsOf(file).filter(({ from }) => {
        const target = from.startsWith(".") ? normalize(join(dirname(file.path), from)).split("/") : [];
        return target[0] === "dialects" && target.length > 2 && target[1] !== own && target[1] !== SPEAKS[own ?? ""];
      });
      return others.map(({ from }) => `${file.path} imports ${from}`);
    });
  expect(across).toEqual([]);
});

test("zod is imported whole under its own name, so that no locale comes along", () => {
  const others = files.filter(
    ({ source }) => /from "zod"/.test(source) && !/import (type )?\* as z from "zod"/.test(source),
  );
  expect(others.map(({ path }) => path)).toEqual([]);
});

test("nothing but the log speaks to the console, so that nothing personal does", () => {
  const speakers = files.filter(({ source }) => /\bconsole\./.test(withoutComments(source))).map(({ path }) => path);
  expect(speakers.filter((path) => floorOf(path) !== "local")).toEqual(["log.ts"]);
});

test("nothing but the front door reads the environment's settings", () => {
  const readers = files.filter(({ source }) =>
    /process\.env|\benv\.(ENVIRONMENT|CLOCK_SPEED|DRIPLINE_SECRET)/.test(source),
  );
  expect(readers.map(({ path }) => floorOf(path)).filter((floor) => floor !== "local")).toEqual([]);
});

describe("the ground floor is pure", () => {
  for (const forbidden of NEVER_IN_DOMAIN) {
    test(`it has no ${forbidden.source}`, () => {
      const sinners = files.filter(
        ({ path, source }) => floorOf(path) === "domain" && forbidden.test(withoutComments(source)),
      );
      expect(sinners.map(({ path }) => path)).toEqual([]);
    });
  }
});

test(`no file is longer than ${MOST_LINES} lines, and each opens with what it knows`, () => {
  const long = files.filter(({ source }) => source.split("\n").length > MOST_LINES + 1);
  expect(long.map(({ path }) => path)).toEqual([]);
  const silent = files.filter(({ source }) => !source.startsWith("/** "));
  expect(silent.map(({ path }) => path)).toEqual([]);
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}

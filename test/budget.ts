/** Knows how large the deployed bundle may be: what a release adds to it must be meant. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

// Of this the libraries (zod, liquidjs, drizzle, hono) are 275 KB, a dialect 25 to 60 KB, the SQL 120 KB, rules and verbs
// 130 KB. Nodemailer is 128 KB (39 KB gzipped): what speaks SMTP 31 KB, what writes MIME 40 KB, what both stand on 18 KB,
// and a table of types of files, of which nothing is needed and which nothing can leave out, 39 KB. Postal-mime is 75 KB (23 KB
// gzipped), half of it names of characters in HTML. Bulk enrollment, from CSV to refusals, is 34 KB (11 KB gzipped), and what
// frees journeys and removes them 15 KB. What v1 says of itself, in OpenAPI and as a page, is 45 KB, simulation 24 KB, calls to
// customers' endpoints 15 KB, the log, the doctor and the figures 15 KB, analytics 13 KB, the operator's door 11 KB.
const MOST_BYTES = 1_520_000;
const MOST_GZIPPED = 480_000;

const folder = mkdtempSync(join(tmpdir(), "dripline-bundle-"));
try {
  const built = spawnSync("wrangler", ["deploy", "--dry-run", "--minify", "--outdir", folder], {
    encoding: "utf8",
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
  if (built.status !== 0) throw new Error(`the bundle was not made:\n${built.stdout}\n${built.stderr}`);
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const bytes = Buffer.concat(scripts.map((name) => readFileSync(join(folder, name))));
  const gzipped = gzipSync(bytes, { level: 9 }).length;
  console.log(`bundle: ${bytes.length} bytes of at most ${MOST_BYTES}, gzipped ${gzipped} of at most ${MOST_GZIPPED}`);
  if (bytes.length > MOST_BYTES || gzipped > MOST_GZIPPED) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** `npm run admin` as a process: what it ends with. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const run = (...words: string[]) => {
  const env = { ...process.env, DRIPLINE_URL: "http://127.0.0.1:1", DRIPLINE_STATE: "/nowhere" };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["src/local/admin.ts", ...words], {
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

test.each([
  [["--help"], 0, /^Usage/, /^$/],
  [["workspaces"], 2, /^$/, /there is no command/],
  [["workspaces", "list"], 3, /^$/, /http:\/\/127\.0\.0\.1:1 did not answer/],
] as const)("%j -> %i", (words, code, said, complained) => {
  const { status, stdout, stderr } = run(...words);
  expect(status).toBe(code);
  expect(stdout).toMatch(said);
  expect(stderr).toMatch(complained);
});

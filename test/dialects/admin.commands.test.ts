/** `npm run admin`, its commands spoken to the real routes. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Ask, obey } from "../../src/local/commands";
import { operate } from "../support/operator";
import { send } from "../support/request";
import { begin, type Json, travel } from "../support/world";

beforeEach(begin);

const ask: Ask = async (method, path, body) => {
  const answer = await operate(method, path, body);
  if (answer.status < 300) return { ok: true, value: answer.body };
  return { ok: false, failure: { code: 1, message: answer.body.error.code } };
};

/** What is told, or the exit code and the reason. */
async function run(line: string): Promise<string> {
  const done = await obey(line.split(" ").filter(Boolean), ask);
  return done.ok ? done.value : `${done.failure.code}: ${done.failure.message}`;
}
const json = async (line: string): Promise<Json> => JSON.parse(await run(`${line} --json`));

test("from an empty workspace to a key that opens it, which is replaced and taken away", async () => {
  const { workspace } = await json(
    "workspaces create --name=Acme --plan PRO --feature dm_sequences=on --limit pageSize=20",
  );
  expect(workspace).toMatchObject({
    name: "Acme",
    plan: "PRO",
    features: { dm_sequences: true },
    limits: { pageSize: 20 },
  });
  const { user } = await json(`users create ${workspace.id} --email ada@example.com --name Ada`);
  const { key } = await json(
    `keys create ${workspace.id} ${user.id} --name CI --scope contacts_read --scope users_read`,
  );
  expect(key.scopes).toEqual(["contacts_read", "users_read"]);
  const me = async () => (await send("GET", "/v1/auth/me", { key: key.key })).status;
  expect(await me()).toBe(200);
  const rotated = await json(`keys rotate ${workspace.id} ${user.id} ${key.id} --overlap 2h`);
  expect(rotated.previous).toMatchObject({ id: key.id, expiresAt: "2040-01-02T11:00:00Z" });
  expect((await json(`keys list ${workspace.id} ${user.id}`)).keys).toHaveLength(2);
  expect(await run(`keys revoke ${workspace.id} ${user.id} ${key.id}`)).toBe("It is revoked.");
  travel(10_000);
  expect(await me()).toBe(401);
  expect((await json(`users set ${workspace.id} ${user.id} --lock`)).user).toMatchObject({ name: "Ada", locked: true });
});

test("a link that signs a browser in is told with whom it is for, and until when", async () => {
  expect(await run("users sign-in ws_1 user_1")).toMatch(
    /^https:\/\/dripline\.test\/sign-in\/[\w-]{40}\n\nIt signs one browser in as user_1, once, until 2040-01-02T09:10:00Z\.$/,
  );
  expect(await run("users sign-in ws_2 user_1")).toBe("1: NOT_FOUND");
  expect(await run("users sign-in user_1")).toBe("2: it is: users sign-in WORKSPACE USER");
});

describe("what a workspace is set to", () => {
  test("features and limits that are not named stay as they are", async () => {
    const own = async (options: string) => (await json(`workspaces set ws_1 ${options}`)).workspace.own;
    expect(await own("--limit enrollments=500 --limit pageSize=10")).toEqual({
      features: {},
      limits: { enrollments: 500, pageSize: 10 },
    });
    expect(await own("--limit enrollments=none --feature dm_sequences=off")).toEqual({
      features: { dm_sequences: false },
      limits: { enrollments: null, pageSize: 10 },
    });
    expect(await own("--limit pageSize=plan --feature dm_sequences=plan")).toEqual({
      features: {},
      limits: { enrollments: null },
    });
    expect(await own("--name One")).toEqual({ features: {}, limits: { enrollments: null } });
  });

  test.each([
    ["--pause --lock", { paused: true, locked: true }],
    ["--pause --resume", { paused: true, locked: false }],
    ["--plan FREE", { plan: "FREE", features: { dm_sequences: false } }],
  ])("%s", async (options, expected) => {
    expect((await json(`workspaces set ws_1 ${options}`)).workspace).toMatchObject(expected);
  });
});

test("people are told in columns, by fields, and how to keep a key", async () => {
  expect((await run("workspaces list")).split("\n").map((line) => line.split(/ {2,}/).slice(0, 5))).toEqual([
    ["ID", "NAME", "PLAN", "PAUSED", "LOCKED"],
    ["ws_3", "Workspace 3", "FREE", "no", "no"],
    ["ws_2", "Workspace 2", "AGENCY", "no", "no"],
    ["ws_1", "Workspace 1", "AGENCY", "no", "no"],
  ]);
  expect(await run("workspaces show ws_1")).toMatch(/^id +ws_1\nname +Workspace 1\n[\s\S]*limits +.*enrollments=none/);
  expect(await run("keys create ws_1 user_1")).toMatch(
    /^drip_\S+\n\nThis is key_\d+\. It is told this once: keep it now\.$/,
  );
  expect(await run("users list ws_1")).toMatch(/^ID +NAME[\s\S]*user_1 +Owner +-/);
});

test.each([["--help"], ["help"], [""], ["workspaces list --help"]])("`%s` tells how it is used", async (line) => {
  expect(await run(line)).toMatch(
    /^Usage: npm run admin[\s\S]*workspaces create --name NAME \[--plan[\s\S]*DRIPLINE_OPERATOR/,
  );
});

describe("asked for wrongly -> 2 and nothing is done; refused -> 1 with the reason", () => {
  test.each([
    ["workspaces", /^2: there is no command "workspaces"/],
    ["workspaces delete ws_1", /^2: there is no command/],
    ["workspaces show", /^2: it is: workspaces show WORKSPACE$/],
    ["workspaces show ws_1 ws_2", /^2: it is/],
    ["workspaces create", /^2: "workspaces create" needs --name NAME$/],
    ["workspaces list --name x", /^2: "workspaces list" takes no --name$/],
    ["workspaces list --colour red", /^2: .*--colour/],
    ["workspaces create --name", /^2: it is --name NAME$/],
    ["workspaces create --name --plan FREE", /^2: it is --name NAME$/],
    ["workspaces set ws_1 --pause=yes", /^2: it is --pause$/],
    ["workspaces set ws_1 --limit enrollments", /^2: --limit enrollments/],
    ["workspaces set ws_1 --limit enrollments=many", /^2: --limit enrollments=many/],
    ["workspaces set ws_1 --feature dm_sequences=yes", /^2: --feature dm_sequences=yes/],
    ["keys rotate ws_1 user_1 key_1 --overlap soon", /^2: --overlap/],
    ["workspaces show ws_99", /^1: NOT_FOUND$/],
    ["workspaces show ../../v1", /^1: BAD_REQUEST$/],
    ["workspaces create --name A --plan GOLD", /^1: VALIDATION_ERROR$/],
    ["workspaces set ws_1 --limit wishes=3", /^1: VALIDATION_ERROR$/],
    ["workspaces list --page x", /^1: BAD_REQUEST$/],
  ])("%s", async (line, told) => {
    expect(await run(line)).toMatch(told);
    expect((await json("workspaces list")).workspaces).toHaveLength(3);
  });
});

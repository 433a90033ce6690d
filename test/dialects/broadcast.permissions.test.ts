/** Who may do what: every route with every permission, and the ids of another workspace. */
import { beforeEach, describe, expect, test } from "vitest";
import { version } from "../../package.json";
import { addStep, addSubscriber, call, keyFor, makeSequence, rows } from "../support/broadcast";
import { begin, type Json, KEY, OTHER_KEY } from "../support/world";

const READ = "sequences_read";
const WRITE = "sequences_write";
const SUB_READ = "subscribers_read";
const SUB_WRITE = "subscribers_write";
const ALL = [READ, WRITE, SUB_READ, SUB_WRITE];

/** The method, the path with the ids to be filled in, a body that is right, and the permissions that are needed. */
const ROUTES: [method: string, path: string, body: Json, needs: string[]][] = [
  ["GET", "/sequences", undefined, [READ]],
  ["POST", "/sequences", { label: "N" }, [WRITE]],
  ["GET", "/sequences/{seq}", undefined, [READ]],
  ["PATCH", "/sequences/{seq}", { label: "N" }, [WRITE]],
  ["POST", "/sequences/{seq}/duplicate", {}, [WRITE]],
  ["GET", "/sequences/{seq}/steps", undefined, [READ]],
  ["POST", "/sequences/{seq}/steps", { action: "delay", delay: 1 }, [WRITE]],
  ["GET", "/sequences/{seq}/steps/{step}", undefined, [READ]],
  ["PATCH", "/sequences/{seq}/steps/{step}", { label: "N" }, [WRITE]],
  ["POST", "/sequences/{seq}/steps/{step}/move", { under_id: "{entry}" }, [WRITE]],
  ["DELETE", "/sequences/{seq}/steps/{step}", undefined, [WRITE]],
  ["GET", "/sequences/{seq}/list_subscribers", undefined, [READ, SUB_READ]],
  ["POST", "/sequences/{seq}/add_subscriber", { email: "new@example.com" }, [WRITE, SUB_WRITE]],
  ["DELETE", "/sequences/{seq}/remove_subscriber", { email: "a@example.com" }, [WRITE, SUB_WRITE]],
  ["DELETE", "/sequences/{seq}", undefined, [WRITE]],
  ["GET", "/subscribers", undefined, [SUB_READ]],
  ["GET", "/subscribers/find?email=a@example.com", undefined, [SUB_READ]],
  ["GET", "/subscribers/{sub}", undefined, [SUB_READ]],
  ["POST", "/subscribers", { email: "a@example.com" }, [SUB_WRITE]],
  ["PATCH", "/subscribers", { email: "a@example.com" }, [SUB_WRITE]],
  ["PATCH", "/subscribers/{sub}", { first_name: "N" }, [SUB_WRITE]],
  ["POST", "/subscribers/add_tag", { email: "a@example.com", tags: ["t"] }, [SUB_WRITE]],
  ["DELETE", "/subscribers/remove_tag", { email: "a@example.com", tags: ["t"] }, [SUB_WRITE]],
  ["POST", "/subscribers/activate", { email: "a@example.com" }, [SUB_WRITE]],
  ["POST", "/subscribers/deactivate", { email: "a@example.com" }, [SUB_WRITE]],
  ["POST", "/subscribers/unsubscribe", { email: "a@example.com" }, [SUB_WRITE]],
  ["POST", "/subscribers/resubscribe", { email: "a@example.com" }, [SUB_WRITE]],
];

const UNAUTHORIZED = { status: 401, body: { error: "Unauthorized" } };

let ids: Record<string, string> = {};

beforeEach(async () => {
  await begin();
  const seq = await makeSequence();
  const { id: step, parent_id: entry } = await addStep(seq, { action: "delay", delay: 1 });
  await addSubscriber(seq, "a@example.com");
  const sub = (await call("GET", "/subscribers/find?email=a@example.com")).body.id;
  ids = { seq: `${seq}`, step: `${step}`, entry: `${entry}`, sub: `${sub}` };
});

const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? "");

function send([method, path, body]: (typeof ROUTES)[number], key: string | null) {
  return call(method, fill(path), body && fill(JSON.stringify(body)), key);
}

describe("permissions", () => {
  test.each(ROUTES)("%s %s %j needs %j, and no less is enough", async (...route) => {
    const [, , , needs] = route;
    const before = await rows();
    for (const lacking of needs) {
      const held = ALL.filter((one) => one !== lacking);
      expect(await send(route, await keyFor(held))).toEqual(UNAUTHORIZED);
      // Nor does it tell what is there, or look at what was sent.
      const elsewhere = fill(route[1]).replace(/\/\d+/g, "/987654321");
      expect(await call(route[0], elsewhere, route[0] === "GET" ? undefined : "{broken", await keyFor(held))).toEqual(
        UNAUTHORIZED,
      );
    }
    expect(await send(route, await keyFor([]))).toEqual(UNAUTHORIZED);
    expect(await send(route, null)).toEqual(UNAUTHORIZED);
    expect(await send(route, "vb_live_nobody")).toEqual(UNAUTHORIZED);
    expect(await rows()).toEqual(before);
    expect([200, 201]).toContain((await send(route, await keyFor(needs))).status);
  });

  test("the names that v1 has for them are the same permissions", async () => {
    const key = await keyFor(["contacts_read"]);
    expect((await call("GET", "/subscribers", undefined, key)).status).toBe(200);
    expect(await call("POST", "/subscribers", { email: "b@example.com" }, key)).toEqual(UNAUTHORIZED);
    const both = await keyFor(["sequences_write", "contacts_write"]);
    const added = await call("POST", `/sequences/${ids.seq}/add_subscriber`, { email: "b@example.com" }, both);
    expect(added.status).toBe(201);
  });

  test("whoami says whose token it is and what it permits; status that all is well; both need a token", async () => {
    const who = { workspace: { id: 1, name: "Workspace 1" }, plan: "AGENCY" };
    expect(await call("GET", "/whoami")).toEqual({ status: 200, body: { ...who, permissions: ALL } });
    const key = await keyFor(["contacts_read", "sequences_write", "messages_read"]);
    const some = { ...who, permissions: [WRITE, SUB_READ] };
    expect(await call("GET", "/whoami.json", undefined, key)).toEqual({ status: 200, body: some });
    expect(await call("GET", "/status", undefined, key)).toEqual({ status: 200, body: { status: "ok", version } });
    for (const path of ["/whoami", "/status", "/nothing"]) {
      expect(await call("GET", path, undefined, null)).toEqual(UNAUTHORIZED);
    }
  });
});

describe("another workspace's", () => {
  const BY_ID = ROUTES.filter(([, path]) => path.includes("{"));

  test.each(BY_ID)("ids are as if there were none: %s %s", async (...route) => {
    const before = await rows();
    const answer = await send(route, OTHER_KEY);
    const error = route[1].startsWith("/subscribers") ? "Subscriber not found" : "Sequence not found";
    expect(answer).toEqual({ status: 404, body: { error } });
    expect(await send([route[0], route[1].replace("{", "9{"), route[2], []], KEY)).toEqual(answer);
    expect(await rows()).toEqual(before);
  });

  test("steps and sequences cannot be named in a body either", async () => {
    const mine = await makeSequence({}, OTHER_KEY);
    const post = (body: Json) => call("POST", `/sequences/${mine}/steps`, body, OTHER_KEY);
    expect((await post({ action: "delay", delay: 1, parent_id: ids.step })).status).toBe(422);
    expect((await post({ action: "move_to_sequence", sequence_id: ids.seq })).status).toBe(422);
    const { body } = await call("GET", `/sequences/${mine}/steps`, undefined, OTHER_KEY);
    expect(body.data).toHaveLength(1);
    expect(await call("GET", `/sequences/${mine}/steps/${ids.step}`, undefined, OTHER_KEY)).toEqual({
      status: 404,
      body: { error: "Step not found" },
    });
  });

  test("subscribers are neither found nor changed by their address, and lists are one's own", async () => {
    const before = await rows();
    for (const verb of ["activate", "deactivate", "unsubscribe", "resubscribe"]) {
      const answer = await call("POST", `/subscribers/${verb}`, { email: "a@example.com" }, OTHER_KEY);
      expect(answer).toEqual({ status: 404, body: { error: "Subscriber not found" } });
    }
    expect((await call("GET", "/sequences", undefined, OTHER_KEY)).body).toEqual({ data: [], total: 0 });
    expect((await call("GET", "/subscribers", undefined, OTHER_KEY)).body.subscribers).toEqual([]);
    expect(await rows()).toEqual(before);
  });
});

import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { v1 } from "../../src/dialects/v1/app";
import { faults } from "../support/faults";
import { type Answer, api, begin, db, deliver, drain, KEY, OTHER_KEY, START, settle } from "../support/world";

type Noun =
  | "seq"
  | "step"
  | "enroll"
  | "contact"
  | "msg"
  | "dead"
  | "segment"
  | "ruleset"
  | "mailbox"
  | "sched"
  | "task"
  | "suppression"
  | "user"
  | "key"
  | "secret"
  | "job"
  | "hook"
  | "delivery"
  | "variant"
  | "platform";
type Ids = Record<Noun, string>;
type Route = [method: string, path: string, body?: object];

const STEP = { messageTemplate: "Hello", delayHours: 1 };
const RULES = { conditions: [{ field: "tags", op: "contains", value: "vip" }] };
const SCHEDULE = { name: "New", openings: [{ day: 1, from: "09:00", to: "17:00" }] };
const HOOK = { kind: "webhook", url: "https://example.com" };

/** Every route of v1; those that read a body with one that they accept. */
const ROUTES: Route[] = [
  ["GET", "/auth/me"],
  ["GET", "/sequences"],
  ["POST", "/sequences", { name: "New" }],
  ["GET", "/sequences/{seq}"],
  ["PATCH", "/sequences/{seq}", { name: "Renamed" }],
  ["DELETE", "/sequences/{seq}"],
  ["POST", "/sequences/{seq}/duplicate", { name: "Copied" }],
  ["POST", "/sequences/{seq}/simulate", { contactId: "{contact}" }],
  ["GET", "/upcoming?sequence={seq}"],
  ["GET", "/sequences/{seq}/steps"],
  ["POST", "/sequences/{seq}/steps", STEP],
  ["PATCH", "/sequences/{seq}/steps/{step}", STEP],
  ["DELETE", "/sequences/{seq}/steps/{step}"],
  ["GET", "/sequences/{seq}/steps/{step}/variants"],
  ["POST", "/sequences/{seq}/steps/{step}/variants", { messageTemplate: "Hi" }],
  ["PATCH", "/sequences/{seq}/steps/{step}/variants/{variant}", { weight: 2 }],
  ["DELETE", "/sequences/{seq}/steps/{step}/variants/{variant}"],
  ["GET", "/sequences/{seq}/analytics"],
  ["GET", "/sequences/{seq}/enrollments"],
  ["POST", "/sequences/{seq}/enrollments", { contactId: "{contact}", platform: "TWITTER", mailboxId: "{mailbox}" }],
  ["POST", "/sequences/{seq}/enrollments/bulk", { contactIds: ["contact_1"], mailboxId: "{mailbox}" }],
  ["GET", "/jobs"],
  ["GET", "/jobs/{job}"],
  ["GET", "/jobs/{job}/refusals"],
  ["POST", "/sequences/{seq}/enrollments/retry"],
  ["GET", "/sequences/{seq}/enrollments/{enroll}"],
  ["DELETE", "/sequences/{seq}/enrollments/{enroll}"],
  ["POST", "/sequences/{seq}/enrollments/{enroll}/pause"],
  ["POST", "/sequences/{seq}/enrollments/{enroll}/resume"],
  ["POST", "/sequences/{seq}/enrollments/{enroll}/retry"],
  ["GET", "/contacts"],
  ["POST", "/contacts", { platform: "TWITTER", username: "new" }],
  ["GET", "/contacts/{contact}"],
  ["PATCH", "/contacts/{contact}", { displayName: "Renamed" }],
  ["DELETE", "/contacts/{contact}"],
  ["GET", "/contacts/{contact}/export"],
  ["GET", "/suppressions"],
  ["POST", "/suppressions", { platform: "EMAIL", address: "new@example.com", reason: "bounced" }],
  ["POST", "/suppressions/import", { suppressions: [{ platform: "EMAIL", address: "new@example.com" }] }],
  ["DELETE", "/suppressions?platform=EMAIL&address=gone@example.com"],
  ["GET", "/suppressions/{suppression}"],
  ["DELETE", "/suppressions/{suppression}"],
  ["GET", "/messages"],
  ["GET", "/messages/{msg}"],
  ["POST", "/messages/{msg}/events", { type: "opened" }],
  ["GET", "/mailboxes"],
  ["POST", "/mailboxes", { email: "new@sender.example" }],
  ["GET", "/mailboxes/{mailbox}"],
  ["PATCH", "/mailboxes/{mailbox}", { name: "Renamed" }],
  ["DELETE", "/mailboxes/{mailbox}"],
  ["POST", "/mailboxes/{mailbox}/pause", { reason: "Monday" }],
  ["POST", "/mailboxes/{mailbox}/resume"],
  ["GET", "/rulesets"],
  ["POST", "/rulesets", { name: "New" }],
  ["GET", "/rulesets/{ruleset}"],
  ["PATCH", "/rulesets/{ruleset}", { name: "Renamed" }],
  ["DELETE", "/rulesets/{ruleset}"],
  ["GET", "/schedules"],
  ["POST", "/schedules", SCHEDULE],
  ["GET", "/schedules/{sched}"],
  ["PATCH", "/schedules/{sched}", { name: "Renamed" }],
  ["DELETE", "/schedules/{sched}"],
  ["GET", "/segments"],
  ["POST", "/segments", { name: "New", rules: RULES }],
  ["GET", "/segments/{segment}"],
  ["PATCH", "/segments/{segment}", { name: "Renamed" }],
  ["DELETE", "/segments/{segment}"],
  ["GET", "/segments/{segment}/contacts"],
  ["GET", "/tasks"],
  ["POST", "/tasks", { contactId: "{contact}" }],
  ["GET", "/tasks/{task}"],
  ["PATCH", "/tasks/{task}", { note: "Renamed" }],
  ["DELETE", "/tasks/{task}"],
  ["POST", "/tasks/{task}/complete", { finish: false }],
  ["POST", "/tasks/{task}/snooze", {}],
  ["POST", "/tasks/{task}/deliver"],
  ["GET", "/users"],
  ["POST", "/users", { email: "new@example.com" }],
  ["GET", "/users/{user}"],
  ["PATCH", "/users/{user}", { firstName: "New" }],
  ["GET", "/users/{user}/keys"],
  ["POST", "/users/{user}/keys", { scopes: ["contacts_read"] }],
  ["POST", "/users/{user}/keys/{key}/rotate", { overlapSeconds: 60 }],
  ["DELETE", "/users/{user}/keys/{key}"],
  ["GET", "/replies"],
  ["POST", "/replies", { platform: "TWITTER", from: "somebody", text: "Hello" }],
  ["GET", "/channels"],
  ["GET", "/channels/{platform}"],
  ["PUT", "/channels/{platform}", HOOK],
  ["DELETE", "/channels/{platform}"],
  ["POST", "/channels/{platform}/pause", { reason: "Monday" }],
  ["POST", "/channels/{platform}/resume"],
  ["POST", "/channels/{platform}/test", { to: "a@x.test" }],
  ["GET", "/webhooks"],
  ["POST", "/webhooks", { url: "https://example.com" }],
  ["GET", "/webhooks/{hook}"],
  ["PATCH", "/webhooks/{hook}", { description: "Renamed" }],
  ["DELETE", "/webhooks/{hook}"],
  ["POST", "/webhooks/{hook}/test"],
  ["POST", "/webhooks/{hook}/rotate", {}],
  ["POST", "/webhooks/{hook}/resume"],
  ["GET", "/webhooks/{hook}/deliveries"],
  ["GET", "/webhooks/{hook}/deliveries/{delivery}"],
  ["POST", "/webhooks/{hook}/deliveries/{delivery}/resend"],
  ["GET", "/mail-hook"],
  ["POST", "/mail-hook/secrets", {}],
  ["DELETE", "/mail-hook/secrets/{secret}"],
  ["GET", "/workspace"],
  ["PATCH", "/workspace", { frequencyCap: null }],
  ["POST", "/workspace/pause"],
  ["POST", "/workspace/resume"],
  ["GET", "/dead-letters"],
  ["POST", "/dead-letters/{dead}/resend"],
];
const WITH_BODY = ROUTES.filter(([, , body]) => body !== undefined);
/** Each id that a request names, in its path or its body. */
const NAMED = ROUTES.flatMap((route) => nounsIn(route).map((noun): [Noun, ...Route] => [noun, ...route]));

const PLACE = /\{(\w+)\}/g;
function nounsIn([, path, body]: Route): Noun[] {
  const all = [...`${path}${JSON.stringify(body ?? {})}`.matchAll(/\{(\w+)\}/g)].map(([, noun]) => noun as Noun);
  return all.filter((noun) => noun !== "platform");
}

const NO_SCOPES = "vb_live_key_without_scopes";
let mine: Ids;
let theirs: Ids;

/** One of everything, in the workspace of a key. */
async function furnish(key: string, workspaceId: number): Promise<Ids> {
  const make = async (path: string, body: object) => (await api("POST", `/v1${path}`, body, key)).body;
  const seq = (await make("/sequences", { name: "Theirs or mine" })).sequence.id;
  const step = (await make(`/sequences/${seq}/steps`, { messageTemplate: "Hi", delayHours: 0 })).step.id;
  const variant = (await make(`/sequences/${seq}/steps/${step}/variants`, { messageTemplate: "Hello" })).variant.id;
  await make(`/sequences/${seq}/steps`, STEP);
  await api("PATCH", `/v1/sequences/${seq}`, { status: "ACTIVE" }, key);
  const contact = (await make("/contacts", { platform: "TWITTER", username: "alice" })).contact.id;
  const enroll = (await make(`/sequences/${seq}/enrollments`, { contactId: contact, platform: "TWITTER" })).enrollment
    .id;
  const segment = (await make("/segments", { name: "Theirs or mine", rules: RULES })).segment.id;
  const ruleset = (await make("/rulesets", { name: "Theirs or mine" })).ruleset.id;
  const mailbox = (await make("/mailboxes", { email: "me@sender.example" })).mailbox.id;
  const sched = (await make("/schedules", SCHEDULE)).schedule.id;
  const task = (await make("/tasks", { contactId: contact })).task.id;
  const listed = { platform: "EMAIL", address: "gone@example.com", reason: "bounced" };
  const suppression = (await make("/suppressions", listed)).suppression.id;
  const user = (await make("/users", { email: "somebody@example.com" })).user.id;
  const made = (await make(`/users/${user}/keys`, {})).key.id;
  const secret = (await make("/mail-hook/secrets", {})).mailHookSecret.id;
  const job = (await make(`/sequences/${seq}/enrollments/bulk`, { contactIds: [contact] })).job.id;
  await api("PUT", "/v1/channels/EMAIL", HOOK, key);
  await settle();
  const hook = (await make("/webhooks", { url: "https://example.com" })).webhook.id;
  // Paused, so that nobody is called.
  await db().prepare("UPDATE webhooks SET paused_at = 1").run();
  const delivery = (await make(`/webhooks/${hook}/test`, {})).delivery.id;
  const [{ id: msg }] = (await api("GET", "/v1/messages", undefined, key)).body.messages;
  const letters = [1, 2].map((n) => ({ queue: "dripline-replies-dead", body: { workspaceId: n } }));
  await deliver(letters);
  const [{ id: dead }] = (await api("GET", "/v1/dead-letters", undefined, key)).body.deadLetters;
  expect(msg).toMatch(/^msg_/);
  const owned = {
    seq,
    step,
    enroll,
    contact,
    msg,
    dead,
    segment,
    ruleset,
    mailbox,
    sched,
    task,
    user,
    key: made,
    secret,
    suppression,
    job,
    hook,
    delivery,
    variant,
  };
  return { ...owned, platform: workspaceId === 1 ? "EMAIL" : "TWITTER" };
}

function fill<T extends string | object | undefined>(what: T, ids: Ids): T {
  if (what === undefined) return what;
  const text = JSON.stringify(what).replace(PLACE, (_, noun: Noun) => ids[noun]);
  return JSON.parse(text) as T;
}

const call = ([method, path, body]: Route, ids: Ids, key: string | null = KEY): Promise<Answer> =>
  api(method, `/v1${fill(path, ids)}`, fill(body, ids), key);

/** All that is stored and all that is on its way. */
async function everything(): Promise<unknown> {
  const tables = ["workspaces", "sequences", "steps", "contacts", "addresses", "contact_terms", "suppressions"];
  const more = [
    "enrollments",
    "messages",
    "replies",
    "jobs",
    "channels",
    "dead_letters",
    "counts",
    "segments",
    "rulesets",
    "mailboxes",
    "schedules",
    "tasks",
    "users",
    "bulk_jobs",
    "bulk_chunks",
    "webhooks",
    "webhook_deliveries",
  ];
  const rows = await db().batch([...tables, ...more].map((table) => db().prepare(`SELECT * FROM ${table}`)));
  return [rows.map(({ results }) => results), faults.letters];
}

function refusal(status: number, code: string, message = expect.stringMatching(/\S/)) {
  return { status, body: { error: { code, message } } };
}

let before: unknown;

beforeAll(async () => {
  await begin();
  mine = await furnish(KEY, 1);
  theirs = await furnish(OTHER_KEY, 2);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(NO_SCOPES));
  const insert =
    "INSERT INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at) VALUES (?, 1, 1, '', '[]', ?)";
  await db().prepare(insert).bind(new Uint8Array(digest).toHex(), START).run();
  await drain();
});
beforeEach(async () => {
  before = await everything();
});
/** Whatever was refused has left no trace. */
afterEach(async () => {
  expect(await everything()).toEqual(before);
});

test("the table below names every route there is", () => {
  const shape = (method: string, path: string) =>
    `${method} ${path.replace(/\?.*/, "").replace(/\{\w+\}|:\w+/g, ":x")}`;
  const served = v1.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => shape(method, path));
  expect(ROUTES.map(([method, path]) => shape(method, path)).sort()).toEqual([...new Set(served)].sort());
});

describe("whoever has no valid key is refused everywhere", () => {
  test.each(ROUTES)("%s %s", async (...route) => {
    const refused = refusal(401, "UNAUTHORIZED", "A valid API key is required");
    for (const key of [null, "", "vb_live_nobody_has_this", `${KEY} ${KEY}`, KEY.toUpperCase(), "x".repeat(600)]) {
      expect([key, await call(route, mine, key)]).toEqual([key, refused]);
    }
  });
});

describe("a key that lacks the scope is refused", () => {
  test.each(ROUTES.slice(1))("%s %s", async (...route) => {
    const scope = expect.stringMatching(/^The key lacks the scope [a-z]+_(read|write)$/);
    expect(await call(route, mine, NO_SCOPES)).toEqual(refusal(403, "AUTHORIZATION_ERROR", scope));
  });
});

describe("a malformed id is refused before anything is looked up", () => {
  test.each(NAMED)("%s in %s %s", async (noun, ...route) => {
    const wrong = ["nonsense", "1", `${noun}`, `${noun}_`, `${noun}-1`, `${noun}_1.5`, `${noun}_-1`, `${noun}_é`];
    const worse = [noun.toUpperCase(), `nobody_1`, `${noun}_1 `, `${noun}_${"9".repeat(65)}`, `x${mine[noun]}`];
    for (const id of [...wrong, ...worse].map(encodeURIComponent)) {
      expect([id, await call(route, { ...mine, [noun]: id })]).toEqual([id, refusal(400, "BAD_REQUEST")]);
    }
  });
});

describe("an id that never was, and one of another workspace, are not found, in the same words", () => {
  test.each(NAMED)("%s in %s %s", async (noun, ...route) => {
    const never = await call(route, { ...mine, [noun]: `${noun}_abc123` });
    expect(never).toEqual(refusal(404, "NOT_FOUND", expect.stringMatching(/^[A-Z][a-z ]+ not found$/)));
    for (const id of [theirs[noun], `${noun}_999999`, `${noun}_0`, `${noun}_0${mine[noun].slice(noun.length + 1)}`]) {
      expect([id, await call(route, { ...mine, [noun]: id })]).toEqual([id, never]);
    }
  });
});

describe("a body that is no JSON object, or is too large, is refused", () => {
  test.each(WITH_BODY)("%s %s", async (method, path) => {
    const bodies = ["{broken", "{'a':1}", '{"a":1}{', "[]", "[{}]", '"text"', "5", "null", "true", "\u0000"];
    for (const body of [...bodies, JSON.stringify({ pad: "x".repeat(1_100_000) })]) {
      const answer = await api(method, `/v1${fill(path, mine)}`, body);
      expect([body.slice(0, 20), answer]).toEqual([body.slice(0, 20), refusal(400, "BAD_REQUEST")]);
    }
  });
});

describe("what is not there is not found", () => {
  test.each([
    ["GET", "/v1"],
    ["GET", "/v1/"],
    ["GET", "/v2/sequences"],
    ["GET", "/v1/nothing"],
    ["GET", "/v1/sequences/"],
    ["PUT", "/v1/sequences"],
    ["DELETE", "/v1/sequences"],
    ["POST", "/v1/sequences/seq_1"],
    ["GET", "/v1/sequences/seq_1/steps/step_1"],
    ["PATCH", "/v1/sequences/seq_1/enrollments/enroll_1"],
    ["GET", "/v1/sequences/seq_1/enrollments/enroll_1/pause"],
    ["DELETE", "/v1/messages/msg_1"],
    ["GET", "/v1/dead-letters/dead_1"],
    ["POST", "/v1/channels"],
    ["POST", "/v1/auth/me"],
  ])("%s %s", async (method, path) => {
    expect(await api(method, path)).toEqual(refusal(404, "NOT_FOUND"));
  });
});

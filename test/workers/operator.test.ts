import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { settingsOf } from "../../src/env";
import { faults, faulty, resetCounts } from "../support/faults";
import { send } from "../support/request";
import {
  api,
  begin,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  KEY,
  makeContact,
  makeDrip,
  OTHER_KEY,
  objectOf,
  ring,
  settle,
  stateOf,
  travel,
} from "../support/world";

const TOKEN = "the operator's token, which nobody else knows".replaceAll(" ", "-");

beforeEach(async () => {
  await begin();
  settingsOf(faulty(env)).operator = TOKEN;
});
afterAll(() => {
  settingsOf(faulty(env)).operator = null;
});

const ask = (method: string, path: string, key: string | null = TOKEN) => send(method, path, { key });

const ROUTES = [
  ["GET", "/metrics"],
  ["GET", "/admin/figures"],
  ["GET", "/admin/dead-letters"],
  ["POST", "/admin/dead-letters/resend"],
  ["POST", "/admin/doctor"],
] as const;

describe("the operator's doors", () => {
  test.each(ROUTES)("%s %s opens to nobody else", async (method, path) => {
    const strangers = [
      null,
      KEY,
      OTHER_KEY,
      "",
      TOKEN.slice(0, -1),
      `${TOKEN}x`,
      TOKEN.toUpperCase(),
      "null",
      "undefined",
    ];
    for (const key of strangers) {
      const { status, body } = await ask(method, path, key);
      expect([key, status, body.error.code]).toEqual([key, 401, "UNAUTHORIZED"]);
    }
    expect((await ask(method, path)).status).toBe(200);
    settingsOf(faulty(env)).operator = null;
    for (const key of [TOKEN, "null"]) expect((await ask(method, path, key)).status).toBe(404);
  });

  test.each([
    ["POST", "/admin/doctor?limit=0"],
    ["POST", "/admin/doctor?limit=101"],
    ["POST", "/admin/doctor?after=-1"],
    ["POST", "/admin/doctor?after=x"],
    ["POST", "/admin/doctor?workspace=seq_1"],
    ["POST", "/admin/doctor?workspace=0"],
    ["POST", "/admin/doctor?repair=perhaps"],
    ["POST", "/admin/doctor?repare=true"],
    ["GET", "/admin/dead-letters?limit=101"],
    ["GET", "/admin/dead-letters?unsent=1"],
    ["POST", "/admin/dead-letters/resend?unsent=false"],
  ])("%s %s -> 400", async (method, path) => {
    expect(await ask(method, path)).toMatchObject({ status: 400, body: { error: { code: "BAD_REQUEST" } } });
  });

  test("the token opens no other door", async () => {
    for (const path of ["/v1/auth/me", "/api/v1/whoami", "/api/v2/users"])
      expect((await ask("GET", path)).status).toBe(401);
  });
});

describe("figures", () => {
  const figures = async () => (await ask("GET", "/admin/figures")).body.figures;

  test("tell what is under way, what is late, what is given up and what is paused", async () => {
    const { sequence } = await makeDrip([1]);
    await enroll(sequence);
    await enroll(sequence);
    const paused = await makeDrip([1]);
    await enroll(paused.sequence);
    await api("PATCH", `/v1/sequences/${paused.sequence}`, { status: "PAUSED" });
    await settle();
    travel(HOUR + 300_000);
    await api("POST", "/v1/channels/SMS/pause", {});
    await db().prepare("UPDATE channels SET paused_at = 1").run();
    await deliver(["events", "jobs", "jobs"].map((queue, i) => ({ queue: `dripline-${queue}-dead`, body: { i } })));
    const told = await figures();
    expect(told).toMatchObject({
      live: 2,
      due: 2,
      overdue: 2,
      throttled: 0,
      dead_letters: { "dripline-events": 1, "dripline-jobs": 2 },
      paused: { workspaces: 0, channels: 1, mailboxes: 0 },
      backlog: { jobs: 0, job_items: 0, triggers: 0, replies: 0, bulk_jobs: 0 },
    });
    expect(told.oldest_overdue_seconds).toBeGreaterThan(290);
    expect(told.oldest_overdue_seconds).toBeLessThan(400);
    // However many watch, the database is asked again only after some seconds.
    resetCounts();
    await ask("GET", "/metrics");
    expect(faults.statements).toEqual([]);
  });

  test("of an empty service are zero", async () => {
    expect(await figures()).toEqual({
      live: 0,
      due: 0,
      overdue: 0,
      oldest_overdue_seconds: 0,
      not_all_counted: { due: 0, overdue: 0 },
      lateness_seconds: {},
      lateness_sampled: 0,
      throttled: 0,
      dead_letters: {},
      backlog: {
        jobs: 0,
        job_items: 0,
        triggers: 0,
        triggers_held: 0,
        replies: 0,
        bulk_jobs: 0,
        contact_changes: 0,
        webhooks: 0,
      },
      paused: { workspaces: 0, channels: 0, mailboxes: 0 },
    });
  });

  test("are read in one statement, whose rows do not grow with what is not open", async () => {
    const { sequence } = await makeDrip([24]);
    for (let i = 0; i < 4; i++) await enroll(sequence);
    await settle();
    const rowsOf = async () => {
      travel(60_000);
      resetCounts();
      await figures();
      return [faults.statements.length, faults.rowsRead];
    };
    const [statements, few] = await rowsOf();
    for (let i = 0; i < 6; i++) await makeContact();
    for (let i = 0; i < 6; i++) await enroll(sequence);
    await settle();
    const [, more] = await rowsOf();
    expect(statements).toBe(1);
    expect(more).toBe(few);
    expect(few).toBeLessThan(40);
  });

  test("tell how late messages were begun; who was held or paused was not late meanwhile", async () => {
    const { sequence } = await makeDrip([1, 1]);
    const paused = await makeDrip([1]);
    const [late, later, held] = [await enroll(sequence), await enroll(sequence), await enroll(paused.sequence)];
    await settle();
    travel(HOUR);
    await api("PATCH", `/v1/sequences/${paused.sequence}`, { status: "PAUSED" });
    await settle();
    travel(HOUR - 10_000);
    await api("PATCH", `/v1/sequences/${paused.sequence}`, { status: "ACTIVE" });
    await api("POST", `/v1/sequences/${sequence}/enrollments/${later}/pause`);
    travel(10_000 + 7000);
    await api("POST", `/v1/sequences/${sequence}/enrollments/${later}/resume`);
    travel(2000);
    for (const one of [held, late, later]) await ring(one);
    await drain();
    const lates = (await db().prepare("SELECT id / 4096 AS id, late FROM messages WHERE late > 1000").all()).results;
    const near = (ms: number) => Math.round(ms / 1000);
    expect(Object.fromEntries(lates.map(({ id, late }) => [id, near(Number(late))]))).toEqual({
      [idOf(late)]: near(9000),
      [idOf(later)]: near(2000),
    });
    const told = await figures();
    expect(told).toMatchObject({ lateness_sampled: 3 });
    expect(Math.floor(told.lateness_seconds["0.5"])).toBe(2);
    expect(Math.floor(told.lateness_seconds["0.99"])).toBe(9);
    expect(told.lateness_seconds["1"]).toBe(told.lateness_seconds["0.99"]);
    travel(HOUR);
    expect(await figures()).toMatchObject({ lateness_sampled: 0, lateness_seconds: {} });
  });

  test("of as many as wait for a paused channel are bounded, and say so", async () => {
    const { sequence } = await makeDrip([24]);
    const barred = (n: number) =>
      db()
        .prepare(
          `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
           INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, why, standing, due_at, wake_by, enrolled_at, version)
           SELECT 1, ?1, 1000000 + ?2 * 10 + i, 'TWITTER', 'waiting', 'channel', 'ACTIVE', 1, 1, 1, 2 FROM n`,
        )
        .bind(idOf(sequence), n)
        .run();
    const read = async () => {
      travel(60_000);
      resetCounts();
      return { ...(await figures()), rows: faults.rowsRead };
    };
    await barred(9000);
    expect(await read()).toMatchObject({ due: 0, overdue: 0, not_all_counted: { due: 0, overdue: 0 } });
    await barred(2000);
    const full = await read();
    expect(full).toMatchObject({ due: 0, overdue: 0, not_all_counted: { due: 1, overdue: 1 } });
    await barred(4000);
    expect(await read()).toEqual({ ...full, live: full.live + 4000 });
  });

  test("stand in the text form of Prometheus", async () => {
    const { sequence } = await makeDrip([0]);
    await enroll(sequence);
    await deliver([{ queue: "dripline-jobs-dead", body: {} }]);
    await settle();
    travel(60_000);
    const { headers, text } = await ask("GET", "/metrics");
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const sample = /^dripline_[a-z_]+(\{[a-z]+="[^"\\\n]+"\})? \d+(\.\d+)?$/;
    const comment = /^# (HELP dripline_[a-z_]+ .+|TYPE dripline_[a-z_]+ gauge)$/;
    const lines = text.trimEnd().split("\n");
    for (const line of lines) expect(line).toMatch(line.startsWith("#") ? comment : sample);
    expect(lines).toContain('dripline_dead_letters{queue="dripline-jobs"} 1');
    expect(lines).toContain("dripline_live 0");
    expect(lines).toContain('dripline_not_all_counted{of="overdue"} 0');
    expect(text).toMatch(/^dripline_lateness_seconds\{quantile="0.99"\} \d/m);
    expect(text.endsWith("\n")).toBe(true);
  });
});

describe("dead letters of the whole service", () => {
  const BODIES = [
    { workspaceId: 1, text: "One" },
    { workspaceId: 2, text: "Two" },
    { nonsense: true },
    { workspaceId: 1, text: "Four" },
  ];

  beforeEach(async () => {
    await deliver(
      BODIES.map((body, i) => ({ queue: `dripline-${i === 3 ? "jobs" : "events"}-dead`, body: { ...body, i } })),
    );
  });

  const list = async (query = "") => (await ask("GET", `/admin/dead-letters${query}`)).body;

  test("are listed in pages, those of no workspace too, and their words only when they are asked for", async () => {
    const { deadLetters, next } = await list();
    expect(deadLetters.map(({ workspaceId }: Json) => workspaceId)).toEqual([1, 2, null, 1]);
    expect([next, JSON.stringify(deadLetters)]).toEqual([null, expect.not.stringMatching(/One|Two|Four/)]);
    expect((await list("?body=true")).deadLetters[0].body).toMatchObject({ text: "One" });
    const first = await list("?limit=3");
    expect(first.deadLetters).toHaveLength(3);
    expect((await list(`?limit=3&after=${first.next}`)).deadLetters).toHaveLength(1);
    expect((await list("?workspace=ws_2")).deadLetters).toHaveLength(1);
    expect((await list("?queue=dripline-jobs")).deadLetters).toHaveLength(1);
  });

  test("are sent again, all of a queue, page by page, each once", async () => {
    const resend = async (query: string) =>
      (await ask("POST", `/admin/dead-letters/resend?queue=dripline-events&limit=2${query}`)).body;
    const first = await resend("");
    expect(first).toMatchObject({ resent: 2, failed: [] });
    expect(await resend(`&after=${first.next}`)).toMatchObject({ resent: 1, failed: [], next: null });
    expect(faults.letters.map(({ queue, body }) => [queue, (body as Json).i]).sort()).toEqual([
      ["dripline-events", 0],
      ["dripline-events", 1],
      ["dripline-events", 2],
    ]);
    expect(await resend("")).toMatchObject({ resent: 0 });
    expect((await list("?unsent=true")).deadLetters.map(({ queue }: Json) => queue)).toEqual(["dripline-jobs"]);
  });

  test.each([
    ["?workspace=ws_2"],
    ["?workspace=ws_2&unsent=true"],
    ["?queue=dripline-rare"],
    ["?queue=dripline-rare&unsent=true"],
    ["?queue=dripline-rare&workspace=ws_2&unsent=true"],
  ])("%s is read alone, however many others there are", async (query) => {
    await deliver([{ queue: "dripline-rare-dead", body: { workspaceId: 2 } }]);
    const rowsOf = async () => {
      resetCounts();
      const { deadLetters } = await list(query);
      return [deadLetters.length, faults.rowsRead];
    };
    const few = await rowsOf();
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         INSERT INTO dead_letters (message_id, workspace_id, queue, body, created_at, resent_at)
         SELECT 'many' || i, 1, 'dripline-events', '{}', 1, CASE WHEN i % 2 THEN 1 END FROM n`,
      )
      .run();
    expect(await rowsOf()).toEqual(few);
    expect(few[0]).toBeGreaterThan(0);
  });

  test("whose queue takes none stay as they are", async () => {
    faults.queuesDown.add("jobs");
    const { body } = await ask("POST", "/admin/dead-letters/resend");
    expect(body).toMatchObject({ resent: 3, failed: [expect.any(Number)], next: null });
    expect((await list("?unsent=true")).deadLetters).toHaveLength(1);
  });
});

describe("the doctor", () => {
  let sequence: string;
  let enrollment: string;
  let id: number;

  beforeEach(async () => {
    ({ sequence } = await makeDrip([0, 24]));
    enrollment = await enroll(sequence);
    id = idOf(enrollment);
    await settle();
    travel(HOUR);
    await settle();
  });

  const examine = async (query = "") => (await ask("POST", `/admin/doctor?${query}`)).body;
  const row = (set: string) => db().prepare(`UPDATE enrollments SET ${set} WHERE id = ?`).bind(id).run();
  const ledger = () => db().prepare("SELECT id, status, fact, excerpt, at FROM messages ORDER BY id").all();
  const whole = async () => [
    await db().prepare("SELECT * FROM enrollments WHERE id = ?").bind(id).first(),
    (await ledger()).results,
  ];
  const inObject = (deed: (state: DurableObjectState) => unknown) =>
    runInDurableObject(objectOf(id), async (_, state) => {
      await deed(state);
    });

  test("finds nothing where nothing is wrong, be it waiting, paused, held, done or freed", async () => {
    const others = [await enroll(sequence), await enroll(sequence)];
    await settle();
    await api("POST", `/v1/sequences/${sequence}/enrollments/${others[0]}/pause`);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${others[1]}`);
    await settle();
    const held = await makeDrip([24]);
    await enroll(held.sequence);
    await api("PATCH", `/v1/sequences/${held.sequence}`, { status: "PAUSED" });
    await settle();
    expect(await examine()).toEqual({ seen: 4, findings: [], next: null });
    travel(HOUR);
    await settle();
    await enroll(sequence);
    expect(await examine()).toMatchObject({ findings: [], seen: 5, next: null });
  });

  test.each<[string, string[], () => Promise<unknown>]>([
    [
      "a row that an old database was put back over",
      ["behind"],
      () => row("version = version - 1, complete_to = complete_to - 1, step_id = NULL"),
    ],
    ["a row that tells of more than there was", ["ahead"], () => row("version = version + 7")],
    [
      "a row that tells it otherwise",
      ["differs"],
      () => row("standing = 'EXITED', state = 'ended', why = 'removed', ended_at = 1"),
    ],
    ["a row that is due at another time", ["differs"], () => row("due_at = due_at + 1")],
    ["a message that is not in the ledger", ["ledger"], () => db().prepare("DELETE FROM messages").run()],
    [
      "a message that failed, as the ledger has it",
      ["ledger"],
      () => db().prepare("UPDATE messages SET status = 'failed'").run(),
    ],
    ["an alarm that is gone", ["asleep"], () => inObject(({ storage }) => storage.deleteAlarm())],
    [
      "an alarm that has not rung for an hour",
      ["asleep"],
      () => inObject(({ storage }) => storage.setAlarm(Date.now() - HOUR)),
    ],
    [
      "an object that has not heard of its start",
      ["unstarted"],
      async () => {
        await inObject(({ storage }) => storage.deleteAll());
        await row("version = 1, complete_to = 1, last_step_id = NULL, due_at = enrolled_at, wake_by = enrolled_at");
        await db().prepare("DELETE FROM messages").run();
      },
    ],
    [
      "all of it at once",
      ["behind", "ledger", "asleep"],
      async () => {
        await row("version = 1, complete_to = 1, standing = 'FAILED'");
        await db().prepare("UPDATE enrollments SET complete_to = 2 WHERE id = ?").bind(id).run();
        await db().prepare("DELETE FROM messages").run();
        await inObject(({ storage }) => storage.deleteAlarm());
      },
    ],
  ])("%s -> %s, and it is put right", async (_, ailments, damage) => {
    const before = await whole();
    await damage();
    const told = { enrollment: id, workspaceId: 1, ailments };
    expect((await examine()).findings).toEqual([{ ...told, repaired: null }]);
    expect((await examine("repair=true")).findings).toEqual([{ ...told, repaired: true }]);
    if (ailments.includes("unstarted")) {
      expect((await stateOf(enrollment)).phase.is).not.toBe("pending");
      await settle();
    } else expect(await whole()).toEqual(before);
    await settle();
    expect((await examine()).findings).toEqual([]);
    const { enrollmentStats } = (await api("GET", `/v1/sequences/${sequence}`)).body;
    expect(enrollmentStats).toMatchObject({ ACTIVE: 1, EXITED: 0, FAILED: 0 });
  });

  test("an object that knows nothing of what its row tells -> lost, which nothing brings back", async () => {
    await inObject(({ storage }) => storage.deleteAll());
    const lost = {
      seen: 1,
      findings: [{ enrollment: id, workspaceId: 1, ailments: ["lost"], repaired: null }],
      next: null,
    };
    expect(await examine("repair=true")).toEqual(lost);
  });

  test("a repair that fails is told of, and harms no other", async () => {
    const second = await enroll(sequence);
    await settle();
    await db().prepare("UPDATE enrollments SET version = version + 7").run();
    faults.failSql = /version = -1|"version" = /;
    expect((await examine("repair=true")).findings).toMatchObject([{ repaired: false }, { repaired: false }]);
    faults.failSql = null;
    expect((await examine("repair=true")).findings).toMatchObject([
      { repaired: true },
      { enrollment: idOf(second), repaired: true },
    ]);
  });

  test.each(["", "repair=true"])(
    "an object that does not answer is told of, and the others are examined: %s",
    async (how) => {
      const second = await enroll(sequence);
      await settle();
      await db().prepare("UPDATE enrollments SET version = version + 7").run();
      faults.unreached.add(String(objectOf(id).id));
      const { seen, findings } = await examine(how);
      expect([seen, findings]).toEqual([
        2,
        [
          { enrollment: id, workspaceId: 1, ailments: ["unreached"], repaired: null },
          { enrollment: idOf(second), workspaceId: 1, ailments: ["ahead"], repaired: how === "" ? null : true },
        ],
      ]);
    },
  );

  test("goes on in pages, over all workspaces or through one", async () => {
    await enroll(sequence);
    await enroll(sequence);
    await settle();
    const first = await examine("limit=2");
    expect(first).toMatchObject({ seen: 2, next: id + 1 });
    expect(await examine(`limit=2&after=${first.next}`)).toMatchObject({ seen: 1, next: null });
    expect(await examine("workspace=ws_2")).toEqual({ seen: 0, findings: [], next: null });
    expect(await examine("workspace=1")).toMatchObject({ seen: 3 });
  });

  test("what is damaged goes on as if it had not been, once it is put right", async () => {
    await inObject(({ storage }) => storage.deleteAlarm());
    await row("state = 'paused', why = 'manual'");
    await examine("repair=true");
    travel(25 * HOUR);
    await drain();
    await settle();
    expect((await api("GET", `/v1/messages?enrollmentId=${enrollment}`)).body.messages).toHaveLength(2);
  });
});

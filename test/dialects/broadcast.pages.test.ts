/** The two ways of paging, and what a row of `list_subscribers` says in every state. */
import { beforeEach, describe, expect, test } from "vitest";
import { addStep, addSubscriber, call, makeSequence } from "../support/broadcast";
import { api, begin, DAY, db, drain, HOUR, type Json, settle, travel } from "../support/world";

beforeEach(begin);

async function fillSequences(count: number): Promise<void> {
  await db()
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO sequences (workspace_id, name, status, primary_reply_action, reenroll, rules, creator_id, owner_id,
         updater_id, created_at, updated_at)
       SELECT 1, 'S' || i, 'DRAFT', 'finish', 'after_exit', '{"match":"all","conditions":[]}', 1, 1, 1, 2e12, 2e12 FROM n`,
    )
    .bind(count)
    .run();
}

const labels = async (query: string): Promise<string[]> =>
  (await call("GET", `/sequences${query}`)).body.data.map(({ label }: Json) => label);

describe("sequences, by limit and offset", () => {
  test("the newest first; without a limit all of them, up to 250", async () => {
    await fillSequences(3);
    expect(await labels("")).toEqual(["S3", "S2", "S1"]);
    expect(await labels("?limit=2")).toEqual(["S3", "S2"]);
    expect(await labels("?limit=2&offset=2")).toEqual(["S1"]);
    expect(await labels("?offset=1")).toEqual(["S2", "S1"]);
    expect(await labels("?offset=3")).toEqual([]);
    expect(await labels("?limit=0")).toEqual([]);
    expect((await call("GET", "/sequences?limit=1&offset=9")).body).toEqual({ data: [], total: 3 });
    await fillSequences(257);
    for (const query of ["", "?limit=250", "?limit=251", "?limit=999999", "?limit="]) {
      const { body } = await call("GET", `/sequences${query}`);
      expect([query, body.data.length, body.total]).toEqual([query, 250, 260]);
    }
  });

  test.each([
    ["limit=-1", "Limit must be greater than or equal to 0"],
    ["offset=-1", "Offset must be greater than or equal to 0"],
    ["limit=ten", "Limit must be an integer"],
    ["offset=1.5", "Offset must be an integer"],
  ])("%s is refused", async (query, error) => {
    expect(await call("GET", `/sequences?${query}`)).toEqual({ status: 422, body: { error } });
  });
});

describe("subscribers of a sequence, ten a page", () => {
  async function fill(sequence: number, count: number): Promise<void> {
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
         INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, why, standing, due_at, enrolled_at, version)
         SELECT 1, ?1, 1000000 + i, 'EMAIL', CASE WHEN i % 2 THEN 'waiting' ELSE 'ended' END,
           CASE WHEN i % 2 THEN NULL ELSE 'completed' END, CASE WHEN i % 2 THEN 'ACTIVE' ELSE 'COMPLETED' END, 9e12, 2e12, 1 FROM n`,
      )
      .bind(sequence, count)
      .run();
  }

  test("by id, ended ones too, with the neighbours of the page", async () => {
    const id = await makeSequence();
    const other = await makeSequence();
    await fill(other, 3);
    await fill(id, 95);
    const ids: number[] = [];
    for (let page = 1; page <= 10; page++) {
      const { body } = await call("GET", `/sequences/${id}/list_subscribers?page=${page}`);
      ids.push(...body.subscriber_sequences.map((row: Json) => Number(row.id)));
      expect(body.pagination).toEqual({
        prev: page === 1 ? null : page - 1,
        next: page === 10 ? null : page + 1,
        count: 95,
        pages: 10,
        page,
      });
      expect(body.subscriber_sequences).toHaveLength(page === 10 ? 5 : 10);
    }
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids).toHaveLength(95);
    const first = await call("GET", `/sequences/${id}/list_subscribers`);
    expect(first.body.subscriber_sequences.map((row: Json) => Number(row.id))).toEqual(ids.slice(0, 10));
    const beyond = await call("GET", `/sequences/${id}/list_subscribers?page=12`);
    const pagination = { prev: 10, next: null, count: 95, pages: 10, page: 12 };
    expect(beyond).toEqual({ status: 200, body: { subscriber_sequences: [], pagination } });
  });

  test("an empty one has one page", async () => {
    const id = await makeSequence();
    const pagination = { prev: null, next: null, count: 0, pages: 1, page: 1 };
    const answer = await call("GET", `/sequences/${id}/list_subscribers?page=`);
    expect(answer).toEqual({ status: 200, body: { subscriber_sequences: [], pagination } });
  });

  test.each(["x", "1.5", "2x"])("page %s is refused", async (page) => {
    const id = await makeSequence();
    const refused = { status: 422, body: { error: "Page must be an integer" } };
    expect(await call("GET", `/sequences/${id}/list_subscribers?page=${page}`)).toEqual(refused);
    expect(await call("GET", `/subscribers?page=${page}`)).toEqual(refused);
  });

  test.each(["0", "-3", "-0"])("page %s is the first", async (page) => {
    const id = await makeSequence();
    await fill(id, 12);
    for (const path of [`/sequences/${id}/list_subscribers`, "/subscribers"]) {
      expect(await call("GET", `${path}?page=${page}`)).toEqual(await call("GET", path));
    }
  });
});

describe("a row says how it stands", () => {
  const row = async (id: number): Promise<Json> =>
    (await call("GET", `/sequences/${id}/list_subscribers`)).body.subscriber_sequences.at(-1);

  async function running(delay = 3600): Promise<number> {
    const id = await makeSequence({ active: true });
    await addStep(id, { action: "delay", delay });
    await addStep(id, { action: "send_email", subject: "S", body: "x", delay: 60 });
    await addSubscriber(id, "a@example.com");
    travel(700); // a fraction that has to be cut
    await settle();
    return id;
  }

  test("active, with the time of the next email past the delay before it", async () => {
    const id = await running();
    const shown = { started_at: "2040-01-02T09:00:00Z", completed_at: null, next_trigger_at: "2040-01-02T10:01:00Z" };
    expect(await row(id)).toMatchObject({ status: "active", ...shown });
    await call("PATCH", `/sequences/${id}`, { active: false });
    expect(await row(id)).toMatchObject({ status: "active", ...shown });
  });

  test("completed, removed, paused: any end has its time, and no email after it", async () => {
    const done = await running();
    travel(DAY);
    await settle();
    const none = { next_trigger_at: null, completed_at: expect.stringMatching(/^2040-01-0\dT\d\d:\d\d:\d\dZ$/) };
    expect(await row(done)).toMatchObject({ status: "completed", ...none });
    const id = await running();
    const { body } = await api("GET", `/v1/sequences/seq_${id}/enrollments`);
    await api("POST", `/v1/sequences/seq_${id}/enrollments/${body.enrollments[0].id}/pause`);
    expect(await row(id)).toMatchObject({ status: "paused", completed_at: null });
    travel(HOUR);
    await call("DELETE", `/sequences/${id}/remove_subscriber`, { email: "A@example.com" });
    await drain();
    expect(await row(id)).toMatchObject({ status: "removed", ...none });
  });

  test.each([
    ["replied", "EXITED", "removed"],
    ["opted_out", "EXITED", "removed"],
    ["moved", "EXITED", "moved"],
    ["bounced", "FAILED", "error"],
    ["failed", "FAILED", "error"],
  ])("ended as %s: %s is shown as %s", async (why, standing, status) => {
    const id = await running();
    await db()
      .prepare("UPDATE enrollments SET state = 'ended', why = ?, standing = ?, ended_at = ? WHERE sequence_id = ?")
      .bind(why, standing, Date.UTC(2040, 0, 3), id)
      .run();
    const shown = { status, completed_at: "2040-01-03T00:00:00Z", next_trigger_at: null };
    expect(await row(id)).toMatchObject(shown);
  });
});

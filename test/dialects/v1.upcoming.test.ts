import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { makeUser } from "../support/users";
import {
  api,
  begin,
  DAY,
  db,
  drain,
  enroll,
  FREE_KEY,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
  START,
  settle,
} from "../support/world";

beforeEach(begin);

const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const list = async (query = "", key?: string): Promise<Json> =>
  (await api("GET", `/v1/upcoming${query}`, undefined, key)).body;
const ids = ({ upcoming }: Json) => upcoming.map((one: Json) => one.enrollmentId);

describe("what lies ahead", () => {
  test("each send with whom, what, when, and why it waits", async () => {
    const { sequence, steps } = await makeDrip([5]);
    const contact = await makeContact({ displayName: "Ada" });
    const enrollment = await enroll(sequence, contact);
    await settle();
    expect(await list()).toEqual({
      upcoming: [
        {
          at: at(START + 5 * HOUR),
          enrollmentId: enrollment,
          sequenceId: sequence,
          contact: { id: contact, displayName: "Ada" },
          platform: "TWITTER",
          step: { id: steps[0], kind: "message", label: null },
          dueAt: at(START + 5 * HOUR),
          waiting: { for: "delay" },
        },
      ],
      nextCursor: null,
    });
  });

  test("of all active sequences in the order of time, page by page, each once", async () => {
    const [slow, quick] = [await makeDrip([9]), await makeDrip([3])];
    const all: string[] = [];
    for (const { sequence } of [slow, quick, slow, quick, quick]) all.push(await enroll(sequence));
    await settle();
    const inOrder = [1, 3, 4, 0, 2].map((nth) => all[nth]);
    expect(ids(await list())).toEqual(inOrder);
    const paged: string[] = [];
    let cursor = "";
    for (let pages = 0; pages < 9; pages++) {
      const page = await list(`?limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...ids(page));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(inOrder);
    expect(ids(await list(`?sequence=${slow.sequence}`))).toEqual([all[0], all[2]]);
  });

  test("within its range alone: the next week unless told", async () => {
    const [soon, late] = [await makeDrip([1]), await makeDrip([24 * 8])];
    const [one, other] = [await enroll(soon.sequence), await enroll(late.sequence)];
    await settle();
    expect(ids(await list())).toEqual([one]);
    expect(ids(await list(`?from=${at(START + 2 * HOUR)}&to=${at(START + 9 * DAY)}`))).toEqual([other]);
    expect(ids(await list(`?from=${at(START - DAY)}&to=${at(START)}`))).toEqual([]);
  });

  test("of a sequence that is not active only where it is named, and what is held is told so", async () => {
    const { sequence } = await makeDrip([1]);
    await enroll(sequence);
    await settle();
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    await drain();
    expect(ids(await list())).toEqual([]);
    const { upcoming } = await list(`?sequence=${sequence}`);
    expect(upcoming).toMatchObject([{ waiting: { for: "sequence" } }]);
  });

  test("neither who is paused nor who has ended", async () => {
    const { sequence } = await makeDrip([1]);
    const [paused, gone, left] = [await enroll(sequence), await enroll(sequence), await enroll(sequence)];
    await settle();
    await api("POST", `/v1/sequences/${sequence}/enrollments/${paused}/pause`);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${gone}`);
    expect(ids(await list())).toEqual([left]);
  });

  test("nobody sees what is ahead in others' private sequences, or in another workspace", async () => {
    const { sequence } = await makeDrip([1], { shareType: "private" });
    const enrollment = await enroll(sequence);
    await settle();
    const other = await makeUser();
    expect(ids(await list())).toEqual([enrollment]);
    expect(ids(await list("", other.key))).toEqual([]);
    expect(ids(await list("", OTHER_KEY))).toEqual([]);
    for (const key of [other.key, OTHER_KEY])
      expect(await api("GET", `/v1/upcoming?sequence=${sequence}`, undefined, key)).toMatchObject({ status: 404 });
    expect(await api("GET", "/v1/upcoming", undefined, FREE_KEY)).toMatchObject({ status: 403 });
  });
});

describe("what is refused", () => {
  test.each([
    ["?from=yesterday", "from must be an ISO 8601 time with a zone"],
    ["?to=2040-01-01", "to must be an ISO 8601 time with a zone"],
    [`?from=${at(START)}&to=${at(START - 1000)}`, "to must not be before from"],
    [`?from=${at(START)}&to=${at(START + 93 * DAY)}`, "to must be within 92 days of from"],
    ["?cursor=nonsense", "cursor must be the nextCursor of the page before"],
    ["?limit=0", "limit must be at least 1"],
    ["?limit=101", "limit must be at most 100"],
  ])("%s: %s", async (query, message) => {
    expect(await api("GET", `/v1/upcoming${query}`)).toMatchObject({ status: 400, body: { error: { message } } });
  });
});

describe("what it costs", () => {
  /** Sequences with so many live journeys each. */
  async function fill(sequences: number, each: number): Promise<void> {
    const { sequence } = await makeDrip([1]);
    const copied = `INSERT INTO sequences (workspace_id, name, status, rules, primary_reply_action, reenroll, creator_id, owner_id, updater_id, created_at, updated_at)
      SELECT workspace_id, name, status, rules, primary_reply_action, reenroll, creator_id, owner_id, updater_id, created_at, updated_at
      FROM sequences WHERE id = ?`;
    await db().batch(Array.from({ length: sequences - 1 }, () => db().prepare(copied).bind(idOf(sequence))));
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, step_id, due_at, wake_by, enrolled_at, version)
         SELECT 1, s.id, 1000000 + i, 'TWITTER', 'waiting', 'ACTIVE', 1, ?2 + i, ?2 + i, 1e12, 1
         FROM n CROSS JOIN sequences s WHERE s.status = 'ACTIVE'`,
      )
      .bind(each, START + HOUR)
      .run();
  }

  async function rowsRead(query: string): Promise<number> {
    await list(query);
    resetCounts();
    expect((await list(query)).upcoming).toHaveLength(10);
    return faults.rowsRead;
  }

  test("as many rows as a page has of each sequence, however many journeys there are", async () => {
    await fill(20, 30);
    const few = await rowsRead("?limit=10");
    await db().prepare("DELETE FROM enrollments").run();
    await db().prepare("DELETE FROM sequences").run();
    await fill(20, 300);
    const many = await rowsRead("?limit=10");
    console.info("rows read of what lies ahead in 20 sequences", { few, many });
    expect(many).toBeLessThanOrEqual(few + 3);
    // Of each sequence its own row and eleven entries of the index, which are unpacked and sorted; and a page with its lookups.
    expect(many).toBeLessThanOrEqual(20 * 3 * 12 + 11 * 6 + 20);
  });

  test("of more than a hundred active sequences one must be named", async () => {
    await fill(101, 1);
    expect(await api("GET", "/v1/upcoming")).toMatchObject({
      status: 400,
      body: { error: { message: "Narrow it by sequence" } },
    });
    const { body } = await api("GET", "/v1/sequences?limit=1");
    expect((await list(`?sequence=${body.sequences[0].id}`)).upcoming).toHaveLength(1);
  });
});

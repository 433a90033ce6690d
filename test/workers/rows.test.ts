/** What a request and a fired step cost, in rows: figures that the README states. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { chain, makeSequence, plant, storyOf, subscribe } from "../support/tree";
import {
  api,
  begin,
  db,
  drain,
  enroll,
  HOUR,
  idOf,
  makeContact,
  makeDrip,
  pass,
  ring,
  settle,
  stateOf,
  travel,
  writesOf,
} from "../support/world";

beforeEach(begin);

/** Copies of an enrollment's row, with the counts that the triggers keep. */
async function fill(sequence: number, enrollments: number): Promise<void> {
  await db()
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
       INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, due_at, wake_by, enrolled_at, version)
       SELECT 1, ?1, 1000000 + i, 'TWITTER', CASE WHEN i % 2 THEN 'waiting' ELSE 'ended' END,
         CASE WHEN i % 2 THEN 'ACTIVE' ELSE 'COMPLETED' END, 9e12, 9e12, 2e12, 1 FROM n`,
    )
    .bind(sequence, enrollments)
    .run();
  await db()
    .prepare(
      `INSERT INTO messages (id, workspace_id, sequence_id, contact_id, enrollment_id, step_id, platform, status, attempts, at, fact)
       SELECT id * 4096 + 1, 1, sequence_id, contact_id, id, 1, 'TWITTER', 'sent', 1, 2e12, 2 FROM enrollments WHERE sequence_id = ?`,
    )
    .bind(sequence)
    .run();
}

async function rowsReadBy(path: string): Promise<number> {
  await api("GET", path);
  resetCounts();
  const { status } = await api("GET", path);
  expect(status).toBe(200);
  return faults.rowsRead;
}

describe("reading costs the same however many enrollments there are", () => {
  const routes = (sequence: string) => [
    `/v1/sequences`,
    `/v1/sequences/${sequence}`,
    `/v1/sequences/${sequence}/analytics`,
    `/v1/sequences/${sequence}/enrollments`,
    `/v1/sequences/${sequence}/enrollments?status=ACTIVE&limit=10`,
    `/v1/sequences/${sequence}/enrollments?status=FAILED`,
    `/v1/messages`,
    `/v1/messages?sequence=${sequence}`,
    `/v1/messages?status=failed`,
    `/v1/contacts`,
    `/v1/replies`,
    `/api/v1/sequences`,
    `/api/v2/sequences`,
    `/api/v2/sequences/${idOf(sequence)}`,
    `/api/v2/sequenceStates?filter[sequence][id]=${idOf(sequence)}&page[size]=10&count=false`,
    `/api/v2/mailings?filter[sequence][id]=${idOf(sequence)}&page[size]=10&count=false`,
  ];

  test("lists, statistics and totals", async () => {
    const { sequence } = await makeDrip([5]);
    const id = Number(sequence.slice("seq_".length));
    await fill(id, 300);
    const few: [string, number][] = [];
    for (const path of routes(sequence)) few.push([path, await rowsReadBy(path)]);
    await fill(id + 1, 1); // another sequence is no matter either
    await db()
      .prepare("DELETE FROM enrollments WHERE sequence_id = ?")
      .bind(id + 1)
      .run();
    await fillMore(id, 3000);
    const many: [string, number][] = [];
    for (const path of routes(sequence)) many.push([path, await rowsReadBy(path)]);
    // A row more or less is a count that has come to be; ten times the enrollments would show.
    for (const [i, [path, rows]] of few.entries()) {
      expect({ path, grew: (many[i]?.[1] ?? 0) > rows + 3, rows: rows < 420 }).toEqual({
        path,
        grew: false,
        rows: true,
      });
    }
  });

  async function fillMore(sequence: number, enrollments: number): Promise<void> {
    await db().prepare("UPDATE enrollments SET contact_id = -contact_id WHERE sequence_id = ?").bind(sequence).run();
    await db().prepare("DELETE FROM messages WHERE sequence_id = ?").bind(sequence).run();
    await db().prepare("DELETE FROM tallies WHERE sequence_id = ?").bind(sequence).run();
    await fill(sequence, enrollments);
  }
});

describe("what a drip costs to write", () => {
  test("an enrollment, and each step that fires", async () => {
    const { sequence } = await makeDrip([1, 1, 1]);
    const contact = await makeContact();
    resetCounts();
    const enrollment = await enroll(sequence, contact);
    // The row with its six indexes, two of which lists are read along; its count, and the newest id.
    expect(faults.rowsWritten).toBeLessThanOrEqual(9);
    // What its start has to tell, the row says already.
    resetCounts();
    await settle();
    expect({ letters: faults.letters, written: faults.rowsWritten }).toEqual({ letters: [], written: 0 });
    travel(HOUR);
    resetCounts();
    const { object, rang } = await writesOf(enrollment, () => ring(enrollment));
    expect(rang).toBe(true);
    await drain();
    const fired = { d1: faults.rowsWritten, object };
    console.info("rows written by a fired step", fired);
    expect(fired.object).toBeLessThanOrEqual(5);
    // The line and its three indexes (by workspace, sequence and step as created), its tally, the mirror's row with the indexes
    // by wake and by change, and the sequence's funnel; the first of a text adds the tally's index.
    expect(fired.d1).toBeLessThanOrEqual(10);
    const later = await enroll(sequence);
    await settle();
    travel(HOUR);
    resetCounts();
    await ring(later);
    await drain();
    console.info("rows written by a fired step whose text has been sent before", faults.rowsWritten);
    expect(faults.rowsWritten).toBeLessThanOrEqual(9);
  });

  test("steps that are told together share the row of their sequence's funnel", async () => {
    const { sequence } = await makeDrip([1, 1]);
    await enroll(sequence);
    const crowd = await Promise.all(Array.from({ length: 12 }, () => enroll(sequence)));
    await settle();
    await pass(HOUR);
    travel(HOUR);
    resetCounts();
    for (const enrollment of crowd) await ring(enrollment);
    await drain();
    console.info("rows written by twelve last steps told together", faults.rowsWritten);
    // Of each: the line with three indexes and its tally, the mirror's row with two indexes, and two counts.
    expect(faults.rowsWritten).toBeLessThanOrEqual(12 * 10 + 2);
  });

  test("delays and conditions on the way to a message cost a row each in the object, and none more in D1", async () => {
    const sequence = await makeSequence("Rows");
    const asks = { action: "condition", label: "Asked", condition_setting: "has_tag", tag: "vip" };
    const hour = { action: "delay", label: "Hour", delay: 3600 };
    const last = await chain(sequence, [hour, hour, asks]);
    await plant(sequence, { action: "send_email", label: "No", body: "No" }, last.no);
    const enrollment = await subscribe(sequence, "ada@example.com");
    await settle();
    await pass(HOUR);
    travel(HOUR);
    resetCounts();
    const { object } = await writesOf(enrollment, () => ring(enrollment));
    await drain();
    const fired = { d1: faults.rowsWritten, object };
    console.info("rows written by a delay, a condition and a message in one turn", fired);
    expect(await storyOf(sequence, enrollment)).toEqual([
      "Hour: passed",
      "Hour: passed",
      "Asked: false",
      "No: sent",
      "completed",
    ]);
    expect(fired.object).toBeLessThanOrEqual(5 + 3);
    expect(fired.d1).toBeLessThanOrEqual(12);
  });

  test("a tag, added by a step", async () => {
    const sequence = await makeSequence("Rows");
    const tag = { action: "add_tag_to_subscriber", label: "Tag", taggify_list: "warm" };
    await chain(sequence, [
      { action: "delay", label: "Hour", delay: 3600 },
      tag,
      { action: "delay", label: "Long", delay: 36_000 },
    ]);
    const enrollment = await subscribe(sequence, "ada@example.com");
    await settle();
    travel(HOUR);
    resetCounts();
    const { object } = await writesOf(enrollment, () => ring(enrollment));
    const done = { d1: faults.rowsWritten, read: faults.rowsRead, object };
    await drain();
    console.info("rows of a tag added by a step", done, "with the mirror", faults.rowsWritten);
    expect(done.object).toBeLessThanOrEqual(6);
    // The contact and the mirror's row have each an index by change; the sequence's funnel is a row.
    expect(faults.rowsWritten).toBeLessThanOrEqual(9);
  });

  test("an open, on the day of its message and on the next", async () => {
    const { sequence } = await makeDrip([0, 48]);
    const [one, two] = [await enroll(sequence), await enroll(sequence)];
    await settle();
    const opened = async (enrollment: string) => {
      const { lastMessage } = await stateOf(enrollment);
      resetCounts();
      await api("POST", `/v1/messages/msg_${lastMessage}/events`, { type: "opened" });
      await drain();
      return faults.rowsWritten;
    };
    const first = await opened(one);
    travel(24 * HOUR);
    await enroll(sequence);
    await settle();
    const next = await opened(two);
    console.info("rows written by an open", { first, next });
    // The line with its index by change, its tally, and the mirror's row with the indexes by wake and by change.
    expect(first).toBeLessThanOrEqual(6);
    expect(next).toBeLessThanOrEqual(first);
  });

  test("a wake that finds nothing to do writes nothing but its alarm", async () => {
    const { sequence } = await makeDrip([5]);
    const enrollment = await enroll(sequence);
    await settle();
    resetCounts();
    const { object } = await writesOf(enrollment, () => ring(enrollment));
    expect(object).toBe(1);
    expect(faults.rowsWritten).toBe(0);
    expect(faults.letters).toEqual([]);
  });

  test("reading what a turn must know costs few rows", async () => {
    const { sequence } = await makeDrip([5]);
    const enrollment = await enroll(sequence);
    await pass(HOUR);
    await ring(enrollment);
    resetCounts();
    await ring(enrollment);
    expect(faults.rowsRead).toBeLessThanOrEqual(8);
    expect(faults.statements).toHaveLength(1);
  });
});

/** Sequences that enroll from a segment: who comes in, who is in it already, and what becomes of both meanwhile. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Rules } from "../../src/domain/condition";
import type { Context } from "../../src/engine/context";
import { beginJob, run } from "../../src/engine/jobs";
import * as sequences from "../../src/engine/sequences";
import { findJob, progress } from "../../src/storage/jobs";
import { contextOf } from "../support/context";
import { faults } from "../support/faults";
import { ANNS, dripFor, enrolled, fill, fillSegment, makeSegment, rows } from "../support/segments";
import { api, begin, db, deliver, idOf, makeContact, makeDrip, settle, sweep } from "../support/world";

beforeEach(begin);

describe("a sequence with a segment", () => {
  test("enrolls who comes into it by the periodic sync, once", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    const contact = await makeContact({ tags: ["vip"] });
    await makeContact();
    await settle();
    expect(await enrolled(sequence)).toEqual([]);
    await sweep();
    const letters = [...faults.letters];
    await settle();
    expect(await enrolled(sequence)).toEqual([contact]);
    await deliver(letters);
    for (const tags of [[], ["vip"]]) {
      await api("PATCH", `/v1/contacts/${contact}`, { tags });
      await sweep();
      await settle();
    }
    expect(await enrolled(sequence)).toEqual([contact]);
    expect(await rows("triggers")).toBe(0);
  });

  test("keeps who leaves it", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    const contact = await makeContact({ tags: ["vip"] });
    await sweep();
    await settle();
    await api("PATCH", `/v1/contacts/${contact}`, { tags: [] });
    await sweep();
    await settle();
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats.ACTIVE).toBe(1);
  });

  test("enrolls who is in it already, over many pages, by a job; nobody twice", async () => {
    const here: string[] = [];
    for (let i = 0; i < 5; i++) here.push(await makeContact({ tags: ["vip"] }));
    await fill(250); // without an address: refused in silence
    const id = await makeSegment();
    const sequence = await dripFor(id, ", triggers_reenroll = 1");
    await beginJob(contextOf(), { kind: "segment_enroll", subjectId: idOf(sequence) });
    const letters = [...faults.letters];
    await settle();
    expect(await enrolled(sequence)).toEqual([...here].sort());
    await deliver(letters);
    await beginJob(contextOf(), { kind: "segment_enroll", subjectId: idOf(sequence) });
    await settle();
    expect(await enrolled(sequence)).toEqual([...here].sort());
    expect(await rows("triggers")).toBe(0);
  });

  test("enrolls who comes in by other rules", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    const ann = await makeContact({ firstName: "Ann" });
    await api("PATCH", `/v1/segments/${id}`, { rules: ANNS });
    await settle();
    expect(await enrolled(sequence)).toEqual([ann]);
  });

  test("enrolls nobody who has left the segment before it came to it", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    const contact = await makeContact({ tags: ["vip"] });
    const stays = await makeContact({ tags: ["vip"] });
    await sweep();
    await api("PATCH", `/v1/contacts/${contact}`, { tags: [] });
    await sweep();
    await settle();
    expect(await enrolled(sequence)).toEqual([stays]);
    expect(await rows("triggers")).toBe(0);
  });

  test("enrolls nobody once it has another segment, or none", async () => {
    const id = await makeSegment();
    const others = await makeSegment(ANNS, "Anns");
    const contact = await makeContact({ tags: ["vip"] });
    const drips = [await dripFor(id), await dripFor(id), await dripFor(id)];
    await sweep();
    await api("PATCH", `/v1/sequences/${drips[0]}`, { initSegmentId: null });
    await api("PATCH", `/v1/sequences/${drips[1]}`, { initSegmentId: others });
    await settle();
    expect(await Promise.all(drips.map(enrolled))).toEqual([[], [], [contact]]);
    expect(await rows("triggers")).toBe(0);
  });
});

describe("the job that enrolls who is in it already", () => {
  async function jobFor(members: number): Promise<{ id: number; sequence: string }> {
    const id = await makeSegment();
    await fillSegment(id, members);
    const sequence = await dripFor(id);
    await beginJob(contextOf(), { kind: "segment_enroll", subjectId: idOf(sequence) });
    faults.letters = [];
    const job = await db().prepare("SELECT id FROM jobs WHERE kind = 'segment_enroll'").first<{ id: number }>();
    return { id: job?.id ?? 0, sequence };
  }

  test("run several times at once asks for everybody, once each", async () => {
    const { id } = await jobFor(850);
    await Promise.all([1, 2, 3, 4].map(() => run(contextOf(), id)));
    expect(await rows("triggers")).toBe(850);
    expect(await rows("(SELECT DISTINCT contact_id FROM triggers)")).toBe(850);
    expect(await rows("jobs WHERE done_at IS NULL")).toBe(0);
  });

  test("run again while it is at work goes on from where it stands, and neither passes over anybody", async () => {
    const { id } = await jobFor(450);
    let overtaken = false;
    const slow = contextOf();
    const send = async () => {
      if (overtaken) return;
      overtaken = true;
      await run(contextOf(), id);
    };
    await run({ ...slow, jobs: { send, sendBatch: send } as unknown as Context["jobs"] }, id);
    expect(await rows("triggers")).toBe(450);
    expect(await rows("jobs WHERE done_at IS NULL")).toBe(0);
  });

  test("never goes back, but begins anew where it was asked for again", async () => {
    const { id, sequence } = await jobFor(1);
    const { db } = contextOf();
    const job = await findJob(db, id);
    if (!job) throw new Error("there is no job");
    expect(await progress(db, job, 200, 1)).toBe(true);
    expect(await progress(db, job, 100, 1)).toBe(false);
    expect(await progress(db, job, 200, 1)).toBe(false);
    expect(await findJob(db, id)).toMatchObject({ cursor: 200 });
    await beginJob(contextOf(), { kind: "segment_enroll", subjectId: idOf(sequence) });
    expect(await progress(db, job, 300, 1)).toBe(false);
    expect(await findJob(db, id)).toMatchObject({ cursor: 0, revision: 2 });
    expect(await progress(db, { ...job, revision: 2 }, 100, 1)).toBe(true);
  });
});

describe("a segment that is deleted", () => {
  test("is gone from the sequences that were archived", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    await api("DELETE", `/v1/sequences/${sequence}`);
    const before = await sequences.show(contextOf(), idOf(sequence));
    expect((await api("DELETE", `/v1/segments/${id}`)).status).toBe(200);
    const back = await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    expect(back).toMatchObject({ status: 200, body: { sequence: { initSegmentId: null } } });
    const after = await sequences.show(contextOf(), idOf(sequence));
    if (!before.ok || !after.ok) throw new Error("it is not shown");
    expect(after.value.sequence.revision).toBe(before.value.sequence.revision + 2);
  });

  /** The segment goes right before the write. */
  function goingBefore(id: string): Context {
    const ctx = contextOf();
    const { db: before } = ctx;
    const batch = (async (...args: Parameters<typeof before.batch>) => {
      await db().prepare("DELETE FROM segments WHERE id = ?").bind(idOf(id)).run();
      return before.batch(...args);
    }) as unknown as typeof before.batch;
    return { ...ctx, db: Object.assign(Object.create(ctx.db) as typeof ctx.db, { batch }) };
  }

  const REFUSED = { ok: false, failure: { kind: "bad_value", field: "initSegmentId" } };

  test("while a sequence comes to it, has that refused", async () => {
    const id = await makeSegment();
    const { sequence } = await makeDrip([24]);
    const patch = { initSegmentId: idOf(id), userId: 1 };
    expect(await sequences.update(goingBefore(id), idOf(sequence), patch)).toMatchObject(REFUSED);
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.sequence.initSegmentId).toBeNull();
  });

  test("while a sequence is made with it, has that refused, and nothing is made", async () => {
    const id = await makeSegment();
    const before = await rows("sequences");
    const rules: Rules = { match: "all", conditions: [] };
    const draft = { name: "Drip", rules, primaryReplyAction: "finish", status: "DRAFT", userId: 1 } as const;
    const made = await sequences.create(goingBefore(id), { ...draft, initSegmentId: idOf(id) });
    expect(made).toMatchObject(REFUSED);
    expect([await rows("sequences"), await rows("steps WHERE kind = 'entry'")]).toEqual([before, before]);
    expect((await api("GET", "/v1/sequences")).body.pagination.total).toBe(before);
  });
});

/** The mirror converges: whatever is dropped, doubled or out of order, D1's rows come to agree with the objects. */
import { beforeEach, describe, expect, test } from "vitest";
import { STANDINGS, type Telling } from "../../src/domain/mirror";
import { leaveToSweep } from "../../src/storage/admission";
import { databaseFor } from "../../src/storage/database";
import { faults, type Letter } from "../support/faults";
import {
  api,
  begin,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  historyOf,
  idOf,
  makeContact,
  makeDrip,
  objectOf,
  pass,
  ring,
  rowOf,
  sentTo,
  settle,
  stateOf,
  sweep,
  travel,
} from "../support/world";

const MINUTE = 60_000;

beforeEach(begin);

const events = () => faults.letters.filter(({ queue }) => queue.endsWith("events"));

/** Runs a journey of two messages without delivering any telling; returns them in the order they were sent. */
async function untold(): Promise<{ enrollment: string; letters: Letter[] }> {
  const { sequence } = await makeDrip([0, 0]);
  const enrollment = await enroll(sequence);
  for (let i = 0; i < 4; i++) {
    travel(5);
    await ring(enrollment);
  }
  expect(await stateOf(enrollment)).toMatchObject({ phase: { is: "ended" } });
  const letters = events();
  faults.letters = [];
  return { enrollment, letters };
}

/** Asserts that the row, the ledger and the counts say what the object says. */
async function expectAgreement(enrollment: string): Promise<void> {
  const [state, history, row] = [await stateOf(enrollment), await historyOf(enrollment), await rowOf(enrollment)];
  expect(row).toMatchObject({ version: state.version, complete_to: state.entries, state: state.phase.is });
  const sent = history.flatMap((entry) => (entry.what === "message" ? [entry.message] : []));
  const ledger = await db()
    .prepare("SELECT id, status FROM messages WHERE enrollment_id = ? ORDER BY id")
    .bind(row.id)
    .all();
  expect(ledger.results.map(({ id }) => id)).toEqual([...new Set(sent)]);
  await expectCounts(row.sequence_id);
}

async function expectCounts(sequence: number): Promise<void> {
  const counted = await db()
    .prepare("SELECT what, n FROM counts WHERE sequence_id = ? AND n <> 0 ORDER BY what")
    .bind(sequence)
    .all();
  const rows = await db()
    .prepare("SELECT standing AS what, COUNT(*) AS n FROM enrollments WHERE sequence_id = ?1 GROUP BY 1 ORDER BY 1")
    .bind(sequence)
    .all();
  expect(counted.results).toEqual(rows.results);
}

describe("tellings", () => {
  test("in order, once each", async () => {
    const { enrollment, letters } = await untold();
    expect(letters.length).toBeGreaterThanOrEqual(3);
    await deliver(letters);
    await expectAgreement(enrollment);
  });

  test("each doubled, one by one", async () => {
    const { enrollment, letters } = await untold();
    for (const letter of letters) {
      await deliver([letter]);
      await deliver([letter]);
    }
    await expectAgreement(enrollment);
  });

  test("in reverse", async () => {
    const { enrollment, letters } = await untold();
    for (const letter of [...letters].reverse()) await deliver([letter]);
    await expectAgreement(enrollment);
  });

  test("all in one batch, shuffled and doubled", async () => {
    const { enrollment, letters } = await untold();
    await deliver([...letters].reverse().concat(letters));
    await expectAgreement(enrollment);
  });

  test("the last one lost -> the object makes sure, and tells it again", async () => {
    const { enrollment, letters } = await untold();
    const last = ({ body }: Letter) => (body as Telling).snapshot.state === "ended";
    await deliver(letters.filter((letter) => !last(letter)));
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
    await pass(MINUTE);
    await expectAgreement(enrollment);
  });

  test("all lost -> one look later the mirror has everything", async () => {
    const { enrollment } = await untold();
    await pass(MINUTE);
    await expectAgreement(enrollment);
  });

  test("lost while the journey waits for a long time -> the sweep finds the row overdue, and the object tells again", async () => {
    const { sequence } = await makeDrip([0, 24 * 30]);
    const enrollment = await enroll(sequence);
    travel(5);
    await ring(enrollment);
    faults.letters = [];
    expect(await rowOf(enrollment)).toMatchObject({ version: 1 });
    travel(MINUTE);
    await sweep();
    await drain();
    travel(5);
    await ring(enrollment);
    await drain();
    await expectAgreement(enrollment);
  });

  test("one that cannot be taken in harms no other of its batch, and comes again", async () => {
    const { enrollment, letters } = await untold();
    await deliver([{ queue: "dripline-events", body: { v: 1, nonsense: true } }, ...letters]);
    await expectAgreement(enrollment);
    expect(faults.letters).toHaveLength(1);
  });

  test("D1 out of reach -> all come again, and then are taken in", async () => {
    const { enrollment, letters } = await untold();
    faults.failSql = /./;
    await deliver(letters);
    faults.failSql = null;
    expect(faults.letters).toHaveLength(letters.length);
    await drain();
    await expectAgreement(enrollment);
  });
});

describe("a row that shows its journey begun before it has", () => {
  /** What the object would tell, beside the row. */
  async function told(enrollment: string) {
    const telling = await objectOf(enrollment).current({ journey: Date.now(), wall: Date.now(), speed: 1 });
    if (telling === null) throw new Error("it has not started");
    const { standing, moments, step, dueAt, wakeBy, ...rest } = telling.snapshot;
    const { updatedAt, stateChangedAt, activeAt } = moments;
    const columns = { updated_at: updatedAt, state_changed_at: stateChangedAt, active_at: activeAt };
    const shown = { state: rest.state, why: rest.why, version: rest.version, complete_to: telling.to };
    return { ...shown, ...columns, standing, step_id: step, due_at: dueAt, wake_by: wakeBy };
  }

  test("admitted and started -> row and object agree, and nothing was told", async () => {
    const { sequence } = await makeDrip([5]);
    const enrollment = await enroll(sequence);
    expect(faults.letters).toEqual([]);
    expect(await rowOf(enrollment)).toMatchObject(await told(enrollment));
    await expectAgreement(enrollment);
  });

  test("nor is anything told by a wake that finds nothing to do", async () => {
    const { sequence } = await makeDrip([5]);
    const enrollment = await enroll(sequence);
    await ring(enrollment);
    expect(faults.letters).toEqual([]);
  });

  test("cut off before the start, and paused -> it is started first", async () => {
    const enrollment = await cutOff(5);
    const paused = await api("POST", `/v1/sequences/${enrollment.sequence}/enrollments/${enrollment.id}/pause`);
    expect(paused.status).toBe(200);
    await drain();
    await expectAgreement(enrollment.id);
    expect((await historyOf(enrollment.id)).map(({ what }) => what)).toEqual(["enrolled", "paused"]);
  });

  test("cut off before the start, and removed -> it has ended, and row and object agree", async () => {
    const { sequence, id } = await cutOff(5);
    expect((await api("DELETE", `/v1/sequences/${sequence}/enrollments/${id}`)).status).toBeLessThan(300);
    expect(await rowOf(id)).toMatchObject({ standing: "EXITED" });
    await pass(MINUTE);
    await expectAgreement(id);
  });

  test("cut off before the start, which nobody could write down -> the sweep starts it when its first step is due", async () => {
    const { id } = await cutOff(5);
    await pass(HOUR);
    await sweep();
    await settle();
    expect(await sentTo(id)).toEqual([]);
    await pass(4 * HOUR + MINUTE);
    await sweep();
    await settle();
    expect(await sentTo(id)).toEqual(["Message 1"]);
    await expectAgreement(id);
  });

  test("the answer to the start lost -> the row says that it is to be started; the object, asked again, tells of itself", async () => {
    const { sequence } = await makeDrip([5]);
    const id = await enroll(sequence);
    await leaveToSweep(databaseFor(db(), 1), idOf(id), Date.now());
    expect(await rowOf(id)).toMatchObject({ state: "pending", why: "start" });
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await rowOf(id)).toMatchObject({ state: "waiting", why: null });
    await expectAgreement(id);
    expect((await historyOf(id)).map(({ what }) => what)).toEqual(["enrolled"]);
  });

  /** Admitted, and then neither the object nor D1 could be reached: as a crash leaves it. */
  async function cutOff(hours: number): Promise<{ sequence: string; id: string }> {
    const { sequence } = await makeDrip([hours]);
    const contactId = await makeContact();
    faults.objectsDown = true;
    faults.failSql = /SET state = 'pending', why = 'start'/;
    const { status, body } = await api("POST", `/v1/sequences/${sequence}/enrollments`, {
      contactId,
      platform: "TWITTER",
    });
    expect(status).toBe(201);
    faults.objectsDown = false;
    faults.failSql = null;
    return { sequence, id: body.enrollment.id };
  }
});

test("a caller reads his own writes: what he commanded is in the list when he is answered", async () => {
  const { sequence } = await makeDrip([5]);
  const enrollment = await enroll(sequence);
  await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/pause`);
  expect(await rowOf(enrollment)).toMatchObject({ state: "paused" });
  await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
  const listed = await api("GET", `/v1/sequences/${sequence}/enrollments?status=EXITED`);
  expect(listed.body).toMatchObject({
    enrollments: [{ id: enrollment, exitReason: "MANUAL" }],
    pagination: { total: 1 },
  });
});

test("an enrollment that ended unknown to the mirror is not in the way of the next", async () => {
  const { sequence } = await makeDrip([0]);
  const contact = await makeContact();
  const first = await enroll(sequence, contact);
  travel(5);
  await ring(first);
  faults.letters = [];
  expect(await rowOf(first)).toMatchObject({ standing: "ACTIVE" });
  const second = await enroll(sequence, contact);
  expect(second).not.toBe(first);
  expect(await rowOf(first)).toMatchObject({ standing: "COMPLETED" });
});

test("many enrollments of one contact at once -> one is admitted", async () => {
  const { sequence } = await makeDrip([1]);
  const contactId = await makeContact();
  const body = { contactId, platform: "TWITTER" };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => api("POST", `/v1/sequences/${sequence}/enrollments`, body)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  await drain();
  const { enrollmentStats } = (await api("GET", `/v1/sequences/${sequence}`)).body;
  expect(STANDINGS.map((standing) => enrollmentStats[standing])).toEqual([1, 0, 0, 0]);
  await pass(HOUR);
  expect((await api("GET", "/v1/messages")).body.pagination.total).toBe(1);
});

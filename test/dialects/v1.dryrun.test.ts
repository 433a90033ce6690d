import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { chain, makeSequence, subscribe } from "../support/tree";
import { api, begin, db, drain, enroll, HOUR, idOf, type Json, makeDrip, pass, settle, travel } from "../support/world";

beforeEach(begin);

async function dryRun(method: string, path: string, body?: object): Promise<Json> {
  await api("GET", "/v1/auth/me"); // the first use of a key in a while is noted
  resetCounts();
  const letters = [...faults.letters];
  const answer = await api(method, `/v1/sequences/${path}?dryRun=true`, body);
  expect([faults.rowsWritten, faults.letters]).toEqual([0, letters]);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer));
  return answer.body.dryRun;
}

const NOTHING = { touched: 0, dueNow: 0, ending: 0, truncated: false, estimated: false };

/** Two people who wait for the second of three messages, an hour after the first went out. */
async function underWay() {
  const drip = await makeDrip([0, 5, 5]);
  for (let n = 0; n < 2; n++) await enroll(drip.sequence);
  await settle();
  await pass(HOUR);
  return drip;
}

describe("a change that is only tried writes nothing, and tells what it would do", () => {
  test("another delay of the step that is awaited: later touches them, so short that it is over is due at once", async () => {
    const { sequence, steps } = await underWay();
    const path = `${sequence}/steps/${steps[1]}`;
    expect(await dryRun("PATCH", path, { delayHours: 9 })).toEqual({ ...NOTHING, live: 2, touched: 2 });
    expect(await dryRun("PATCH", path, { delayHours: 1 })).toEqual({ ...NOTHING, live: 2, touched: 2, dueNow: 2 });
  });

  test.each([
    ["the text of the awaited step touches them", 1, { messageTemplate: "New" }, 2],
    ["the text of one further on touches nobody", 2, { messageTemplate: "New" }, 0],
    ["another delay further on touches nobody", 2, { delayHours: 0 }, 0],
    ["the step behind them touches nobody", 0, { delayHours: 7 }, 0],
    ["nothing at all touches nobody", 1, {}, 0],
  ])("%s", async (_, nth, body, touched) => {
    const { sequence, steps } = await underWay();
    expect(await dryRun("PATCH", `${sequence}/steps/${steps[nth]}`, body)).toEqual({ ...NOTHING, live: 2, touched });
  });

  test("without the awaited step they go on to the next; where that has waited long enough, at once", async () => {
    const { sequence, steps } = await underWay();
    const path = `${sequence}/steps/${steps[1]}`;
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[2]}`, { delayHours: 1 });
    expect(await dryRun("DELETE", path)).toEqual({ ...NOTHING, live: 2, touched: 2, dueNow: 2 });
  });

  test("without the last step they are at the end", async () => {
    const { sequence, steps } = await makeDrip([0, 5]);
    await enroll(sequence);
    await settle();
    const ends = { ...NOTHING, live: 1, touched: 1, ending: 1 };
    expect(await dryRun("DELETE", `${sequence}/steps/${steps[1]}`)).toEqual(ends);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    expect(await dryRun("DELETE", `${sequence}/steps/${steps[1]}`)).toEqual({ ...ends, ending: 0 });
  });

  test("a step in front is visited only by whoever has not begun", async () => {
    const { sequence } = await underWay();
    const step = { messageTemplate: "Before", delayHours: 0, stepOrder: 1 };
    expect(await dryRun("POST", `${sequence}/steps`, step)).toEqual({ ...NOTHING, live: 2 });
    const { sequence: later } = await makeDrip([5]);
    await enroll(later);
    await settle();
    expect(await dryRun("POST", `${later}/steps`, step)).toEqual({ ...NOTHING, live: 1, touched: 1, dueNow: 1 });
  });

  test("a pause holds all, archiving ends all, another name is nothing to anybody", async () => {
    const { sequence } = await underWay();
    expect(await dryRun("PATCH", sequence, { status: "PAUSED" })).toEqual({ ...NOTHING, live: 2, touched: 2 });
    const ended = { ...NOTHING, live: 2, touched: 2, ending: 2 };
    expect(await dryRun("PATCH", sequence, { status: "ARCHIVED" })).toEqual(ended);
    expect(await dryRun("DELETE", sequence)).toEqual(ended);
    expect(await dryRun("PATCH", sequence, { name: "Other" })).toEqual({ ...NOTHING, live: 2 });
    expect(await dryRun("PATCH", sequence, { status: "ACTIVE" })).toEqual({ ...NOTHING, live: 2 });
  });

  test("an activation sends what has fallen due meanwhile, as far as nothing else holds it", async () => {
    const { sequence } = await underWay();
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    await drain();
    expect(await dryRun("PATCH", sequence, { status: "ACTIVE" })).toEqual({ ...NOTHING, live: 2, touched: 2 });
    travel(9 * HOUR);
    const due = { ...NOTHING, live: 2, touched: 2, dueNow: 2 };
    expect(await dryRun("PATCH", sequence, { status: "ACTIVE" })).toEqual(due);
    await api("POST", "/v1/workspace/pause");
    expect(await dryRun("PATCH", sequence, { status: "ACTIVE" })).toEqual({ ...due, dueNow: 0 });
    await api("POST", "/v1/workspace/resume");
    const openings = [{ day: 7, from: "10:00", to: "11:00" }];
    const { body } = await api("POST", "/v1/schedules", { name: "Sundays", openings });
    const scheduleId = body.schedule.id;
    expect(await dryRun("PATCH", sequence, { status: "ACTIVE", scheduleId })).toMatchObject({ touched: 2, dueNow: 0 });
  });

  test("what the dry run says of an activation is what is then sent", async () => {
    const sequence = await makeSequence("Delays");
    const hours = (n: number) => ({ action: "delay", label: `${n}`, delay: n * 3600 });
    await chain(sequence, [hours(2), { action: "send_email", label: "Mail", subject: "S", body: "B" }, hours(90)]);
    for (const name of ["ada", "bob", "cy"]) {
      await subscribe(sequence, `${name}@example.com`);
      await settle();
      travel(HOUR);
    }
    await api("PATCH", `/v1/sequences/seq_${sequence}`, { status: "PAUSED" });
    await drain();
    const told = await dryRun("PATCH", `seq_${sequence}`, { status: "ACTIVE" });
    const list = async () => (await api("GET", `/v1/messages?sequence=seq_${sequence}`)).body.messages.length;
    const before = await list();
    await api("PATCH", `/v1/sequences/seq_${sequence}`, { status: "ACTIVE" });
    await settle();
    expect(await list()).toBe(before + told.dueNow);
    expect(told).toMatchObject({ live: 3, dueNow: 1 });
  });
});

describe("it is refused as the change itself is, in the same words", () => {
  const BAD = { messageTemplate: "{{ broken", delayHours: 1 };
  test.each<[string, string, object | undefined]>([
    ["POST", "{seq}/steps", BAD],
    ["POST", "{seq}/steps", { messageTemplate: "x" }],
    ["POST", "{seq}/steps", { messageTemplate: "x", delayHours: 1, stepOrder: 9 }],
    ["POST", "{seq}/steps", { messageTemplate: "x", delayHours: 1, scheduleId: "sched_999" }],
    ["PATCH", "{seq}/steps/{step}", BAD],
    ["PATCH", "{seq}/steps/{step}", { stepOrder: 9 }],
    ["PATCH", "{seq}/steps/step_999", { delayHours: 1 }],
    ["DELETE", "{seq}/steps/step_999", undefined],
    ["PATCH", "{seq}", { status: "RUNNING" }],
    ["PATCH", "{seq}", { rulesetId: "ruleset_999" }],
    ["PATCH", "seq_999", { status: "ACTIVE" }],
    ["DELETE", "seq_999", undefined],
    ["POST", "{locked}/steps", { messageTemplate: "x", delayHours: 1 }],
    ["PATCH", "{locked}/steps/{lockedStep}", { delayHours: 3 }],
    ["DELETE", "{locked}/steps/{lockedStep}", undefined],
  ])("%s %s %j", async (method, path, body) => {
    const [open, shut] = [await makeDrip([1]), await makeDrip([1])];
    await api("PATCH", `/v1/sequences/${shut.sequence}`, { locked: true });
    const ids = { seq: open.sequence, step: open.steps[0], locked: shut.sequence, lockedStep: shut.steps[0] };
    const of = `/v1/sequences/${path.replace(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name] ?? "")}`;
    const [tried, made] = [await api(method, `${of}?dryRun=true`, body), await api(method, of, body)];
    expect(tried.status).toBeGreaterThanOrEqual(400);
    expect(tried).toEqual(made);
  });

  test("neither yes nor no", async () => {
    const { sequence } = await makeDrip([1]);
    for (const said of ["yes", "1", "", "TRUE"]) {
      const answer = await api("DELETE", `/v1/sequences/${sequence}?dryRun=${said}`);
      expect([said, answer]).toMatchObject([said, { status: 400 }]);
    }
    expect(await api("PATCH", `/v1/sequences/${sequence}?dryRun=false`, { name: "Other" })).toMatchObject({
      body: { sequence: { name: "Other" } },
    });
  });
});

describe("however large a sequence is, so many journeys are looked at and no more", () => {
  async function fill(sequence: number, step: string, n: number): Promise<void> {
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
         INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, step_id, due_at, wake_by, enrolled_at, version)
         SELECT 1, ?1, 1000000 + i, 'TWITTER', 'waiting', 'ACTIVE', ?3, 2e12, 2e12, 1e12, 1 FROM n`,
      )
      .bind(sequence, n, idOf(step))
      .run();
  }

  test("12,000 of them: 10,000 are counted, and it is told that there are more", async () => {
    const { sequence, steps } = await makeDrip([1], { status: "PAUSED" });
    await fill(idOf(sequence), steps[0] ?? "", 12_000);
    const activation = `/v1/sequences/${sequence}?dryRun=true`;
    resetCounts();
    expect((await api("PATCH", activation, { status: "ACTIVE" })).body.dryRun).toEqual({
      ...NOTHING,
      live: 12_000,
      touched: 12_000,
      dueNow: 10_000,
      truncated: true,
    });
    const activating = faults.rowsRead;
    resetCounts();
    const edit = `/v1/sequences/${sequence}/steps/${steps[0]}?dryRun=true`;
    expect((await api("PATCH", edit, { delayHours: 3 })).body.dryRun).toMatchObject({
      touched: 10_000,
      truncated: true,
    });
    const editing = faults.rowsRead;
    resetCounts();
    expect((await api("DELETE", activation)).body.dryRun).toMatchObject({ ending: 12_000, truncated: false });
    console.info("rows read by dry runs", { activating, editing, archiving: faults.rowsRead });
    expect(Math.max(activating, editing)).toBeLessThanOrEqual(3 * 10_001 + 40);
    expect(faults.rowsRead).toBeLessThanOrEqual(40);
  });
});

/** What an isolate remembers of a sequence is never believed once it was edited. */
import { beforeEach, expect, test } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { api, begin, db, drain, enroll, idOf, makeContact, makeDrip, rowOf } from "../support/world";

beforeEach(begin);

const VIPS = { enrollmentRules: { conditions: [{ field: "tags", op: "contains", value: "vip" }] } };

async function tryToEnroll(sequence: string, contactId: string): Promise<number> {
  return (await api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform: "TWITTER" })).status;
}

test("remembered -> the sequence is not read again, and its answer is the same", async () => {
  const { sequence } = await makeDrip([1]);
  await enroll(sequence);
  const contact = await makeContact();
  resetCounts();
  expect(await tryToEnroll(sequence, contact)).toBe(201);
  expect(faults.statements.filter((sql) => /from "(sequences|steps|rulesets)"/.test(sql))).toEqual([]);
});

test("remembered + a rule was added -> refused; the rule was taken away again -> comes in", async () => {
  const { sequence } = await makeDrip([1]);
  await enroll(sequence);
  const contact = await makeContact();
  expect((await api("PATCH", `/v1/sequences/${sequence}`, VIPS)).status).toBe(200);
  expect(await tryToEnroll(sequence, contact)).toBe(409);
  await api("PATCH", `/v1/sequences/${sequence}`, { enrollmentRules: {} });
  expect(await tryToEnroll(sequence, contact)).toBe(201);
});

test("remembered + archived -> refused", async () => {
  const { sequence } = await makeDrip([1]);
  await enroll(sequence);
  const contact = await makeContact();
  await api("DELETE", `/v1/sequences/${sequence}`);
  expect(await tryToEnroll(sequence, contact)).toBeGreaterThanOrEqual(400);
});

test("remembered + a step was put first -> waits for that one", async () => {
  const { sequence } = await makeDrip([5]);
  await enroll(sequence);
  const step = { messageTemplate: "First", delayHours: 2, stepOrder: 1 };
  const { body } = await api("POST", `/v1/sequences/${sequence}/steps`, step);
  const later = await enroll(sequence);
  expect((await rowOf(later)).step_id).toBe(idOf(body.step.id));
});

test("remembered + made private to somebody else -> not there", async () => {
  const { sequence } = await makeDrip([5]);
  await enroll(sequence);
  const contact = await makeContact();
  await drain();
  const hide = "UPDATE sequences SET share_type = 'private', owner_id = 99, revision = revision + 1 WHERE id = ?";
  await db().prepare(hide).bind(idOf(sequence)).run();
  expect(await tryToEnroll(sequence, contact)).toBe(404);
});

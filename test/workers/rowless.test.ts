/** A journey whose row the mirror does not have: of a move that came to nothing, or of a database set back. */
import { beforeEach, expect, test } from "vitest";
import { faults } from "../support/faults";
import {
  alarmOf,
  api,
  begin,
  DAY,
  db,
  enroll,
  isResting,
  makeDrip,
  objectOf,
  pass,
  ring,
  stateOf,
  travel,
} from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;

async function losesItsRow(enrollment: string): Promise<void> {
  await db().prepare("DELETE FROM enrollments WHERE id = ?").bind(enrollment.slice("enroll_".length)).run();
  faults.letters = [];
}

test("ended -> it rests until its day, and is freed without a word", async () => {
  const { sequence } = await makeDrip([24]);
  const enrollment = await enroll(sequence);
  faults.failSql = /UPDATE enrollments/; // the mirror does not learn of its end, which it would make sure of
  await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
  faults.failSql = null;
  expect(await alarmOf(objectOf(enrollment))).not.toBeNull();
  await losesItsRow(enrollment);
  travel(MINUTE);
  await ring(enrollment);
  expect(await isResting(enrollment)).toBe(true);
  expect(await stateOf(enrollment)).toMatchObject({ phase: { is: "ended" } });
  await pass(31 * DAY);
  await expect(stateOf(enrollment)).rejects.toThrow("the object has not started");
  expect(await alarmOf(objectOf(enrollment))).toBeNull();
  expect((await db().prepare("SELECT * FROM histories").all()).results).toEqual([]);
});

test("live -> it goes on asking, sends nothing, and goes on once the row is there again", async () => {
  const { sequence } = await makeDrip([0]);
  const enrollment = await enroll(sequence);
  const id = enrollment.slice("enroll_".length);
  await db().batch([
    db().prepare("CREATE TABLE kept AS SELECT * FROM enrollments"),
    db().prepare("DELETE FROM enrollments WHERE id = ?").bind(id),
  ]);
  travel(20);
  await ring(enrollment);
  expect((await api("GET", "/v1/messages")).body.messages).toEqual([]);
  expect(await alarmOf(objectOf(enrollment))).not.toBeNull();
  // What is computed cannot be written.
  const columns = db().prepare("SELECT group_concat(name) AS names FROM pragma_table_info('enrollments')");
  const names = await columns.first<string>("names");
  await db().prepare(`INSERT INTO enrollments (${names}) SELECT ${names} FROM kept`).run();
  await pass(2 * MINUTE, MINUTE);
  expect((await api("GET", "/v1/messages")).body.messages).toHaveLength(1);
});

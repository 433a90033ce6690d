/** A step that moves a contact to another sequence: admitted there, ended here, started there, wherever it is cut. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { admitOnly, atTheMove, leadTo, listed, putOffTriggers, sweepLater, triggersLeft } from "../support/moving";
import {
  api,
  begin,
  deliver,
  drain,
  enroll,
  HOUR,
  idOf,
  makeDrip,
  rowOf,
  sentTo,
  settle,
  travel,
} from "../support/world";

beforeEach(begin);

/** How every move must have ended, whatever happened on the way. */
async function expectMoved({ there, enrollment }: { there: string; enrollment: string }): Promise<void> {
  expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "moved", standing: "EXITED" });
  const arrived = await listed(there);
  expect(arrived).toHaveLength(1);
  expect(await sentTo(arrived[0].id)).toEqual(["Message 1"]);
  expect(await triggersLeft()).toBe(0);
}

describe("a move", () => {
  test("ends the journey here and begins one there, which knows where it came from", async () => {
    const moving = await atTheMove();
    await settle();
    await expectMoved(moving);
    const [{ id }] = await listed(moving.there);
    expect(await rowOf(id)).toMatchObject({
      origin: `move/${moving.message}`,
      trail: JSON.stringify([idOf(moving.here)]),
      platform: "TWITTER",
    });
  });

  test("that is refused there fails here with the reason", async () => {
    const moving = await atTheMove();
    await enroll(moving.there, moving.contact);
    await settle();
    expect(await rowOf(moving.enrollment)).toMatchObject({
      state: "ended",
      why: "failed",
      error: expect.stringContaining("already enrolled there"),
    });
    expect(await triggersLeft()).toBe(0);
  });

  test("to a sequence that is archived, or comes round in a ring, fails here with the reason", async () => {
    const archived = await atTheMove();
    await api("DELETE", `/v1/sequences/${archived.there}`);
    await settle();
    expect(await rowOf(archived.enrollment)).toMatchObject({ why: "failed", error: expect.stringMatching(/archived/) });
    const a = (await makeDrip([])).sequence;
    const b = (await makeDrip([])).sequence;
    await leadTo(a, b);
    await leadTo(b, a);
    const first = await enroll(a);
    await settle();
    expect(await rowOf(first)).toMatchObject({ why: "moved" });
    const [second] = await listed(b);
    expect(await rowOf(second.id)).toMatchObject({ why: "failed", error: expect.stringMatching(/ring/) });
    expect(await listed(a)).toHaveLength(1);
  });

  test("overtaken by an exit does not happen", async () => {
    const { there, here, enrollment } = await atTheMove();
    await api("DELETE", `/v1/sequences/${here}/enrollments/${enrollment}`);
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "removed" });
    expect(await listed(there)).toEqual([]);
    expect(await triggersLeft()).toBe(0);
  });
});

describe("a move that is cut", () => {
  test("before anything: the sweep brings it", async () => {
    const moving = await atTheMove();
    faults.letters = [];
    await sweepLater();
    await expectMoved(moving);
  });

  test("at the admission", async () => {
    const moving = await atTheMove();
    faults.failSql = /INSERT INTO enrollments/;
    await drain();
    faults.failSql = null;
    expect(await listed(moving.there)).toEqual([]);
    await sweepLater();
    await expectMoved(moving);
  });

  test("after the admission: nothing else starts what was admitted", async () => {
    const moving = await atTheMove();
    const id = await admitOnly(moving);
    faults.letters = [];
    await putOffTriggers(true);
    await sweepLater();
    expect(await rowOf(id)).toMatchObject({ state: "pending", version: 0 });
    await putOffTriggers(false);
    await sweepLater();
    await expectMoved(moving);
  });

  test("after the admission, and overtaken by an exit: he never was there", async () => {
    const moving = await atTheMove([0], { reenroll: "never" });
    const id = await admitOnly(moving);
    expect((await api("GET", `/v1/sequences/${moving.there}`)).body.enrollmentStats.ACTIVE).toBe(1);
    await api("DELETE", `/v1/sequences/${moving.here}/enrollments/${moving.enrollment}`);
    await sweepLater();
    expect(await rowOf(id)).toBeNull();
    const { enrollmentStats } = (await api("GET", `/v1/sequences/${moving.there}`)).body;
    expect(enrollmentStats).toMatchObject({ ACTIVE: 0, EXITED: 0 });
    await enroll(moving.there, moving.contact);
    await settle();
    expect(await listed(moving.there)).toMatchObject([{ status: "COMPLETED" }]);
    expect(await rowOf(moving.enrollment)).toMatchObject({ why: "removed" });
    expect(await triggersLeft()).toBe(0);
  });

  test("with the objects out of reach", async () => {
    const moving = await atTheMove();
    faults.objectsDown = true;
    await drain();
    faults.objectsDown = false;
    expect(await triggersLeft()).toBe(1);
    await sweepLater();
    await expectMoved(moving);
  });

  test("before the trigger is crossed out, and doubled: once all the same", async () => {
    const moving = await atTheMove();
    const letters = [...faults.letters];
    faults.failSql = /delete from "triggers"/i;
    await Promise.all([deliver(letters), deliver(letters)]);
    await settle();
    faults.failSql = null;
    expect(await triggersLeft()).toBe(1);
    await sweepLater();
    await deliver(letters);
    await settle();
    await expectMoved(moving);
  });

  test("and comes again after he has left there: he stays away", async () => {
    const moving = await atTheMove();
    faults.failSql = /delete from "triggers"/i;
    await settle();
    const [{ id }] = await listed(moving.there);
    await api("DELETE", `/v1/sequences/${moving.there}/enrollments/${id}`);
    faults.failSql = null;
    await sweepLater();
    travel(HOUR);
    await settle();
    expect(await listed(moving.there)).toHaveLength(1);
    expect(await triggersLeft()).toBe(0);
  });
});

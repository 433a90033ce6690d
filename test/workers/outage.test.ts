/** D1 out of reach: messages are late, none is lost, and none goes twice. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts, until } from "../support/faults";
import { receive } from "../support/receiver";
import {
  alarmOf,
  begin,
  drain,
  enroll,
  HOUR,
  makeDrip,
  objectOf,
  pass,
  ring,
  rowOf,
  sentTo,
  settle,
  stateOf,
  travel,
} from "../support/world";

const MINUTE = 60_000;

beforeEach(begin);

describe("D1 out of reach", () => {
  test("failing for a minute -> messages are late, none is lost, and none goes twice", async () => {
    const receiver = await receive();
    const { sequence } = await makeDrip([0, 1]);
    const enrollment = await enroll(sequence);
    await drain();
    faults.failSql = /./;
    for (let i = 0; i < 6; i++) {
      travel(10_000);
      await ring(enrollment);
      const alarm = await alarmOf(objectOf(enrollment));
      expect(alarm).toBeGreaterThan(Date.now());
      expect(alarm).toBeLessThan(Date.now() + 90_000);
    }
    expect(receiver.deliveries).toHaveLength(0);
    faults.failSql = null;
    await pass(90_000);
    expect(receiver.deliveries).toHaveLength(1);
    await pass(2 * HOUR, HOUR);
    expect(receiver.deliveries).toHaveLength(2);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  });

  test("failing between a delivery and its outcome -> the outcome stands, and the journey goes on later", async () => {
    const receiver = await receive();
    const { sequence } = await makeDrip([0, 0]);
    const enrollment = await enroll(sequence);
    await drain();
    receiver.answer = () => {
      travel(3000); // slower than facts stay fresh
      faults.failSql = /./;
      return new Response(null, { status: 204 });
    };
    travel(2);
    await ring(enrollment);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    faults.failSql = null;
    receiver.answer = () => new Response(null, { status: 204 });
    await pass(MINUTE);
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
    expect(receiver.deliveries).toHaveLength(2);
  });

  test("stalling -> facts that come late are read again before anything is decided", async () => {
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await drain();
    faults.stalled = true;
    travel(2);
    const ringing = ring(enrollment);
    await until(() => faults.held > 0);
    travel(MINUTE);
    resetCounts();
    faults.stalled = false;
    await ringing;
    expect(faults.statements.filter((sql) => sql.includes("workspacePausedAt"))).toHaveLength(2);
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("an exit needs no facts: it is heard while D1 fails to tell them", async () => {
    const { sequence } = await makeDrip([1]);
    const enrollment = await enroll(sequence);
    await drain();
    const { trip } = await stateOf(enrollment);
    faults.failSql = /./;
    const now = { wall: Date.now(), journey: Date.now(), speed: 1 };
    await objectOf(enrollment).command(trip, { kind: "exit", why: "removed" }, now);
    faults.failSql = null;
    await pass(2 * HOUR, MINUTE * 30);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "EXITED", why: "removed" });
  });
});

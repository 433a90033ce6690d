/** A turn that comes early, twice or after a crash: what the object promises all the same. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { gate, receive } from "../support/receiver";
import {
  alarmOf,
  api,
  begin,
  crash,
  DAY,
  drain,
  enroll,
  evict,
  HOUR,
  isResting,
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

describe("alarms", () => {
  test("woke early -> nothing is sent, and the alarm stands where it stood", async () => {
    const { sequence } = await makeDrip([5]);
    const enrollment = await enroll(sequence);
    const before = await alarmOf(objectOf(enrollment));
    await ring(enrollment);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await alarmOf(objectOf(enrollment))).toBe(before);
  });

  test("rang twice for one step -> one message", async () => {
    const receiver = await receive();
    const { sequence } = await makeDrip([0, 5]);
    const enrollment = await enroll(sequence);
    travel(2);
    await Promise.all([ring(enrollment), ring(enrollment)]);
    await ring(enrollment);
    await settle();
    expect(receiver.deliveries).toHaveLength(1);
  });

  test("a delay beyond the longest hop is waited for in several hops", async () => {
    const { sequence } = await makeDrip([24 * 30]);
    const enrollment = await enroll(sequence);
    expect(await alarmOf(objectOf(enrollment))).toBeLessThanOrEqual(Date.now() + 7 * DAY);
    await pass(28 * DAY, 7 * DAY);
    expect(await sentTo(enrollment)).toEqual([]);
    await pass(7 * DAY);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });
});

describe("crashes", () => {
  test("between claim and outcome -> the message is sent again after its lease, with the same id and bytes", async () => {
    const receiver = await receive();
    const { sequence } = await makeDrip([0, 5]);
    const enrollment = await enroll(sequence);
    const held = gate();
    receiver.answer = held.answer;
    travel(2);
    const ringing = ring(enrollment).catch(() => false);
    await held.reached();
    await crash(enrollment);
    await ringing;
    receiver.answer = () => new Response(null, { status: 204 });
    expect((await stateOf(enrollment)).inFlight).toMatchObject({ attempt: 1 });
    await pass(MINUTE);
    await pass(MINUTE);
    const [first, second, ...more] = receiver.deliveries;
    expect(more).toEqual([]);
    expect(second?.id).toBe(first?.id);
    expect(second?.body).toBe(first?.body);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("between commit and telling -> the mirror learns of it when the object looks again", async () => {
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await drain();
    faults.queuesDown.add("events");
    travel(2);
    await ring(enrollment);
    expect(await stateOf(enrollment)).toMatchObject({ phase: { is: "ended", why: "completed" } });
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
    faults.queuesDown.clear();
    await pass(MINUTE);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED", complete_to: 3 });
    expect(await isResting(enrollment)).toBe(false);
    await pass(2 * MINUTE);
    expect(await isResting(enrollment)).toBe(true);
  });

  test("between admission and start -> the sweep starts it", async () => {
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    faults.objectsDown = true;
    const answer = await api("POST", `/v1/sequences/${sequence}/enrollments`, {
      contactId: contact,
      platform: "TWITTER",
    });
    expect(answer.status).toBe(201);
    faults.objectsDown = false;
    const enrollment = answer.body.enrollment.id;
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ state: "pending", version: 0 });
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  });

  test("between a status change and its job -> the sweep nudges it", async () => {
    const { sequence } = await makeDrip([0], { status: "DRAFT" });
    const enrollment = await enroll(sequence);
    await settle();
    faults.queuesDown.add("jobs");
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    faults.queuesDown.clear();
    await settle();
    expect(await sentTo(enrollment)).toEqual([]);
    travel(2 * MINUTE);
    await sweep();
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("evicted at every stage -> the journey goes on as if nothing had been", async () => {
    const { sequence } = await makeDrip([0, 2, 2]);
    const enrollment = await enroll(sequence);
    for (let hours = 0; hours < 5; hours++) {
      await evict(enrollment);
      await settle();
      await evict(enrollment);
      travel(HOUR);
    }
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2", "Message 3"]);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  });
});

/** A turn that is cut, overtaken or repeated: what the object promises all the same. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts, until } from "../support/faults";
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
  historyOf,
  makeContact,
  makeDrip,
  objectOf,
  pass,
  ring,
  rowOf,
  sentTo,
  settle,
  show,
  stateOf,
  sweep,
  travel,
} from "../support/world";

const MINUTE = 60_000;

beforeEach(begin);

const idsOf = (deliveries: { id: string }[]) => deliveries.map(({ id }) => id);

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
    expect(await alarmOf(objectOf(enrollment))).not.toBeNull();
    await pass(2 * MINUTE);
    expect(await alarmOf(objectOf(enrollment))).toBeNull();
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

describe("while a message is being sent", () => {
  async function sending(action: (ids: { sequence: string; enrollment: string }) => Promise<unknown>) {
    const receiver = await receive();
    const { sequence } = await makeDrip([0, 1]);
    const enrollment = await enroll(sequence);
    const held = gate();
    receiver.answer = held.answer;
    travel(2);
    const ringing = ring(enrollment);
    await held.reached();
    await action({ sequence, enrollment });
    held.open();
    await ringing;
    await settle();
    return { receiver, sequence, enrollment };
  }

  test("a reply ends the enrollment; the message is recorded, and the next never goes", async () => {
    const { receiver, sequence, enrollment } = await sending(async ({ sequence, enrollment }) => {
      const { contact } = await show(sequence, enrollment);
      await api("POST", "/v1/replies", { platform: "TWITTER", from: contact.username, text: "Yes, please" });
      await drain();
      expect(await stateOf(enrollment)).toMatchObject({ phase: { is: "ended", why: "replied" } });
    });
    await pass(2 * HOUR);
    expect(receiver.deliveries).toHaveLength(1);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "REPLIED", currentStep: 1 });
    expect((await historyOf(enrollment)).map((entry) => entry.what)).toEqual([
      "enrolled",
      "replied",
      "ended",
      "message",
    ]);
  });

  test("a pause lets it complete and holds the next; resuming sends what fell due", async () => {
    const { receiver, sequence, enrollment } = await sending(async ({ sequence, enrollment }) => {
      expect((await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/pause`)).status).toBe(200);
    });
    await pass(3 * HOUR);
    expect(idsOf(receiver.deliveries)).toHaveLength(1);
    expect(await show(sequence, enrollment)).toMatchObject({
      paused: true,
      currentStep: 1,
      waiting: { for: "paused" },
    });
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/resume`);
    receiver.answer = () => new Response(null, { status: 204 });
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  });

  test("an exit ends it, and a cut attempt after it is recorded as unconfirmed and never tried again", async () => {
    const receiver = await receive();
    const { sequence } = await makeDrip([0, 1]);
    const enrollment = await enroll(sequence);
    const held = gate();
    receiver.answer = held.answer;
    travel(2);
    const ringing = ring(enrollment).catch(() => false);
    await held.reached();
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
    await crash(enrollment);
    await ringing;
    await pass(5 * MINUTE, MINUTE);
    expect(receiver.deliveries).toHaveLength(1);
    const { messages } = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body;
    expect(messages).toMatchObject([{ status: "unconfirmed", attempts: 1 }]);
  });

  test("an edit that makes the next step due sooner is not lost", async () => {
    const { enrollment } = await sending(async ({ sequence }) => {
      const { steps } = (await api("GET", `/v1/sequences/${sequence}/steps`)).body;
      await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[1].id}`, { delayHours: 0 });
      await drain();
    });
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  });
});

describe("overtaken", () => {
  test("a resume that overtakes a turn which had read PAUSED -> the message goes all the same", async () => {
    const { sequence } = await makeDrip([1]);
    const enrollment = await enroll(sequence);
    await settle();
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    await drain();
    travel(HOUR);
    const ringing = ring(enrollment);
    await until(() => faults.statements.some((sql) => sql.includes("workspacePausedAt")));
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await drain();
    await ringing;
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("a start that comes after an exit is refused", async () => {
    const { sequence } = await makeDrip([0]);
    faults.objectsDown = true;
    const contact = await makeContact();
    const { body } = await api("POST", `/v1/sequences/${sequence}/enrollments`, {
      contactId: contact,
      platform: "TWITTER",
    });
    faults.objectsDown = false;
    const enrollment: string = body.enrollment.id;
    expect((await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`)).status).toBe(200);
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await stateOf(enrollment)).toMatchObject({ phase: { is: "ended", why: "removed" } });
    const { trip } = await stateOf(enrollment);
    const now = { wall: Date.now(), journey: Date.now(), speed: 1 };
    const late = await objectOf(enrollment).command(trip, { kind: "start", step: null, dueAt: Date.now() }, now);
    expect(late.refusal).toBe("already_ended");
  });
});

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
    await scheduler.wait(20);
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

/** What holds a journey back, and what lets it go on: statuses, switches, pauses, archiving. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { receive } from "../support/receiver";
import {
  alarmOf,
  api,
  begin,
  deliver,
  drain,
  enroll,
  HOUR,
  makeDrip,
  objectOf,
  pass,
  rowOf,
  sentTo,
  settle,
  show,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

const patch = (sequence: string, status: string) => api("PATCH", `/v1/sequences/${sequence}`, { status });

describe("the sequence's status", () => {
  test("DRAFT holds what is due; activation lets it go", async () => {
    const { sequence } = await makeDrip([0, 1], { status: "DRAFT" });
    const enrollment = await enroll(sequence);
    await pass(2 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await alarmOf(objectOf(enrollment))).toBeNull();
    expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "sequence", until: null });
    await patch(sequence, "ACTIVE");
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    await pass(HOUR);
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  });

  test("pausing stops messages at once; resuming sends what fell due, and keeps to the clock of the rest", async () => {
    const { sequence } = await makeDrip([1, 2]);
    const enrollment = await enroll(sequence);
    await settle();
    await patch(sequence, "PAUSED");
    await pass(5 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    await patch(sequence, "ACTIVE");
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    await pass(2 * HOUR);
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  });

  test("what is not due when the sequence runs again keeps its time", async () => {
    const { sequence } = await makeDrip([10]);
    const enrollment = await enroll(sequence);
    await patch(sequence, "PAUSED");
    await pass(4 * HOUR);
    await patch(sequence, "ACTIVE");
    await settle();
    expect(await sentTo(enrollment)).toEqual([]);
    await pass(6 * HOUR);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("archiving ends all that are live, those in DRAFT that never ran too; coming back revives nobody", async () => {
    const { sequence } = await makeDrip([1], { status: "DRAFT" });
    const enrollments = [await enroll(sequence), await enroll(sequence), await enroll(sequence)];
    await settle();
    await api("DELETE", `/v1/sequences/${sequence}`);
    await settle();
    for (const enrollment of enrollments) {
      expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "SEQUENCE_ARCHIVED" });
    }
    await patch(sequence, "ACTIVE");
    await pass(2 * HOUR);
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats).toEqual({
      ACTIVE: 0,
      COMPLETED: 0,
      EXITED: 3,
      FAILED: 0,
    });
    expect((await api("GET", "/v1/messages")).body.pagination.total).toBe(0);
  });

  test("an archive whose job is lost is heard of at the next turn", async () => {
    const { sequence } = await makeDrip([1]);
    const enrollment = await enroll(sequence);
    await drain();
    await api("DELETE", `/v1/sequences/${sequence}`);
    faults.letters = [];
    await pass(2 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "EXITED", why: "archived" });
  });

  test("a sequence without steps completes its enrollments when it runs, and none before", async () => {
    const { sequence } = await makeDrip([], { status: "DRAFT" });
    const enrollment = await enroll(sequence);
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
    await patch(sequence, "ACTIVE");
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  });

  test("many that are let go at once are woken each in its turn", async () => {
    const { sequence } = await makeDrip([0], { status: "DRAFT" });
    const enrollments: string[] = [];
    for (let i = 0; i < 30; i++) enrollments.push(await enroll(sequence));
    await settle();
    await patch(sequence, "ACTIVE");
    await drain();
    const wakes = await Promise.all(enrollments.map((enrollment) => alarmOf(objectOf(enrollment))));
    const at = wakes.flatMap((wake) => wake ?? []);
    expect(at).toHaveLength(30);
    expect(new Set(at).size).toBeGreaterThan(10);
    expect(Math.max(...at) - Date.now()).toBeLessThan(30 * 10);
    await settle();
    await pass(1000, 100);
    for (const enrollment of enrollments) expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });
});

describe("kill switches", () => {
  test("a paused workspace sends nothing; resumed, it sends what fell due", async () => {
    const { sequence } = await makeDrip([1]);
    const enrollment = await enroll(sequence);
    await settle();
    expect((await api("POST", "/v1/workspace/pause")).body.workspace.sending).toBe("PAUSED");
    await pass(2 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "workspace" });
    await api("POST", "/v1/workspace/resume");
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("a paused channel holds its own platform only", async () => {
    await api("PUT", "/v1/channels/TWITTER", { kind: "outbox" });
    const { sequence } = await makeDrip([0]);
    await api("POST", "/v1/channels/TWITTER/pause", { reason: "under repair" });
    const held = await enroll(sequence);
    await settle();
    expect((await show(sequence, held)).waiting).toMatchObject({ for: "channel" });
    const person = (await api("POST", "/v1/contacts", { platform: "SMS", address: "+15550100" })).body.contact.id;
    const free = await enroll(sequence, person, "SMS");
    await settle();
    expect(await sentTo(held)).toEqual([]);
    expect(await sentTo(free)).toEqual(["Message 1"]);
    await api("POST", "/v1/channels/TWITTER/resume");
    await settle();
    expect(await sentTo(held)).toEqual(["Message 1"]);
  });

  test("an endpoint that is gone pauses its channel with the reason; mended, the same message goes", async () => {
    const receiver = await receive();
    receiver.answer = () => new Response(null, { status: 410 });
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await settle();
    expect((await api("GET", "/v1/channels/TWITTER")).body.channel).toMatchObject({
      status: "PAUSED",
      pauseReason: "the endpoint answered 410",
    });
    await pass(10 * HOUR, HOUR);
    expect(receiver.deliveries).toHaveLength(1);
    receiver.answer = () => new Response(null, { status: 200 });
    await api("POST", "/v1/channels/TWITTER/resume");
    await settle();
    expect(receiver.deliveries).toHaveLength(2);
    expect(receiver.deliveries[1]?.id).toBe(receiver.deliveries[0]?.id);
    expect(receiver.deliveries[1]?.body).toBe(receiver.deliveries[0]?.body);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  });
});

describe("the sweep", () => {
  test("finds what a job missed: held, in a running sequence, and due", async () => {
    const { sequence } = await makeDrip([1], { status: "DRAFT" });
    const enrollment = await enroll(sequence);
    await pass(2 * HOUR);
    await patch(sequence, "ACTIVE");
    // The job was done, but its wake never reached the object.
    faults.letters = [];
    await deliver([]);
    await drain();
    travel(HOUR);
    await sweep();
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("leaves those alone that a paused workspace holds", async () => {
    const { sequence } = await makeDrip([1]);
    await enroll(sequence);
    await settle();
    await api("POST", "/v1/workspace/pause");
    await pass(2 * HOUR);
    await sweep();
    expect(faults.letters).toEqual([]);
  });

  test("a job item that fails is set apart, and harms no other", async () => {
    const { sequence } = await makeDrip([5]);
    const first = await enroll(sequence);
    const second = await enroll(sequence);
    await settle();
    await api("DELETE", `/v1/sequences/${sequence}`);
    faults.objectsDown = true;
    await deliver(faults.letters.splice(0));
    faults.objectsDown = false;
    faults.letters = [];
    await settle();
    expect(await rowOf(first)).toMatchObject({ standing: "ACTIVE" });
    // Nothing but the database remembers them.
    travel(HOUR);
    await sweep();
    await settle();
    expect(await rowOf(first)).toMatchObject({ why: "archived" });
    expect(await rowOf(second)).toMatchObject({ why: "archived" });
  });

  test("an item that goes on failing is tried once a sweep, and its messages do not multiply", async () => {
    const { sequence } = await makeDrip([5]);
    const enrollment = await enroll(sequence);
    await settle();
    await api("DELETE", `/v1/sequences/${sequence}`);
    faults.objectsDown = true;
    await deliver(faults.letters.splice(0));
    for (let sweeps = 0; sweeps < 4; sweeps++) {
      travel(60_000);
      await sweep();
      expect(faults.letters).toHaveLength(1);
      await deliver(faults.letters.splice(0));
    }
    faults.objectsDown = false;
    travel(60_000);
    await sweep();
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "archived" });
  });
});

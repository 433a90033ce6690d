/** While a message is being sent, or a turn has read what is no longer so: what else happens then. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts, until } from "../support/faults";
import { gate, receive } from "../support/receiver";
import {
  api,
  begin,
  crash,
  drain,
  enroll,
  HOUR,
  historyOf,
  makeContact,
  makeDrip,
  objectOf,
  pass,
  ring,
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
    resetCounts();
    faults.lateSql = /workspacePausedAt/;
    const ringing = ring(enrollment);
    await until(() => faults.statements.some((sql) => sql.includes("workspacePausedAt")));
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await drain();
    faults.lateSql = null;
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

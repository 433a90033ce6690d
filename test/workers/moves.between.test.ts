/** A contact who is being moved, admitted there and not gone from here: in one journey at a time, whatever comes. */
import { beforeEach, describe, expect, test } from "vitest";
import { command } from "../../src/engine/journey";
import { findEnrollment } from "../../src/storage/enrollments";
import { contextOf } from "../support/context";
import { faults } from "../support/faults";
import { admitOnly, atTheMove, listed, type Moving, putOffTriggers, sweepLater, triggersLeft } from "../support/moving";
import { api, begin, deliver, HOUR, historyOf, idOf, pass, rowOf, sentTo, settle, travel } from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;
const UNSTARTED = { state: "pending", why: "move", version: 0, standing: "ACTIVE" };

/** Admitted there; the trigger that would go on is kept back. */
async function between(delays = [0], more: Record<string, unknown> = {}): Promise<Moving & { row: number }> {
  const moving = await atTheMove(delays, more);
  const row = await admitOnly(moving);
  faults.letters = [];
  await putOffTriggers(true);
  return { ...moving, row };
}

async function goOn(): Promise<void> {
  await putOffTriggers(false);
  await sweepLater();
}

const replyOf = async ({ there }: Moving) => {
  const [{ contact }] = await listed(there);
  return api("POST", "/v1/replies", { platform: "TWITTER", from: contact.username, text: "Yes", messageId: "in-1" });
};

async function leaveHere({ enrollment, message }: Moving): Promise<void> {
  const from = await findEnrollment(contextOf().db, contextOf(), idOf(enrollment));
  if (!from) throw new Error("there is no such enrollment");
  const told = await command(contextOf(), from, { kind: "moved", message, refusal: null });
  expect(told).toMatchObject({ ok: true });
}

describe("between admission there and the end here", () => {
  test("an edit and an activation of the sequence there start nothing", async () => {
    const moving = await between();
    const { there, row } = moving;
    await api("POST", `/v1/sequences/${there}/steps`, { messageTemplate: "Message 2", delayHours: 24 });
    await settle();
    expect(await rowOf(row)).toMatchObject(UNSTARTED);
    await api("PATCH", `/v1/sequences/${there}`, { status: "PAUSED" });
    await api("PATCH", `/v1/sequences/${there}`, { status: "ACTIVE" });
    await sweepLater();
    expect(await rowOf(row)).toMatchObject(UNSTARTED);
    await goOn();
    expect(await rowOf(moving.enrollment)).toMatchObject({ why: "moved" });
    expect(await sentTo(`enroll_${row}`)).toEqual(["Message 1"]);
  });

  test("a pause there is refused for now", async () => {
    const { there, row } = await between();
    const paused = await api("POST", `/v1/sequences/${there}/enrollments/enroll_${row}/pause`);
    expect(paused.status).toBe(503);
    expect(await rowOf(row)).toMatchObject(UNSTARTED);
  });

  test("an exit there is final, and here he leaves all the same", async () => {
    const { there, row, enrollment } = await between();
    expect((await api("DELETE", `/v1/sequences/${there}/enrollments/enroll_${row}`)).status).toBe(200);
    await goOn();
    expect(await rowOf(row)).toMatchObject({ state: "ended", why: "removed" });
    expect(await sentTo(`enroll_${row}`)).toEqual([]);
    expect(await rowOf(enrollment)).toMatchObject({ why: "moved" });
  });

  test("a reply that ends the journey here ends the move", async () => {
    const moving = await between();
    await replyOf(moving);
    await settle();
    expect(await rowOf(moving.enrollment)).toMatchObject({ why: "replied" });
    expect(await rowOf(moving.row)).toMatchObject(UNSTARTED);
    await goOn();
    expect(await listed(moving.there)).toEqual([]);
    expect((await api("GET", "/v1/replies")).body.replies).toMatchObject([
      { outcome: "matched", enrollmentIds: [moving.enrollment] },
    ]);
  });

  test("a reply to who has left here and not begun there waits until he has", async () => {
    const moving = await between([24]);
    await leaveHere(moving);
    await replyOf(moving);
    await deliver(faults.letters.splice(0)); // the queue would bring it again; here the sweep does
    faults.letters = [];
    expect(await rowOf(moving.row)).toMatchObject(UNSTARTED);
    await goOn();
    await sweepLater();
    expect(await rowOf(moving.row)).toMatchObject({ state: "ended", why: "replied" });
    await pass(25 * HOUR);
    expect(await sentTo(`enroll_${moving.row}`)).toEqual([]);
  });
});

describe("a pause here", () => {
  const verb = ({ here, enrollment }: Moving, what: string) =>
    api("POST", `/v1/sequences/${here}/enrollments/${enrollment}/${what}`);

  test("keeps him from being moved until he is resumed, and then he is moved soon", async () => {
    const moving = await atTheMove();
    expect((await verb(moving, "pause")).status).toBe(200);
    await settle();
    await sweepLater();
    expect(await listed(moving.there)).toEqual([]);
    expect(await triggersLeft()).toBe(0);
    travel(HOUR);
    await settle();
    expect(await rowOf(moving.enrollment)).toMatchObject({ state: "paused" });
    expect(await listed(moving.there)).toEqual([]);
    expect((await verb(moving, "resume")).status).toBe(200);
    await pass(4 * MINUTE, MINUTE / 2);
    expect(await rowOf(moving.enrollment)).toMatchObject({ state: "ended", why: "moved" });
    const [{ id }] = await listed(moving.there);
    expect(await sentTo(id)).toEqual(["Message 1"]);
    expect((await historyOf(moving.enrollment)).filter(({ what }) => what === "ended")).toHaveLength(1);
  });

  test("that is over before its lease is, lets him be moved too", async () => {
    const moving = await atTheMove();
    await verb(moving, "pause");
    await settle();
    await verb(moving, "resume");
    await pass(4 * MINUTE, MINUTE / 2);
    expect(await rowOf(moving.enrollment)).toMatchObject({ state: "ended", why: "moved" });
    expect(await listed(moving.there)).toHaveLength(1);
  });

  test("after the admission there takes that back; resumed, he is moved anew", async () => {
    const moving = await between();
    await verb(moving, "pause");
    await goOn();
    expect(await rowOf(moving.enrollment)).toMatchObject({ state: "paused" });
    expect(await listed(moving.there)).toEqual([]);
    await verb(moving, "resume");
    await pass(4 * MINUTE, MINUTE / 2);
    expect(await rowOf(moving.enrollment)).toMatchObject({ state: "ended", why: "moved" });
    const [{ id }] = await listed(moving.there);
    expect(await sentTo(id)).toEqual(["Message 1"]);
  });

  test("by a reply, after the admission there -> nothing is begun there, and here it ends by the reply", async () => {
    const moving = await between();
    await api("PATCH", `/v1/sequences/${moving.here}`, {
      primaryReplyAction: "pause",
      primaryReplyPauseDuration: 3600,
    });
    expect((await replyOf(moving)).status).toBe(202);
    await settle();
    await goOn();
    expect(await rowOf(moving.enrollment)).toMatchObject({ state: "paused", why: "reply" });
    expect(await listed(moving.there)).toEqual([]);
    await pass(2 * HOUR, HOUR / 4);
    expect(await rowOf(moving.enrollment)).toMatchObject({ state: "ended", why: "replied" });
    expect(await listed(moving.there)).toEqual([]);
  });
});

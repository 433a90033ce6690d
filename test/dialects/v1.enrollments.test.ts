import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type Answer,
  api,
  begin,
  DAY,
  db,
  drain,
  enroll,
  HOUR,
  makeContact,
  makeDrip,
  pass,
  sentTo,
  settle,
  show,
} from "../support/world";

beforeAll(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const conflict = (message: string) => ({ status: 409, body: { error: { code: "CONFLICT", message } } });
const ALREADY = conflict("The contact is already enrolled in this sequence");
const ENDED = conflict("The enrollment has already ended");

function admit(sequence: string, contactId: string, platform = "TWITTER"): Promise<Answer> {
  return api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform });
}

const verb = (sequence: string, enrollment: string, what: string) =>
  api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/${what}`);
const exit = (sequence: string, enrollment: string) =>
  api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);

describe("enrolling", () => {
  test.each(["DRAFT", "PAUSED"])(
    "into a %s sequence is accepted and held, and starts on activation",
    async (status) => {
      const { sequence } = await makeDrip([0, 24], { status });
      const enrollment = await enroll(sequence);
      await pass(2 * HOUR);
      expect(await sentTo(enrollment)).toEqual([]);
      expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE", currentStep: 0 });
      await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
      await pass(HOUR);
      expect(await sentTo(enrollment)).toEqual(["Message 1"]);
      await pass(DAY);
      expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
    },
  );

  test("the delay of a held enrollment goes on: what is not due on activation keeps its time", async () => {
    const { sequence } = await makeDrip([24], { status: "DRAFT" });
    const enrollment = await enroll(sequence);
    const { nextRunAt } = await show(sequence, enrollment);
    await pass(23 * HOUR);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await settle();
    expect(await show(sequence, enrollment)).toMatchObject({ nextRunAt, waiting: { for: "delay", until: nextRunAt } });
    expect(await sentTo(enrollment)).toEqual([]);
    await pass(HOUR);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("a running sequence without steps completes at once", async () => {
    const { sequence } = await makeDrip([]);
    const enrollment = await enroll(sequence);
    await settle();
    expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED", currentStep: 0, exitReason: null });
    await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: "Late", delayHours: 0 });
    await pass(DAY);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED", currentStep: 0 });
  });

  test("an ARCHIVED sequence refuses", async () => {
    const { sequence } = await makeDrip([0], { status: "ARCHIVED" });
    const refused = conflict("The sequence is archived and accepts no enrollments");
    expect(await admit(sequence, await makeContact())).toEqual(refused);
  });

  test("a locked sequence refuses enrollments and changes of its steps, and journeys under way go on", async () => {
    const { sequence, steps } = await makeDrip([24]);
    const enrollment = await enroll(sequence);
    const lock = "UPDATE sequences SET locked = 1, revision = revision + 1 WHERE id = ?";
    await db().prepare(lock).bind(sequence.replace("seq_", "")).run();
    const locked = conflict("The sequence is locked");
    const path = `/v1/sequences/${sequence}/steps`;
    expect(await admit(sequence, await makeContact())).toEqual(locked);
    expect(await api("POST", path, { messageTemplate: "x", delayHours: 0 })).toEqual(locked);
    expect(await api("PATCH", `${path}/${steps[0]}`, { delayHours: 0 })).toEqual(locked);
    expect(await api("DELETE", `${path}/${steps[0]}`)).toEqual(locked);
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("a contact nobody knows is not found", async () => {
    const { sequence } = await makeDrip([0]);
    const error = { code: "NOT_FOUND", message: "Contact not found" };
    expect(await admit(sequence, "contact_abc123")).toEqual({ status: 404, body: { error } });
    expect(await admit("seq_abc123", await makeContact())).toEqual({
      status: 404,
      body: { error: { code: "NOT_FOUND", message: "Sequence not found" } },
    });
  });

  test("a contact without an address on the platform is refused, with one he is written to there", async () => {
    const { sequence } = await makeDrip([24]);
    const contact = await makeContact({ email: "both@example.com" });
    expect(await admit(sequence, contact, "SMS")).toEqual(conflict("The contact has no address on SMS"));
    const { status, body } = await admit(sequence, contact, "EMAIL");
    expect([status, body.enrollment.platform]).toEqual([201, "EMAIL"]);
    expect(body.enrollment.contact).toMatchObject({ platform: "EMAIL", username: "both@example.com" });
  });

  test("a contact who opted out is refused", async () => {
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
    expect(await admit(sequence, contact)).toEqual(conflict("The contact has opted out"));
  });

  test("one enrollment is live at a time, whatever the platform, and of many that come at once one is accepted", async () => {
    const { sequence } = await makeDrip([24]);
    const contact = await makeContact({ email: "once@example.com" });
    const answers = await Promise.all([1, 2, 3, 4].map(() => admit(sequence, contact)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(answers.filter(({ status }) => status === 409)).toEqual([ALREADY, ALREADY, ALREADY]);
    expect(await admit(sequence, contact, "EMAIL")).toEqual(ALREADY);
    expect((await admit((await makeDrip([24])).sequence, contact)).status).toBe(201);
  });

  test("a paused enrollment is live too", async () => {
    const { sequence } = await makeDrip([24]);
    const contact = await makeContact();
    await verb(sequence, await enroll(sequence, contact), "pause");
    expect(await admit(sequence, contact)).toEqual(ALREADY);
  });

  test("after an end, of whatever kind, a contact can be enrolled again and starts from the first step", async () => {
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    const first = await enroll(sequence, contact);
    await settle();
    expect(await show(sequence, first)).toMatchObject({ status: "COMPLETED" });
    const second = await enroll(sequence, contact);
    await exit(sequence, second);
    const third = await enroll(sequence, contact);
    await settle();
    expect(new Set([first, second, third]).size).toBe(3);
    expect([await sentTo(first), await sentTo(second), await sentTo(third)]).toEqual([
      ["Message 1"],
      [],
      ["Message 1"],
    ]);
  });

  test('reenroll "never" enrolls nobody twice', async () => {
    const { sequence } = await makeDrip([24], { reenroll: "never" });
    const contact = await makeContact();
    const enrollment = await enroll(sequence, contact);
    expect(await admit(sequence, contact)).toEqual(ALREADY);
    await exit(sequence, enrollment);
    const message = "The contact has been enrolled in this sequence before, and it does not enroll anybody twice";
    expect(await admit(sequence, contact)).toEqual(conflict(message));
    await api("PATCH", `/v1/sequences/${sequence}`, { reenroll: "after_exit" });
    expect((await admit(sequence, contact)).status).toBe(201);
  });
});

describe("exiting, pausing, resuming", () => {
  test("an exit is final: a second one is refused, as are pause and resume", async () => {
    const { sequence } = await makeDrip([24]);
    const enrollment = await enroll(sequence);
    expect(await exit(sequence, enrollment)).toEqual({ status: 200, body: { success: true } });
    for (const again of [
      () => exit(sequence, enrollment),
      ...["pause", "resume"].map((what) => () => verb(sequence, enrollment, what)),
    ]) {
      expect(await again()).toEqual(ENDED);
    }
    await pass(2 * DAY);
    expect(await sentTo(enrollment)).toEqual([]);
  });

  test("a completed enrollment cannot be exited", async () => {
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await settle();
    expect(await exit(sequence, enrollment)).toEqual(ENDED);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED", exitReason: null, exitedAt: null });
  });

  test("a paused enrollment sends nothing and stays ACTIVE; resumed, what fell due goes out, and the rest in time", async () => {
    const { sequence } = await makeDrip([1, 24]);
    const enrollment = await enroll(sequence);
    await drain();
    const before = await show(sequence, enrollment);
    const { history: _, waiting: __, ...plain } = before;
    const paused = await verb(sequence, enrollment, "pause");
    expect(paused).toEqual({ status: 200, body: { enrollment: { ...plain, paused: true } } });
    expect(await verb(sequence, enrollment, "pause")).toEqual(conflict("The enrollment is already paused"));
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual([]);
    const resumed = await verb(sequence, enrollment, "resume");
    expect(resumed).toEqual({ status: 200, body: { enrollment: plain } });
    expect(await verb(sequence, enrollment, "resume")).toEqual(conflict("The enrollment is not paused"));
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  });

  test("a paused enrollment can be exited", async () => {
    const { sequence } = await makeDrip([24]);
    const enrollment = await enroll(sequence);
    await verb(sequence, enrollment, "pause");
    expect((await exit(sequence, enrollment)).status).toBe(200);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "MANUAL", paused: false });
  });
});

test("an enrollment under another sequence is not found, and stays as it is", async () => {
  const [{ sequence }, { sequence: other }] = [await makeDrip([24]), await makeDrip([24])];
  const enrollment = await enroll(sequence);
  const missing = { status: 404, body: { error: { code: "NOT_FOUND", message: "Enrollment not found" } } };
  expect(await exit(other, enrollment)).toEqual(missing);
  for (const what of ["pause", "resume", "retry"]) expect(await verb(other, enrollment, what)).toEqual(missing);
  expect(await api("GET", `/v1/sequences/${other}/enrollments/${enrollment}`)).toEqual(missing);
  expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE", paused: false });
});

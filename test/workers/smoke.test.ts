import { beforeAll, expect, test } from "vitest";
import { api, begin, DAY, enroll, HOUR, makeDrip, pass, rowOf, sentTo, settle, show } from "../support/world";

beforeAll(begin);

test("a drip of three steps runs to its end, each message at its hour", async () => {
  const { sequence } = await makeDrip([0, 24, 48]);
  const enrollment = await enroll(sequence);
  await settle();
  expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "delay" });
  await pass(DAY - HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  await pass(HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  await pass(2 * DAY);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2", "Message 3"]);
  expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED", currentStep: 3, exitedAt: null });
  expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  expect((await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats).toEqual({
    ACTIVE: 0,
    COMPLETED: 1,
    EXITED: 0,
    FAILED: 0,
  });
});

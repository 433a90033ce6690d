/** Editing while contacts are under way: an enrollment follows the live definition. */
import { beforeEach, expect, test } from "vitest";
import { api, begin, type Drip, enroll, HOUR, makeDrip, pass, rowOf, sentTo, settle, show } from "../support/world";

beforeEach(begin);

const at = (drip: Drip, i: number) => `/v1/sequences/${drip.sequence}/steps/${drip.steps[i]}`;
const insert = (drip: Drip, text: string, stepOrder: number, delayHours = 0) =>
  api("POST", `/v1/sequences/${drip.sequence}/steps`, { messageTemplate: text, delayHours, stepOrder });

/** One enrollment whose first message has gone, and which awaits the second, two hours off. */
async function underWay(delays = [0, 2, 2]): Promise<{ drip: Drip; enrollment: string }> {
  const drip = await makeDrip(delays);
  const enrollment = await enroll(drip.sequence);
  await settle();
  expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  return { drip, enrollment };
}

test("a delay that is shortened takes effect for those who wait", async () => {
  const { drip, enrollment } = await underWay();
  await api("PATCH", at(drip, 1), { delayHours: 1 });
  await settle();
  await pass(HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
});

test("a delay shortened to what has long passed fires at once", async () => {
  const { drip, enrollment } = await underWay([0, 48]);
  await pass(10 * HOUR);
  await api("PATCH", at(drip, 1), { delayHours: 5 });
  await settle();
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
});

test("a delay that is lengthened takes effect too", async () => {
  const { drip, enrollment } = await underWay();
  await api("PATCH", at(drip, 1), { delayHours: 4 });
  await pass(3 * HOUR, HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  await pass(HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
});

test("a text that is edited is what goes out", async () => {
  const { drip, enrollment } = await underWay();
  await api("PATCH", at(drip, 1), { messageTemplate: "Message 2, better" });
  await pass(2 * HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2, better"]);
});

test("a step inserted before the awaited one is not visited; one inserted after it is", async () => {
  const { drip, enrollment } = await underWay();
  await insert(drip, "too late", 2);
  await insert(drip, "in time", 4);
  await pass(4 * HOUR, HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2", "in time", "Message 3"]);
});

test("before its first step has run, an enrollment takes whatever is then first", async () => {
  const drip = await makeDrip([3]);
  const enrollment = await enroll(drip.sequence);
  await settle();
  await insert(drip, "now first", 1, 1);
  await pass(HOUR);
  expect(await sentTo(enrollment)).toEqual(["now first"]);
});

test("a deleted awaited step passes its contacts on to the one after it", async () => {
  const { drip, enrollment } = await underWay([0, 48, 3]);
  await api("DELETE", at(drip, 1));
  await pass(3 * HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 3"]);
});

test("a step inserted where a deleted one was awaited is not visited", async () => {
  const { drip, enrollment } = await underWay([0, 48, 3]);
  await api("DELETE", at(drip, 1));
  await insert(drip, "too late", 2);
  await pass(5 * HOUR, HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 3"]);
});

test("the last step deleted under those who await it completes them at once; one appended later revives nobody", async () => {
  const { drip, enrollment } = await underWay([0, 48]);
  await api("DELETE", at(drip, 1));
  await settle();
  expect(await show(drip.sequence, enrollment)).toMatchObject({ status: "COMPLETED", currentStep: 1 });
  await insert(drip, "late", 2);
  await pass(HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1"]);
});

test("deleted while the sequence is paused, it completes when the sequence runs again", async () => {
  const { drip, enrollment } = await underWay([0, 48]);
  await api("PATCH", `/v1/sequences/${drip.sequence}`, { status: "PAUSED" });
  await api("DELETE", at(drip, 1));
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  await api("PATCH", `/v1/sequences/${drip.sequence}`, { status: "ACTIVE" });
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
});

test("an awaited step that is moved is followed; steps that ran are passed over", async () => {
  const { drip, enrollment } = await underWay([0, 2, 1, 1]);
  await api("PATCH", at(drip, 1), { stepOrder: 4 });
  await api("PATCH", at(drip, 0), { stepOrder: 4 });
  await pass(6 * HOUR, HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  expect(await show(drip.sequence, enrollment)).toMatchObject({ status: "COMPLETED" });
});

test("a step moved ahead of the awaited one is still visited when it lies behind it later", async () => {
  const { drip, enrollment } = await underWay([0, 1, 1, 1]);
  await api("PATCH", at(drip, 3), { stepOrder: 3 });
  await pass(4 * HOUR, HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2", "Message 4", "Message 3"]);
});

test("two edits at once both take effect", async () => {
  const drip = await makeDrip([0]);
  const texts = ["a", "b", "c", "d"];
  const answers = await Promise.all(
    texts.map((messageTemplate) =>
      api("POST", `/v1/sequences/${drip.sequence}/steps`, { messageTemplate, delayHours: 0 }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  const { steps } = (await api("GET", `/v1/sequences/${drip.sequence}/steps`)).body;
  expect(steps.map((step: { stepOrder: number }) => step.stepOrder)).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(steps.map((step: { messageTemplate: string }) => step.messageTemplate))).toEqual(
    new Set(["Message 1", ...texts]),
  );
});

import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, api, begin, type Json, makeDrip, travel } from "../support/world";

let sequence = "";
let ids: string[] = [];

beforeAll(begin);

/** A sequence with the steps A, B, C, D. */
beforeEach(async () => {
  ({ sequence } = await makeDrip([], { status: "DRAFT" }));
  ids = [];
  for (const name of ["A", "B", "C", "D"]) ids.push((await add(name)).body.step.id);
});

function add(messageTemplate: string, more: object = {}): Promise<Answer> {
  return api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate, delayHours: 1, ...more });
}

const patch = (i: number, body: object) => api("PATCH", `/v1/sequences/${sequence}/steps/${ids[i]}`, body);
const remove = (i: number) => api("DELETE", `/v1/sequences/${sequence}/steps/${ids[i]}`);
const steps = async (): Promise<Json[]> => (await api("GET", `/v1/sequences/${sequence}/steps`)).body.steps;

/** The texts in order, after a look at the numbers: they must be 1…n. */
async function texts(): Promise<string> {
  const shown = await steps();
  expect(shown.map((step) => step.stepOrder)).toEqual(shown.map((_, i) => i + 1));
  expect((await api("GET", `/v1/sequences/${sequence}`)).body.sequence.steps).toEqual(shown);
  return shown.map((step) => step.messageTemplate).join("");
}

describe("adding", () => {
  test("without stepOrder a step is appended", async () => {
    expect((await add("E")).body.step).toMatchObject({ stepOrder: 5, messageTemplate: "E" });
    expect(await texts()).toBe("ABCDE");
  });

  test.each([
    [1, "xABCD"],
    [2, "AxBCD"],
    [4, "ABCxD"],
    [5, "ABCDx"],
  ])("at stepOrder %i it takes that number, and the rest shift", async (stepOrder, order) => {
    const { status, body } = await add("x", { stepOrder });
    expect([status, body.step.stepOrder]).toEqual([201, stepOrder]);
    expect(await texts()).toBe(order);
  });

  test("stepOrder 1 is the only place in a sequence without steps", async () => {
    ({ sequence } = await makeDrip([], { status: "DRAFT" }));
    expect((await add("x", { stepOrder: 2 })).status).toBe(400);
    expect((await add("x", { stepOrder: 1 })).status).toBe(201);
    expect(await texts()).toBe("x");
  });

  test.each([0, -1, 6, 1000])("stepOrder %i is refused among four steps, and the range is named", async (stepOrder) => {
    const message = "stepOrder must be between 1 and 5";
    const error = { code: "VALIDATION_ERROR", message, details: { field: "stepOrder" } };
    expect(await add("x", { stepOrder })).toEqual({ status: 400, body: { error } });
    expect(await texts()).toBe("ABCD");
  });
});

describe("changing", () => {
  test.each([
    [0, 1, "ABCD"],
    [0, 2, "BACD"],
    [0, 3, "BCAD"],
    [0, 4, "BCDA"],
    [1, 1, "BACD"],
    [1, 4, "ACDB"],
    [2, 1, "CABD"],
    [2, 2, "ACBD"],
    [3, 1, "DABC"],
    [3, 3, "ABDC"],
  ])("the step at index %i, moved to stepOrder %i, is there: %s", async (i, stepOrder, order) => {
    const { status, body } = await patch(i, { stepOrder });
    expect([status, body.step.id, body.step.stepOrder]).toEqual([200, ids[i], stepOrder]);
    expect(await texts()).toBe(order);
  });

  test.each([0, 5])("stepOrder %i is refused to one of four steps, and the range is named", async (stepOrder) => {
    const message = "stepOrder must be between 1 and 4";
    const error = { code: "VALIDATION_ERROR", message, details: { field: "stepOrder" } };
    expect(await patch(1, { stepOrder, messageTemplate: "lost" })).toEqual({ status: 400, body: { error } });
    expect(await texts()).toBe("ABCD");
  });

  test("text, delay and place can be changed together, and each alone", async () => {
    expect((await patch(0, { messageTemplate: "a", delayHours: 9, stepOrder: 3 })).body.step).toMatchObject({
      messageTemplate: "a",
      delayHours: 9,
      stepOrder: 3,
    });
    expect((await patch(0, { messageTemplate: "aa" })).body.step).toMatchObject({
      messageTemplate: "aa",
      delayHours: 9,
    });
    expect((await patch(0, { delayHours: 0 })).body.step).toMatchObject({ messageTemplate: "aa", delayHours: 0 });
    expect(await texts()).toBe("BCaaD");
  });

  test("an empty change changes nothing but the time", async () => {
    const [before] = await steps();
    travel(1000);
    const { status, body } = await patch(0, {});
    expect([status, body.step]).toEqual([200, { ...before, updatedAt: body.step.updatedAt }]);
    expect(await texts()).toBe("ABCD");
  });

  test.each([0, 1, 24, 48, 8760])("a delay of %i hours comes back as it was written", async (delayHours) => {
    expect((await patch(1, { delayHours })).body.step.delayHours).toBe(delayHours);
    expect((await steps())[1]?.delayHours).toBe(delayHours);
    expect((await add("x", { delayHours })).body.step.delayHours).toBe(delayHours);
    expect((await steps())[4]?.delayHours).toBe(delayHours);
  });

  test("texts come back to the letter: line ends, quotes, emoji, and 2,000 characters of two units each", async () => {
    for (const text of ["  two\r\nlines\t", '"it\'s" \\ <b>&amp;</b> 50%', "Grüße 👩‍👩‍👧 Ω", "😀".repeat(2000)]) {
      expect((await patch(1, { messageTemplate: text })).body.step?.messageTemplate).toBe(text);
      expect((await steps())[1]?.messageTemplate).toBe(text);
    }
  });
});

describe("deleting", () => {
  test.each([
    [0, "BCD"],
    [1, "ACD"],
    [3, "ABC"],
  ])("the step at index %i leaves no gap", async (i, order) => {
    expect(await remove(i)).toEqual({ status: 200, body: { success: true } });
    expect(await texts()).toBe(order);
  });

  test("a deleted step cannot be deleted or changed again", async () => {
    await remove(1);
    const missing = { status: 404, body: { error: { code: "NOT_FOUND", message: "Step not found" } } };
    expect(await remove(1)).toEqual(missing);
    expect(await patch(1, { delayHours: 3 })).toEqual(missing);
    expect(await texts()).toBe("ACD");
  });

  test("additions and moves around deleted steps go by the numbers that are shown", async () => {
    await remove(1);
    await remove(3);
    await add("x", { stepOrder: 2 });
    expect(await texts()).toBe("AxC");
    await patch(0, { stepOrder: 3 });
    expect(await texts()).toBe("xCA");
    await add("y");
    await add("z", { stepOrder: 1 });
    expect(await texts()).toBe("zxCAy");
    await remove(2);
    await patch(0, { stepOrder: 1 });
    expect(await texts()).toBe("Azxy");
  });

  test("when all are deleted, the next one added is number 1", async () => {
    for (const i of [0, 1, 2, 3]) await remove(i);
    expect(await steps()).toEqual([]);
    expect((await add("x")).body.step.stepOrder).toBe(1);
    expect(await texts()).toBe("x");
  });
});

describe("templates", () => {
  test.each([
    ["Hi {{ contact.displayName", 1, 4],
    ["Hi\n  {% if contact.displayName %}there", 2, 3],
    ["Hi {{ contact.displayName | shout }}", 1, 4],
    ["{% include 'other' %}", 1, 1],
  ])("%j is refused with the place of its fault", async (messageTemplate, line, column) => {
    for (const { status, body } of [await add(messageTemplate), await patch(0, { messageTemplate })]) {
      const details = { field: "messageTemplate", line, column };
      const message = expect.stringMatching(
        new RegExp(`^messageTemplate is not a valid template: .+ \\(line ${line}, column ${column}\\)$`),
      );
      expect({ status, body }).toEqual({
        status: 400,
        body: { error: { code: "VALIDATION_ERROR", message, details } },
      });
    }
    expect(await texts()).toBe("ABCD");
  });

  test.each([
    "Hi {{ contact.displayName | default: 'there' }}",
    "{% if contact.customFields.tier == 'gold' %}Gold{% else %}Hello{% endif %}",
    "{{ first_name }} {{ email }} {{ custom.tier }} {% for tag in tags %}{{ tag }}{% endfor %}",
    "100 % { braces } and {a}",
  ])("%j is accepted", async (messageTemplate) => {
    expect((await add(messageTemplate)).body.step.messageTemplate).toBe(messageTemplate);
  });
});

test("a step under another sequence is not found, and stays as it is", async () => {
  const { sequence: other } = await makeDrip([1]);
  const missing = { status: 404, body: { error: { code: "NOT_FOUND", message: "Step not found" } } };
  expect(await api("PATCH", `/v1/sequences/${other}/steps/${ids[0]}`, { delayHours: 5 })).toEqual(missing);
  expect(await api("DELETE", `/v1/sequences/${other}/steps/${ids[0]}`)).toEqual(missing);
  expect(await texts()).toBe("ABCD");
  expect((await steps())[0]?.delayHours).toBe(1);
});

test("the steps of an archived sequence can be read and edited, for it may be taken out again", async () => {
  await api("DELETE", `/v1/sequences/${sequence}`);
  expect(await texts()).toBe("ABCD");
  expect((await add("E")).status).toBe(201);
  expect((await patch(0, { messageTemplate: "a" })).status).toBe(200);
  expect((await remove(1)).status).toBe(200);
  expect(await texts()).toBe("aCDE");
});

test("a sequence holds 500 steps, and refuses one more", async () => {
  for (let i = 5; i <= 500; i++) await add(`${i}`);
  expect((await steps())[499]).toMatchObject({ stepOrder: 500, messageTemplate: "500" });
  const error = { code: "LIMIT_EXCEEDED", message: "A sequence holds at most 500 steps" };
  expect(await add("501")).toEqual({ status: 402, body: { error } });
  expect(await steps()).toHaveLength(500);
});

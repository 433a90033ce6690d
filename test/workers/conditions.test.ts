/** Conditions that wait: decided as soon as what they ask for has come in, and at their end otherwise. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { chain, type Form, makeSequence, plant, storyOf, subscribe } from "../support/tree";
import {
  api,
  begin,
  evict,
  HOUR,
  type Json,
  OTHER_KEY,
  pass,
  ring,
  rowOf,
  settle,
  show,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

const ADA = "ada@example.com";
const mail = (label: string): Form => ({ action: "send_email", label, body: label });
const DAY = 86_400;

/** A mail, a condition that waits a day, and a mail in each branch. */
async function plantAll(asked: object): Promise<{ sequence: number; enrollment: string; message: string }> {
  const sequence = await makeSequence("Asks");
  await api("PATCH", `/v1/sequences/seq_${sequence}`, { exitOnReply: false });
  const asks = await chain(sequence, [
    mail("First"),
    { action: "condition", label: "Asked", wait_up_to: DAY, ...asked },
  ]);
  await plant(sequence, mail("Yes"), asks.yes);
  await plant(sequence, mail("No"), asks.no);
  const enrollment = await subscribe(sequence, ADA);
  await settle();
  const [{ id }] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages;
  return { sequence, enrollment, message: id };
}

const contactId = async () => (await api("GET", `/v1/contacts?search=${ADA}`)).body.contacts[0].id;
const YES = ["First: sent", "Asked: true", "Yes: sent", "completed"];
const NO = ["First: sent", "Asked: false", "No: sent", "completed"];

type Deed = (journey: { message: string }) => Promise<unknown>;

const happens: [string, object, Deed][] = [
  [
    "opened",
    { condition_setting: "any_email_opened" },
    ({ message }) => api("POST", `/v1/messages/${message}/events`, { type: "opened" }),
  ],
  [
    "clicked, and so opened",
    { condition_setting: "previous_email_opened" },
    ({ message }) => api("POST", `/v1/messages/${message}/events`, { type: "clicked" }),
  ],
  [
    "clicked",
    { condition_setting: "previous_email_clicked" },
    ({ message }) => api("POST", `/v1/messages/${message}/events`, { type: "clicked" }),
  ],
  [
    "replied",
    { condition_setting: "has_replied" },
    () => api("POST", "/v1/replies", { platform: "EMAIL", from: ADA, text: "Hm" }),
  ],
  [
    "tagged",
    { condition_setting: "has_tag", tag: "vip" },
    async () => api("PATCH", `/v1/contacts/${await contactId()}`, { tags: ["vip"] }),
  ],
  [
    "changed",
    { condition_setting: "contact_field", field: "customFields.plan", op: "is", value: "pro" },
    async () => api("PATCH", `/v1/contacts/${await contactId()}`, { customFields: { plan: "pro" } }),
  ],
];

describe("a condition that may wait a day", () => {
  test.each(happens)("%s within it -> the true branch at once", async (_, asked, deed) => {
    const { sequence, enrollment, message } = await plantAll(asked);
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting", why: "condition" });
    await pass(3 * HOUR, HOUR);
    expect((await deed({ message })) as Json).toMatchObject({ status: expect.any(Number) });
    await settle();
    expect(await storyOf(sequence, enrollment)).toEqual(YES);
  });

  test.each(happens)("not %s -> the false branch after a day, not before", async (_, asked) => {
    const { sequence, enrollment } = await plantAll(asked);
    await pass(23 * HOUR, HOUR);
    expect(await storyOf(sequence, enrollment)).toEqual(["First: sent"]);
    await pass(2 * HOUR, HOUR);
    expect(await storyOf(sequence, enrollment)).toEqual(NO);
  });

  test("it is shown what the journey waits for, and until when", async () => {
    const { sequence, enrollment } = await plantAll({ condition_setting: "any_email_opened" });
    const { waiting, nextRunAt } = await show(`seq_${sequence}`, enrollment);
    expect(waiting).toMatchObject({ for: "condition", until: nextRunAt });
  });

  test("the nudge of a change is lost -> the sweep brings it", async () => {
    const { sequence, enrollment } = await plantAll({ condition_setting: "has_tag", tag: "vip" });
    await api("PATCH", `/v1/contacts/${await contactId()}`, { tags: ["vip"] });
    faults.letters = [];
    travel(2 * 60_000);
    await sweep();
    await settle();
    expect(await storyOf(sequence, enrollment)).toEqual(YES);
  });

  test("changed just before the mirror showed that it waits -> seen by the second look", async () => {
    const sequence = await makeSequence("Asks");
    const asks = { action: "condition", label: "Asked", condition_setting: "has_tag", tag: "vip", wait_up_to: DAY };
    await chain(sequence, [asks]);
    const enrollment = await subscribe(sequence, ADA);
    travel(20);
    await ring(enrollment); // it waits, and what it told is still on its way
    await api("PATCH", `/v1/contacts/${await contactId()}`, { tags: ["vip"] });
    await settle();
    expect(await storyOf(sequence, enrollment)).toEqual([]);
    await pass(60_000, 10_000);
    expect(await storyOf(sequence, enrollment)).toEqual(["Asked: true", "completed"]);
  });

  test("opened while paused -> decided when it is resumed, though evicted meanwhile", async () => {
    const { sequence, enrollment, message } = await plantAll({ condition_setting: "any_email_opened" });
    await api("POST", `/v1/sequences/seq_${sequence}/enrollments/${enrollment}/pause`);
    await api("POST", `/v1/messages/${message}/events`, { type: "opened" });
    await settle();
    expect(await storyOf(sequence, enrollment)).toEqual(["First: sent"]);
    await evict(enrollment);
    await api("POST", `/v1/sequences/seq_${sequence}/enrollments/${enrollment}/resume`);
    await settle();
    expect(await storyOf(sequence, enrollment)).toEqual(YES);
  });

  test("an edit of what it waits for takes effect at once", async () => {
    const { sequence, enrollment } = await plantAll({ condition_setting: "any_email_opened" });
    const { body } = await api("GET", `/api/v1/sequences/${sequence}/steps`);
    const asked = body.data.find(({ label }: Json) => label === "Asked");
    await api("PATCH", `/api/v1/sequences/${sequence}/steps/${asked.id}`, { wait_up_to: 0 });
    await settle();
    expect(await storyOf(sequence, enrollment)).toEqual(NO);
  });
});

describe("news of a message", () => {
  test("opened and clicked -> shown on the message, the first time of each, and in the history once", async () => {
    const { sequence, enrollment, message } = await plantAll({ condition_setting: "has_replied" });
    travel(20_000);
    const opened = { type: "opened", at: "2040-01-02T09:00:10Z" };
    const { status, body } = await api("POST", `/v1/messages/${message}/events`, opened);
    expect([status, body.message.openedAt, body.message.clickedAt]).toEqual([200, "2040-01-02T09:00:10Z", null]);
    await pass(HOUR);
    await api("POST", `/v1/messages/${message}/events`, { type: "opened" });
    await api("POST", `/v1/messages/${message}/events`, { type: "clicked", url: "https://example.com/" });
    await settle();
    const shown = (await api("GET", `/v1/messages/${message}`)).body.message;
    expect(shown).toMatchObject({
      openedAt: "2040-01-02T09:00:10Z",
      clickedAt: "2040-01-02T10:00:20Z",
      deliveredAt: null,
    });
    const { history } = await show(`seq_${sequence}`, enrollment);
    const news = history.filter(({ event }: Json) => /opened|clicked/.test(event));
    expect(news.map(({ event, url }: Json) => [event, url])).toEqual([
      ["message_opened", null],
      ["message_clicked", "https://example.com/"],
    ]);
  });

  test.each(["bounced", "complained"])("%s -> all his journeys end so, and he is not enrolled again", async (type) => {
    const { sequence, enrollment, message } = await plantAll({ condition_setting: "has_replied" });
    const other = await subscribe(await makeSequence("Other"), ADA);
    expect((await api("POST", `/v1/messages/${message}/events`, { type })).status).toBe(200);
    await settle();
    expect(await show(`seq_${sequence}`, enrollment)).toMatchObject({ status: "FAILED", exitReason: "BOUNCED" });
    expect(await rowOf(other)).toMatchObject({ standing: expect.stringMatching(/FAILED|COMPLETED/) });
    const again = await api("POST", `/api/v1/sequences/${sequence}/add_subscriber`, { subscriber: { email: ADA } });
    expect(again.status).toBe(422);
  });

  test("after the journey has ended -> still taken in", async () => {
    const { sequence, enrollment, message } = await plantAll({ condition_setting: "has_replied" });
    await api("DELETE", `/v1/sequences/seq_${sequence}/enrollments/${enrollment}`);
    const { status, body } = await api("POST", `/v1/messages/${message}/events`, { type: "delivered" });
    expect([status, body.message.deliveredAt]).toEqual([200, "2040-01-02T09:00:00Z"]);
    expect(await rowOf(enrollment)).toMatchObject({ why: "removed" });
  });

  test("of a message that is not there, or is another's -> 404, and nothing is noted", async () => {
    const { message } = await plantAll({ condition_setting: "has_replied" });
    const next = `msg_${Number(message.slice("msg_".length)) + 1}`;
    for (const [id, key] of [
      ["msg_1", undefined],
      [next, undefined],
      [message, OTHER_KEY],
    ] as const) {
      expect((await api("POST", `/v1/messages/${id}/events`, { type: "opened" }, key)).status).toBe(404);
    }
    expect((await api("GET", `/v1/messages/${message}`)).body.message.openedAt).toBeNull();
  });

  test.each([
    {},
    { type: "read" },
    { type: 5 },
    { type: "opened", at: "yesterday" },
    { type: "clicked", url: "nowhere" },
  ])("%j -> 400", async (body) => {
    const { message } = await plantAll({ condition_setting: "has_replied" });
    expect((await api("POST", `/v1/messages/${message}/events`, body)).status).toBe(400);
  });
});

import { beforeEach, expect, test, vi } from "vitest";
import {
  api,
  begin,
  DAY,
  deliver,
  drain,
  enroll,
  isResting,
  type Json,
  makeDrip,
  pass,
  settle,
  show,
} from "../support/world";

let sequence = "";
let contact = "";
let enrollment = "";
let name = "";
let people = 0;

/** Somebody who got a message that names him, answered it, and waits for the next. */
beforeEach(async () => {
  await begin();
  people += 1;
  name = `wanda${people}`;
  ({ sequence } = await makeDrip([], { exitOnReply: false }));
  for (const delayHours of [0, 24]) {
    const messageTemplate = `Dear {{ contact.displayName }} (${delayHours})`;
    await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate, delayHours });
  }
  const made = await api("POST", "/v1/contacts", {
    platform: "TWITTER",
    username: name,
    displayName: `Wanda ${name}`,
    email: `${name}@example.com`,
    customFields: { secret: name },
  });
  contact = made.body.contact.id;
  enrollment = await enroll(sequence, contact);
  await settle();
  await api("POST", "/v1/replies", {
    platform: "TWITTER",
    from: name,
    text: `It is me, ${name}`,
    messageId: `m-${name}`,
  });
  await settle();
});

const remove = () => api("DELETE", `/v1/contacts/${contact}`);
const NOT_FOUND = { status: 404, body: { error: { code: "NOT_FOUND", message: "Contact not found" } } };
const messages = async (): Promise<Json> => (await api("GET", `/v1/messages?sequence=${sequence}`)).body;
const stats = async () => (await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats;

/** Every list and detail in which he is to be seen, as one text. */
async function everything(): Promise<string> {
  const [message] = (await messages()).messages;
  const paths = [
    "/v1/contacts?limit=100",
    "/v1/replies?limit=100",
    "/v1/dead-letters?limit=100",
    `/v1/messages?sequence=${sequence}`,
    `/v1/messages/${message.id}`,
    `/v1/sequences/${sequence}/enrollments`,
    `/v1/sequences/${sequence}/enrollments/${enrollment}`,
  ];
  const answers = await Promise.all(paths.map((path) => api("GET", path)));
  expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
  return JSON.stringify(answers);
}

test("a deleted contact is not found any more, by any verb", async () => {
  expect(await remove()).toEqual({ status: 200, body: { success: true } });
  expect(await api("GET", `/v1/contacts/${contact}`)).toEqual(NOT_FOUND);
  expect(await api("PATCH", `/v1/contacts/${contact}`, { displayName: "Back" })).toEqual(NOT_FOUND);
  expect(await remove()).toEqual(NOT_FOUND);
  expect(await api("GET", `/v1/messages?contact=${contact}`)).toEqual(NOT_FOUND);
  const input = { contactId: contact, platform: "TWITTER" };
  expect(await api("POST", `/v1/sequences/${sequence}/enrollments`, input)).toEqual(NOT_FOUND);
});

test("his live enrollment ends, nothing more is sent, and the counts stay whole", async () => {
  expect(await stats()).toEqual({ ACTIVE: 1, COMPLETED: 0, EXITED: 0, FAILED: 0 });
  await remove();
  await drain();
  expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "MANUAL", contact: null });
  expect(await stats()).toEqual({ ACTIVE: 0, COMPLETED: 0, EXITED: 1, FAILED: 0 });
  await pass(2 * DAY);
  expect((await messages()).pagination.total).toBe(1);
  expect(await stats()).toEqual({ ACTIVE: 0, COMPLETED: 0, EXITED: 1, FAILED: 0 });
  expect(await isResting(enrollment)).toBe(true);
});

test("his messages keep their ids and times, and lose their words", async () => {
  const [before] = (await messages()).messages;
  expect(before.excerpt).toBe(`Dear Wanda ${name} (0)`);
  await remove();
  await drain();
  const lean = { ...before, excerpt: null, subject: null, error: null };
  expect(await messages()).toEqual({ messages: [lean], pagination: { page: 1, limit: 50, total: 1, totalPages: 1 } });
  const full = await api("GET", `/v1/messages/${before.id}`);
  const expired = { ...lean, to: null, body: null, format: null, mail: null, contentExpired: true };
  expect(full).toEqual({ status: 200, body: { message: expired } });
});

test("his replies stay, blank", async () => {
  const find = async () => (await api("GET", "/v1/replies")).body.replies[0];
  const before = await find();
  expect(before).toMatchObject({ from: name, text: `It is me, ${name}`, messageId: `m-${name}`, contactId: contact });
  await remove();
  await drain();
  expect(await find()).toEqual({ ...before, from: "", text: "", messageId: null, inReplyTo: null });
});

test("nothing that he or we wrote, and no name or address of his, is to be seen anywhere", async () => {
  expect(await everything()).toContain(name);
  await remove();
  await settle();
  expect(await everything()).not.toContain(name);
});

test("what a journey of his failed by is forgotten with the rest", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error(`no way to ${name}`));
  await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: "https://example.com/hook" });
  await pass(6 * DAY, DAY);
  const reason = async () => (await show(sequence, enrollment)).exitReason;
  expect(await reason()).toBe(`given up: no way to ${name}`);
  await remove();
  await settle();
  expect(await everything()).not.toContain(name);
  expect(await show(sequence, enrollment)).toMatchObject({ status: "FAILED" });
  vi.restoreAllMocks();
});

test("a reply of his that matched nobody, because he was not known by that address yet, is blanked too", async () => {
  const from = `later-${name}@example.com`;
  await api("POST", "/v1/replies", { platform: "EMAIL", from: from.toUpperCase(), text: "My secret" });
  await drain();
  const find = async () => (await api("GET", "/v1/replies")).body.replies[0];
  expect(await find()).toMatchObject({ matched: false, contactId: null, text: "My secret" });
  await api("PATCH", `/v1/contacts/${contact}`, { email: from });
  await remove();
  await drain();
  expect(await find()).toMatchObject({ from: "", text: "" });
});

test("a reply of his that was not taken in yet when he was deleted is blanked too", async () => {
  await api("POST", "/v1/replies", { platform: "TWITTER", from: name, text: "My secret" });
  await remove();
  await drain();
  expect((await api("GET", "/v1/replies")).body.replies[0]).toMatchObject({ from: "", text: "" });
});

test("a reply of his that nobody could take in, and lies among the dead letters, is erased too", async () => {
  const reply = { v: 1, workspaceId: 1, platform: "TWITTER", from: name, text: "Hello?", receivedAt: Date.now() };
  await deliver([{ queue: "dripline-replies-dead", body: reply }]);
  expect(await everything()).toContain("Hello?");
  await remove();
  await settle();
  expect(await everything()).not.toContain(name);
});

test("his address is free again, and who comes with it is a new contact, without the old one's journeys", async () => {
  await remove();
  await drain();
  const { status, body } = await api("POST", "/v1/contacts", { platform: "TWITTER", username: name });
  expect(status).toBe(201);
  expect(body.contact).toMatchObject({ displayName: null, email: null, customFields: {}, optedOut: false });
  expect(body.contact.id).not.toBe(contact);
  expect((await api("GET", `/v1/messages?contact=${body.contact.id}`)).body.messages).toEqual([]);
});

test("who had opted out comes back as opted out, by any address he had, however it is written", async () => {
  await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
  await drain();
  await remove();
  await drain();
  const byName = await api("POST", "/v1/contacts", { platform: "TWITTER", username: `@${name.toUpperCase()}` });
  expect([byName.status, byName.body.contact.optedOut]).toEqual([201, true]);
  const byEmail = { platform: "LINKEDIN", username: name, email: `${name}@EXAMPLE.com` };
  expect((await api("POST", "/v1/contacts", byEmail)).body.contact.optedOut).toBe(true);
  const elsewhere = await api("POST", "/v1/contacts", { platform: "BLUESKY", username: name });
  expect(elsewhere.body.contact.optedOut).toBe(false);
  const input = { contactId: byName.body.contact.id, platform: "TWITTER" };
  const error = { code: "CONFLICT", message: "The contact has opted out" };
  expect(await api("POST", `/v1/sequences/${sequence}/enrollments`, input)).toEqual({ status: 409, body: { error } });
});

test("who opted in again before he was deleted comes back as willing", async () => {
  await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
  await remove();
  const back = (await api("POST", "/v1/contacts", { platform: "TWITTER", username: name })).body.contact;
  await api("PATCH", `/v1/contacts/${back.id}`, { optedOut: false });
  await api("DELETE", `/v1/contacts/${back.id}`);
  await drain();
  const again = await api("POST", "/v1/contacts", { platform: "TWITTER", username: name });
  expect(again.body.contact.optedOut).toBe(false);
});

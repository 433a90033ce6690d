import { beforeEach, expect, test } from "vitest";
import { faults } from "../support/faults";
import {
  api,
  begin,
  deliver,
  drain,
  enroll,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
  show,
} from "../support/world";

const REPLY = {
  v: 1,
  workspaceId: 1,
  platform: "TWITTER",
  from: "alice",
  text: "Hello",
  receivedAt: 0,
  messageId: "m1",
};
const THEIRS = { ...REPLY, workspaceId: 2, text: "Elsewhere", messageId: "m2" };

let reply = REPLY;

/** Three replies, one of them in another workspace, and one message of nobody's, that were given up. */
beforeEach(async () => {
  await begin();
  reply = { ...REPLY, receivedAt: Date.now() };
  const bodies = [reply, THEIRS, { ...reply, text: "Again", messageId: "m3" }, { nonsense: true }];
  await deliver(bodies.map((body) => ({ queue: "dripline-replies-dead", body })));
});

const list = async (query = "", key?: string): Promise<Json> =>
  (await api("GET", `/v1/dead-letters${query}`, undefined, key)).body;
const resend = (id: string, key?: string) => api("POST", `/v1/dead-letters/${id}/resend`, undefined, key);

const letter = (body: object) => ({
  id: expect.stringMatching(/^dead_[1-9]\d*$/),
  queue: "dripline-replies",
  enrollmentId: null,
  body,
  createdAt: "2040-01-02T09:00:00Z",
  resentAt: null,
});

test("what nobody could take in is listed with its content, newest first, each workspace's own", async () => {
  expect(faults.letters).toEqual([]);
  const mine = [letter({ ...reply, text: "Again", messageId: "m3" }), letter(reply)];
  expect(await list()).toEqual({ deadLetters: mine, pagination: { page: 1, limit: 50, total: 2, totalPages: 1 } });
  const theirs = { deadLetters: [letter(THEIRS)], pagination: { page: 1, limit: 50, total: 1, totalPages: 1 } };
  expect(await list("", OTHER_KEY)).toEqual(theirs);
  const second = await list("?limit=1&page=2");
  expect(second).toEqual({ deadLetters: [letter(reply)], pagination: { page: 2, limit: 1, total: 2, totalPages: 2 } });
});

test("one that is delivered to the queue of the dead twice is listed once", async () => {
  await deliver([{ queue: "dripline-replies-dead", body: reply }]);
  expect((await list()).pagination.total).toBe(2);
});

test("sent again, it is taken in, and the letter tells when it was sent", async () => {
  const { sequence } = await makeDrip([24]);
  const enrollment = await enroll(sequence, await makeContact({ username: "alice" }));
  await drain();
  const [, first] = (await list()).deadLetters;
  const answer = await resend(first.id);
  const resent = { ...letter(reply), id: first.id, resentAt: "2040-01-02T09:00:00Z" };
  expect(answer).toEqual({ status: 200, body: { deadLetter: resent } });
  expect((await list()).deadLetters[1]).toEqual(resent);
  await drain();
  expect((await api("GET", "/v1/replies")).body.replies).toMatchObject([{ text: "Hello", outcome: "matched" }]);
  expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "REPLIED" });
});

test("sent again twice, it changes nothing the second time", async () => {
  const [, first] = (await list()).deadLetters;
  await resend(first.id);
  await drain();
  const before = (await api("GET", "/v1/replies")).body;
  expect((await resend(first.id)).status).toBe(200);
  await drain();
  expect((await api("GET", "/v1/replies")).body).toEqual(before);
});

test("another workspace's letter is not found, and is not sent", async () => {
  const [theirs] = (await list("", OTHER_KEY)).deadLetters;
  const missing = { status: 404, body: { error: { code: "NOT_FOUND", message: "Dead letter not found" } } };
  expect(await resend(theirs.id)).toEqual(missing);
  expect(await resend("dead_999999")).toEqual(missing);
  expect(faults.letters).toEqual([]);
  expect((await list("", OTHER_KEY)).deadLetters[0].resentAt).toBe(null);
});

test.each([
  ["events", { v: 1, enrollment: 7, workspace: 1 }, "enroll_7"],
  ["jobs", { v: 1, kind: "item", workspaceId: 1, job: 1, enrollment: 9 }, "enroll_9"],
])("one of the queue of %s goes back to that queue", async (queue, body, enrollmentId) => {
  await deliver([{ queue: `dripline-${queue}-dead`, body }]);
  const [newest] = (await list()).deadLetters;
  expect(newest).toMatchObject({ queue: `dripline-${queue}`, enrollmentId, body });
  await resend(newest.id);
  expect(faults.letters).toEqual([{ queue: `dripline-${queue}`, body }]);
});

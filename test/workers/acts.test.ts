/** What steps do besides sending, when what they do it to fails, is cut off, or is done twice. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { faults } from "../support/faults";
import { gate, type Receiver, receive } from "../support/receiver";
import { chain, type Form, makeSequence, plant, storyOf, subscribe } from "../support/tree";
import {
  api,
  begin,
  crash,
  HOUR,
  historyOf,
  type Json,
  pass,
  ring,
  rowOf,
  settle,
  show,
  stateOf,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const MINUTE = 60_000;
const ADA = "ada@example.com";
const tell: Form = {
  action: "make_http_request",
  label: "Tell",
  url: "https://crm.test/{{ email }}",
  http_method: "POST",
};
const tag: Form = { action: "add_tag_to_subscriber", label: "Tag", taggify_list: "warm" };
const mail: Form = { action: "send_email", label: "Mail", body: "Hello" };

const keysOf = ({ deliveries }: Receiver) => deliveries.map(({ headers }) => headers.get("idempotency-key"));
const tagsOf = async () => (await api("GET", `/v1/contacts?search=${ADA}`)).body.contacts[0].tags;

async function travelIn(forms: Form[]): Promise<{ sequence: number; enrollment: string; receiver: Receiver }> {
  const receiver = await receive("SMS"); // no mail goes there: only requests arrive
  const sequence = await makeSequence("Acts");
  await chain(sequence, forms);
  return { sequence, enrollment: await subscribe(sequence, ADA), receiver };
}

describe("a web request", () => {
  test("refused for now -> made again with the same key, and the journey goes on", async () => {
    const { sequence, enrollment, receiver } = await travelIn([tell, mail]);
    receiver.answer = () => new Response(null, { status: receiver.deliveries.length < 3 ? 503 : 200 });
    await settle();
    await pass(HOUR, MINUTE);
    expect(new Set(keysOf(receiver)).size).toBe(1);
    expect(receiver.deliveries).toHaveLength(3);
    const retries = ["Tell: retrying", "Tell: retrying", "Tell: done"];
    expect(await storyOf(sequence, enrollment)).toEqual([...retries, "Mail: sent", "completed"]);
  });

  test.each([400, 401, 404, 422])(
    "refused for good with %i -> the journey fails with the reason, and no channel is shut",
    async (status) => {
      const { sequence, enrollment, receiver } = await travelIn([tell, mail]);
      receiver.answer = () => new Response(null, { status });
      await settle();
      expect(await rowOf(enrollment)).toMatchObject({ why: "failed", error: `the endpoint answered ${status}` });
      expect((await api("GET", "/v1/channels/SMS")).body.channel.status).toBe("ACTIVE");
      receiver.answer = () => new Response();
      await api("POST", `/v1/sequences/seq_${sequence}/enrollments/${enrollment}/retry`);
      await settle();
      expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
    },
  );

  test("cut off in the middle -> made again with the same key once its lease is over", async () => {
    const { enrollment, receiver } = await travelIn([tell]);
    const held = gate();
    receiver.answer = held.answer;
    travel(20);
    const ringing = ring(enrollment);
    await held.reached();
    await crash(enrollment);
    await ringing;
    receiver.answer = () => new Response();
    await pass(5 * MINUTE, 20_000);
    expect(keysOf(receiver)).toHaveLength(2);
    expect(new Set(keysOf(receiver)).size).toBe(1);
    expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
  });

  test("the sequence paused meanwhile -> it waits, and a reply ends it for good", async () => {
    const { sequence, enrollment, receiver } = await travelIn([tell]);
    receiver.answer = () => new Response(null, { status: 503 });
    await settle();
    await api("PATCH", `/v1/sequences/seq_${sequence}`, { status: "PAUSED" });
    await pass(HOUR, MINUTE);
    const made = receiver.deliveries.length;
    await api("POST", "/v1/replies", { platform: "EMAIL", from: ADA, text: "Thanks" });
    await settle();
    await api("PATCH", `/v1/sequences/seq_${sequence}`, { status: "ACTIVE" });
    await pass(HOUR, MINUTE);
    expect(receiver.deliveries).toHaveLength(made);
    expect(await storyOf(sequence, enrollment)).toEqual([
      ...Array(made).fill("Tell: retrying"),
      "Tell: cancelled",
      "replied",
    ]);
  });

  test("what a template makes of a contact cannot break out of a header", async () => {
    const { receiver } = await travelIn([
      { ...tell, headers: { "X-Name": "{{ first_name | default: email }}\r\nX-Evil: 1" } },
    ]);
    await settle();
    expect(receiver.deliveries[0]?.headers.get("x-name")).toBe(`${ADA} X-Evil: 1`);
    expect(receiver.deliveries[0]?.headers.get("x-evil")).toBeNull();
  });

  test("its address is guarded in production", async () => {
    const { request } = await import("../../src/channels/request");
    const act = { kind: "http_request", method: "GET", headers: {}, body: null } as const;
    const outcome = await request(1, { ...act, url: "https://10.0.0.1/" }, { production: true });
    expect(outcome).toEqual({ kind: "permanent", reason: "the URL names a loopback or private address" });
  });
});

describe("a tag", () => {
  test("the database is out of reach -> added once it is back, and the journey goes on", async () => {
    const { sequence, enrollment } = await travelIn([tag, mail]);
    faults.failSql = /UPDATE contacts SET tags/;
    await settle();
    expect(await tagsOf()).toEqual([]);
    faults.failSql = null;
    await pass(5 * MINUTE, MINUTE);
    expect(await tagsOf()).toEqual(["warm"]);
    expect(await storyOf(sequence, enrollment)).toEqual(["Tag: retrying", "Tag: done", "Mail: sent", "completed"]);
  });

  test("cut off after it was written -> it is there once", async () => {
    const { enrollment } = await travelIn([tag]);
    faults.lateSql = /UPDATE contacts SET tags/;
    travel(20);
    const ringing = ring(enrollment);
    await vi.waitUntil(async () => (await tagsOf()).length > 0);
    await crash(enrollment);
    faults.lateSql = null;
    await ringing;
    await pass(3 * MINUTE, MINUTE);
    expect(await tagsOf()).toEqual(["warm"]);
    expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
  });

  test("no room for it -> the journey fails with the reason, and goes on once there is some", async () => {
    const { sequence, enrollment } = await travelIn([tag, mail]);
    const { id } = (await api("GET", `/v1/contacts?search=${ADA}`)).body.contacts[0];
    const many = Array.from({ length: 100 }, (_, i) => `t${i}`);
    await api("PATCH", `/v1/contacts/${id}`, { tags: many });
    await settle();
    const error = "the contact has no room for more tags";
    expect(await rowOf(enrollment)).toMatchObject({ why: "failed", error });
    expect(await tagsOf()).toEqual(many);
    await api("PATCH", `/v1/contacts/${id}`, { tags: many.slice(1) });
    await api("POST", `/v1/sequences/seq_${sequence}/enrollments/${enrollment}/retry`);
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
    expect(await tagsOf()).toEqual([...many.slice(1), "warm"]);
  });

  test("there already among a hundred, or to be taken from one who has none -> done", async () => {
    const untag: Form = { action: "remove_tag_from_subscriber", label: "Untag", taggify_list: "none" };
    const { sequence, enrollment } = await travelIn([tag, untag]);
    const { id } = (await api("GET", `/v1/contacts?search=${ADA}`)).body.contacts[0];
    await api("PATCH", `/v1/contacts/${id}`, { tags: ["warm", ...Array.from({ length: 99 }, (_, i) => `t${i}`)] });
    await settle();
    expect(await storyOf(sequence, enrollment)).toEqual(["Tag: done", "Untag: done", "completed"]);
  });

  test("a step's tag enrolls in the sequence that asks for it, and taking it away takes him out", async () => {
    const other = await makeSequence("By tag", { init_tag: "warm" });
    await chain(other, [{ action: "delay", label: "Long", delay: 864_000 }]);
    const untag: Form = { action: "remove_tag_from_subscriber", label: "Untag", taggify_list: "warm" };
    const hour: Form = { action: "delay", label: "Hour", delay: 3600 };
    await travelIn([tag, hour, untag]);
    await settle();
    const [there] = (await api("GET", `/v1/sequences/seq_${other}/enrollments`)).body.enrollments;
    expect(there).toMatchObject({ status: "ACTIVE" });
    await pass(2 * HOUR, HOUR);
    expect(await rowOf(there.id)).toMatchObject({ why: "removed" });
  });
});

test("a paused channel holds back mails, not what needs none", async () => {
  await api("POST", "/v1/channels/EMAIL/pause");
  const { sequence, enrollment } = await travelIn([tag, tell, mail]);
  await settle();
  expect(await storyOf(sequence, enrollment)).toEqual(["Tag: done", "Tell: done"]);
  const { waiting } = await show(`seq_${sequence}`, enrollment);
  expect(waiting).toMatchObject({ for: "channel" });
  await api("POST", "/v1/channels/EMAIL/resume");
  await pass(2 * MINUTE, MINUTE);
  expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
});

test("a lost nudge of a move is found by the sweep", async () => {
  const other = await makeSequence("Other");
  const { sequence, enrollment } = await travelIn([{ action: "move_to_sequence", label: "Move", sequence_id: other }]);
  travel(20);
  await ring(enrollment);
  expect((await stateOf(enrollment)).inFlight?.act?.kind).toBe("move_to_sequence");
  faults.letters = [];
  travel(40_000);
  await sweep();
  await settle();
  expect(await storyOf(sequence, enrollment)).toEqual(["Move: done", "moved"]);
  const { body } = await api("GET", `/v1/sequences/seq_${other}/enrollments`);
  expect(body.enrollments.map(({ status }: Json) => status)).toEqual(["COMPLETED"]);
});

test("tags that steps give come round in a ring -> each sequence is entered once on the way", async () => {
  const again = { reenroll: "after_exit" };
  const [first, second] = [
    await makeSequence("First", { init_tag: "first", ...again }),
    await makeSequence("Second", { init_tag: "second", ...again }),
  ];
  const give = (tags: string): Form => ({ action: "add_tag_to_subscriber", label: `Give ${tags}`, taggify_list: tags });
  const take = (tags: string): Form => ({
    action: "remove_tag_from_subscriber",
    label: `Take ${tags}`,
    taggify_list: tags,
  });
  await chain(first, [mail, take("second"), give("second")]);
  await chain(second, [mail, take("first"), give("first")]);
  await api("POST", "/api/v1/subscribers", { subscriber: { email: ADA, tags: ["first"] } });
  await pass(HOUR, 10 * MINUTE);
  for (const sequence of [first, second]) {
    expect((await api("GET", `/v1/sequences/seq_${sequence}/enrollments`)).body.enrollments).toHaveLength(1);
  }
});

test("moves that come round in a ring end with the reason", async () => {
  const [first, second] = [await makeSequence("First"), await makeSequence("Second")];
  await plant(first, { action: "move_to_sequence", label: "On", sequence_id: second });
  await plant(second, { action: "move_to_sequence", label: "Back", sequence_id: first });
  const enrollment = await subscribe(first, ADA);
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ why: "moved" });
  const { body } = await api("GET", `/v1/sequences/seq_${second}/enrollments`);
  expect(body.enrollments).toHaveLength(1);
  expect(body.enrollments[0]).toMatchObject({ status: "FAILED", exitReason: "the moves come round in a ring" });
  expect((await api("GET", `/v1/sequences/seq_${first}/enrollments`)).body.enrollments).toHaveLength(1);
});

test("a move to where he is already -> fails with the reason, and can be retried when he has left there", async () => {
  const other = await makeSequence("Other");
  await chain(other, [{ action: "delay", label: "Long", delay: 864_000 }]);
  const there = await subscribe(other, ADA);
  const { sequence, enrollment } = await travelIn([{ action: "move_to_sequence", label: "Move", sequence_id: other }]);
  await settle();
  expect(await show(`seq_${sequence}`, enrollment)).toMatchObject({
    status: "FAILED",
    exitReason: expect.stringContaining("already"),
  });
  await api("DELETE", `/v1/sequences/seq_${other}/enrollments/${there}`);
  await api("POST", `/v1/sequences/seq_${sequence}/enrollments/${enrollment}/retry`);
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ why: "moved" });
  const steps = (await historyOf(enrollment)).filter((entry) => entry.what === "step");
  expect(steps.map((entry) => entry.what === "step" && entry.result)).toEqual(["failed", "done"]);
});

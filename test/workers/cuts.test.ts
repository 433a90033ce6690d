/** What is cut off half way is finished, or undone, by whoever comes next: retries, erasures, opt-outs, verdicts. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { gate, receive } from "../support/receiver";
import {
  api,
  begin,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  historyOf,
  makeContact,
  makeDrip,
  pass,
  ring,
  rowOf,
  sentTo,
  settle,
  show,
  stateOf,
  sweep,
  travel,
} from "../support/world";

const MINUTE = 60_000;

beforeEach(begin);

describe("a retry that is cut off before its object hears of it", () => {
  async function cutOff() {
    const receiver = await receive();
    receiver.answer = () => new Response(null, { status: 400 });
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "FAILED" });
    receiver.answer = () => new Response(null, { status: 204 });
    const path = `/v1/sequences/${sequence}/enrollments/${enrollment}`;
    faults.objectsDown = true;
    expect((await api("POST", `${path}/retry`)).status).toBeGreaterThanOrEqual(500);
    faults.objectsDown = false;
    expect(await rowOf(enrollment)).toMatchObject({ state: "pending", why: "retry" });
    return { path, sequence, enrollment, sent: () => receiver.deliveries.length };
  }

  test("is done by the sweep", async () => {
    const { enrollment, sent } = await cutOff();
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
    expect(sent()).toBe(2);
  });

  test("is done by the same request sent again", async () => {
    const { path, enrollment } = await cutOff();
    expect((await api("POST", `${path}/retry`)).status).toBe(200);
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  });

  test("can be exited, and nothing is sent after that", async () => {
    const { path, enrollment, sent } = await cutOff();
    expect((await api("DELETE", path)).status).toBe(200);
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "EXITED", why: "removed" });
    expect(sent()).toBe(1);
  });

  test("ends with its sequence", async () => {
    const { sequence, enrollment, sent } = await cutOff();
    await api("DELETE", `/v1/sequences/${sequence}`);
    await drain();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "EXITED", why: "archived" });
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await settle();
    expect(sent()).toBe(1);
  });
});

test("a message that was given up is retried under its own id, with its own bytes", async () => {
  const receiver = await receive();
  receiver.answer = () => new Response(null, { status: 500 });
  const { sequence, steps } = await makeDrip([0]);
  const enrollment = await enroll(sequence);
  await pass(96 * HOUR, 8 * HOUR);
  expect(await rowOf(enrollment)).toMatchObject({ standing: "FAILED" });
  await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[0]}`, { messageTemplate: "another text" });
  receiver.answer = () => new Response(null, { status: 204 });
  await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/retry`);
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  expect(new Set(receiver.deliveries.map(({ id, body }) => id + body)).size).toBe(1);
  expect((await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages).toMatchObject([{ status: "sent" }]);
});

test("days under a hold are not days of trying: mended after a week, a message has its three days again", async () => {
  const receiver = await receive();
  receiver.answer = () => new Response(null, { status: 404 });
  const { sequence } = await makeDrip([0]);
  const enrollment = await enroll(sequence);
  await settle();
  await pass(7 * 24 * HOUR, 24 * HOUR);
  receiver.answer = () => new Response(null, { status: 503 });
  await api("POST", "/v1/channels/TWITTER/resume");
  await settle();
  expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "retry" });
  receiver.answer = () => new Response(null, { status: 204 });
  await pass(HOUR, 10 * MINUTE);
  expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
});

test("a verdict on the old endpoint does not pause the new one", async () => {
  const receiver = await receive();
  const { sequence } = await makeDrip([0]);
  const enrollment = await enroll(sequence);
  const held = gate();
  receiver.answer = async () => {
    await held.answer();
    return new Response(null, { status: 404 });
  };
  travel(20);
  const ringing = ring(enrollment);
  await held.reached();
  travel(20);
  await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: "https://mended.test/hook" });
  held.open();
  await ringing;
  expect((await api("GET", "/v1/channels/TWITTER")).body.channel).toMatchObject({ status: "ACTIVE" });
  receiver.answer = () => new Response(null, { status: 204 });
  await settle();
  travel(MINUTE);
  await sweep();
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
});

describe("opting out and in", () => {
  test("who has opted in again is not put out of what he was enrolled in since", async () => {
    const { sequence } = await makeDrip([5]);
    const contact = await makeContact();
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: false });
    const enrollment = await enroll(sequence, contact);
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  });

  test("an address that opted out and was erased is not written to as anybody else's either", async () => {
    const gone = await makeContact({ email: "a@example.com" });
    await api("PATCH", `/v1/contacts/${gone}`, { optedOut: true });
    await api("DELETE", `/v1/contacts/${gone}`);
    await settle();
    const other = await makeContact();
    const patched = await api("PATCH", `/v1/contacts/${other}`, { email: "A@Example.com" });
    expect(patched.body.contact).toMatchObject({ email: "A@Example.com", optedOut: true });
  });
});

describe("erasing", () => {
  test("whose object was out of reach is finished by the sweep, though nothing but the database remembers", async () => {
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    const enrollment = await enroll(sequence, contact);
    await settle();
    await api("DELETE", `/v1/contacts/${contact}`);
    faults.objectsDown = true;
    await drain();
    faults.objectsDown = false;
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    travel(HOUR);
    await sweep();
    await settle();
    expect(await sentTo(enrollment)).toEqual([""]);
  });

  test("leaves no words of a message that was given up, or is under way", async () => {
    const receiver = await receive();
    receiver.answer = () => new Response(null, { status: 500 });
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact({ username: "secretive" });
    const enrollment = await enroll(sequence, contact);
    await pass(96 * HOUR, 8 * HOUR);
    expect(JSON.stringify(await stateOf(enrollment))).toContain("secretive");
    await api("DELETE", `/v1/contacts/${contact}`);
    await settle();
    expect(JSON.stringify([await stateOf(enrollment), await historyOf(enrollment)])).not.toContain("secretive");
  });

  test("settles replies that were not taken in, so that no sweep brings them up again", async () => {
    const contact = await makeContact({ username: "wanda" });
    faults.queuesDown.add("replies");
    await api("POST", "/v1/replies", { platform: "TWITTER", from: "wanda", text: "My secret" });
    faults.queuesDown.clear();
    await api("DELETE", `/v1/contacts/${contact}`);
    await settle();
    travel(HOUR);
    await sweep();
    expect(faults.letters).toEqual([]);
    const kept = await db().prepare("SELECT sender, text, outcome FROM replies").all();
    expect(kept.results).toEqual([{ sender: "", text: "", outcome: "unmatched" }]);
  });
});

describe("what no queue or database could take is refused at the door", () => {
  test("custom fields nested without end", async () => {
    for (const depth of [11, 1200, 20_000]) {
      const customFields = `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
      const body = `{"platform":"TWITTER","username":"deep${depth}","customFields":${customFields}}`;
      expect(await api("POST", "/v1/contacts", body)).toMatchObject({
        status: 400,
        body: { error: { code: "VALIDATION_ERROR" } },
      });
    }
    const body = { platform: "TWITTER", username: "shallow", customFields: { a: { b: [{ c: 1 }] } } };
    expect((await api("POST", "/v1/contacts", body)).body.contact.customFields).toEqual({ a: { b: [{ c: 1 }] } });
  });

  test("a reply larger than a queue message", async () => {
    const body = { platform: "TWITTER", from: "a", text: "😀".repeat(20_000), headers: { h: "文".repeat(19_000) } };
    expect(await api("POST", "/v1/replies", body)).toMatchObject({
      status: 400,
      body: { error: { code: "VALIDATION_ERROR" } },
    });
  });

  test("a search for as much as may be asked is answered", async () => {
    const tags = Array.from({ length: 20 }, (_, i) => `t${i}`).join(",");
    const { status } = await api("GET", `/v1/contacts?search=a+b+c+d+e&platform=TWITTER&tags=${tags}`);
    expect(status).toBe(200);
  });
});

test("an opt-out by a reply, cut off before it is settled, still says and counts which journeys it has ended", async () => {
  const { sequence } = await makeDrip([24]);
  const enrollment = await enroll(sequence);
  await settle();
  const from = (await show(sequence, enrollment)).contact.username;
  await api("POST", "/v1/replies", { platform: "TWITTER", from, text: "STOP", messageId: "in-stop" });
  faults.failSql = /INSERT INTO counts/i;
  await deliver(faults.letters.splice(0));
  faults.failSql = null;
  expect(await rowOf(enrollment)).toMatchObject({ standing: "EXITED", why: "opted_out" });
  travel(MINUTE);
  await sweep();
  await settle();
  const reply = await db().prepare("SELECT outcome, enrollments FROM replies").first();
  expect(reply).toEqual({ outcome: "matched", enrollments: JSON.stringify([Number(enrollment.replace(/\D/g, ""))]) });
});

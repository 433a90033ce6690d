/** Addresses that nobody writes to: how they come to the list, what follows, and what they leave behind. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { call, doc } from "../support/outreach";
import { gate, receive } from "../support/receiver";
import {
  api,
  begin,
  DAY,
  db,
  deliver,
  drain,
  enroll,
  evict,
  HOUR,
  historyOf,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  pass,
  ring,
  sentTo,
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

const list = async (query = ""): Promise<Json[]> => (await api("GET", `/v1/suppressions${query}`)).body.suppressions;
const said = async () => (await list()).map(({ address, reason }) => `${reason} ${address}`).sort();
const tryEnroll = (sequence: string, contactId: string, platform = "TWITTER") =>
  api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform });
const tell = (message: number | null, type: string) => api("POST", `/v1/messages/msg_${message}/events`, { type });

/** Somebody who was sent the first message of a journey on EMAIL. */
async function written(delays = [0, 24]) {
  const { sequence } = await makeDrip(delays);
  const contact = await makeContact({ username: "ada", email: "ada@example.com" });
  const enrollment = await enroll(sequence, contact, "EMAIL");
  await settle();
  const { lastMessage } = await stateOf(enrollment);
  return { sequence, contact, enrollment, message: lastMessage };
}

describe("a bounce and a complaint are the address's", () => {
  test.each(["bounced", "complained"])(
    "%s -> listed with its message; the journeys to it end, those elsewhere go on",
    async (type) => {
      const { sequence, contact, enrollment, message } = await written();
      const other = await makeDrip([5]);
      const tweets = await enroll(other.sequence, contact);
      await settle();
      resetCounts();
      await tell(message, type);
      console.info("rows of a bounce", { read: faults.rowsRead, written: faults.rowsWritten });
      expect(await list()).toEqual([
        expect.objectContaining({
          platform: "EMAIL",
          address: "ada@example.com",
          reason: type,
          contactId: contact,
          messageId: `msg_${message}`,
        }),
      ]);
      await drain();
      expect(await show(sequence, enrollment)).toMatchObject({ status: "FAILED", exitReason: "BOUNCED" });
      expect(await show(other.sequence, tweets)).toMatchObject({ status: "ACTIVE" });
      await tell(message, type);
      expect(await list()).toHaveLength(1);
      expect((await tryEnroll((await makeDrip([1])).sequence, contact, "EMAIL")).body.error.message).toContain(
        type === "bounced" ? "has bounced" : "complained",
      );
    },
  );

  test("replaced by a good one -> its contact is written to again; the old one stays listed", async () => {
    const { sequence, contact, message } = await written();
    await tell(message, "bounced");
    await drain();
    await api("PATCH", `/v1/contacts/${contact}`, { email: "good@example.com" });
    expect((await tryEnroll(sequence, contact, "EMAIL")).status).toBe(201);
    expect(await said()).toEqual(["bounced ada@example.com"]);
  });

  test("given to another contact -> it is shut for him, and a live journey of his to it ends", async () => {
    const { sequence, contact, message } = await written();
    await tell(message, "bounced");
    await drain();
    await api("PATCH", `/v1/contacts/${contact}`, { email: "good@example.com" });
    const heir = await makeContact({ username: "heir", email: "heir@example.com" });
    const enrollment = await enroll((await makeDrip([5])).sequence, heir, "EMAIL");
    await settle();
    await api("PATCH", `/v1/contacts/${heir}`, { email: "Ada@Example.com" });
    await drain();
    expect(await stateOf(enrollment)).toMatchObject({ phase: { is: "ended", why: "bounced" } });
    expect((await tryEnroll(sequence, heir, "EMAIL")).status).toBe(409);
    expect(await list()).toMatchObject([{ contactId: heir }]);
  });

  test("whoever had it is erased, and comes back with it -> it is shut for him still, and shown again", async () => {
    const { sequence, contact, message } = await written();
    await tell(message, "complained");
    await drain();
    await api("DELETE", `/v1/contacts/${contact}`);
    await drain();
    expect(await list()).toMatchObject([{ address: null, reason: "complained", contactId: null, messageId: null }]);
    const back = await makeContact({ username: "ada2", email: "ADA@example.com" });
    expect((await api("GET", `/v1/contacts/${back}`)).body.contact.optedOut).toBe(false);
    expect((await tryEnroll(sequence, back, "EMAIL")).status).toBe(409);
    expect((await tryEnroll(sequence, back, "TWITTER")).status).toBe(201);
    expect(await list()).toMatchObject([{ address: "ADA@example.com", contactId: back }]);
  });

  test("add_subscriber with it, of nobody and of somebody erased -> 422, and nobody is made", async () => {
    const { contact, sequence, message } = await written();
    await tell(message, "bounced");
    await api("DELETE", `/v1/contacts/${contact}`);
    await api("POST", "/v1/suppressions", { platform: "EMAIL", address: "no@example.com", reason: "complained" });
    await drain();
    for (const email of ["ada@example.com", "no@example.com"]) {
      const path = `/api/v1/sequences/${idOf(sequence)}/add_subscriber`;
      expect((await api("POST", path, { subscriber: { email } })).status).toBe(422);
      expect((await api("GET", `/api/v1/subscribers/find?email=${email}`)).status).toBe(404);
    }
  });

  test("through the third API -> its refusal says which of the two it was", async () => {
    await api("POST", "/v1/suppressions", { platform: "EMAIL", address: "ada@example.com", reason: "bounced" });
    const { sequence } = await makeDrip([1]);
    const contact = await makeContact({ username: "ada", email: "ada@example.com" });
    const refused = await call(
      "POST",
      "/sequenceStates",
      doc("sequenceState", {}, {
        prospect: ["prospect", idOf(contact)],
        sequence: ["sequence", idOf(sequence)],
      } as Json),
    );
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      422,
      expect.stringContaining("email address has bounced"),
    ]);
  });
});

describe("a message under way to an address that comes to be shut", () => {
  async function backingOff() {
    const receiver = await receive("EMAIL");
    receiver.answer = () => new Response(null, { status: 503 });
    const made = await written([0, 48]);
    expect((await stateOf(made.enrollment)).inFlight).toMatchObject({ attempt: 1, lease: null });
    return { ...made, receiver };
  }

  test("between attempts -> it is not tried again, and the journey ends as bounced", async () => {
    const { enrollment, receiver } = await backingOff();
    const attempts = receiver.deliveries.length;
    faults.queuesDown.add("jobs"); // the next turn sees it by itself
    await api("POST", "/v1/suppressions", { platform: "EMAIL", address: "ada@example.com", reason: "bounced" });
    await pass(HOUR, 60_000);
    expect(receiver.deliveries).toHaveLength(attempts);
    expect(await stateOf(enrollment)).toMatchObject({ inFlight: null, phase: { is: "ended", why: "bounced" } });
    expect((await historyOf(enrollment)).slice(-2)).toMatchObject([
      { what: "message", status: "cancelled" },
      { what: "ended" },
    ]);
  });

  test("and he has another one by then -> it is made anew for that one, and the shut one gets nothing", async () => {
    const { contact, enrollment, receiver } = await backingOff();
    await api("PATCH", `/v1/contacts/${contact}`, { email: "good@example.com" });
    await api("POST", "/v1/suppressions", { platform: "EMAIL", address: "ada@example.com", reason: "bounced" });
    const before = receiver.deliveries.length;
    receiver.answer = () => new Response(null, { status: 204 });
    await pass(HOUR, 60_000);
    const later = receiver.deliveries.slice(before);
    expect(later.map(({ body }) => JSON.parse(body).message?.to ?? body)).toEqual([
      expect.stringContaining("good@example.com"),
    ]);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("in the midst of an attempt -> the attempt is recorded, and nothing follows", async () => {
    const receiver = await receive("EMAIL");
    const held = gate();
    receiver.answer = held.answer;
    const { sequence } = await makeDrip([0, 24]);
    const contact = await makeContact({ username: "ada", email: "ada@example.com" });
    const enrollment = await enroll(sequence, contact, "EMAIL");
    travel(20);
    const ringing = ring(enrollment);
    await held.reached();
    const { inFlight } = await stateOf(enrollment);
    await tell(inFlight?.message ?? null, "bounced");
    expect(await said()).toEqual(["bounced ada@example.com"]);
    held.open();
    await ringing;
    await pass(3 * DAY, DAY);
    expect(await stateOf(enrollment)).toMatchObject({ inFlight: null, phase: { is: "ended", why: "bounced" } });
    expect(receiver.deliveries).toHaveLength(1);
  });
});

describe("an opt-out is a person's", () => {
  const OPT_OUTS: [string, (contact: string) => Promise<unknown>, (contact: string) => Promise<unknown>][] = [
    [
      "v1",
      (id) => api("PATCH", `/v1/contacts/${id}`, { optedOut: true }),
      (id) => api("PATCH", `/v1/contacts/${id}`, { optedOut: false }),
    ],
    [
      "Broadcast",
      () => api("POST", "/api/v1/subscribers/unsubscribe", { email: "ada@example.com" }),
      () => api("POST", "/api/v1/subscribers/resubscribe", { email: "ada@example.com" }),
    ],
    [
      "the third API",
      (id) =>
        call("PATCH", `/prospects/${idOf(id)}`, {
          data: { type: "prospect", id: idOf(id), attributes: { optedOut: true } },
        }),
      (id) =>
        call("PATCH", `/prospects/${idOf(id)}`, {
          data: { type: "prospect", id: idOf(id), attributes: { optedOut: false } },
        }),
    ],
    [
      "STOP",
      () => api("POST", "/v1/replies", { platform: "TWITTER", from: "ada", text: "STOP" }),
      (id) => api("PATCH", `/v1/contacts/${id}`, { optedOut: false }),
    ],
  ];

  test.each(OPT_OUTS)("by %s -> all his addresses are listed; taken back -> none is", async (_, out, back) => {
    const { contact, sequence } = await written();
    await out(contact);
    await settle();
    expect(await said()).toEqual(["opted_out ada", "opted_out ada@example.com"]);
    expect((await tryEnroll(sequence, contact)).body.error.message).toBe("The contact has opted out");
    await back(contact);
    await drain();
    expect(await said()).toEqual([]);
    expect((await tryEnroll(sequence, contact)).status).toBe(201);
  });

  test("after a message -> it is listed with the message", async () => {
    const { message } = await written();
    await api("POST", "/v1/replies", { platform: "TWITTER", from: "ada", text: "STOP" });
    await settle();
    expect((await list()).map(({ messageId }) => messageId)).toEqual([`msg_${message}`, `msg_${message}`]);
  });

  test("an address that he gets is listed too, and one that he gives away stays so, for whoever gets it", async () => {
    const contact = await makeContact({ username: "ada", email: "ada@example.com", optedOut: true });
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
    await api("PATCH", `/v1/contacts/${contact}`, { email: "new@example.com" });
    expect(await said()).toEqual(["opted_out ada", "opted_out ada@example.com", "opted_out new@example.com"]);
    const heir = await makeContact({ username: "heir", email: "ada@example.com" });
    expect((await api("GET", `/v1/contacts/${heir}`)).body.contact.optedOut).toBe(true);
    expect(await said()).toContain("opted_out heir");
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: false });
    expect(await said()).toEqual(["opted_out ada@example.com", "opted_out heir"]);
  });

  test("whoever gets a listed address and agrees in one request is open", async () => {
    await api("POST", "/v1/suppressions", { platform: "EMAIL", address: "ada@example.com" });
    const contact = await makeContact({ username: "ada" });
    const both = await api("PATCH", `/v1/contacts/${contact}`, { email: "ada@example.com", optedOut: false });
    expect(both.body.contact.optedOut).toBe(false);
    expect(await said()).toEqual([]);
  });

  test("agreeing lifts no bounce", async () => {
    const { contact, message } = await written();
    await tell(message, "bounced");
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: false });
    expect(await said()).toEqual(["bounced ada@example.com"]);
  });
});

describe("words that come after an erasure", () => {
  const reply = (text: string, receivedAt: number) => ({
    queue: "dripline-replies",
    body: { v: 1, workspaceId: 1, platform: "TWITTER", from: "@ADA", text, messageId: `m-${text}`, receivedAt },
  });
  const replies = async (): Promise<Json[]> => (await api("GET", "/v1/replies")).body.replies;

  async function erased() {
    const { contact } = await written();
    const before = Date.now();
    travel(1000);
    await api("DELETE", `/v1/contacts/${contact}`);
    await settle();
    travel(1000);
    return before;
  }

  test("of a reply that only the queue held -> kept without them", async () => {
    const before = await erased();
    await deliver([reply("My secret", before)]);
    expect(await replies()).toMatchObject([
      { from: "", text: "", messageId: null, outcome: "unmatched", contactId: null },
    ]);
    await deliver([reply("My secret", before)]);
    expect(await replies()).toHaveLength(1);
  });

  test("of one that he wrote since -> kept as it is", async () => {
    await erased();
    await deliver([reply("Hello again", Date.now())]);
    expect(await replies()).toMatchObject([{ from: "@ADA", text: "Hello again" }]);
  });

  test("an opt-out that only the queue held -> heeded when he comes back", async () => {
    await deliver([reply("stop", await erased())]);
    expect(await list()).toMatchObject([{ address: null, reason: "opted_out" }]);
    const back = await makeContact({ username: "ada" });
    expect((await api("GET", `/v1/contacts/${back}`)).body.contact.optedOut).toBe(true);
  });

  test("of a reply, or of a telling, that nobody could take in -> not buried", async () => {
    const { contact, enrollment } = await written();
    const telling = {
      queue: "dripline-events-dead",
      body: { enrollment: idOf(enrollment), workspace: 1, excerpt: "secret" },
    };
    const before = Date.now();
    travel(1000);
    await api("DELETE", `/v1/contacts/${contact}`);
    await settle();
    await deliver([telling, { ...reply("secret", before), queue: "dripline-replies-dead" }]);
    expect((await api("GET", "/v1/dead-letters")).body.deadLetters).toEqual([]);
  });

  test("a month later the hashes of erased addresses that nobody need remember are gone", async () => {
    await erased();
    const hashes = () => db().prepare("SELECT COUNT(*) AS n FROM erasures").first("n");
    expect(await hashes()).toBe(2);
    travel(31 * DAY);
    await sweep();
    expect(await hashes()).toBe(0);
  });
});

test("an outage between the rows and the hashes of an erasure -> the job veils what is left", async () => {
  const { contact, enrollment, message } = await written();
  await tell(message, "bounced");
  await drain();
  faults.failSql = /UPDATE OR IGNORE suppressions SET address = NULL/;
  expect((await api("DELETE", `/v1/contacts/${contact}`)).status).toBe(200);
  expect(await list()).toMatchObject([{ address: "ada@example.com" }]);
  faults.failSql = null;
  await evict(enrollment);
  await settle();
  expect(await list()).toMatchObject([{ address: null, contactId: null }]);
});

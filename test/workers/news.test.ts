/** News of messages that come at awkward times, or are of no message at all. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { faults } from "../support/faults";
import { gate, receive } from "../support/receiver";
import { chain, type Form, makeSequence, plant, storyOf, subscribe } from "../support/tree";
import { api, begin, crash, db, drain, pass, ring, rowOf, settle, stateOf, travel } from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const ADA = "ada@example.com";
const mail = (label: string): Form => ({ action: "send_email", label, body: label });
const tag: Form = { action: "add_tag_to_subscriber", label: "Tag", taggify_list: "warm" };
const tell = (message: string, type: string) => api("POST", `/v1/messages/${message}/events`, { type });

test("of an act that is no message -> 404, and nobody is blocked or taken for one who has opened", async () => {
  const sequence = await makeSequence("Acts first");
  const asks = await chain(sequence, [
    tag,
    { action: "condition", label: "Asked", condition_setting: "any_email_opened", wait_up_to: 3600 },
  ]);
  await plant(sequence, mail("Yes"), asks.yes);
  const enrollment = await subscribe(sequence, ADA);
  travel(20);
  await ring(enrollment); // the tag
  const first = Number(enrollment.slice("enroll_".length)) * 4096;
  for (const id of [first + 1, first + 4095, first + 4094]) {
    for (const type of ["opened", "bounced"]) expect((await tell(`msg_${id}`, type)).status).toBe(404);
  }
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ state: "waiting", why: "condition" });
  expect(await db().prepare("SELECT COUNT(*) AS n FROM suppressions").first("n")).toBe(0);
});

test("of a message still under way -> taken in, and shown once the ledger shows the message", async () => {
  const receiver = await receive("EMAIL");
  const sequence = await makeSequence("Quick provider");
  await chain(sequence, [mail("First"), { action: "delay", label: "Long", delay: 864_000 }]);
  const enrollment = await subscribe(sequence, ADA);
  const held = gate();
  receiver.answer = held.answer;
  travel(20);
  const ringing = ring(enrollment);
  await held.reached();
  const { inFlight } = await stateOf(enrollment);
  const id = `msg_${inFlight?.message}`;
  expect(await tell(id, "delivered")).toEqual({ status: 200, body: { message: null } });
  await drain(); // the news reaches the mirror before the message does
  await crash(enrollment);
  await ringing;
  receiver.answer = () => new Response();
  await pass(5 * 60_000, 30_000);
  const { status, body } = await api("GET", `/v1/messages/${id}`);
  expect([status, body.message.status]).toEqual([200, "sent"]);
  expect(body.message.deliveredAt).toBe("2040-01-02T09:00:00Z");
});

test("told while the queue of facts is lost -> it comes to the mirror all the same", async () => {
  const sequence = await makeSequence("Lost");
  await chain(sequence, [mail("First"), { action: "delay", label: "Long", delay: 864_000 }]);
  const enrollment = await subscribe(sequence, ADA);
  travel(20);
  await ring(enrollment);
  faults.letters = [];
  faults.failSql = /UPDATE messages|INSERT INTO messages|UPDATE enrollments/;
  const { lastMessage } = await stateOf(enrollment);
  expect((await tell(`msg_${lastMessage}`, "clicked")).status).toBe(200);
  faults.letters = [];
  faults.failSql = null;
  await pass(11 * 86_400_000, 86_400_000);
  expect(await storyOf(sequence, enrollment)).toContain("completed");
  expect((await api("GET", `/v1/messages/msg_${lastMessage}`)).body.message.clickedAt).not.toBeNull();
});

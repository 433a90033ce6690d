/** Mails of journeys, over real sockets: what arrives, and what each fault makes of message, journey and channel. */
import { beforeEach, describe, expect, inject, test } from "vitest";
import { lock } from "../../src/vault";
import { allClosed, received } from "../support/letters";
import {
  api,
  begin,
  DAY,
  db,
  enroll,
  HOUR,
  type Json,
  makeContact,
  makeDrip,
  pass,
  rowOf,
  settle,
  show,
} from "../support/world";

const MINUTE = 60_000;
const ports = inject("mail");
const PASSWORD = "pä ss:w@rd";

beforeEach(begin);

let tags = 0;

function at(conduct: string): string {
  tags += 1;
  return `${conduct}+journey${tags}@example.com`;
}

async function carry(port: number, more: object = {}): Promise<Json> {
  const transport = { kind: "smtp", host: "127.0.0.1", port, security: "optional", ...more };
  const from = { address: "anna@sender.test", name: "Anna" };
  const { status, body } = await api("PUT", "/v1/channels/EMAIL", { kind: "email", transport, from });
  expect(status).toBe(200);
  return body.channel;
}

/** Enrolls whoever has that address on mails an hour apart. */
async function writeTo(to: string, delays = [0, 1]) {
  const { sequence } = await makeDrip(delays, { name: "Welcome" });
  const contact = await makeContact({ email: to, displayName: "Bob" });
  const enrollment = await enroll(sequence, contact, "EMAIL");
  await settle();
  return { sequence, enrollment };
}

const ledger = async (enrollment: string): Promise<Json[]> =>
  (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages.toReversed();
const channel = async (): Promise<Json> => (await api("GET", "/v1/channels/EMAIL")).body.channel;
const subjects = async (to: string) => (await received(to)).map(({ subject }) => subject);

test("a journey of three mails arrives as one thread, each with what stops it", async () => {
  await carry(ports.plain);
  const to = at("alice");
  const { enrollment } = await writeTo(to, [0, 1, 1]);
  await pass(3 * HOUR, HOUR);
  const mails = await received(to);
  expect(mails.map(({ text }) => text)).toEqual(["Message 1\n", "Message 2\n", "Message 3\n"]);
  expect(mails.map(({ subject }) => subject)).toEqual(["Welcome", "Re: Welcome", "Re: Welcome"]);
  const ids = mails.map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(3);
  expect(mails[0]).toMatchObject({ fromText: '"Anna" <anna@sender.test>', toText: `"Bob" <${to}>`, references: [] });
  expect(mails[1]).toMatchObject({ inReplyTo: ids[0], references: [ids[0]] });
  expect(mails[2]).toMatchObject({ inReplyTo: ids[1], references: [ids[0], ids[1]] });
  const messages = await ledger(enrollment);
  expect(messages.map(({ id }) => id)).toEqual(ids.map((id) => /<(msg_\d+)\./.exec(id ?? "")?.[1]));
  expect(messages).toMatchObject([{ status: "sent" }, { status: "sent" }, { status: "sent" }]);
  for (const mail of mails) {
    const token = /^reply\+(1-\d+-[0-9a-f]{24})@in\.drip\.test$/.exec(mail.replyTo ?? "")?.[1];
    expect(token).toBeDefined();
    expect(mail.headers["list-unsubscribe"]).toContain(`<https://drip.test/t/u/${token}>`);
    expect(mail.headers["list-unsubscribe-post"]).toBe("List-Unsubscribe=One-Click");
  }
  expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  await allClosed();
});

test("a contact who is called like a header is called just that", async () => {
  await carry(ports.plain);
  const to = at("alice");
  const { body } = await api("POST", "/v1/sequences", { name: "Welcome" });
  const sequence = body.sequence.id;
  await api("POST", `/v1/sequences/${sequence}/steps`, {
    subject: "Hi {{ contact.firstName }}",
    messageTemplate: "Hi {{ contact.firstName }}",
    delayHours: 0,
  });
  await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
  const firstName = "Alice\u2028Bcc: x@y.test";
  await enroll(sequence, await makeContact({ email: to, firstName, displayName: firstName }), "EMAIL");
  await settle();
  const [mail] = await received(to);
  expect(mail?.toText).toBe(`"Alice Bcc: x@y.test" <${to}>`);
  expect(mail?.raw).not.toMatch(/^Bcc:/im);
});

describe("a fault of the server", () => {
  test("down, and up again -> late, and once", async () => {
    await carry(ports.closed);
    const to = at("alice");
    const { sequence, enrollment } = await writeTo(to, [0]);
    expect(await ledger(enrollment)).toMatchObject([{ status: "retrying", attempts: 1 }]);
    expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "retry" });
    await carry(ports.plain);
    await pass(2 * MINUTE, MINUTE);
    expect(await ledger(enrollment)).toMatchObject([{ status: "sent", attempts: 2 }]);
    expect(await received(to)).toHaveLength(1);
  });

  test("down for three days -> given up, and taken up again by a retry", async () => {
    await carry(ports.closed);
    const to = at("alice");
    const { sequence, enrollment } = await writeTo(to, [0]);
    await pass(4 * DAY, 6 * HOUR);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "FAILED" });
    expect((await show(sequence, enrollment)).exitReason).toMatch(/^given up: /);
    await carry(ports.plain);
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/retry`);
    await settle();
    expect(await received(to)).toHaveLength(1);
  });

  test.each(["greylisted", "later", "crowded", "closing"])(
    "%s -> tried again, and nothing is lost",
    async (conduct) => {
      await carry(ports.plain);
      const to = at(conduct);
      const { sequence, enrollment } = await writeTo(to);
      expect(await ledger(enrollment)).toMatchObject([{ status: "retrying", attempts: 1 }]);
      await pass(MINUTE);
      const isGrey = conduct === "greylisted";
      expect(await ledger(enrollment)).toMatchObject([{ status: isGrey ? "sent" : "retrying", attempts: 2 }]);
      expect(await received(to)).toHaveLength(isGrey ? 1 : 0);
      expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE" });
      expect(await channel()).toMatchObject({ status: "ACTIVE" });
    },
  );

  test.each([
    ["unknown", "the mail server answered 550 5.1.1 No such user here"],
    ["full", "the mail server answered 552 5.2.2 Mailbox full"],
    ["overfull", "the mail server answered 552 5.3.4 Message too big for the mailbox"],
    ["spam", "the mail server answered 554 5.7.1 Looks like spam"],
  ])("%s -> the enrollment fails, and the channel goes on", async (conduct, exitReason) => {
    await carry(ports.plain);
    const to = at(conduct);
    const { sequence, enrollment } = await writeTo(to);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "FAILED", exitReason });
    await pass(2 * HOUR, HOUR);
    expect(await ledger(enrollment)).toMatchObject([{ status: "failed", attempts: 1 }]);
    expect(await received(to)).toEqual([]);
    expect(await channel()).toMatchObject({ status: "ACTIVE" });
  });

  test.each(["cutbefore", "cutwithin"])("%s -> tried again", async (conduct) => {
    await carry(ports.rude);
    const { enrollment } = await writeTo(at(conduct), [0]);
    const [message] = await ledger(enrollment);
    // A short mail is told as a whole before anybody can cut it: then nobody knows.
    expect(["retrying", ...(conduct === "cutwithin" ? ["unconfirmed"] : [])]).toContain(message.status);
  });

  test.each([
    ["cutafter", "rude"],
    ["babble", "rude"],
    ["slow", "plain"],
  ] as const)("%s -> unconfirmed, never sent again, and the journey goes on", async (conduct, server) => {
    await carry(ports[server]);
    const to = at(conduct);
    const { enrollment } = await writeTo(to);
    expect(await ledger(enrollment)).toMatchObject([{ status: "unconfirmed", attempts: 1 }]);
    expect(await subjects(to)).toEqual(["Welcome"]);
    await pass(30 * MINUTE, 5 * MINUTE);
    expect(await subjects(to)).toEqual(["Welcome"]);
    await pass(HOUR);
    expect(await subjects(to)).toEqual(["Welcome", "Re: Welcome"]);
    expect(await ledger(enrollment)).toMatchObject([{ status: "unconfirmed" }, { status: "unconfirmed" }]);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  });
});

describe("a fault of the channel pauses it with its reason, and whoever waits goes on once it is mended", () => {
  const signedIn = { username: "dripline@mail.test", password: PASSWORD };
  test.each<[what: string, port: number, more: object, reason: string]>([
    ["a wrong password", ports.starttls, { ...signedIn, password: "wrong" }, "535 5.7.8 Authentication failed"],
    ["no password", ports.starttls, {}, "530"],
    ["a certificate that nobody trusts", ports.stranger, {}, "its certificate must hold for 127.0.0.1"],
    ["no encryption, though it must be", ports.plain, { security: "starttls" }, "does not encrypt"],
    ["no server of mail", ports.web, {}, "HTTP/1.1 400 Bad Request"],
  ])("%s", async (_, port, more, reason) => {
    await carry(port, more);
    const [first, second] = [at("alice"), at("bob")];
    const one = await writeTo(first, [0]);
    expect(await channel()).toMatchObject({ status: "PAUSED", pauseReason: expect.stringContaining(reason) });
    const two = await writeTo(second, [0]);
    for (const { sequence, enrollment } of [one, two]) {
      expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE", waiting: { for: "channel" } });
    }
    await pass(5 * DAY, DAY);
    await carry(ports.starttls, signedIn);
    await pass(2 * MINUTE, MINUTE);
    expect([await received(first), await received(second)]).toMatchObject([[{ secure: true }], [{ secure: true }]]);
    expect(await channel()).toMatchObject({ status: "ACTIVE", pauseReason: null });
  });

  test("a sender whom the server does not know", async () => {
    const transport = { kind: "smtp", host: "127.0.0.1", port: ports.plain, security: "optional" };
    await api("PUT", "/v1/channels/EMAIL", { kind: "email", transport, from: { address: "nobody@sender.test" } });
    await writeTo(at("alice"), [0]);
    expect(await channel()).toMatchObject({ status: "PAUSED", pauseReason: expect.stringContaining("553") });
  });

  test("credentials that another secret has locked", async () => {
    await carry(ports.starttls, signedIn);
    const locked = await lock("another secret of at least thirty-two characters", "workspace/1", PASSWORD);
    await db().prepare("UPDATE channels SET sealed = ? WHERE platform = 'EMAIL'").bind(locked).run();
    const to = at("alice");
    await writeTo(to, [0]);
    expect(await channel()).toMatchObject({
      status: "PAUSED",
      pauseReason: expect.stringContaining("DRIPLINE_SECRET"),
    });
    await carry(ports.starttls, signedIn);
    await pass(2 * MINUTE, MINUTE);
    expect(await received(to)).toHaveLength(1);
  });
});

test("by the account's own binding", async () => {
  const from = { address: "anna@sender.test" };
  await api("PUT", "/v1/channels/EMAIL", { kind: "email", transport: { kind: "cloudflare" }, from });
  const { enrollment } = await writeTo(at("alice"), [0]);
  expect(await ledger(enrollment)).toMatchObject([{ status: "sent" }]);
});

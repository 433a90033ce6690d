/** What becomes of a mail at servers of all kinds, over real sockets. */
import { describe, expect, inject, test } from "vitest";
import { email } from "../../src/channels/email/email";
import type { Outcome } from "../../src/domain/message";
import type { Transport } from "../../src/domain/transport";
import { allClosed, by, outgoing, received, smtp, surroundings } from "../support/letters";

const ports = inject("mail");
const USER = "dripline@mail.test";
const PASSWORD = "pä ss:w@rd";

let tags = 0;

/** An address at which a server behaves as its name says, and which no other test has. */
function at(conduct: string): string {
  tags += 1;
  return `${conduct}+${tags}@example.com`;
}

function send(transport: Transport, to: string, secret: string | null = null, body = "Good day"): Promise<Outcome> {
  return email.deliver(outgoing({ to, body }), by(transport, secret), surroundings);
}

describe("taken", () => {
  const signedIn = { username: USER };
  test.each<[what: string, transport: Transport, secret: string | null, secure: boolean]>([
    ["in the clear, where nothing else is offered", smtp(ports.plain), null, false],
    ["of a host by its name", smtp(ports.plain, { host: "localhost" }), null, false],
    ["encrypted where it is offered, with a password", smtp(ports.starttls, signedIn), PASSWORD, true],
    ["encrypted because it must be", smtp(ports.starttls, { ...signedIn, security: "starttls" }), PASSWORD, true],
    [
      "encrypted, of a name",
      smtp(ports.starttls, { ...signedIn, host: "localhost", security: "starttls" }),
      PASSWORD,
      true,
    ],
    ["encrypted from the first byte", smtp(ports.tls, { ...signedIn, security: "tls" }), PASSWORD, true],
    [
      "encrypted from the first byte, of a name",
      smtp(ports.tls, { ...signedIn, host: "localhost.", security: "tls" }),
      PASSWORD,
      true,
    ],
  ])("%s", async (_, transport, secret, secure) => {
    const to = at("alice");
    expect(await send(transport, to, secret)).toEqual({ kind: "delivered", providerId: "Q4711" });
    expect(await received(to)).toMatchObject([
      { from: "anna@sender.test", to, secure, subject: "Hello", text: "Good day\n" },
    ]);
    await allClosed();
  });
});

describe("refused", () => {
  const signedIn = { username: USER };
  test.each<[what: string, conduct: string, outcome: object]>([
    ["greylisted", "greylisted", { kind: "transient", reason: expect.stringContaining("451 4.7.1 Greylisted") }],
    ["the mailbox is full for now", "crowded", { kind: "transient", reason: expect.stringContaining("452") }],
    ["the server is closing down", "closing", { kind: "transient", reason: expect.any(String) }],
    ["later, said after the mail", "later", { kind: "transient", reason: expect.stringContaining("451") }],
    [
      "an unknown user",
      "unknown",
      { kind: "permanent", reason: "the mail server answered 550 5.1.1 No such user here" },
    ],
    ["the mailbox is full", "full", { kind: "permanent", reason: expect.stringContaining("552") }],
    [
      "the mailbox is full, said after the mail",
      "overfull",
      { kind: "permanent", reason: expect.stringContaining("552") },
    ],
    ["spam, said after the mail", "spam", { kind: "permanent", reason: expect.stringContaining("554") }],
    ["relaying", "relay", { kind: "broken", reason: expect.stringContaining("Relay access denied") }],
  ])("%s", async (_, conduct, outcome) => {
    const to = at(conduct);
    expect(await send(smtp(ports.plain), to)).toEqual(outcome);
    expect(await received(to)).toEqual([]);
    await allClosed();
  });

  test("greylisted, and taken when it comes again", async () => {
    const to = at("greylisted");
    expect(await send(smtp(ports.plain), to)).toMatchObject({ kind: "transient" });
    expect(await send(smtp(ports.plain), to)).toMatchObject({ kind: "delivered" });
    expect(await received(to)).toHaveLength(1);
  });

  test("the sender -> the channel is at fault", async () => {
    const mine = outgoing({ to: at("alice") }, { from: { address: "nobody@sender.test", name: null, replyTo: null } });
    const outcome = await email.deliver(mine, by(smtp(ports.plain)), surroundings);
    expect(outcome).toEqual({ kind: "broken", reason: "the mail server answered 553 5.7.1 Not your address" });
    await allClosed();
  });

  test.each<[what: string, transport: Transport, secret: string | null, outcome: object]>([
    [
      "a wrong password",
      smtp(ports.starttls, signedIn),
      "wrong",
      { kind: "broken", reason: expect.stringContaining("535 5.7.8") },
    ],
    ["no password at all", smtp(ports.starttls), null, { kind: "broken", reason: expect.stringContaining("530") }],
    [
      "a name without a password",
      smtp(ports.starttls, signedIn),
      null,
      { kind: "broken", reason: "there is no password for the mail server" },
    ],
    [
      "who cannot be signed in just now",
      smtp(ports.starttls, { username: "busy" }),
      PASSWORD,
      { kind: "transient", reason: expect.stringContaining("454") },
    ],
    [
      "encryption, though it must be",
      smtp(ports.plain, { security: "starttls" }),
      null,
      { kind: "broken", reason: expect.stringMatching(/STARTTLS|50\d/) },
    ],
  ])("%s", async (_, transport, secret, outcome) => {
    expect(await send(transport, at("alice"), secret)).toEqual(outcome);
    await allClosed();
  });

  test.each<[what: string, transport: Transport]>([
    ["where it is offered", smtp(ports.stranger)],
    ["because it must be", smtp(ports.stranger, { security: "starttls" })],
    ["from the first byte", smtp(ports.strangerTls, { security: "tls" })],
    ["for another name", smtp(ports.elsewhere, { host: "localhost", security: "starttls" })],
    ["for another name, from the first byte", smtp(ports.elsewhereTls, { host: "localhost", security: "tls" })],
  ])(
    "a certificate that does not hold, encrypted %s -> the channel is at fault, and nothing is told",
    async (_, transport) => {
      const to = at("alice");
      expect(await send(transport, to, PASSWORD)).toEqual({
        kind: "broken",
        reason: expect.stringContaining("certificate"),
      });
      expect(await received(to)).toEqual([]);
      await allClosed();
    },
  );
});

describe("cut off", () => {
  test.each<[what: string, transport: Transport]>([
    ["nobody listens", smtp(ports.closed)],
    ["nobody listens, where it is encrypted from the first byte", smtp(ports.closed, { security: "tls" })],
    ["there is no such host", smtp(ports.plain, { host: "no-such-host.invalid" })],
    ["the server says nothing", smtp(ports.silent)],
    ["the server says nothing, where it is encrypted from the first byte", smtp(ports.silent, { security: "tls" })],
  ])("%s -> later", async (_, transport) => {
    const began = Date.now();
    expect(await send(transport, at("alice"))).toMatchObject({ kind: "transient" });
    expect(Date.now() - began).toBeLessThan(surroundings.deliveryTimeout + 1000);
    await allClosed();
  });

  test("where the encryption begins, once -> taken by another connection", async () => {
    const to = at("alice");
    const transport = smtp(ports.wavering, { username: USER, security: "starttls" });
    expect(await send(transport, to, PASSWORD)).toMatchObject({ kind: "delivered" });
    expect(await received(to)).toMatchObject([{ secure: true }]);
    await allClosed();
  });

  test("where the encryption begins, again and again -> the channel is at fault", async () => {
    const transport = smtp(ports.leaving, { security: "starttls" });
    expect(await send(transport, at("alice"))).toMatchObject({ kind: "broken" });
    await allClosed();
  });

  test("before the mail is told -> later", async () => {
    const to = at("cutbefore");
    expect(await send(smtp(ports.rude), to)).toMatchObject({ kind: "transient" });
    expect(await received(to)).toEqual([]);
    await allClosed();
  });

  test("within a long mail -> later", async () => {
    const to = at("cutwithin");
    const body = `${"All work and no play.\n".repeat(200_000)}`;
    expect(await send(smtp(ports.rude), to, null, body)).toMatchObject({ kind: "transient" });
    expect(await received(to)).toEqual([]);
    await allClosed();
  });

  test.each<[what: string, conduct: string]>([
    ["after all of it was told", "cutafter"],
    ["after all of it was told, the answer being none", "babble"],
  ])("%s -> nobody knows, and the server has it once", async (_, conduct) => {
    const to = at(conduct);
    expect(await send(smtp(ports.rude), to)).toMatchObject({ kind: "unknown" });
    expect(await received(to)).toHaveLength(1);
    await allClosed();
  });

  test("by a slow server after all of it was told -> nobody knows, within the time that an attempt may take", async () => {
    const to = at("slow");
    const began = Date.now();
    expect(await send(smtp(ports.plain), to)).toEqual({ kind: "unknown", reason: "no answer within 1.5 s" });
    expect(Date.now() - began).toBeLessThan(surroundings.deliveryTimeout + 1000);
    expect(await received(to)).toHaveLength(1);
  });

  test("with a word that it shuts down -> later, for it has not taken it", async () => {
    expect(await send(smtp(ports.rude), at("shutdown"))).toMatchObject({ kind: "transient" });
    await allClosed();
  });
});

test.each(["curt", "sulky"])("taken, and then a %s goodbye -> delivered all the same", async (conduct) => {
  const to = at(conduct);
  expect(await send(smtp(ports.rude), to)).toEqual({ kind: "delivered", providerId: "R1" });
  expect(await received(to)).toHaveLength(1);
  await allClosed();
});

describe("a server that is none of mail", () => {
  test.each<[what: string, transport: Transport]>([
    ["in the clear", smtp(ports.web)],
    ["where it must be encrypted", smtp(ports.web, { security: "starttls" })],
  ])("%s -> the channel is at fault", async (_, transport) => {
    const outcome = await send(transport, at("alice"));
    expect(outcome).toEqual({ kind: "broken", reason: expect.stringContaining("HTTP/1.1 400 Bad Request") });
    await allClosed();
  });
});

describe("in production", () => {
  const there = { ...surroundings, production: true };

  test("a host inside is not spoken to", async () => {
    const outcome = await email.deliver(outgoing({ to: at("alice") }), by(smtp(ports.plain)), there);
    const reason = "the mail server's host names a loopback or private address";
    expect(outcome).toEqual({ kind: "broken", reason });
  });
});

test("a mail leaves by a server that knows no 8BITMIME, whatever stands in it", async () => {
  const to = at("alice");
  const body = `Grüße aus 東京 🎉\n.\n..\nFrom here\n${"ä".repeat(3000)}`;
  expect(await send(smtp(ports.rude), to, null, body)).toEqual({ kind: "delivered", providerId: "R1" });
  const [mail] = await received(to);
  expect(mail?.raw).toMatch(/^[\x20-\x7e\r\n\t]*$/);
  expect(Math.max(...(mail?.raw ?? "").split("\r\n").map(({ length }) => length))).toBeLessThanOrEqual(100);
  expect(mail?.raw).not.toMatch(/[^\r]\n/);
});

test("many at once leave by connections of their own", async () => {
  const all = Array.from({ length: 20 }, () => at("alice"));
  const outcomes = await Promise.all(all.map((to) => send(smtp(ports.plain), to)));
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["delivered"]));
  for (const to of all) expect(await received(to)).toHaveLength(1);
  await allClosed();
});

/** What a mailbox sends by and how much, as this API tells it: the same facts that the others show, and no secret. */
import { beforeEach, describe, expect, test } from "vitest";
import { call, doc, make } from "../../support/outreach";
import { api, begin, db, type Json } from "../../support/world";

beforeEach(begin);

const SERVER = {
  smtpHost: "smtp.x.example",
  smtpPort: 2525,
  smtpSsl: true,
  smtpUsername: "ada",
  smtpPassword: "hunter2",
};

async function box(attributes: Record<string, unknown> = {}): Promise<number> {
  return (await make("mailbox", { email: "ada@x.example", ...attributes })).id;
}

async function change(id: number, attributes: Record<string, unknown>): Promise<Json> {
  const { status, body } = await call("PATCH", `/mailboxes/${id}`, doc("mailbox", attributes, {}, id));
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data.attributes;
}

const inV1 = async (id: number): Promise<Json> => (await api("GET", `/v1/mailboxes/mailbox_${id}`)).body.mailbox;

const sealed = async (): Promise<unknown> => (await db().prepare("SELECT sealed FROM mailboxes").first())?.sealed;

describe("the server it sends by", () => {
  const transport = {
    kind: "smtp",
    host: "smtp.x.example",
    port: 2525,
    security: "tls",
    username: "ada",
    hasCredential: true,
  };

  test("is the transport that the others show; its password is shown nowhere", async () => {
    const id = await box(SERVER);
    expect((await inV1(id)).transport).toEqual(transport);
    const { body } = await call("GET", `/mailboxes/${id}`);
    const { smtpPassword: _, ...shown } = SERVER;
    expect(body.data.attributes).toMatchObject({ ...shown, sendMethod: "smtp" });
    expect(JSON.stringify(body)).not.toContain("hunter2");
    expect(await sealed()).not.toContain("hunter2");
  });

  test.each<[string, Record<string, unknown>, object]>([
    ["a port alone -> the rest stays, the credential too", { smtpPort: 465 }, { port: 465 }],
    ["a user alone", { smtpUsername: "bo" }, { username: "bo" }],
    [
      "another host -> the credential is not told to it",
      { smtpHost: "evil.example" },
      { host: "evil.example", hasCredential: false },
    ],
    ["without SSL -> encrypted where the server can be", { smtpSsl: false }, { security: "optional" }],
  ])("%s", async (_, said, expected) => {
    const id = await box(SERVER);
    await change(id, said);
    expect((await inV1(id)).transport).toEqual({ ...transport, ...expected });
  });

  test("the mailbox's own user name counts where the server has none of its own, also when it alone changes", async () => {
    const { smtpUsername: _, ...server } = SERVER;
    const id = await box({ ...server, username: "ada" });
    expect((await inV1(id)).transport.username).toBe("ada");
    await change(id, { username: "bo" });
    expect((await inV1(id)).transport).toEqual({ ...transport, username: "bo" });
    await change(id, { smtpUsername: "cy" });
    await change(id, { username: "di" });
    expect((await inV1(id)).transport.username).toBe("cy");
  });

  test("a new password alone takes the place of the old one", async () => {
    const id = await box(SERVER);
    const before = await sealed();
    await change(id, { smtpPassword: "correct horse" });
    expect(await sealed()).not.toBe(before);
    expect((await inV1(id)).transport).toEqual(transport);
  });

  test("another way of sending -> none that is known here; what was said of the server is kept", async () => {
    const id = await box(SERVER);
    expect(await change(id, { sendMethod: "gmail" })).toMatchObject({
      smtpHost: "smtp.x.example",
      sendMethod: "gmail",
    });
    expect((await inV1(id)).transport).toBeNull();
    await change(id, { sendMethod: "smtp", smtpPassword: "hunter2" });
    expect((await inV1(id)).transport).toEqual(transport);
  });
});

describe("how much it sends", () => {
  test("what it may send on a day", async () => {
    const id = await box({ maxMailingsPerDay: 20 });
    expect((await inV1(id)).dailyLimit).toBe(20);
    expect(await change(id, { maxMailingsPerDay: null })).toMatchObject({ maxMailingsPerDay: null });
    expect((await inV1(id)).dailyLimit).toBeNull();
  });

  test("a rate is two numbers: one alone is kept, and counts once the other is there", async () => {
    const id = await box();
    expect(await change(id, { sendThreshold: 3 })).toMatchObject({ sendThreshold: 3, sendPeriod: null });
    expect((await inV1(id)).rate).toBeNull();
    expect(await change(id, { sendPeriod: 60 })).toMatchObject({ sendThreshold: 3, sendPeriod: 60 });
    expect((await inV1(id)).rate).toEqual({ messages: 3, seconds: 60 });
    await change(id, { sendPeriod: null });
    expect((await inV1(id)).rate).toBeNull();
  });

  test("disabled, it is paused; enabled again, it is not", async () => {
    const id = await box();
    expect(await change(id, { sendDisabled: true })).toMatchObject({ sendDisabled: true });
    expect(await inV1(id)).toMatchObject({ status: "PAUSED", pauseReason: "sending is disabled" });
    expect(await change(id, { sendDisabled: false })).toMatchObject({ sendDisabled: false });
    expect((await inV1(id)).status).toBe("ACTIVE");
  });

  test.each([
    [{ maxMailingsPerDay: 0 }, "maxMailingsPerDay"],
    [{ sendThreshold: 0, sendPeriod: 60 }, "sendThreshold"],
    [{ sendThreshold: 1, sendPeriod: 0 }, "sendPeriod"],
    [{ smtpHost: "not a host" }, "smtpHost"],
  ])("%j is refused where it stands", async (said, name) => {
    const { status, body } = await call("POST", "/mailboxes", doc("mailbox", { email: "a@x.example", ...said }));
    expect([status, body.errors[0].source.pointer]).toEqual([422, `/data/attributes/${name}`]);
  });
});

/** A channel of mails, as v1 sets, shows and tries it out. */
import { beforeEach, describe, expect, inject, test } from "vitest";
import { received } from "../support/letters";
import { makeUser } from "../support/users";
import { type Answer, api, begin, db, KEY, OTHER_KEY } from "../support/world";

beforeEach(begin);

const PASSWORD = "s3cret-password";
const SMTP = { kind: "smtp", host: "smtp.example.com", username: "anna", password: PASSWORD };
const FROM = { address: "anna@sender.test", name: "Anna", replyTo: "desk@sender.test" };

const put = (body: unknown, platform = "EMAIL", key = KEY): Promise<Answer> =>
  api("PUT", `/v1/channels/${platform}`, body, key);
const mails = (transport: unknown, from: unknown = FROM) => put({ kind: "email", transport, from });
const get = async () => (await api("GET", "/v1/channels/EMAIL")).body.channel;

describe("setting a channel of mails", () => {
  test.each<[what: string, transport: object, shown: object]>([
    [
      "by SMTP",
      SMTP,
      {
        kind: "smtp",
        host: "smtp.example.com",
        port: 587,
        security: "starttls",
        username: "anna",
        hasCredential: true,
      },
    ],
    [
      "by SMTP encrypted from the first byte",
      { kind: "smtp", host: "smtp.example.com", port: 465 },
      { kind: "smtp", host: "smtp.example.com", port: 465, security: "tls", username: null, hasCredential: false },
    ],
    ["by the account's own binding", { kind: "cloudflare" }, { kind: "cloudflare", hasCredential: false }],
    ["by Resend", { kind: "resend", apiKey: PASSWORD }, { kind: "resend", hasCredential: true }],
  ])("%s, it is shown without what signs in", async (_, transport, shown) => {
    const answer = await mails(transport);
    expect(answer.status).toBe(200);
    expect(answer.body.channel).toMatchObject({
      kind: "email",
      url: null,
      status: "ACTIVE",
      transport: shown,
      from: FROM,
    });
    expect(await get()).toEqual(answer.body.channel);
    for (const told of [answer, await api("GET", "/v1/channels/EMAIL"), await api("GET", "/v1/channels")]) {
      expect(JSON.stringify(told.body)).not.toContain(PASSWORD);
    }
    const row = JSON.stringify(await db().prepare("SELECT * FROM channels").first());
    expect(row).not.toContain(PASSWORD);
  });

  test("from an address alone, spelled as servers know it", async () => {
    const { body } = await mails({ kind: "cloudflare" }, { address: " Anna@Bücher.example " });
    expect(body.channel.from).toEqual({ address: "Anna@xn--bcher-kva.example", name: null, replyTo: null });
  });

  test("from nobody in particular, where the installation says it", async () => {
    expect((await put({ kind: "email", transport: { kind: "cloudflare" } })).body.channel.from).toBeNull();
  });

  test("set again, nothing of the one before is left", async () => {
    await mails(SMTP);
    await put({ kind: "webhook", url: "https://example.com/hook" });
    const shown = await get();
    expect(shown).not.toHaveProperty("transport");
    await mails({ kind: "cloudflare" });
    expect(await db().prepare("SELECT sealed, secret, url FROM channels").first()).toEqual({
      sealed: null,
      secret: null,
      url: null,
    });
  });

  test("it is the workspace's own", async () => {
    await mails(SMTP);
    expect((await api("GET", "/v1/channels/EMAIL", undefined, OTHER_KEY)).status).toBe(404);
    expect((await api("POST", "/v1/channels/EMAIL/test", { to: "a@x.test" }, OTHER_KEY)).status).toBe(404);
  });
});

describe("refused", () => {
  const smtp = (more: object) => ({ ...SMTP, ...more });
  test.each<[what: string, transport: unknown, field: string | null]>([
    ["no transport, where the installation has none", undefined, "transport"],
    ["a transport of the wrong type", "smtp", null],
    ["null", null, null],
    ["a list", [], null],
    ["a kind that is none", { kind: "carrier pigeon" }, null],
    ["no kind", { host: "smtp.example.com" }, null],
    ["no host", { kind: "smtp" }, null],
    ["an empty host", smtp({ host: "" }), "transport.host"],
    ["a host with a port", smtp({ host: "smtp.example.com:25" }), "transport.host"],
    ["a host that is a URL", smtp({ host: "https://smtp.example.com" }), "transport.host"],
    ["a host with a line break", smtp({ host: "smtp.example.com\r\nQUIT" }), "transport.host"],
    ["a host without an end", smtp({ host: "a".repeat(254) }), "transport.host"],
    ["a port that is a text", smtp({ port: "587" }), null],
    ["port 0", smtp({ port: 0 }), "transport.port"],
    ["port 65536", smtp({ port: 65_536 }), "transport.port"],
    ["half a port", smtp({ port: 0.5 }), null],
    ["a security that is none", smtp({ security: "none" }), "transport.security"],
    ["a user without a password", { kind: "smtp", host: "smtp.example.com", username: "anna" }, null],
    ["a password without a user", { kind: "smtp", host: "smtp.example.com", password: "x" }, null],
    ["a password with a line break", smtp({ password: "a\r\nb" }), "transport.password"],
    ["a password without an end", smtp({ password: "x".repeat(1001) }), "transport.password"],
    ["an empty password", smtp({ password: "" }), "transport.password"],
    ["Resend without a key", { kind: "resend" }, null],
    ["Resend with a key of two lines", { kind: "resend", apiKey: "a\r\nb: c" }, "transport.apiKey"],
  ])("%s", async (_, transport, field) => {
    const { status, body } = await mails(transport);
    expect(status).toBe(400);
    if (field !== null) expect(body.error.details).toEqual({ field });
    expect(JSON.stringify(body)).not.toContain(PASSWORD);
    expect((await api("GET", "/v1/channels/EMAIL")).status).toBe(404);
  });

  test.each<[what: string, from: unknown]>([
    ["a text", "anna@sender.test"],
    ["null", null],
    ["no address", { name: "Anna" }],
    ["an address that is none", { address: "anna" }],
    ["two addresses", { address: "a@x.test, b@x.test" }],
    ["an address with a line break", { address: "a@x.test\r\nBcc: b@x.test" }],
    ["a name with a line break", { address: "a@x.test", name: "Anna\r\nBcc: b@x.test" }],
    ["a name without an end", { address: "a@x.test", name: "x".repeat(201) }],
    ["an address for answers that is none", { address: "a@x.test", replyTo: "desk" }],
  ])("from %s", async (_, from) => {
    expect((await mails({ kind: "cloudflare" }, from)).status).toBe(400);
    expect((await api("GET", "/v1/channels/EMAIL")).status).toBe(404);
  });

  test("on any platform but EMAIL", async () => {
    const answer = await put({ kind: "email", transport: { kind: "cloudflare" }, from: FROM }, "TWITTER");
    expect(answer).toMatchObject({ status: 400, body: { error: { details: { field: "kind" } } } });
  });

  test("what is unknown is passed over, as everywhere", async () => {
    const { status, body } = await put({ kind: "email", transport: { ...SMTP, color: "puce" }, from: FROM, x: 1 });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain("puce");
  });

  test("broken JSON", async () => {
    expect((await put('{"kind":"email",')).status).toBe(400);
  });

  test("a key without the scope", async () => {
    const { key } = await makeUser({ scopes: ["channels_read"] });
    expect((await put({ kind: "email", transport: SMTP, from: FROM }, "EMAIL", key)).status).toBe(403);
    expect((await api("POST", "/v1/channels/EMAIL/test", { to: "a@x.test" }, key)).status).toBe(403);
  });
});

describe("trying it out", () => {
  let tags = 0;
  const at = (conduct: string) => {
    tags += 1;
    return `${conduct}+tried${tags}@example.com`;
  };
  const plain = () => mails({ kind: "smtp", host: "127.0.0.1", port: inject("mail").plain, security: "optional" });
  const tryOut = (to: unknown, platform = "EMAIL") => api("POST", `/v1/channels/${platform}/test`, { to });

  test("one mail arrives at once, and its outcome is told", async () => {
    await plain();
    const to = at("alice");
    const test = { outcome: "delivered", reason: null, providerId: "Q4711" };
    expect(await tryOut(to)).toEqual({ status: 200, body: { test } });
    expect(await received(to)).toMatchObject([{ subject: "A test mail of Dripline", replyTo: "desk@sender.test" }]);
    await tryOut(to);
    expect(await received(to)).toHaveLength(2);
    expect((await api("GET", "/v1/messages")).body.pagination.total).toBe(0);
  });

  test("what goes wrong is told, and the channel is left as it is", async () => {
    await plain();
    const reason = "the mail server answered 550 5.1.1 No such user here";
    expect((await tryOut(at("unknown"))).body.test).toEqual({ outcome: "permanent", reason, providerId: null });
    await mails({ kind: "smtp", host: "127.0.0.1", port: inject("mail").starttls, username: "x", password: PASSWORD });
    const refused = await tryOut(at("alice"));
    expect(refused.body.test).toMatchObject({ outcome: "broken", reason: expect.stringContaining("535") });
    expect(JSON.stringify(refused)).not.toContain(PASSWORD);
    expect(await get()).toMatchObject({ status: "ACTIVE" });
  });

  test("a paused one is tried out all the same", async () => {
    await plain();
    await api("POST", "/v1/channels/EMAIL/pause");
    expect((await tryOut(at("alice"))).body.test).toMatchObject({ outcome: "delivered" });
    expect(await get()).toMatchObject({ status: "PAUSED" });
  });

  test("there is nothing to try out where no mails are sent", async () => {
    expect((await tryOut("a@x.test")).status).toBe(404);
    expect((await tryOut("a@x.test", "TWITTER")).status).toBe(404);
    expect((await tryOut("a@x.test", "MYSPACE")).status).toBe(404);
    await put({ kind: "outbox" });
    expect(await tryOut("a@x.test")).toMatchObject({ status: 400, body: { error: { details: { field: "kind" } } } });
  });

  test.each([undefined, null, 1, "", "alice", "a@x.test, b@x.test", "a@x.test\r\nRCPT TO:<b@x.test>", ["a@x.test"]])(
    "%j is nobody to send it to",
    async (to) => {
      await plain();
      expect((await tryOut(to)).status).toBe(400);
    },
  );
});

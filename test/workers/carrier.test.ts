/** What carries the messages of a journey, and from whom its mails come, where the installation says it and where not. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Trip } from "../../src/domain/enrollment";
import type { Installed } from "../../src/domain/installed";
import type { Transport } from "../../src/domain/transport";
import { pause } from "../../src/engine/channels";
import { carrierOf, isUnset, postOf } from "../../src/enrollment/carrier";
import { shutCarrier } from "../../src/enrollment/perform";
import { type Settings, settingsOf } from "../../src/env";
import type { StoredChannel, World } from "../../src/storage/facts";
import { contextOf } from "../support/context";
import { api, begin, db, drain, enroll, makeContact, makeDrip, OTHER_KEY, settle, show } from "../support/world";

beforeEach(begin);

const installed: Installed = {
  transport: { kind: "smtp", host: "smtp.example.com", port: 587, security: "starttls", username: "u" },
  secret: "p",
  sender: { address: "hello@example.com", name: null, replyTo: null },
};
const none: Installed = { transport: null, secret: null, sender: null };
const own: Transport = { kind: "resend" };

const stored = (kind: string, transport: Transport | null = null): StoredChannel => ({
  kind,
  url: null,
  secret: null,
  transport,
  sealed: null,
  pausedAt: null,
  pauseReason: null,
  updatedAt: 1,
});

function carried(platform: Trip["platform"], channel: StoredChannel | null, by: Installed) {
  return carrierOf({ channel } as World, { platform } as Trip, { installed: by } as Settings);
}

describe("a message is carried", () => {
  test.each<[what: string, platform: Trip["platform"], channel: StoredChannel | null, by: Installed, as: object]>([
    ["by the outbox where nobody says anything", "EMAIL", null, none, { kind: "outbox" }],
    [
      "by the installation's server where nobody else says",
      "EMAIL",
      null,
      installed,
      { kind: "email", ...via(installed) },
    ],
    [
      "by the outbox on any other platform",
      "TWITTER",
      null,
      installed,
      { kind: "outbox", transport: null, secret: null },
    ],
    [
      "by the workspace's outbox",
      "EMAIL",
      stored("outbox"),
      installed,
      { kind: "outbox", transport: null, secret: null },
    ],
    ["by the workspace's webhook", "EMAIL", stored("webhook"), installed, { kind: "webhook", transport: null }],
    [
      "by the workspace's own transport",
      "EMAIL",
      stored("email", own),
      installed,
      { kind: "email", transport: own, secret: null },
    ],
    [
      "by the installation's server where the workspace leaves it to it",
      "EMAIL",
      stored("email"),
      installed,
      via(installed),
    ],
    [
      "by nothing where the workspace leaves it to one that is gone",
      "EMAIL",
      stored("email"),
      none,
      { kind: "email", transport: null },
    ],
  ])("%s", (_, platform, channel, by, as) => {
    expect(carried(platform, channel, by)).toMatchObject(as);
    expect(isUnset(carried(platform, channel, by))).toBe(channel === null);
  });
});

function via({ transport, secret }: Installed) {
  return { transport, secret };
}

describe("mails come", () => {
  const channels = { address: "anna@sender.test", name: "Anna", replyTo: null };
  const from = async (sender: World["sender"], by: Installed) => {
    const trip = { id: 1, workspaceId: 1, platform: "EMAIL" } as Trip;
    const settings = { secret: "s", publicUrl: null, replyDomain: null, installed: by } as Settings;
    return (await postOf({ sender } as World, trip, settings)).post?.sender;
  };

  test("from whom the channel says", async () => expect(await from(channels, installed)).toEqual(channels));
  test("else from whom the installation says", async () =>
    expect(await from(null, installed)).toEqual(installed.sender));
  test("else from nobody", async () => expect(await from(null, none)).toBeNull());
});

describe("the installation's server is at fault", () => {
  const atFault = carried("EMAIL", null, installed);
  const verdict = { reason: "535", now: 5 };
  const trip = { workspaceId: 1, platform: "EMAIL" } as Trip;

  test("the workspace sees its channel of mails paused, and resumes it", async () => {
    await shutCarrier(contextOf().db, trip, atFault, verdict);
    const { channel } = (await api("GET", "/v1/channels/EMAIL")).body;
    expect(channel).toMatchObject({ kind: "email", status: "PAUSED", pauseReason: "535", transport: null, from: null });
    expect((await api("GET", "/v1/channels/EMAIL", undefined, OTHER_KEY)).status).toBe(404);
    expect((await api("POST", "/v1/channels/EMAIL/resume")).body.channel).toMatchObject({
      status: "ACTIVE",
      kind: "email",
    });
  });

  test("one that was set meanwhile is left alone", async () => {
    await api("PUT", "/v1/channels/EMAIL", { kind: "outbox" });
    await shutCarrier(contextOf().db, trip, atFault, verdict);
    expect((await api("GET", "/v1/channels/EMAIL")).body.channel).toMatchObject({ kind: "outbox", status: "ACTIVE" });
  });
});

test("a pause of what nobody has set leaves mails to the installation, and all else to the outbox", async () => {
  const ctx = { ...contextOf(), installed };
  expect(await pause(ctx, "EMAIL", "Monday")).toMatchObject({
    value: { kind: "email", transport: null, sender: null },
  });
  expect(await pause(ctx, "TWITTER", "Monday")).toMatchObject({ value: { kind: "outbox" } });
});

test("what nobody has set is left unset by a pause that is lifted: it stands in no mailbox's way", async () => {
  await api("POST", "/v1/channels/EMAIL/pause", { reason: "Monday" });
  const resumed = await api("POST", "/v1/channels/EMAIL/resume");
  expect([resumed.status, resumed.body.channel.status, resumed.body.channel.pauseReason]).toEqual([
    200,
    "ACTIVE",
    null,
  ]);
  expect((await api("GET", "/v1/channels/EMAIL")).status).toBe(404);
  await api("PUT", "/v1/channels/EMAIL", { kind: "outbox" });
  await api("POST", "/v1/channels/EMAIL/pause", { reason: "Monday" });
  await api("POST", "/v1/channels/EMAIL/resume");
  expect((await api("GET", "/v1/channels/EMAIL")).body.channel.kind).toBe("outbox");
});

test("a channel that leaves it to an installation without a server is paused, and says what to set", async () => {
  await api("PUT", "/v1/channels/EMAIL", { kind: "email", transport: { kind: "cloudflare" } });
  await db().prepare("UPDATE channels SET transport = NULL").run();
  const { sequence } = await makeDrip([0]);
  const enrollment = await enroll(sequence, await makeContact({ email: "alice@example.com" }), "EMAIL");
  await settle();
  await drain();
  expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "channel" });
  const { channel } = (await api("GET", "/v1/channels/EMAIL")).body;
  expect(channel.pauseReason).toMatch(/SMTP_URL/);
});

describe("what the installation says", () => {
  const production = { ENVIRONMENT: "production", DRIPLINE_SECRET: "a secret of at least thirty-two characters" };
  const development = { ENVIRONMENT: "development" };
  const read = (env: object) => settingsOf({ ...env } as Env);

  test("nothing: nothing carries mails, and on one's own machine they come from here", () => {
    expect(read(production).installed).toEqual(none);
    const sender = { address: "dripline@localhost", name: "Dripline", replyTo: null };
    expect(read(development).installed).toEqual({ ...none, sender });
    expect(read(production)).toMatchObject({ resendUrl: "https://api.resend.com", deliveryTimeout: 20_000 });
  });

  test("a server in production is spoken to encrypted, and on one's own machine where it can be", () => {
    const said = { SMTP_URL: "smtp://u%40x.test:p%3Aw@smtp.example.com", MAIL_FROM: "Anna <anna@example.com>" };
    const transport = { kind: "smtp", host: "smtp.example.com", port: 587, security: "starttls", username: "u@x.test" };
    const sender = { address: "anna@example.com", name: "Anna", replyTo: null };
    expect(read({ ...production, ...said }).installed).toEqual({ transport, secret: "p:w", sender });
    expect(read({ ...development, ...said }).installed).toMatchObject({ transport: { security: "optional" } });
    const tls = { ...said, SMTP_URL: "smtps://smtp.example.com" };
    expect(read({ ...development, ...tls }).installed.transport).toMatchObject({ port: 465, security: "tls" });
  });

  test.each<[what: object, why: RegExp]>([
    [{ SMTP_URL: "http://x.test" }, /SMTP_URL/],
    [{ SMTP_URL: "smtp://" }, /SMTP_URL/],
    [{ SMTP_URL: "smtp://u@x.test" }, /SMTP_URL/],
    [{ SMTP_URL: "smtp://u:%zz@x.test" }, /SMTP_URL/],
    [{ SMTP_URL: "smtp://x.test/path" }, /SMTP_URL/],
    [{ MAIL_FROM: "Anna" }, /MAIL_FROM/],
    [{ MAIL_FROM: "Anna <anna@@x.test>" }, /MAIL_FROM/],
    [{ DELIVERY_TIMEOUT_MS: "60000" }, /DELIVERY_TIMEOUT_MS/],
    [{ DELIVERY_TIMEOUT_MS: "0" }, /DELIVERY_TIMEOUT_MS/],
  ])("%j is refused anywhere", (said, why) => {
    expect(() => read({ ...development, ...said })).toThrow(why);
    expect(() => read({ ...production, ...said })).toThrow(why);
  });

  test.each<[what: object, why: RegExp]>([
    [{ SMTP_URL: "smtp://smtp.example.com" }, /MAIL_FROM must be set/],
    [{ SMTP_URL: "smtp://127.0.0.1:1025", MAIL_FROM: "a@x.test" }, /loopback or private/],
    [{ SMTP_URL: "smtp://mail.internal", MAIL_FROM: "a@x.test" }, /loopback or private/],
    [{ SMTP_URL: "smtp://smtp.example.com:25", MAIL_FROM: "a@x.test" }, /must not be 25/],
    [{ PUBLIC_URL: "http://drip.test" }, /PUBLIC_URL must begin with https/],
    [{ RESEND_URL: "https://resend.test" }, /development only/],
  ])("%j is refused in production, and taken in development", (said, why) => {
    expect(() => read({ ...production, ...said })).toThrow(why);
    expect(() => read({ ...development, ...said })).not.toThrow();
  });

  test("no refusal tells the password", () => {
    for (const SMTP_URL of ["smtp://u:hunter2@x.test/path", "http://u:hunter2@x.test", "smtp://u:hunter2%zz@x.test"]) {
      try {
        read({ ...production, SMTP_URL });
        expect("refused").toBe("taken");
      } catch (error) {
        expect(String(error)).not.toContain("hunter2");
      }
    }
  });
});

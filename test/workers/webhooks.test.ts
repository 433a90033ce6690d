/** Webhooks out: what is told, to whom, how often, and what becomes of an endpoint that does not answer. */
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, test } from "vitest";
import { callerIn } from "../../src/channels/endpoint";
import { broadcastSignature } from "../../src/engine/signing";
import { create } from "../../src/engine/webhooks";
import { contextOf } from "../support/context";
import { faults, resetCounts, until } from "../support/faults";
import { deliveriesOf, deliveryTo, letPass, listen, typesOf } from "../support/listener";
import { admitOnly, atTheMove, sweepLater } from "../support/moving";
import {
  api,
  begin,
  DAY,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  makeContact,
  makeDrip,
  OTHER_KEY,
  pass,
  ring,
  settle,
  show,
  sweep,
  travel,
} from "../support/world";

const MINUTE = 60_000;

beforeEach(begin);

const exit = (sequence: string, enrollment: string) =>
  api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
const say = (from: string) =>
  api("POST", "/v1/replies", { platform: "TWITTER", from, text: "Sounds good", messageId: `in-${from}` });

describe("what is told", () => {
  test("a journey's events come once each, signed, numbered without a gap, in v1's words", async () => {
    const ear = await listen();
    const { sequence } = await makeDrip([0, 24]);
    const contact = await makeContact({ username: "ada", displayName: "Ada" });
    const enrollment = await enroll(sequence, contact);
    await settle();
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/pause`);
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/resume`);
    await settle();
    await say("ada");
    await settle();
    expect(ear.forged).toEqual([]);
    expect(new Set(typesOf(ear))).toEqual(
      new Set([
        "sequence.created",
        "sequence.updated",
        "sequence.activated",
        "enrollment.enrolled",
        "message.sent",
        "enrollment.step_sent",
        "enrollment.paused",
        "enrollment.resumed",
        "message.replied",
        "enrollment.replied",
        "enrollment.exited",
      ]),
    );
    // Two steps were added: those are the edits.
    expect(typesOf(ear).filter((type) => type === "sequence.updated")).toHaveLength(2);
    expect(new Set(ear.heard.map(({ id }) => id)).size).toBe(ear.heard.length);
    expect(ear.heard.map(({ number }) => number).sort((a, b) => a - b)).toEqual(ear.heard.map((_, i) => i + 1));
    const { body } = ear.heard.find(({ type }) => type === "enrollment.exited") ?? {};
    const {
      history: _h,
      waiting: _w,
      currentStep: _c,
      nextRunAt: _n,
      mailboxId: _m,
      ...shown
    } = await show(sequence, enrollment);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      data: { enrollment: { ...shown, exitReason: "REPLIED" } },
    });
    expect(body.createdAt).toBe(shown.exitedAt);
    const sent = ear.heard.find(({ type }) => type === "message.sent")?.body.data.message;
    const { messages } = (await api("GET", "/v1/messages")).body;
    const { id, enrollmentId, sequenceId, contactId, stepId, platform, status, attempts, at } = messages[0];
    expect(sent).toMatchObject({ id, enrollmentId, sequenceId, contactId, stepId, platform, status, attempts, at });
    expect(sent.contact).toEqual({ id: contact, displayName: "Ada", username: "ada", platform: "TWITTER" });
  });

  test("news of a message is told when it is first heard", async () => {
    const ear = await listen({ events: ["message.*"] });
    const { sequence } = await makeDrip([0, 240]);
    await enroll(sequence);
    await settle();
    const [message] = (await api("GET", "/v1/messages")).body.messages;
    for (const type of ["delivered", "opened", "opened", "clicked", "clicked"]) {
      await api("POST", `/v1/messages/${message.id}/events`, {
        type,
        url: type === "clicked" ? "https://a.test/" : null,
      });
      await settle();
    }
    await pass(HOUR);
    expect(typesOf(ear)).toEqual(["message.sent", "message.delivered", "message.opened", "message.clicked"]);
  });

  test("who is moved is told of when he has come, and not before", async () => {
    const ear = await listen({ events: ["enrollment.enrolled", "enrollment.exited"] });
    const moving = await atTheMove([24]);
    await admitOnly(moving);
    const nudges = faults.letters.filter(({ queue }) => queue.endsWith("webhooks"));
    faults.letters = [];
    await deliver(nudges);
    expect(ear.heard.map(({ type, body }) => [type, body.data.enrollment.sequenceId])).toEqual([
      ["enrollment.enrolled", moving.here],
    ]);
    await sweepLater();
    await settle();
    const told = ear.heard
      .slice(1)
      .map(({ type, body: { data } }) => [type, data.enrollment.sequenceId, data.enrollment.exitReason]);
    expect(told.sort()).toEqual([
      ["enrollment.enrolled", moving.there, null],
      ["enrollment.exited", moving.here, "MOVED"],
    ]);
  });

  test("a failure, and its retry", async () => {
    const ear = await listen({ events: ["enrollment.failed", "enrollment.resumed", "message.failed", "message.sent"] });
    const channel = await listen({ events: ["sequence.archived"] });
    await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: channel.url });
    channel.answer = () => new Response(null, { status: 422 });
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await settle();
    expect(typesOf(ear).sort()).toEqual(["enrollment.failed", "message.failed"]);
    expect(ear.heard.find(({ type }) => type === "enrollment.failed")?.body.data.enrollment).toMatchObject({
      status: "FAILED",
      exitReason: "the endpoint answered 422",
    });
    for (let i = 0; i < 2; i++) {
      await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/retry`);
      await settle();
    }
    const count = (type: string) => typesOf(ear).filter((one) => one === type).length;
    expect([count("enrollment.failed"), count("enrollment.resumed"), count("message.failed")]).toEqual([3, 2, 3]);
    expect(new Set(ear.heard.map(({ id }) => id)).size).toBe(ear.heard.length);
  });

  test("a filter lets through what it names, and a test reaches its endpoint alone", async () => {
    const [sends, all] = [await listen({ events: ["enrollment.step_sent"] }), await listen()];
    const { sequence } = await makeDrip([0]);
    await enroll(sequence);
    await settle();
    expect(typesOf(sends)).toEqual(["enrollment.step_sent"]);
    const before = all.heard.length;
    const asked = await api("POST", `/v1/webhooks/${sends.id}/test`);
    expect(asked).toMatchObject({
      status: 202,
      body: { delivery: { type: "webhook.test", status: "waiting", number: 2 } },
    });
    await drain();
    expect(sends.heard.at(-1)?.body).toMatchObject({ type: "webhook.test", number: 2, data: { webhookId: sends.id } });
    expect(all.heard).toHaveLength(before);
  });

  test("nothing of another workspace is told", async () => {
    const [ours, theirs] = [await listen(), await listen({}, OTHER_KEY)];
    const { sequence } = await makeDrip([0]);
    await enroll(sequence);
    await settle();
    expect(ours.heard.length).toBeGreaterThan(3);
    expect(theirs.calls).toEqual([]);
  });

  test("of a sequence that is its owner's alone ids are told, and no words", async () => {
    const ear = await listen({ events: ["sequence.*"] });
    await api("POST", "/v1/sequences", { name: "Mine alone", shareType: "private" });
    await settle();
    expect(ear.heard[0]?.body.data.sequence).toMatchObject({ name: null, status: "DRAFT" });
    expect(JSON.stringify(ear.heard)).not.toContain("Mine alone");
  });
});

describe("once", () => {
  test("tellings that come twice, and all at once, make no second event", async () => {
    const ear = await listen({ events: ["enrollment.*", "message.*"] });
    const { sequence } = await makeDrip([1]);
    const enrollment = await enroll(sequence);
    await settle();
    travel(HOUR);
    await ring(enrollment);
    const told = faults.letters.splice(0).filter(({ queue }) => queue.endsWith("events"));
    expect(told.length).toBeGreaterThan(0);
    await deliver([...told, ...told]);
    await deliver(told);
    await settle();
    const types = typesOf(ear);
    expect(types.filter((type) => type === "message.sent")).toHaveLength(1);
    expect(new Set(ear.heard.map(({ id }) => id)).size).toBe(types.length);
    expect(types.sort()).toEqual([
      "enrollment.completed",
      "enrollment.enrolled",
      "enrollment.step_sent",
      "message.sent",
    ]);
  });

  test("a nudge that comes twice makes no second call, and one that is lost is made up for by the sweep", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    const { sequence } = await makeDrip([24]);
    await enroll(sequence);
    const nudges = faults.letters.splice(0).filter(({ queue }) => queue.endsWith("webhooks"));
    await sweep();
    await deliver([...nudges, ...nudges, ...faults.letters.splice(0)]);
    expect(ear.calls).toHaveLength(1);
    faults.queuesDown.add("webhooks");
    await enroll(sequence);
    await settle();
    expect(ear.calls).toHaveLength(1);
    faults.queuesDown.clear();
    await sweep();
    await settle();
    expect(ear.heard.map(({ number }) => number)).toEqual([1, 2]);
  });

  test("crash between the call and its record -> told again under the same id", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    const { sequence } = await makeDrip([24]);
    await enroll(sequence);
    faults.failSql = /UPDATE webhook_deliveries/;
    await deliver(faults.letters.splice(0));
    faults.failSql = null;
    expect(ear.heard).toHaveLength(1);
    await drain();
    expect(ear.heard).toHaveLength(1); // somebody may be at it still
    await letPass(2 * MINUTE, MINUTE);
    expect(ear.heard).toHaveLength(2);
    expect(new Set(ear.heard.map(({ id }) => id)).size).toBe(1);
    expect((await deliveriesOf(ear)).deliveries).toMatchObject([{ status: "delivered", attemptCount: 1 }]);
  });

  test("a D1 that fails when it is told of a step loses no event", async () => {
    const ear = await listen({ events: ["enrollment.step_sent"] });
    const { sequence } = await makeDrip([1]);
    const enrollment = await enroll(sequence);
    await settle();
    travel(HOUR);
    await ring(enrollment);
    faults.failSql = /webhooks|webhook_deliveries|INSERT INTO messages/;
    await deliver(faults.letters.splice(0));
    faults.failSql = null;
    expect(ear.calls).toEqual([]);
    await settle();
    expect(typesOf(ear)).toEqual(["enrollment.step_sent"]);
  });
});

const down = () => new Response("out of order", { status: 503 });

describe("an endpoint that does not answer well", () => {
  test("down for two days -> nothing is lost, and few calls are made meanwhile", async () => {
    const ear = await listen({ events: ["enrollment.*"] });
    const { sequence } = await makeDrip([1, 24]);
    ear.answer = down;
    for (let i = 0; i < 5; i++) await enroll(sequence);
    await settle();
    for (let hour = 0; hour < 48; hour++) {
      travel(HOUR);
      await settle();
      await letPass(2 * MINUTE, MINUTE);
    }
    expect(ear.heard).toEqual([]);
    expect(ear.calls.length).toBeLessThan(250);
    expect((await api("GET", `/v1/webhooks/${ear.id}`)).body.webhook).toMatchObject({
      status: "active",
      failingSince: expect.any(String),
      deliveries: { waiting: 20, delivered: 0, failed: 0, missed: 0 },
    });
    ear.answer = () => new Response(null, { status: 200 });
    await letPass(14 * HOUR, 10 * MINUTE);
    const count = (type: string) => typesOf(ear).filter((one) => one === type).length;
    expect([count("enrollment.enrolled"), count("enrollment.step_sent"), count("enrollment.completed")]).toEqual([
      5, 10, 5,
    ]);
    expect(ear.heard.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    expect(ear.forged).toEqual([]);
    expect((await api("GET", `/v1/webhooks/${ear.id}`)).body.webhook).toMatchObject({
      failingSince: null,
      deliveries: { waiting: 0, delivered: 20 },
    });
  });

  test("down for three days -> paused with the reason; what comes meanwhile is kept, and sent on resume", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    const { sequence } = await makeDrip([2400]);
    ear.answer = down;
    await enroll(sequence);
    await drain();
    await letPass(4 * DAY, HOUR);
    const paused = (await api("GET", `/v1/webhooks/${ear.id}`)).body.webhook;
    expect(paused).toMatchObject({ status: "paused", pauseReason: expect.stringContaining("it answered 503") });
    await enroll(sequence);
    await drain();
    const before = ear.calls.length;
    await letPass(2 * HOUR, HOUR);
    expect(ear.calls).toHaveLength(before);
    ear.answer = () => new Response(null, { status: 200 });
    const resumed = await api("POST", `/v1/webhooks/${ear.id}/resume`);
    expect(resumed.body.webhook).toMatchObject({ status: "active", pauseReason: null, deliveries: { waiting: 2 } });
    await drain();
    expect(ear.heard.map(({ number }) => number)).toEqual([1, 2]);
  });

  test("moved to another URL -> told there at once, and not judged by what the one before did", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    const { sequence } = await makeDrip([2400]);
    ear.answer = down;
    await enroll(sequence);
    await drain();
    await letPass(70 * HOUR, 10 * HOUR);
    const other = await listen({ events: ["sequence.archived"] });
    other.answer = down;
    const moved = await api("PATCH", `/v1/webhooks/${ear.id}`, { url: other.url });
    expect(moved.body.webhook).toMatchObject({ status: "active", failingSince: null });
    await drain();
    expect(other.calls).toHaveLength(1);
    await letPass(3 * HOUR, HOUR);
    expect((await api("GET", `/v1/webhooks/${ear.id}`)).body.webhook.status).toBe("active");
    const before = ear.calls.length;
    other.answer = () => new Response(null, { status: 204 });
    await letPass(2 * HOUR, HOUR);
    expect(other.calls.at(-1)?.text).toContain("enrollment.enrolled");
    expect((await deliveriesOf(ear, "?status=delivered")).deliveries).toHaveLength(1);
    expect(ear.calls).toHaveLength(before);
  });

  test("its own URL said again, or another word of it changed -> it rests as long as before", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    const { sequence } = await makeDrip([2400]);
    ear.answer = down;
    await enroll(sequence);
    await drain();
    await api("PATCH", `/v1/webhooks/${ear.id}`, { url: ear.url, description: "the CRM" });
    await drain();
    expect(ear.calls).toHaveLength(1);
  });

  test("410 -> paused at once", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    ear.answer = () => new Response(null, { status: 410 });
    const { sequence } = await makeDrip([24]);
    await enroll(sequence);
    await drain();
    expect((await api("GET", `/v1/webhooks/${ear.id}`)).body.webhook).toMatchObject({
      status: "paused",
      pauseReason: "the endpoint answered 410: it is gone",
      deliveries: { waiting: 1 },
    });
  });

  test("one event that is never taken, among others that are -> given up after three days, and told again when asked for", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    const { sequence } = await makeDrip([2400]);
    ear.answer = ({ number }) => new Response(null, { status: number === 1 ? 422 : 200 });
    await enroll(sequence);
    for (let i = 0; i < 9; i++) {
      await enroll(sequence);
      await drain();
      await letPass(10 * HOUR, HOUR);
    }
    expect(ear.calls.filter(({ text }) => JSON.parse(text).number === 1).length).toBeGreaterThan(7);
    const failed = await deliveriesOf(ear, "?status=failed");
    expect(failed).toMatchObject({ deliveries: [{ number: 1, responseStatus: 422 }], pagination: { total: 1 } });
    ear.answer = () => new Response(null, { status: 200 });
    const [{ id, eventId }] = failed.deliveries;
    const again = await api("POST", `/v1/webhooks/${ear.id}/deliveries/${id}/resend`);
    expect(again).toMatchObject({ status: 202, body: { delivery: { status: "waiting" } } });
    await drain();
    expect(ear.heard.at(-1)).toMatchObject({ number: 1, id: eventId });
    expect((await api("GET", `/v1/webhooks/${ear.id}`)).body.webhook.deliveries).toMatchObject({
      waiting: 0,
      delivered: 10,
      failed: 0,
    });
  });

  test("the last that waits is given up -> what happens then is told all the same", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    const { sequence } = await makeDrip([2400]);
    ear.answer = ({ number }) => new Response(null, { status: number === 1 ? 422 : 200 });
    await enroll(sequence);
    await drain();
    await letPass(HOUR, HOUR);
    await enroll(sequence);
    await drain();
    await letPass(5 * DAY, 6 * HOUR);
    expect((await api("GET", `/v1/webhooks/${ear.id}`)).body.webhook).toMatchObject({
      status: "active",
      failingSince: expect.any(String),
      deliveries: { waiting: 0, delivered: 1, failed: 1 },
    });
    await enroll(sequence);
    await drain();
    expect(ear.heard.map(({ number }) => number)).toEqual([2, 3]);
  });

  test("as many wait for it as there is room for; of what comes then the number tells", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    await db().prepare("UPDATE webhooks SET capacity = 2").run();
    const { sequence } = await makeDrip([24]);
    ear.answer = down;
    for (let i = 0; i < 4; i++) await enroll(sequence);
    ear.answer = () => new Response(null, { status: 200 });
    await drain();
    await enroll(sequence);
    await drain();
    expect(ear.heard.map(({ number }) => number)).toEqual([1, 2, 5]);
    expect((await api("GET", `/v1/webhooks/${ear.id}`)).body.webhook.deliveries).toMatchObject({
      missed: 2,
      waiting: 0,
    });
  });

  test("a slow one holds up no other", async () => {
    const [slow, quick] = [
      await listen({ events: ["enrollment.enrolled"] }),
      await listen({ events: ["enrollment.*"] }),
    ];
    let open = false;
    slow.answer = async () => {
      await until(() => open);
      return new Response(null, { status: 200 });
    };
    const { sequence } = await makeDrip([24]);
    for (let i = 0; i < 9; i++) await enroll(sequence);
    const drained = drain();
    await until(() => quick.heard.length === 9);
    expect(slow.heard).toEqual([]);
    expect(slow.calls).toHaveLength(6);
    open = true;
    await drained;
    expect(slow.heard).toHaveLength(9);
  });

  test("a redirect is not followed, and of an answer the beginning alone is kept", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    ear.answer = () => new Response("x".repeat(5000), { status: 302, headers: { location: "https://10.0.0.1/" } });
    const { sequence } = await makeDrip([24]);
    await enroll(sequence);
    await drain();
    expect(ear.calls).toHaveLength(1);
    expect(ear.calls[0]?.init.redirect).toBe("manual");
    expect(await deliveryTo(ear)).toMatchObject({
      status: "waiting",
      responseStatus: 302,
      attempts: [{ responseExcerpt: "x".repeat(200) }],
    });
  });
});

describe("secrets", () => {
  test("while one takes the place of another both sign; then the new one alone", async () => {
    const ear = await listen();
    const old = ear.secret;
    const rotated = await api("POST", `/v1/webhooks/${ear.id}/rotate`, { overlapHours: 2 });
    expect(rotated.status).toBe(200);
    ear.secret = rotated.body.webhook.secret;
    expect(ear.secret).not.toBe(old);
    const signedBy = async (secret: string) => {
      await api("POST", `/v1/webhooks/${ear.id}/test`);
      await drain();
      const { headers, text } = ear.calls.at(-1) ?? { headers: new Headers(), text: "" };
      try {
        new Webhook(secret).verify(text, Object.fromEntries(headers));
        return true;
      } catch {
        return false;
      }
    };
    expect([await signedBy(old), await signedBy(ear.secret)]).toEqual([true, true]);
    travel(3 * HOUR);
    expect([await signedBy(old), await signedBy(ear.secret)]).toEqual([false, true]);
  });

  test("none is kept as it is, and none is told twice", async () => {
    const ear = await listen();
    const stored = JSON.stringify((await db().prepare("SELECT * FROM webhooks").all()).results);
    expect(stored).not.toContain(ear.secret);
    const shown = JSON.stringify([await api("GET", "/v1/webhooks"), await api("GET", `/v1/webhooks/${ear.id}`)]);
    expect(shown).not.toMatch(/whsec_|sealed/);
  });
});

describe("a contact who is erased", () => {
  test("is nobody in what is still to be told, and nothing of what was answered about him stays", async () => {
    const ear = await listen({ events: ["enrollment.*"] });
    ear.answer = () => new Response("no room for Wanda", { status: 500 });
    const { sequence } = await makeDrip([24]);
    const contact = await makeContact({ username: "wanda", displayName: "Wanda" });
    await enroll(sequence, contact);
    await settle();
    const rows = async () => JSON.stringify((await db().prepare("SELECT * FROM webhook_deliveries").all()).results);
    expect(await rows()).toContain("Wanda");
    await api("DELETE", `/v1/contacts/${contact}`);
    await settle();
    expect(await rows()).not.toMatch(/wanda/i);
    ear.answer = () => new Response("bye Wanda", { status: 200 });
    await letPass(3 * HOUR, 30 * MINUTE);
    expect(typesOf(ear)).toContain("enrollment.enrolled");
    expect(JSON.stringify(ear.heard)).not.toMatch(/wanda/i);
    expect(ear.heard[0]?.body.data.enrollment).toMatchObject({ contactId: contact, contact: null });
    expect(await rows()).not.toMatch(/wanda/i);
  });
});

describe("what was told", () => {
  test("is removed after thirty days, and with its endpoint", async () => {
    const ear = await listen({ events: ["enrollment.enrolled"] });
    const { sequence } = await makeDrip([8760]);
    await enroll(sequence);
    await drain();
    await letPass(29 * DAY, 29 * DAY);
    expect((await deliveriesOf(ear)).deliveries).toHaveLength(1);
    await letPass(2 * DAY, DAY);
    expect(await deliveriesOf(ear)).toMatchObject({ deliveries: [], pagination: { total: 0 } });
    await enroll(sequence);
    await api("DELETE", `/v1/webhooks/${ear.id}`);
    expect((await api("GET", `/v1/webhooks/${ear.id}`)).status).toBe(404);
    await letPass(2 * HOUR, HOUR);
    const left = "SELECT (SELECT COUNT(*) FROM webhooks) + (SELECT COUNT(*) FROM webhook_deliveries) AS n";
    expect(await db().prepare(left).first("n")).toBe(0);
    expect(ear.heard).toHaveLength(1);
  });

  test("costs a workspace without endpoints no row, and one that has one few", async () => {
    const run = async () => {
      const { sequence } = await makeDrip([1]);
      await drain();
      const contact = await makeContact();
      resetCounts();
      const enrollment = await enroll(sequence, contact);
      travel(HOUR);
      await ring(enrollment);
      await drain();
      return { written: faults.rowsWritten, read: faults.rowsRead };
    };
    await run();
    const bare = await run();
    await listen({ events: ["sequence.paused"] }, OTHER_KEY);
    expect(await run()).toEqual(bare);
    await listen({ events: ["message.sent"] });
    const told = await run();
    console.info("rows of a drip of one step", { bare, told });
    expect(told.written - bare.written).toBeLessThanOrEqual(9);
  });
});

describe("what leads inside is not called", () => {
  test.each([
    "https://localhost/x",
    "https://127.0.0.1/x",
    "https://0x7f.1/x",
    "https://10.1.2.3/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://169.254.169.254/latest",
    "https://user:password@example.com/x",
    "http://example.com/x",
    "ftp://example.com/x",
    "nonsense",
  ])("%s", async (url) => {
    const ctx = { ...contextOf(), production: true };
    const draft = { url, description: null, dialect: "v1", events: ["*"] } as const;
    expect(await create(ctx, { ...draft, events: [...draft.events] })).toMatchObject({
      failure: { kind: "bad_value", field: "url" },
    });
    // One that was taken in before a guard knew better.
    const echo = await callerIn({ production: true })(url, { headers: {}, body: "" });
    expect(echo).toMatchObject({ status: null, error: expect.stringMatching(/^the URL /) });
  });
});

describe("a dialect's own form", () => {
  test("Broadcast's published vector", async () => {
    const body = '{"type":"email.delivered","data":{"id":1}}';
    expect(await broadcastSignature("whsec_test_secret", 1_800_000_000, body)).toBe(
      "v1,y19yI03OyA91nDvr3AtwDvmLYUUjpJ4WSjQFk7PYAqc=",
    );
  });

  test("Broadcast's names and envelope, signed in its manner", async () => {
    const ear = await listen({ dialect: "broadcast" });
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    await exit(sequence, enrollment);
    await drain();
    expect(typesOf(ear)).toEqual(["sequence.subscriber_added", "email.sent", "sequence.subscriber_removed"]);
    const { text, headers } = ear.calls[0] ?? { text: "", headers: new Headers() };
    const timestamp = headers.get("x-broadcast-timestamp");
    const key = await hmacKey(ear.secret);
    const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${timestamp}.${text}`));
    expect(headers.get("x-broadcast-signature")).toBe(`v1,${new Uint8Array(mac).toBase64()}`);
  });

  test("Outreach's resources and actions, signed in its manner", async () => {
    const ear = await listen({ dialect: "outreach", events: ["enrollment.*", "message.*"] });
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    await exit(sequence, enrollment);
    await drain();
    const names = ear.calls.map(({ text }) => JSON.parse(text).meta.eventName);
    expect(names.sort()).toEqual([
      "mailing.delivered",
      "sequenceState.advanced",
      "sequenceState.created",
      "sequenceState.finished",
    ]);
    const { text, headers } = ear.calls[0] ?? { text: "", headers: new Headers() };
    const mac = await crypto.subtle.sign("HMAC", await hmacKey(ear.secret), new TextEncoder().encode(text));
    expect(headers.get("outreach-webhook-signature")).toBe(new Uint8Array(mac).toHex());
    const number = Number(enrollment.replace("enroll_", ""));
    expect(JSON.parse(text)).toMatchObject({
      data: { type: "sequenceState", id: number, attributes: { state: "active" } },
    });
  });
});

function hmacKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
}

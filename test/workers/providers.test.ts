/** What becomes of a mail that leaves by the account's own binding, or by the API of Resend. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { email } from "../../src/channels/email/email";
import type { Outcome } from "../../src/domain/message";
import { by, outgoing, SEAL, surroundings } from "../support/letters";

const CLOUDFLARE = by({ kind: "cloudflare" });

/** A binding that does as it is told; the platform's own writes what it is given into a file. */
function mailer(send: () => Promise<EmailSendResult>): SendEmail {
  return { send };
}

const failing = (code: string, message = "it failed") =>
  mailer(() => Promise.reject(Object.assign(new Error(message), code === "" ? {} : { code })));

function through(binding: SendEmail | null, message = outgoing()): Promise<Outcome> {
  return email.deliver(message, CLOUDFLARE, { ...surroundings, mailer: binding });
}

describe("the account's own binding", () => {
  test("takes a mail as it is written, and tells an id of its own", async () => {
    const message = outgoing({
      toName: "Alice, B\r\nBcc: x@y.test",
      subject: "Grüße",
      format: "html",
      body: "<p>ä</p>",
    });
    expect(await through(env.MAIL, message)).toEqual({ kind: "delivered", providerId: expect.any(String) });
  });

  test.each<[code: string, kind: Outcome["kind"]]>([
    ["E_SENDER_NOT_VERIFIED", "broken"],
    ["E_SENDER_DOMAIN_NOT_AVAILABLE", "broken"],
    ["E_RATE_LIMIT_EXCEEDED", "transient"],
    ["E_DAILY_LIMIT_EXCEEDED", "transient"],
    ["E_INTERNAL_SERVER_ERROR", "transient"],
    ["E_DELIVERY_FAILED", "transient"],
    ["E_RECIPIENT_NOT_ALLOWED", "permanent"],
    ["E_RECIPIENT_SUPPRESSED", "permanent"],
    ["E_CONTENT_TOO_LARGE", "permanent"],
    ["E_VALIDATION_ERROR", "permanent"],
    ["E_HEADER_VALUE_TOO_LONG", "permanent"],
    ["E_SOMETHING_NEW", "unknown"],
    ["", "unknown"],
  ])("%s -> %s", async (code, kind) => {
    expect(await through(failing(code))).toEqual({ kind, reason: "it failed" });
  });

  test.each<[said: string, kind: Outcome["kind"]]>([
    ["email to a@x.test not allowed", "permanent"],
    ["destination address is not a verified address", "permanent"],
    ["email from a@x.test not allowed", "broken"],
    ["Network connection lost.", "unknown"],
  ])("%s -> %s", async (said, kind) => {
    expect(await through(failing("", said))).toEqual({ kind, reason: said });
  });

  test("that never answers -> nobody knows", async () => {
    const began = Date.now();
    expect(await through(mailer(() => new Promise(() => undefined)))).toMatchObject({ kind: "unknown" });
    expect(Date.now() - began).toBeLessThan(surroundings.deliveryTimeout + 1000);
  });

  test("that is not there -> the channel is at fault", async () => {
    expect(await through(null)).toEqual({ kind: "broken", reason: expect.stringContaining("MAIL") });
  });

  test("does not know a mail again", () => {
    expect(email.memoryOf(CLOUDFLARE)).toEqual({ deduplicates: false });
  });
});

describe("the API of Resend", () => {
  const RESEND = by({ kind: "resend" }, "re_key");
  const HOUR = 3_600_000;
  let requests: Request[] = [];
  let answer: () => Response | Promise<Response>;

  beforeEach(() => {
    requests = [];
    answer = () => Response.json({ id: "49a3999c" });
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      requests.push(new Request(input, init));
      return answer();
    });
  });
  afterEach(() => vi.restoreAllMocks());

  const send = (message = outgoing()) => email.deliver(message, RESEND, surroundings);

  test("is handed the mail under a key that is the mail's alone", async () => {
    const message = outgoing({ toName: "Alice\r\nBcc: x@y.test", format: "html", body: "<p>Hi</p>" });
    expect(await send(message)).toEqual({ kind: "delivered", providerId: "49a3999c" });
    const [request] = requests;
    expect(request).toMatchObject({ url: "https://api.resend.test/emails", method: "POST", redirect: "manual" });
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      authorization: "Bearer re_key",
      "content-type": "application/json",
      "idempotency-key": `msg_36865/1-36865-${SEAL}`,
    });
    expect(await request?.json()).toEqual({
      from: '"Anna" <anna@sender.test>',
      to: ["alice@example.com"],
      subject: "Hello",
      text: "Hi",
      html: "<p>Hi</p>",
      reply_to: `reply+1-36865-${SEAL}@in.drip.test`,
      headers: {
        // It writes an id of its own: what all mails of a thread refer to alike holds it together.
        References: `<msg_36865.${SEAL}@sender.test>`,
        "List-Unsubscribe": `<https://drip.test/t/u/1-36865-${SEAL}>, <mailto:unsubscribe+1-36865-${SEAL}@in.drip.test>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      },
    });
  });

  test("a later mail refers to the first, and to the one before it", async () => {
    await send(outgoing({}, { references: ["a@sender.test", "b@sender.test"] }));
    const headers = { References: "<a@sender.test> <b@sender.test>", "In-Reply-To": "<b@sender.test>" };
    expect(await requests[0]?.json()).toMatchObject({ headers });
  });

  test("every attempt is the same, byte by byte", async () => {
    await send();
    await scheduler.wait(5);
    await send();
    const [first, second] = await Promise.all(requests.map((request) => request.text()));
    expect(first).toBe(second);
  });

  const named = (name: string) => ({ name, message: "so it says" });
  test.each<[status: number, body: object | null, outcome: object]>([
    [400, named("validation_error"), { kind: "permanent", reason: "Resend answered 400: so it says" }],
    [422, named("validation_error"), { kind: "permanent" }],
    [422, named("invalid_from_address"), { kind: "broken" }],
    [451, named("security_error"), { kind: "permanent" }],
    [401, named("missing_api_key"), { kind: "broken" }],
    [403, named("invalid_api_key"), { kind: "broken" }],
    [403, named("validation_error"), { kind: "broken", reason: "Resend answered 403: so it says" }],
    [404, null, { kind: "broken", reason: "Resend answered 404" }],
    [409, named("concurrent_idempotent_requests"), { kind: "transient" }],
    [409, named("invalid_idempotent_request"), { kind: "unknown" }],
    [429, named("rate_limit_exceeded"), { kind: "transient", retryAfter: 7000 }],
    [429, named("daily_quota_exceeded"), { kind: "transient", retryAfter: 7000 }],
    [500, null, { kind: "transient", retryAfter: 7000 }],
    [503, null, { kind: "transient", retryAfter: 7000 }],
    [302, null, { kind: "broken" }],
  ])("%d %j -> %j", async (status, body, outcome) => {
    const headers = { "retry-after": "7", location: "https://elsewhere.test/" };
    answer = () => new Response(body === null ? "<html>" : JSON.stringify(body), { status, headers });
    expect(await send()).toMatchObject(outcome);
    expect(requests).toHaveLength(1);
  });

  test("taken, and told in words that nobody understands -> delivered", async () => {
    answer = () => new Response("ok");
    expect(await send()).toEqual({ kind: "delivered", providerId: null });
  });

  test("out of reach -> nobody knows, and the key makes a repeat harmless", async () => {
    answer = () => Promise.reject(new TypeError("Network connection lost"));
    expect(await send()).toEqual({ kind: "unknown", reason: "Network connection lost" });
    expect(email.memoryOf(RESEND)).toEqual({ deduplicates: true, remembers: 23 * HOUR });
  });

  test.each(["silent", "closed"] as const)("over a real line that is %s -> nobody knows", async (where) => {
    vi.restoreAllMocks();
    const around = { ...surroundings, resendUrl: `http://127.0.0.1:${inject("mail")[where]}` };
    expect(await email.deliver(outgoing(), RESEND, around)).toMatchObject({ kind: "unknown" });
  });

  test("without a key -> the channel is at fault, and nothing is asked", async () => {
    expect(await email.deliver(outgoing(), by({ kind: "resend" }), surroundings)).toMatchObject({ kind: "broken" });
    expect(requests).toEqual([]);
  });
});

/** The link that stops the mails, as recipients, mail programs and scanners use it. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { sealedText, spellToken } from "../../src/domain/token";
import { sealOf } from "../../src/seal";
import { faults, resetCounts } from "../support/faults";
import { type Listener, listen } from "../support/listener";
import { mailsOf, sendAs } from "../support/mail";
import { retire, storedIn } from "../support/retiring";
import { chain, makeSequence, plant, subscribe } from "../support/tree";
import worker from "../support/worker";
import {
  api,
  begin,
  DAY,
  db,
  drain,
  historyOf,
  idOf,
  type Json,
  OTHER_KEY,
  pass,
  rowOf,
  settle,
  show,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

interface Sent {
  method?: string;
  body?: string;
  type?: string;
  path?: string;
}

async function visit(token: string, { method = "GET", body, type, path = "" }: Sent = {}) {
  const ctx = createExecutionContext();
  const init = {
    method,
    headers: type === undefined ? {} : { "content-type": type },
    // As bytes, so that no content type comes by itself.
    ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
  };
  const url = `https://drip.test/t/u/${token}${path}`;
  const response = await worker.fetch(new Request<unknown, IncomingRequestCfProperties>(url, init), env, ctx);
  const text = await response.text();
  await waitOnExecutionContext(ctx);
  return { status: response.status, text, headers: response.headers };
}

const stop = (token: string, more: Sent = {}) => visit(token, { method: "POST", ...more });

const MAIL = { action: "send_email", label: "Mail", body: "Hello" };

/** A sequence that has sent one mail and waits to send another; and the token of the one. */
async function mailed(email = "bob@example.org", label = "News") {
  const sequence = await makeSequence(label);
  await chain(sequence, [
    { ...MAIL, subject: "One" },
    { action: "delay", label: "Day", delay: 86_400 },
    { ...MAIL, subject: "Two" },
  ]);
  const enrollment = await subscribe(sequence, email);
  await settle();
  const [mail] = await mailsOf(enrollment);
  return { sequence, enrollment, token: mail?.mail?.token ?? "" };
}

const contactOf = async (email: string): Promise<Json> =>
  (await api("GET", `/api/v1/subscribers/find?email=${email}`)).body;

const standing = async (enrollment: string): Promise<string> =>
  (await rowOf(enrollment)).why ?? (await rowOf(enrollment)).state;

const marks = async () =>
  (await db().prepare("SELECT id FROM messages WHERE unsubscribed_at IS NOT NULL ORDER BY id").all<{ id: number }>())
    .results;

beforeEach(() => sendAs("ada@example.com"));

describe("looking at it", () => {
  test("shows whom the mails are from and a button, and changes nothing, however often", async () => {
    const { enrollment, token } = await mailed();
    for (const method of ["GET", "HEAD", "GET"]) expect((await visit(token, { method })).status).toBe(200);
    const { text } = await visit(token);
    expect(text).toContain("<h1>Unsubscribe</h1>");
    expect(text).toContain("from Workspace 1");
    expect(text).toContain(`<form method="post" action="${token}"><button>Unsubscribe</button></form>`);
    await settle();
    expect((await contactOf("bob@example.org")).unsubscribed_at).toBeNull();
    expect(await standing(enrollment)).toBe("waiting");
    expect((await visit(token, { method: "HEAD" })).text).toBe("");
  });

  test("costs few rows, and writes none", async () => {
    const { token } = await mailed();
    resetCounts();
    await visit(token);
    expect(faults.rowsWritten).toBe(0);
    expect(faults.rowsRead).toBeLessThanOrEqual(8);
  });

  test("no page is kept, framed, indexed or told of, or runs a script", async () => {
    const { token } = await mailed();
    for (const { headers, text } of [await visit(token), await stop(token), await visit("nonsense")]) {
      expect(Object.fromEntries(headers)).toMatchObject({
        "cache-control": "no-store",
        "content-type": "text/html; charset=UTF-8",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex, nofollow",
      });
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
      const style = /<style>(.*?)<\/style>/.exec(text)?.[1] ?? "";
      const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
      expect(policy).toContain(`style-src 'sha256-${new Uint8Array(hash).toBase64()}'`);
      expect(text).not.toMatch(/<script|\bon\w+=|https?:/i);
    }
  });

  test("names that are HTML are words", async () => {
    const { token } = await mailed();
    await db().prepare(`UPDATE workspaces SET name = '<script>alert("1")</script>' WHERE id = 1`).run();
    const { text } = await visit(token);
    expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(text).not.toContain("<script>");
  });

  test("says what the mailbox says to whoever wants to stop", async () => {
    const { enrollment, token } = await mailed();
    await db()
      .prepare(`INSERT INTO mailboxes (id, workspace_id, user_id, email, email_key, details, created_at, updated_at)
        VALUES (7, 1, 1, 'a@b.example', 'a@b.example', '{"optOutMessage":"Farewell <b>?"}', 1, 1)`)
      .run();
    await db().prepare("UPDATE enrollments SET mailbox_id = 7 WHERE id = ?").bind(idOf(enrollment)).run();
    expect((await visit(token)).text).toContain("<p>Farewell &lt;b&gt;?</p>");
  });
});

describe("posting to it", () => {
  test.each([
    ["as one click", { body: "List-Unsubscribe=One-Click", type: "application/x-www-form-urlencoded" }],
    [
      "as one click, in parts",
      {
        body: '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--',
        type: "multipart/form-data; boundary=x",
      },
    ],
    ["by the button", { body: "", type: "application/x-www-form-urlencoded" }],
    ["without a body", {}],
    ["with a body of no type", { body: "List-Unsubscribe=One-Click" }],
    ["with broken JSON", { body: "{", type: "application/json" }],
    ["with more than anybody reads", { body: "x".repeat(2_000_000), type: "text/plain" }],
  ])("%s -> he is out, at once, without a queue", async (_, sent) => {
    const { enrollment, token } = await mailed();
    faults.queuesDown = new Set(["jobs", "events", "replies"]);
    const { status, text, headers } = await stop(token, sent);
    expect([status, headers.get("set-cookie"), headers.get("location")]).toEqual([200, null, null]);
    expect(text).toContain("<h1>You are unsubscribed</h1>");
    expect((await contactOf("bob@example.org")).unsubscribed_at).not.toBeNull();
    expect(await standing(enrollment)).toBe("opted_out");
    await pass(3 * DAY, DAY);
    expect(await mailsOf(enrollment)).toHaveLength(1);
  });

  test("ends all that he is in, save what is transactional", async () => {
    const { enrollment, token } = await mailed();
    const other = await mailed("bob@example.org", "Other");
    const orders = await makeSequence("Orders");
    await db().prepare("UPDATE sequences SET transactional = 1 WHERE id = ?").bind(orders).run();
    await chain(orders, [{ action: "delay", label: "Day", delay: 86_400 }, MAIL]);
    const order = await subscribe(orders, "bob@example.org");
    const another = await mailed("eve@example.org", "Third");
    await stop(token);
    await settle();
    expect(await Promise.all([enrollment, other.enrollment, order, another.enrollment].map(standing))).toEqual([
      "opted_out",
      "opted_out",
      "waiting",
      "waiting",
    ]);
    await pass(2 * DAY, DAY);
    expect((await mailsOf(order)).map(({ mail }) => mail?.unsubscribeUrl)).toEqual([null]);
  });

  test("twice, or ten times at once, is once", async () => {
    const { enrollment, token } = await mailed();
    const answers = await Promise.all(Array.from({ length: 10 }, () => stop(token)));
    expect(new Set(answers.map(({ status, text }) => status + text)).size).toBe(1);
    await settle();
    const at = (await contactOf("bob@example.org")).unsubscribed_at;
    travel(DAY);
    await stop(token);
    await settle();
    expect((await contactOf("bob@example.org")).unsubscribed_at).toBe(at);
    expect((await historyOf(enrollment)).filter(({ what }) => what === "ended")).toHaveLength(1);
    expect(await marks()).toHaveLength(1);
  });
});

describe("what made him stop", () => {
  const counts = async (enrollment: string) => {
    const { opt_out_count, sequence_id } = await rowOf(enrollment);
    const { results } = await db()
      .prepare("SELECT SUM(opted_out) AS n FROM tallies WHERE sequence_id = ? AND step_id > 0")
      .bind(sequence_id)
      .all<{ n: number }>();
    return [opt_out_count, results[0]?.n];
  };

  test("the message is told, and its step, its template and its journey count it", async () => {
    const { enrollment, token } = await mailed();
    await stop(token);
    await settle();
    const id = idOf(enrollment) * 4096 + 1;
    expect(await marks()).toEqual([{ id }]);
    expect((await historyOf(enrollment)).at(-1)).toMatchObject({ what: "ended", why: "opted_out", message: id });
    expect(await counts(enrollment)).toEqual([1, 1]);
  });

  test("an older message than the last one -> that one, and not the last", async () => {
    const { enrollment, token, sequence } = await mailed();
    await plant(sequence, { action: "delay", label: "Week", delay: 604_800 });
    await pass(DAY);
    await settle();
    expect(await mailsOf(enrollment)).toHaveLength(2);
    await stop(token);
    await settle();
    expect(await marks()).toEqual([{ id: idOf(enrollment) * 4096 + 1 }]);
    expect(await counts(enrollment)).toEqual([1, 1]);
  });

  test("a journey that has ended before -> its history and its counts tell it all the same", async () => {
    const { enrollment, token } = await mailed();
    await pass(2 * DAY, DAY);
    expect(await standing(enrollment)).toBe("completed");
    await stop(token);
    await stop(token);
    await settle();
    const id = idOf(enrollment) * 4096 + 1;
    expect(await marks()).toEqual([{ id }]);
    const { sequence } = { sequence: (await rowOf(enrollment)).sequence_id };
    const { history } = await show(`seq_${sequence}`, enrollment);
    expect(history.filter(({ event }: Json) => event === "message_unsubscribed")).toMatchObject([
      { messageId: `msg_${id}` },
    ]);
    expect(await counts(enrollment)).toEqual([1, 1]);
  });

  test("who had stopped before -> nothing is put down to this one", async () => {
    const { enrollment, token } = await mailed();
    await api("POST", "/api/v1/subscribers/unsubscribe", { email: "bob@example.org" });
    await settle();
    const before = await marks();
    const { text } = await stop(token);
    await settle();
    expect(text).toContain("You are unsubscribed");
    expect(await marks()).toEqual(before);
    expect((await historyOf(enrollment)).filter(({ what }) => what === "noted")).toEqual([]);
  });
});

describe("endpoints that listen", () => {
  const told = ({ heard }: Listener) => heard.map(({ type, body }) => [type, body.data.message.id]);

  test("are told at once, and once, by which message", async () => {
    const { enrollment, token } = await mailed();
    const ear = await listen({ events: ["message.unsubscribed"] });
    await stop(token);
    await stop(token);
    await drain();
    await settle();
    expect(told(ear)).toEqual([["message.unsubscribed", `msg_${idOf(enrollment) * 4096 + 1}`]]);
  });

  test("of a journey of which nothing is left but its row too", async () => {
    const { enrollment, token } = await mailed();
    await pass(2 * DAY, DAY);
    await retire();
    const ear = await listen({ events: ["message.unsubscribed"] });
    expect((await storedIn(enrollment)).keys).toEqual([]);
    await stop(token);
    await drain();
    expect(told(ear)).toEqual([["message.unsubscribed", `msg_${idOf(enrollment) * 4096 + 1}`]]);
  });
});

describe("taking it back", () => {
  const undo = (token: string) => stop(token, { path: "/undo" });

  test("by the link that did it -> he may be written to again; what has ended stays so", async () => {
    const { enrollment, token } = await mailed();
    const { text } = await stop(token);
    expect(text).toContain(`<form method="post" action="${token}/undo">`);
    const back = await undo(token);
    expect(back.status).toBe(200);
    expect(back.text).toContain(`<form method="post" action="../${token}"><button>Unsubscribe</button></form>`);
    expect((await contactOf("bob@example.org")).unsubscribed_at).toBeNull();
    await pass(2 * DAY, DAY);
    expect(await standing(enrollment)).toBe("opted_out");
    await mailed("bob@example.org", "Again");
    expect((await undo(token)).text).toContain("<h1>Unsubscribe</h1>");
    expect((await stop(token)).text).toContain("You are unsubscribed");
    expect((await contactOf("bob@example.org")).unsubscribed_at).not.toBeNull();
  });

  test("an opt-out that it did not make -> stays", async () => {
    const { token } = await mailed();
    const other = await mailed("bob@example.org", "Other");
    await stop(other.token);
    expect((await undo(token)).text).not.toContain("<form");
    expect((await contactOf("bob@example.org")).unsubscribed_at).not.toBeNull();
    await undo(other.token);
    await api("POST", "/api/v1/subscribers/unsubscribe", { email: "bob@example.org" });
    await undo(other.token);
    expect((await contactOf("bob@example.org")).unsubscribed_at).not.toBeNull();
  });
});

describe("where something is out of reach", () => {
  test("the objects -> it is answered as done, and done as soon as they are back", async () => {
    const { enrollment, token } = await mailed();
    faults.objectsDown = true;
    expect((await stop(token)).status).toBe(200);
    expect((await contactOf("bob@example.org")).unsubscribed_at).not.toBeNull();
    faults.objectsDown = false;
    travel(10 * 60_000);
    await sweep();
    await settle();
    expect(await standing(enrollment)).toBe("opted_out");
    expect(await marks()).toEqual([{ id: idOf(enrollment) * 4096 + 1 }]);
  });

  test("the database, once it was written down -> it is answered as done", async () => {
    const { enrollment, token } = await mailed();
    faults.failSql = /job_items|FROM .?jobs|UPDATE .?jobs/i;
    expect((await stop(token)).status).toBe(200);
    faults.failSql = null;
    travel(10 * 60_000);
    await sweep();
    await settle();
    expect(await standing(enrollment)).toBe("opted_out");
  });

  test("the database -> 503, to be tried again, and nothing has changed", async () => {
    const { enrollment, token } = await mailed();
    for (const failing of [/./, /UPDATE contacts/, /FROM departed/]) {
      faults.failSql = failing;
      const { status, headers, text } = await stop(token);
      faults.failSql = null;
      expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
      expect(text).toContain("Something went wrong on our side");
    }
    await drain();
    expect(await standing(enrollment)).toBe("waiting");
  });
});

describe("what is no link of ours", () => {
  test("each -> 404, and always the same words", async () => {
    const { enrollment, token } = await mailed();
    const [workspace = "", message = "", seal = ""] = token.split("-");
    const forged = await sealOf("another secret, as long as the right one", sealedText(1, idOf(enrollment)));
    const elsewhere = await api("POST", "/api/v1/sequences", { label: "Else" }, OTHER_KEY);
    expect(elsewhere.status).toBe(201);
    const none = await sealOf("a secret that only the tests know of", sealedText(1, 999_999));
    const gone = await mailed("gone@example.org", "Gone");
    const contact = await contactOf("gone@example.org");
    await api("DELETE", `/v1/contacts/contact_${contact.id}`);
    await drain();
    const tokens = [
      gone.token,
      spellToken({ workspaceId: 1, message: Number(message), seal: forged }),
      spellToken({ workspaceId: 2, message: Number(message), seal }),
      spellToken({ workspaceId: 1, message: Number(message) + 4096, seal }),
      spellToken({ workspaceId: 1, message: 999_999 * 4096 + 1, seal: none }),
      `${workspace}-${message}-${seal.slice(1)}`,
      `${workspace}-${message}-${seal}0`,
      `${workspace}-${message}`,
      "x",
      "%00",
      "%E0%A4%A",
      "..%2Fv1",
      "1-1-".padEnd(4000, "a"),
      "<script>",
    ];
    const answers = await Promise.all(
      tokens.flatMap((one) => [visit(one), stop(one), stop(one, { path: "/undo" }), visit(one, { path: "/undo" })]),
    );
    expect(new Set(answers.map(({ status, text }) => status + text)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    const kept = answers.map(({ headers }) => JSON.stringify([...headers].filter(([name]) => name !== "x-request-id")));
    expect(new Set(kept).size).toBe(1);
    expect(await standing(enrollment)).toBe("waiting");
  });

  test("in capitals, as some servers write addresses -> it is ours all the same", async () => {
    const { token } = await mailed();
    expect((await visit(token.toUpperCase())).status).toBe(200);
  });

  test.each([
    ["OPTIONS", 204],
    ["PUT", 405],
    ["PATCH", 405],
    ["DELETE", 405],
  ])("%s -> %i, for any token", async (method, status) => {
    const { token } = await mailed();
    for (const one of [token, "nonsense"]) {
      const answer = await visit(one, { method });
      expect([answer.status, answer.text, answer.headers.get("allow")]).toEqual([
        status,
        "",
        "GET, HEAD, POST, OPTIONS",
      ]);
    }
  });

  test.each(["", "/", "/x/y", "/x/undo/more"])("/t/u%s -> 404", async (path) => {
    expect((await visit("", { path: path.slice(1) })).status).toBe(404);
  });
});

/** How a mail is written: sent to a server of mail, and read there by a parser that has nothing to do with what wrote it. */
import { describe, expect, inject, test } from "vitest";
import { email } from "../../src/channels/email/email";
import type { Mail } from "../../src/domain/mail";
import type { Content, Outcome } from "../../src/domain/message";
import { by, mail, outgoing, received, SEAL, smtp, surroundings } from "../support/letters";
import type { Received } from "../support/mailserver";

let tags = 0;

function fresh(): string {
  tags += 1;
  return `reader+${tags}@example.com`;
}

interface Written {
  content?: Partial<Content>;
  its?: Partial<Mail>;
  around?: Partial<typeof surroundings>;
  transactional?: boolean;
}

function sendTo(to: string, { content, its, around, transactional = false }: Written): Promise<Outcome> {
  const message = { ...outgoing({ ...content, to }, its), transactional };
  return email.deliver(message, by(smtp(inject("mail").plain)), { ...surroundings, ...around });
}

async function read(written: Written): Promise<Received> {
  const to = fresh();
  expect(await sendTo(to, written)).toMatchObject({ kind: "delivered" });
  const [mail, ...more] = await received(to);
  if (!mail || more.length > 0) throw new Error(`it came ${more.length} times`);
  return mail;
}

/** The names of the headers, in order: where one was broken out of, there are more of them. */
function headerNames({ raw }: Received): string[] {
  const [head = ""] = raw.split("\r\n\r\n");
  return [...head.matchAll(/^([!-9;-~]+):/gm)].map(([, name = ""]) => name);
}

const NAMES = [
  "From",
  "To",
  "Reply-To",
  "Subject",
  "Message-ID",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "Date",
  "Content-Transfer-Encoding",
  "MIME-Version",
  "Content-Type",
];

describe("the headers", () => {
  test("say who writes to whom, on what, when, and how to stop it", async () => {
    const mail = await read({});
    expect(headerNames(mail)).toEqual(NAMES);
    expect(mail).toMatchObject({
      from: "anna@sender.test",
      fromText: '"Anna" <anna@sender.test>',
      toText: `"Alice" <${mail.to}>`,
      replyTo: `reply+1-36865-${SEAL}@in.drip.test`,
      subject: "Hello",
      messageId: `<msg_36865.${SEAL}@sender.test>`,
      references: [],
      date: "2040-01-02T09:00:00.000Z",
      text: "Good day\n",
      html: null,
    });
    expect(mail.headers).toMatchObject({
      "list-unsubscribe": `<https://drip.test/t/u/1-36865-${SEAL}>, <mailto:unsubscribe+1-36865-${SEAL}@in.drip.test>`,
      "list-unsubscribe-post": "List-Unsubscribe=One-Click",
    });
  });

  test("of a later mail name the thread", async () => {
    const references = Array.from({ length: 20 }, (_, i) => `msg_${i + 1}.${SEAL}@sender.test`);
    const mail = await read({ its: { references } });
    expect(mail.references).toEqual(references.map((id) => `<${id}>`));
    expect(mail.inReplyTo).toBe(`<msg_20.${SEAL}@sender.test>`);
  });

  test("of a mail that was asked for say nothing of stopping it", async () => {
    const mail = await read({ its: { unsubscribeUrl: null }, transactional: true, around: { publicUrl: null } });
    expect(headerNames(mail)).toEqual(NAMES.filter((name) => !name.startsWith("List-")));
  });

  test("without a domain for answers, answers go to the sender", async () => {
    const mail = await read({ around: { replyDomain: null } });
    expect(mail.replyTo).toBeUndefined();
    expect(mail.headers["list-unsubscribe"]).toBe(`<https://drip.test/t/u/1-36865-${SEAL}>`);
  });

  test("the sender's own address for answers comes first", async () => {
    const mail = await read({ its: { from: { address: "a@sender.test", name: null, replyTo: "desk@sender.test" } } });
    expect(mail).toMatchObject({ fromText: "a@sender.test", replyTo: "desk@sender.test" });
  });

  test("a link that is longer than a line is whole", async () => {
    const unsubscribeUrl = `https://drip.test/t/u/${"x".repeat(300)}`;
    const mail = await read({
      its: { unsubscribeUrl, references: ["a@sender.test", `${"b".repeat(100)}@sender.test`] },
    });
    expect(mail.headers["list-unsubscribe"]).toContain(`<${unsubscribeUrl}>`);
    expect(mail.references).toHaveLength(2);
    expect(mail.raw).not.toMatch(/^[\w-]+: *\r\n/m);
  });

  test("a mail that was written before anybody had said where links lead is stopped like all others", async () => {
    const mail = await read({ its: { unsubscribeUrl: null } });
    expect(mail.headers["list-unsubscribe"]).toContain(`<https://drip.test/t/u/1-36865-${SEAL}>`);
  });
});

describe("nothing of a contact breaks out of where it stands", () => {
  test.each<[name: string, shown: string]>([
    ["Alice\r\nBcc: x@y.test", "Alice Bcc: x@y.test"],
    ["Alice\nBcc: x@y.test\n\nHello", "Alice Bcc: x@y.test Hello"],
    ["Alice\u2028Bcc: x@y.test\u2029", "Alice Bcc: x@y.test"],
    ["Alice\u0085Bcc: x@y.test\u0000", "Alice Bcc: x@y.test"],
    ["Älice\r\nBcc: x@y.test", "Älice Bcc: x@y.test"],
    ['Alice" <x@y.test>, "Bob', 'Alice" <x@y.test>, "Bob'],
    ["Alice <x@y.test>", "Alice <x@y.test>"],
    ["Doe, Alice", "Doe, Alice"],
    ["Alice\\", "Alice\\"],
    ["Team: a@x.test, b@x.test;", "Team: a@x.test, b@x.test;"],
    ["x@y.test", "x@y.test"],
    ["=?utf-8?Q?Alice=0D=0ABcc:_x@y.test?=", "= ?utf-8?Q?Alice=0D=0ABcc:_x@y.test?="],
    ["=?UTF-8?B?QmNjOiB4QHkudGVzdA==?= Ä", "= ?UTF-8?B?QmNjOiB4QHkudGVzdA==?= Ä"],
    ["\u202eecilA", "ecilA"],
    ["Al\ud800ice", "Al\ufffdice"],
    ["日本 花子 🌸", "日本 花子 🌸"],
    ["'; DROP TABLE mails; --", "'; DROP TABLE mails; --"],
  ])("called %j", async (toName, shown) => {
    const mail = await read({ content: { toName } });
    expect(headerNames(mail)).toEqual(NAMES);
    expect(mail.toText?.replace(/\\(.)/g, "$1")).toBe(`"${shown}" <${mail.to}>`);
    expect(mail.text).toBe("Good day\n");
  });

  test.each(["", "   ", "\r\n", "\u200b"])("called %j, he is called nothing", async (toName) => {
    const mail = await read({ content: { toName } });
    expect(mail.toText).toBe(mail.to);
  });

  test("a name without an end is cut", async () => {
    const mail = await read({ content: { toName: "Alice ".repeat(5000) } });
    expect(headerNames(mail)).toEqual(NAMES);
    expect(mail.toText?.length).toBeLessThan(1000);
  });

  test.each<[subject: string, shown: string]>([
    ["Hi\r\nBcc: x@y.test\r\n\r\nbody", "Hi Bcc: x@y.test body"],
    ["Grüße, 日本, 🎉", "Grüße, 日本, 🎉"],
    [`${"Grüße ".repeat(40).trim()}`, `${"Grüße ".repeat(40).trim()}`],
    [`${"a very long subject ".repeat(20).trim()}`, `${"a very long subject ".repeat(20).trim()}`],
    ["=?utf-8?Q?=0D=0ABcc:_x?=", "= ?utf-8?Q?=0D=0ABcc:_x?="],
    ["2 + 2 =? 5", "2 + 2 =? 5"],
    ["a\tb", "a b"],
  ])("the subject %j", async (subject, shown) => {
    const mail = await read({ content: { subject } });
    expect(headerNames(mail)).toEqual(NAMES);
    expect(mail.subject).toBe(shown);
  });

  test.each([
    "alice@example.com\r\nRCPT TO:<x@y.test>",
    "alice@example.com>,<x@y.test",
    "alice,bob@example.com",
    "<alice@example.com>",
    '"alice bob"@example.com',
    "jörg@example.com",
    "alice@[127.0.0.1]",
    "alice",
    "",
  ])("the address %j -> none that mail is sent to", async (to) => {
    expect(await sendTo(to, {})).toEqual({
      kind: "permanent",
      reason: "the address is none that mail can be sent to",
    });
    expect(await received(to)).toEqual([]);
  });

  test("an address of a domain in other letters is spelled as servers know it", async () => {
    expect(await sendTo("reader+idn@bücher.example", {})).toMatchObject({ kind: "delivered" });
    const [mail] = await received("reader+idn@bücher.example"); // as the server reads it
    expect(mail?.raw).toMatch(/^To: .*<reader\+idn@xn--bcher-kva\.example>\r$/m);
  });
});

describe("the parts", () => {
  const html = '<p>Hi &amp; <b>welcome</b>,<br>see <a href="https://x.test/a?b=1&amp;c=2">the page</a>.</p>';

  test("HTML has a text beside it that says the same", async () => {
    const mail = await read({ content: { format: "html", body: html } });
    expect(mail.headers["content-type"]).toMatch(/^multipart\/alternative;/);
    expect(mail.html).toBe(html);
    expect(mail.text).toBe("Hi & welcome,\nsee the page (https://x.test/a?b=1&c=2).");
    expect(mail.raw.indexOf("text/plain")).toBeLessThan(mail.raw.indexOf("text/html"));
  });

  test("what looks like a template by now is what somebody is called", async () => {
    const mail = await read({ content: { format: "html", body: "<p>Hi {{ <b>you</b></p>" } });
    expect(mail.text).toBe("Hi {{ you");
  });

  test("every letter of every script arrives, and every line as it is", async () => {
    const body = "Grüße, 東京, 🎉\n\n.\n..lead\nFrom the start\n  indented  \ttab\n\ud800 half\n=3D=?utf-8?Q?x?=";
    const mail = await read({ content: { body } });
    expect(mail.text).toBe(`${body.toWellFormed()}\n`);
  });

  test("an empty text is an empty mail", async () => {
    expect((await read({ content: { body: "" } })).text?.trim() ?? "").toBe("");
  });

  test.each<[what: string, body: string, before: RegExp]>([
    ["a piece", "<p>Hi</p>", /^<div [^>]*>In short &lt;b&gt; &amp;/],
    ["a page", "<html><head><title>T</title></head><body class=a><p>Hi</p></body></html>", /<body class=a><div/],
    ["a page without a body", "<html><head></head><p>Hi</p></html>", /<\/head><div/],
  ])("the preheader of %s comes first, unseen, and nowhere in the text", async (_, body, before) => {
    const mail = await read({ content: { format: "html", body, preheader: "In short <b> & {{ <i>" } });
    expect(mail.html).toMatch(before);
    expect(mail.html).toContain("{{ &lt;i&gt;");
    expect(mail.html).toMatch(/display:none/);
    expect(mail.text).toBe("Hi");
  });

  test("what is followed is followed in the HTML alone", async () => {
    const tracks = { opens: true, clicks: true };
    const mail = await read({ content: { format: "html", body: html }, its: { tracks } });
    expect(mail.html).toContain(`https://drip.test/t/c/1-36865-${SEAL}/1.`);
    expect(mail.html).toContain(`https://drip.test/t/o/1-36865-${SEAL}.gif`);
    expect(mail.text).toContain("the page (https://x.test/a?b=1&c=2)");
  });

  test("a text that is followed has HTML as well; one that is not has none", async () => {
    const body = "Hi <you>,\nsee <https://x.test/a?b=1&c=2>.";
    const mail = await read({ content: { body }, its: { tracks: { opens: false, clicks: true } } });
    expect(mail.text).toBe(body);
    expect(mail.html).toContain("Hi &lt;you&gt;,<br>");
    expect(mail.html).toMatch(
      /&lt;<a href="https:\/\/drip\.test\/t\/c\/[^"]*">https:\/\/x\.test\/a\?b=1&amp;c=2<\/a>&gt;/,
    );
    expect((await read({ content: { body } })).html).toBeNull();
  });
});

test("every attempt sends the same bytes", async () => {
  const to = fresh();
  const written = { content: { format: "html" as const, body: "<p>Grüße</p>", preheader: "x" } };
  await sendTo(to, written);
  await scheduler.wait(1100);
  await sendTo(to, written);
  const [first, second] = await received(to);
  expect(first?.raw).toBe(second?.raw);
  expect(first?.raw).toMatch(/^[\x20-\x7e\r\n\t]*$/);
});

describe("what the channel lacks", () => {
  const lacking = (message: object, its: object = {}, around: object = {}) =>
    email.deliver({ ...outgoing({}, its), ...message }, by(smtp(inject("mail").plain)), { ...surroundings, ...around });

  test("nobody to come from", async () => {
    const { mail: _, ...content } = outgoing().content;
    expect(await lacking({ content })).toEqual({ kind: "broken", reason: expect.stringContaining("MAIL_FROM") });
  });

  test("a sender that is none", async () => {
    const from = { ...mail.from, address: "anna@sender" };
    expect(await lacking({}, { from: { ...from, address: "anna" } })).toMatchObject({ kind: "broken" });
    expect(await lacking({}, { from: { ...from, replyTo: "x" } })).toMatchObject({ kind: "broken" });
  });

  test("a place that links lead to", async () => {
    const outcome = await lacking({}, { unsubscribeUrl: null }, { publicUrl: null });
    expect(outcome).toEqual({ kind: "broken", reason: expect.stringContaining("PUBLIC_URL") });
  });

  test("anything to leave by", async () => {
    const outcome = await email.deliver(outgoing(), by(null), surroundings);
    expect(outcome).toEqual({ kind: "broken", reason: expect.stringContaining("SMTP_URL") });
  });

  test("the secret by which its password was locked", async () => {
    const settings = { ...by(smtp(inject("mail").plain)), sealed: { owner: "workspace/1", locked: "AAAA" } };
    const outcome = await email.deliver(outgoing(), settings, surroundings);
    expect(outcome).toEqual({ kind: "broken", reason: expect.stringContaining("DRIPLINE_SECRET") });
  });
});

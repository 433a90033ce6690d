/** Sends a sequence of mails over real sockets, and lets people answer, click and stop it: the mails are read by a parser that did not make them. */
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ParsedMail } from "mailparser";
import { freePort, startServer } from "../../src/local/server.ts";
import { prepareState } from "../../src/local/state.ts";
import { type Api, apiAt, must } from "../durability/client.ts";
import { openPostOffice, type PostOffice } from "./postoffice.ts";

/** Journey seconds a second: an hour of the journey passes in two seconds. */
const SPEED = 1800;
const HOUR = 3600;
const LONGEST_WAIT = 30_000;
const GLANCE = 100;
/** Time enough for a mail that must not come. */
const SILENCE = 3000;
const REPLY_DOMAIN = "in.example.com";
const TARGET = "https://example.com/tips?a=1&b=2#top";
const READER =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15";

const began = Date.now();
let failed = 0;
let passed = 0;

function check(what: string, holds: boolean, found?: unknown): void {
  if (holds) passed += 1;
  else failed += 1;
  const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
  console.log(`${seconds} s  ${holds ? "✓" : "✗"} ${what}${holds ? "" : ` (found ${JSON.stringify(found)})`}`);
}

function same(what: string, found: unknown, expected: unknown): void {
  check(what, isDeepStrictEqual(found, expected), found);
}

type Nothing = null | undefined | false | "";

async function until<T>(what: string, look: () => Promise<T | Nothing> | T | Nothing): Promise<T> {
  for (const since = Date.now(); Date.now() - since < LONGEST_WAIT; await sleep(GLANCE)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${what} did not happen within ${LONGEST_WAIT / 1000} s`);
}

interface Told {
  api: Api;
  url: string;
  post: PostOffice;
  sequence: number;
}

interface Noted {
  openedAt: string | null;
  clickedAt: string | null;
  clicks: number;
}

interface Journey {
  id: string;
  status: string;
  exitReason?: string;
}

async function prepare(api: Api): Promise<number> {
  const made = { label: "Welcome aboard", active: true, track_opens: true, track_clicks: true };
  const { id } = await must<{ id: number }>(api, "POST", "/api/v1/sequences", made);
  const first = {
    action: "send_email",
    subject: "Grüße, {{ first_name }}",
    preheader: "Three tips inside",
    body: `<p>Hi {{ first_name }}, <a href="${TARGET.replace("&", "&amp;")}">read on</a>.</p>`,
  };
  await must(api, "POST", `/api/v1/sequences/${id}/steps`, first);
  const second = { messageTemplate: "Still there, {{ contact.firstName }}?", delayHours: 4 };
  await must(api, "POST", `/v1/sequences/seq_${id}/steps`, second);
  await must(api, "POST", `/api/v1/sequences/${id}/steps`, { action: "delay", delay: 4 * HOUR });
  const third = { action: "send_email", subject: "Goodbye", body: "<p>That was all.</p>" };
  await must(api, "POST", `/api/v1/sequences/${id}/steps`, third);
  return id;
}

async function enroll({ api, sequence }: Told, email: string, first_name: string): Promise<void> {
  const subscriber = { email, first_name };
  const { status } = await api("POST", `/api/v1/sequences/${sequence}/add_subscriber`, { subscriber });
  if (status !== 201) throw new Error(`${email} was not enrolled: ${status}`);
}

async function journeyOf({ api, sequence }: Told, email: string): Promise<Journey> {
  const { contacts } = await must<{ contacts: { id: string; email: string }[] }>(
    api,
    "GET",
    `/v1/contacts?search=${email.split("@")[0]}`,
  );
  const contact = contacts.find((one) => one.email === email);
  const { enrollments } = await must<{ enrollments: (Journey & { contactId: string })[] }>(
    api,
    "GET",
    `/v1/sequences/seq_${sequence}/enrollments?limit=100`,
  );
  const found = enrollments.find(({ contactId }) => contactId === contact?.id);
  if (!found) throw new Error(`${email} has no journey`);
  return found;
}

function ended(told: Told, email: string, status: string): Promise<Journey> {
  return until(`${email} ${status}`, async () => {
    const journey = await journeyOf(told, email);
    return journey.status === status && journey;
  });
}

function nth({ post }: Told, email: string, n: number): Promise<ParsedMail> {
  return until(`mail ${n} to ${email}`, () => post.to(email)[n - 1] ?? null);
}

function lookAtFirst(mail: ParsedMail): void {
  same("the subject has its umlauts", mail.subject, "Grüße, Ada");
  same("it comes from whom the settings name", mail.from?.value, [{ address: "team@example.com", name: "The Team" }]);
  check("its id names the message", /^<msg_\d+\.[0-9a-f]+@example\.com>$/.test(mail.messageId ?? ""), mail.messageId);
  check(
    "answers come to an address that tells them apart",
    /^reply\+[\da-f-]+@in\.example\.com$/.test(replyTo(mail)),
    replyTo(mail),
  );
  check("it has a text beside the HTML", /Hi Ada, read on/.test(mail.text ?? ""), mail.text);
  check("the preheader stands in the HTML", /Three tips inside/.test(htmlOf(mail)));
  check("one click can stop it (RFC 8058)", rawHas(mail, "list-unsubscribe-post", "List-Unsubscribe=One-Click"));
  check("links lead by way of the service", /\/t\/c\//.test(htmlOf(mail)) && !htmlOf(mail).includes(`href="${TARGET}`));
  same("it answers nothing", mail.inReplyTo, undefined);
}

function rawHas(mail: ParsedMail, name: string, value: string): boolean {
  return mail.headerLines.some(({ key, line }) => key === name && line.includes(value));
}

function htmlOf({ html }: ParsedMail): string {
  return html || "";
}

function replyTo(mail: ParsedMail): string {
  return mail.replyTo?.value[0]?.address ?? "";
}

function unsubscribeUrl(mail: ParsedMail): string {
  const line = mail.headerLines.find(({ key }) => key === "list-unsubscribe")?.line ?? "";
  return /<(https?:[^>]+)>/.exec(line.replace(/\s+/g, ""))?.[1] ?? "";
}

/** A reply as a mail program writes it, handed to the door where mail comes in. */
async function answer({ url }: Told, from: string, mail: ParsedMail): Promise<void> {
  const raw = [
    `From: <${from}>`,
    `To: <${replyTo(mail)}>`,
    `Subject: Re: ${mail.subject ?? ""}`.normalize("NFKD").replace(/[^\x20-\x7e]/g, ""),
    `Message-ID: <answer-${began}@example.org>`,
    `In-Reply-To: ${mail.messageId ?? ""}`,
    `References: ${mail.messageId ?? ""}`,
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Gladly, call me on Friday.",
    "",
    "On Sun, 22 Nov 2026 at 09:00, The Team <team@example.com> wrote:",
    "> Hi Grace, read on. Reply STOP to stop.",
  ].join("\r\n");
  const door = `${url}/cdn-cgi/handler/email?from=${encodeURIComponent(from)}&to=${encodeURIComponent(replyTo(mail))}`;
  const response = await fetch(door, { method: "POST", body: raw });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the door for mail answered ${response.status}`);
}

async function look(link: string, headers: Record<string, string> = {}, method = "GET", body?: string) {
  const sent = body === undefined ? {} : { body };
  const response = await fetch(link, {
    method,
    redirect: "manual",
    headers: { "user-agent": READER, "accept-language": "en", ...headers },
    ...sent,
  });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

async function ada(told: Told): Promise<void> {
  const first = await nth(told, "ada@ada.example", 1);
  lookAtFirst(first);
  const link = /href="([^"]*\/t\/c\/[^"]*)"/.exec(htmlOf(first))?.[1]?.replaceAll("&amp;", "&") ?? "";
  const pixel = /src="([^"]*\/t\/o\/[^"]*)"/.exec(htmlOf(first))?.[1]?.replaceAll("&amp;", "&") ?? "";
  const clicked = await look(link);
  same("a click leads where the mail pointed", [clicked.status, clicked.location], [302, TARGET]);
  const altered = await look(link.replace("example.com", "example.net"));
  same("an altered link leads nowhere", [altered.status, altered.location], [404, null]);
  same("the pixel is there", (await look(pixel)).status, 200);
  const message = /msg_\d+/.exec(first.messageId ?? "")?.[0];
  // The line of the ledger comes by a queue, a moment after the mail.
  const noted = await until("the open and the click", async () => {
    const { body } = await told.api<{ message?: Noted }>("GET", `/v1/messages/${message}`);
    return body.message?.openedAt && body.message.clickedAt && body.message;
  });
  same("the open is noted, and the click once", noted.clicks, 1);
  const second = await nth(told, "ada@ada.example", 2);
  same("the second mail continues the thread", [second.inReplyTo, second.subject], [first.messageId, "Re: Grüße, Ada"]);
  const third = await nth(told, "ada@ada.example", 3);
  same("one with a subject of its own starts another", [third.inReplyTo, third.subject], [undefined, "Goodbye"]);
  same("and she completes", (await ended(told, "ada@ada.example", "COMPLETED")).status, "COMPLETED");
}

async function grace(told: Told): Promise<void> {
  const first = await nth(told, "grace@grace.example", 1);
  await answer(told, "grace@grace.example", first);
  same("a reply by mail ends the journey", (await ended(told, "grace@grace.example", "EXITED")).exitReason, "REPLIED");
  const { replies } = await must<{ replies: { text: string }[] }>(told.api, "GET", "/v1/replies");
  same("it is kept without what it quotes", replies[0]?.text, "Gladly, call me on Friday.");
}

async function alan(told: Told): Promise<void> {
  const url = unsubscribeUrl(await nth(told, "alan@alan.example", 1));
  same(
    "the page that asks stops nothing",
    [(await look(url)).status, (await journeyOf(told, "alan@alan.example")).status],
    [200, "ACTIVE"],
  );
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const { status } = await look(url, form, "POST", "List-Unsubscribe=One-Click");
  same("one click is enough", [status, (await journeyOf(told, "alan@alan.example")).exitReason], [200, "OPTED_OUT"]);
}

async function run(told: Told): Promise<void> {
  const people = ["Ada", "Grace", "Alan", "Gone", "Cut"];
  for (const name of people) await enroll(told, `${name}@${name}.example`.toLowerCase(), name);
  await Promise.all([ada(told), grace(told), alan(told)]);
  same("who is not there fails", (await ended(told, "gone@gone.example", "FAILED")).status, "FAILED");
  await ended(told, "cut@cut.example", "COMPLETED");
  same(
    "a mail that was cut off is not sent twice",
    told.post.to("cut@cut.example").map(({ subject }) => subject),
    ["Grüße, Cut", "Re: Grüße, Cut", "Goodbye"],
  );
  await sleep(SILENCE);
  const counts = ["ada@ada.example", "grace@grace.example", "alan@alan.example", "gone@gone.example"].map(
    (one) => told.post.to(one).length,
  );
  same("nobody got more than was his", counts, [3, 1, 1, 0]);
}

const folder = mkdtempSync(join(tmpdir(), "dripline-mail-"));
const log = join(folder, "server.log");
const post = await openPostOffice();
const state = join(folder, "state");
const { keys, secret } = await prepareState(state, undefined);
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const vars = { SMTP_URL: post.url, MAIL_FROM: "The Team <team@example.com>", PUBLIC_URL: url, REPLY_DOMAIN };
const args = Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
const server = await startServer({ port, state, secret, clockSpeed: String(SPEED), args, log: openSync(log, "a") });
try {
  const api = apiAt(url, keys[0] ?? "");
  await run({ api, url, post, sequence: await prepare(api) });
} catch (error) {
  console.error(error, readFileSync(log, "utf8").split("\n").slice(-40).join("\n"));
  failed += 1;
} finally {
  await server.stop();
  await post.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

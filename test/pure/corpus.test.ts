/** What the mails of the corpus are taken for, as the door reads them: each is a file of test/corpus. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readIncoming } from "../../src/consumers/incoming";
import { reportOf } from "../../src/domain/bounce";
import { inboundOf } from "../../src/domain/inbound";
import { namesIn, readRecipient } from "../../src/domain/incoming";
import { ownWords, plain } from "../../src/domain/outofoffice";
import { classify, type ReplyKind } from "../../src/domain/reply";
import { returnOf } from "../../src/domain/returndate";
import { filled, streamed } from "../support/mails";

const SEAL = "0123456789abcdef01234567";
const NAMES = {
  id: `msg_4097.${SEAL}@sender.example`,
  bad: `msg_4097.${SEAL.replace("7", "8")}@sender.example`,
  token: `1-4097-${SEAL}`,
};
const RECEIVED = Date.UTC(2040, 0, 3, 9);

interface More {
  /** Whether its headers, or what it returns, name a message of ours: true unless told otherwise. */
  named?: boolean;
  /** Whom it is about; Ada unless told otherwise. */
  from?: string;
  /** The day that an absence ends. */
  back?: string;
}

type Row = [file: string, kind: ReplyKind, text: string, more?: More] | [file: string, kind: null];

const TABLE: Row[] = [
  ["apple-mail-de", "human", "Gern, rufen Sie mich an."],
  ["apple-mail-en", "human", "Let us talk on Friday."],
  ["arf-abuse", "complaint", ""],
  ["arf-not-spam", null],
  ["arf-spoofed", "complaint", "", { named: false }],
  ["attachment-only", "human", ""],
  ["auto-gone", "automatic", "Ada is no longer with the company."],
  ["auto-null-sender", "automatic", "Thank you, we have received your mail."],
  ["auto-ticket", "automatic", "We have received your request and opened ticket 4711."],
  ["by-a-colleague", "human", "I take over for Ada.", { from: "cleo@acme.example" }],
  ["by-sender-alone", "human", "I write anew.", { named: false }],
  ["calendar-accepted", "automatic", "Ada Ash has accepted this invitation.", { named: false }],
  ["dsn-by-recipient", "bounce", "5.1.1 550 5.1.1 User unknown", { named: false }],
  ["dsn-delivered", null],
  ["dsn-exchange-de", "bounce", "5.4.1 550 5.4.1 Recipient address rejected: Access denied"],
  [
    "dsn-exchange",
    "bounce",
    "5.1.10 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@acme.example not found by SMTP address lookup",
  ],
  ["dsn-exim-delayed", null],
  ["dsn-exim", "soft_bounce", "452 4.2.2 Mailbox over quota"],
  ["dsn-gmail-full", "soft_bounce", "5.2.2 552-5.2.2 The email account that you tried to reach is over quota."],
  [
    "dsn-gmail",
    "bounce",
    "5.1.1 550-5.1.1 The email account that you tried to reach does not exist. Please try 550 5.1.1 double-checking the address.",
  ],
  ["dsn-postfix-delayed", null],
  ["dsn-postfix-expired", "soft_bounce", "4.4.1 connect to mx.acme.example[192.0.2.1]:25: Connection timed out"],
  ["dsn-postfix-full", "soft_bounce", "5.2.2 552 5.2.2 Mailbox full"],
  ["dsn-postfix-no-domain", "bounce", "5.4.4 Host or domain name not found. Name service error for name=acme.example"],
  [
    "dsn-postfix-spam",
    "soft_bounce",
    "5.7.1 554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using a blocklist",
  ],
  [
    "dsn-postfix-unknown",
    "bounce",
    "5.1.1 550 5.1.1 <ada@acme.example>: Recipient address rejected: User unknown in virtual mailbox table",
  ],
  ["dsn-qmail", "bounce", "Remote host said: 550 sorry, no mailbox here by that name (#5.1.1)"],
  ["dsn-spoofed", "bounce", "5.1.1 550 5.1.1 User unknown", { named: false }],
  ["dsn-vague", "soft_bounce", "5.0.0 550 Message rejected as spam by content filter"],
  ["empty", "human", ""],
  ["encoded-subject", "human", "Bien reçu."],
  ["forwarded-attached", "human", "See attached."],
  ["forwarded", "human", "Can you look at this?"],
  ["gmail-de", "human", "Klingt gut, Dienstag passt.\n\nViele Grüße\nAda"],
  ["gmail-en", "human", "Yes, Tuesday works for me."],
  ["gmail-es", "human", "El martes me va bien."],
  ["gmail-fr", "human", "Mardi me convient très bien."],
  ["gmail-html-only", "human", "Sure & thanks.\nCall me."],
  ["gmail-it", "human", "Martedì va bene."],
  ["gmail-nl", "human", "Dinsdag is prima."],
  ["gmx-de-html", "human", "Danke, nein."],
  ["ios-en", "human", "Ok!"],
  ["ios-it", "human", "Va bene"],
  ["ios-nl", "human", "Prima."],
  ["list-answering-us", "human", "We are interested, says the group."],
  ["mailing-list", "automatic", "Topics of the day", { named: false }],
  ["malformed-mime", "human", ""],
  ["malformed-nested", "human", ""],
  ["malformed-no-headers", "human", "", { named: false }],
  ["malformed-truncated", "human", "The rest is missing"],
  ["no-id", "human", "Without an id."],
  ["nothing-but-a-quote", "human", ""],
  ["ooo-de", "out_of_office", "Ich bin bis einschließlich 15.01. nicht im Büro.", { back: "2040-01-16" }],
  ["ooo-es", "out_of_office", "Estoy de vacaciones. Regreso el lunes 16 de enero.", { back: "2040-01-16" }],
  [
    "ooo-exchange-de",
    "out_of_office",
    "Vielen Dank für Ihre Nachricht. Ich bin ab dem 16.01.2040 wieder erreichbar.",
    { back: "2040-01-16" },
  ],
  [
    "ooo-exchange-en",
    "out_of_office",
    "Thank you for your message. I am out of the office and will be back on January 16, 2040.\n\nAda",
    { back: "2040-01-16" },
  ],
  [
    "ooo-fr",
    "out_of_office",
    "Je suis absente du bureau et serai de retour le 16 janvier 2040.",
    { back: "2040-01-16" },
  ],
  [
    "ooo-gmail-en",
    "out_of_office",
    "I'm on vacation until 16 January. For urgent matters call +1 555 0100.",
    { back: "2040-01-16" },
  ],
  ["ooo-it", "out_of_office", "Sono fuori ufficio, rientro lunedì 16 gennaio 2040.", { back: "2040-01-16" }],
  [
    "ooo-nl",
    "out_of_office",
    "Ik ben afwezig en op 16 januari weer terug. Tot en met 15 januari is Cleo bereikbaar.",
    { back: "2040-01-16" },
  ],
  ["ooo-no-date", "out_of_office", "I am away from my desk."],
  ["ooo-quoting", "out_of_office", "Out of office."],
  ["optout-in-a-sentence", "human", "Please do not stop, I like it."],
  ["optout-mailto", "opt_out", "This message was automatically generated.", { named: false }],
  ["optout-stop-de", "opt_out", "Abmelden"],
  ["optout-stop-en", "opt_out", "STOP"],
  ["optout-stop-es", "opt_out", "Baja"],
  ["optout-stop-fr", "opt_out", "Désabonner"],
  ["optout-stop-it", "opt_out", "Cancellami"],
  ["optout-subject", "opt_out", "", { named: false }],
  ["other-references", "human", "In a long thread."],
  ["outlook-desktop-de", "human", "Dienstag geht leider nicht, Mittwoch wäre möglich."],
  ["outlook-desktop-en", "human", "Tuesday is fine.\n\nBest regards\nAda Ash"],
  ["outlook-desktop-html", "human", "Please send an offer."],
  ["outlook-original-message", "human", "Fine with me."],
  ["outlook-web-es", "human", "No me interesa, gracias."],
  ["outlook-web-fr", "human", "Oui, volontiers."],
  ["outlook-web-html", "human", "Works for us."],
  ["proton-en", "human", "Happy to."],
  ["proton-old", "human", "Happy to."],
  ["samsung-es", "human", "Perfecto"],
  ["spoofed-id", "opt_out", "Stop", { named: false, from: "mallory@evil.example" }],
  ["spoofed-sender", "opt_out", "Stop", { named: false }],
  ["spoofed-token", "opt_out", "Stop", { named: false, from: "mallory@evil.example" }],
  ["stranger", "human", "Who are you?", { named: false, from: "zed@nowhere.example" }],
  ["thunderbird-bottom-de", "human", "Ja, um zehn."],
  ["thunderbird-fr", "human", "Oui, à dix heures."],
  ["thunderbird-html-bottom", "human", "Answering below, as one should."],
  ["thunderbird-inline", "human", "Yes.\n\nYou tell me."],
  ["unknown-charset", "human", "Fine by me."],
  ["utf16-base64", "human", "Sounds good — really."],
  ["wrong-charset", "human", "SchÃ¶ne GrÃ¼ÃŸe"],
  ["yahoo-en", "human", "I'm not interested, thanks."],
  ["yahoo-html", "human", "Count me in."],
];

async function read(file: string) {
  const from = /^(dsn|arf|auto-null)/.test(file) ? "" : "ada@acme.example";
  const to = file === "optout-mailto" ? `unsubscribe+${NAMES.token}@in.drip.test` : "bob@sender.example";
  return readIncoming(streamed(filled(readFileSync(`test/corpus/${file}.eml`), NAMES)), { from, to });
}

test.each(TABLE)(
  "%s -> %s",
  async (file, kind, text = "", { named = true, from = "ada@acme.example", back }: More = {}) => {
    const mail = await read(file);
    const { ids, tokens } = namesIn(mail, reportOf(mail) !== null);
    const names = ids.some(({ seal }) => seal === SEAL) || tokens.includes(NAMES.token);
    const recipient = readRecipient(mail.to, "in.drip.test");
    const inbound = inboundOf(mail, { recipient, named: names || recipient !== null });
    if (kind === null) return expect(inbound).toBeNull();
    if (inbound === null) throw new Error("it was taken for nothing");
    expect({ kind: inbound.kind ?? classify(inbound), text: inbound.text, named: names, from: inbound.from }).toEqual({
      kind,
      text,
      named,
      from,
    });
    const day = returnOf(plain(ownWords(inbound.text)), RECEIVED, "UTC");
    if (kind === "out_of_office") expect(day && new Date(day).toISOString().slice(0, 10)).toBe(back ?? null);
  },
);

test("every mail of the corpus stands in the table", () => {
  expect(readdirSync("test/corpus").sort()).toEqual(TABLE.map(([file]) => `${file}.eml`).sort());
  expect(TABLE.length).toBeGreaterThanOrEqual(40);
});

test("whatever is cut off, each is read as far as it goes", async () => {
  for (const [file] of TABLE) {
    const bytes = filled(readFileSync(`test/corpus/${file}.eml`), NAMES);
    for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const mail = await readIncoming(streamed(bytes.slice(0, bytes.length * part), 7), { from: "", to: "" });
      expect(() => inboundOf(mail, { recipient: null, named: false })).not.toThrow();
    }
  }
});

test("no mail keeps the door busy", async () => {
  const head = "From: ada@acme.example\r\n";
  const evil = [
    `${head}\r\n${"\n".repeat(1_000_000)}`,
    `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(100_000)}`,
    `${head}Content-Type: text/html\r\n\r\n${"<a ".repeat(500_000)}`,
    `${head}References: ${"<msg_1.".repeat(20_000)}\r\n\r\nx`,
    `${head}Subject: ${"=?utf-8?q?".repeat(20_000)}\r\n\r\nx`,
    `From: mailer-daemon@x.example\r\nSubject: Undelivered\r\n\r\n${"a@".repeat(500_000)}`,
    `From: mailer-daemon@x.example\r\nSubject: Undelivered\r\n\r\n${"-".repeat(1_000_000)}`,
  ];
  const began = performance.now();
  for (const raw of evil) {
    const mail = await readIncoming(streamed(new TextEncoder().encode(raw), 65_536), { from: "", to: "" });
    expect(namesIn(mail, true).ids).toEqual([]);
    expect(() => inboundOf(mail, { recipient: null, named: false })).not.toThrow();
  }
  expect(performance.now() - began).toBeLessThan(15_000);
});

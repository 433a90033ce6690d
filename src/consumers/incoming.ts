/** Knows how a raw mail is read into plain data of bounded size, as far as it can be. */
import PostalMime, { type Address, type Email } from "postal-mime";
import type { Incoming, Part } from "../domain/incoming";

/** What is read of a mail. Its words come first, and nothing attached to it is kept: the rest never comes into memory. */
const MOST_READ = 2 * 1024 * 1024;
/** The parser's work grows by the line: a mail of nothing but empty ones would keep it busy for half a minute. */
const MOST_LINES = 40_000;
const MOST_HEADERS = 256 * 1024;
const MOST_DEPTH = 30;
/** Of what stands in a mail, what rules look at. */
const MOST_TEXT = 200_000;
const MOST_PART = 50_000;
const MOST_PARTS = 20;
const LONGEST_HEADER = 10_000;
const LONGEST_ADDRESS = 320;

/** The parts that rules look at: of a report, of an invitation, and a mail within this one. */
const TOLD = /^(?:message\/[\w.-]+|text\/(?:calendar|rfc822-headers))$/;

export interface Envelope {
  from: string;
  to: string;
}

export async function readIncoming(raw: ReadableStream<Uint8Array>, envelope: Envelope): Promise<Incoming> {
  const bytes = await beginningOf(raw);
  // A mail that no parser takes has headers all the same, and they tell what it answers.
  const email = await parsed(bytes).catch(() => parsed(headersOf(bytes)));
  return incomingOf(email, envelope);
}

function parsed(bytes: Uint8Array): Promise<Email> {
  const limits = { maxNestingDepth: MOST_DEPTH, maxHeadersSize: MOST_HEADERS };
  return PostalMime.parse(bytes, { ...limits, forceRfc822Attachments: true, attachmentEncoding: "arraybuffer" });
}

async function beginningOf(raw: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of raw) {
    chunks.push(chunk.subarray(0, MOST_READ - size));
    size += chunk.byteLength;
    if (size >= MOST_READ) break;
  }
  return firstLines(new Uint8Array(await new Blob(chunks).arrayBuffer()));
}

const LINE = 10;
const RETURN = 13;

function firstLines(bytes: Uint8Array): Uint8Array {
  let end = 0;
  for (let lines = 0; lines < MOST_LINES && end !== -1; lines++) end = bytes.indexOf(LINE, end) + 1 || -1;
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** As far as the first empty line. */
function headersOf(bytes: Uint8Array): Uint8Array {
  const end = bytes.findIndex((byte, i) => {
    const next = bytes[i + 1];
    return byte === LINE && (next === LINE || (next === RETURN && bytes[i + 2] === LINE));
  });
  return bytes.subarray(0, Math.min(end === -1 ? bytes.length : end + 1, MOST_HEADERS));
}

function incomingOf(email: Email, envelope: Envelope): Incoming {
  const headers = new Map(
    email.headers.map(({ key, value }) => [key, value.slice(0, LONGEST_HEADER)] as const).reverse(),
  );
  return {
    to: envelope.to,
    returnPath: envelope.from,
    from: (addressOf(email.from) || envelope.from || "unknown").slice(0, LONGEST_ADDRESS),
    subject: (email.subject ?? "").replace(/\s+/g, " ").trim(),
    messageId: email.messageId?.replace(/[<>\s]/g, "").slice(0, LONGEST_MESSAGE_ID) || null,
    inReplyTo: (email.inReplyTo ?? "").slice(0, LONGEST_HEADER),
    references: (email.references ?? "").slice(-LONGEST_HEADER),
    headers,
    text: email.text?.slice(0, MOST_TEXT) ?? null,
    html: email.html?.slice(0, MOST_TEXT) ?? null,
    parts: email.attachments
      .filter(({ mimeType }) => TOLD.test(mimeType))
      .slice(0, MOST_PARTS)
      .map(partOf),
  };
}

const LONGEST_MESSAGE_ID = 500;

function addressOf(address: Address | undefined): string {
  return address?.address ?? address?.group?.[0]?.address ?? "";
}

function partOf({ mimeType, content }: Email["attachments"][number]): Part {
  const text =
    typeof content === "string" ? content : new TextDecoder().decode(new Uint8Array(content).subarray(0, MOST_PART));
  return { type: mimeType.toLowerCase(), text: text.slice(0, MOST_PART) };
}

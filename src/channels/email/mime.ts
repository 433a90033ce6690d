/** Knows how a letter is written as MIME: the same bytes on every attempt, and none of them outside ASCII. */
import MimeNode from "nodemailer/lib/mime-node";
import { headersOf, type Letter } from "./letter";

const LONGEST_BOUNDARY = 50;

export async function mimeOf(letter: Letter): Promise<Uint8Array> {
  const { text, html, from, to, replyTo, subject, messageId, date } = letter;
  const root = new MimeNode(html === null ? "text/plain; charset=utf-8" : "multipart/alternative", {
    // Of what names the mail: nobody who writes in it can know it, and it is the same each time.
    baseBoundary: messageId.replace(/[^\w.]/g, "").slice(0, LONGEST_BOUNDARY),
    newline: "windows",
  });
  const headers = [
    ["From", named(from)],
    ["To", named(to)],
    ...(replyTo === null ? [] : [["Reply-To", named({ address: replyTo, name: null })]]),
    ["Subject", subject],
    ["Message-ID", whole(`<${messageId}>`)],
    ...Object.entries(headersOf(letter)).map(([key, value]) => [key, key === "References" ? value : whole(value)]),
    ["Date", date],
  ];
  root.setHeader(headers.map(([key, value]) => ({ key: String(key), value })));
  if (html === null) root.setContent(text);
  else {
    root.createChild("text/plain; charset=utf-8").setContent(text);
    root.createChild("text/html; charset=utf-8").setContent(html);
  }
  return root.build();
}

/** Broken between its items alone, as the library does it with references: programs misread a header that begins with an empty line, and links that are cut. */
function whole(value: string) {
  return { prepared: true, value: value.replace(/[^\x20-\x7e]/g, "").replaceAll(" ", "\r\n ") };
}

function named({ address, name }: Letter["from"]) {
  return { address, name: name ?? "" };
}

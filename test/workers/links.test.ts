/** What becomes of a mail whose opens and clicks are tracked. */
import { describe, expect, test } from "vitest";
import { tracked } from "../../src/channels/email/links";
import type { Mail } from "../../src/domain/mail";
import { linkOf, PUBLIC, pixelOf, SECRET, tokenOf } from "../support/reader";

const MESSAGE = 7 * 4096 + 1;

async function mail(over: Partial<Mail["tracks"]> = {}): Promise<Mail> {
  return {
    from: { address: "us@example.com", name: null, replyTo: null },
    mailbox: null,
    token: await tokenOf(MESSAGE),
    messageId: "msg_28673@example.com",
    references: [],
    unsubscribeUrl: `${PUBLIC}/t/u/${await tokenOf(MESSAGE)}`,
    tracks: { opens: false, clicks: true, ...over },
    date: 0,
  };
}

async function rewritten(html: string, over: Partial<Mail["tracks"]> = {}, publicUrl: string | null = PUBLIC) {
  return tracked(html, await mail(over), { secret: SECRET, publicUrl });
}

/** `[n url]` stands for the address by which that link leads by us. */
async function spelled(text: string): Promise<string> {
  let out = text;
  for (const [all, n, url = ""] of text.matchAll(/\[(\d+) ([^\]\s]+)\]/g)) {
    out = out.replace(all, await linkOf(MESSAGE, url, Number(n)));
  }
  return out;
}

const changed: [string, string, string][] = [
  ["a link", `<a href="https://a.example/x">A</a>`, `<a href="[1 https://a.example/x]">A</a>`],
  [
    "two, numbered as they come",
    `<a href="https://a.example/">A</a> <a href="https://b.example/">B</a>`,
    `<a href="[1 https://a.example/]">A</a> <a href="[2 https://b.example/]">B</a>`,
  ],
  [
    "the same URL twice, spelled differently -> one link",
    `<a href="https://a.example">A</a><a href="HTTPS://A.example/">A</a><a href="https://b.example/">B</a>`,
    `<a href="[1 https://a.example/]">A</a><a href="[1 https://a.example/]">A</a><a href="[2 https://b.example/]">B</a>`,
  ],
  [
    "an area of a map",
    `<area shape=rect href="https://a.example/">`,
    `<area shape=rect href="[1 https://a.example/]">`,
  ],
  ["in single quotes", `<a href='https://a.example/'>A</a>`, `<a href="[1 https://a.example/]">A</a>`],
  ["in none", `<a href=https://a.example/>A</a>`, `<a href="[1 https://a.example/]">A</a>`],
  ["in capitals", `<A HREF="https://a.example/" CLASS=x>A</A>`, `<A HREF="[1 https://a.example/]" CLASS=x>A</A>`],
  [
    "over several lines",
    `<a\n  class="x"\n  href = "https://a.example/"\n>A</a\n>`,
    `<a class="x" href="[1 https://a.example/]">A</a\n>`,
  ],
  [
    "with entities in it",
    `<a href="https://a.example/?a=1&amp;b=&#39;2&#39;&copy=3">A</a>`,
    `<a href="[1 https://a.example/?a=1&b=%272%27&copy=3]">A</a>`,
  ],
  [
    "with what ends a tag beside it",
    `<a title="a > b" href="https://a.example/">A</a>`,
    `<a title="a > b" href="[1 https://a.example/]">A</a>`,
  ],
  [
    "twice in one tag -> the first, as browsers do",
    `<a href="https://a.example/" href="https://b.example/">A</a>`,
    `<a href="[1 https://a.example/]" href="https://b.example/">A</a>`,
  ],
  [
    "what all but Outlook show",
    `<!--[if mso]><a href="https://m.example/"><![endif]--><!--[if !mso]><!--><a href="https://a.example/"><!--<![endif]-->`,
    `<!--[if mso]><a href="https://m.example/"><![endif]--><!--[if !mso]><!--><a href="[1 https://a.example/]"><!--<![endif]-->`,
  ],
  [
    "in a page that is broken",
    `<table><a href="https://a.example/"><td><p><b></i><a href=https://b.example/>B</p>`,
    `<table><a href="[1 https://a.example/]"><td><p><b></i><a href="[2 https://b.example/]">B</p>`,
  ],
];

const kept: [string, string][] = [
  ["an address to write to", `<a href="mailto:a@example.com?subject=https://x.example">A</a>`],
  ["a number to call", `<a href="tel:+491234">A</a>`],
  ["a place in the mail", `<a href="#top">A</a><a name="top"></a>`],
  ["the link that unsubscribes", `<a href="${PUBLIC}/t/u/1-28673-0123456789abcdef01234567">Stop</a>`],
  ["what leads by us already", `<a href="HTTPS://DRIP.test/t/c/x/1.y?u=https%3A%2F%2Fa.example">A</a>`],
  ["marked as not to be tracked", `<a data-track="false" href="https://a.example/">A</a>`],
  [
    "marked so for another service",
    `<a href="https://a.example/" clicktracking=off>A</a><a clicktracking="OFF" href="https://a.example/">A</a>`,
  ],
  ["what Liquid has left", `<a href="{{ contact.url }}">A</a><a href="https://a.example/{% x %}">A</a>`],
  ["a script", `<a href="javascript:alert(1)">A</a><a href="&#106;avascript:alert(1)">A</a>`],
  ["a link to wherever the page is", `<a href="/x">A</a><a href="//a.example/">A</a>`],
  ["in a comment", `<!-- <a href="https://a.example/">A</a> -->`],
  ["in a style", `<style>a::after{content:'<a href="https://a.example/">'}</style>`],
  ["in a script", `<script>x = '<a href="https://a.example/">'</script>`],
  [
    "in a title and a field",
    `<title><a href="https://a.example/"></title><textarea><a href="https://a.example/"></textarea>`,
  ],
  [
    "of other tags",
    `<link href="https://a.example/x.css"><base href="https://a.example/"><img src="https://a.example/x.png">`,
  ],
  ["as a text", `https://a.example/ &lt;a href="https://a.example/"&gt;`],
  ["a tag that never ends", `<p>A</p><a href="https://a.example/`],
  [
    "all else, byte for byte",
    `<!DOCTYPE html PUBLIC "-//W3C">\r\n<HTML><P  Class = x\t>é &nbsp;&amp; \u{1f600} < > & <br/><BR />\r\n</p ><o:p></o:p></HTML>\n\n`,
  ],
  ["nothing", ""],
];

describe("clicks", () => {
  test.each(changed)("%s", async (_, html, expected) => {
    expect(await rewritten(html)).toBe(await spelled(expected));
  });

  test.each(kept)("%s -> left alone", async (_, html) => {
    expect(await rewritten(html)).toBe(html);
  });

  test("a mail that is already as large as may be -> every link of it, and always the same", async () => {
    const links = Array.from({ length: 300 }, (_, n) => `<td><a href="https://a.example/${n}">${"x".repeat(300)}</a>`);
    const html = `<table>${links.join("\n")}</table>`;
    const once = await rewritten(html, { opens: true });
    expect(once.match(/\/t\/c\//g)).toHaveLength(300);
    expect(await rewritten(html, { opens: true })).toBe(once);
  });
});

describe("opens", () => {
  const image = async () => `<img src="${await pixelOf(MESSAGE)}" width="1" height="1" alt="" style="border:0">`;

  test.each([
    ["<html><body><p>A</p></body></html>\n", "<html><body><p>A</p>IMG</body></html>\n"],
    ["<BODY><p>A</BODY >", "<BODY><p>AIMG</BODY >"],
    ["<p>A</p>", "<p>A</p>IMG"],
    ["<body><p>A", "<body><p>AIMG"],
    ["<p>A</p></html>", "<p>A</p></html>IMG"],
    ["<!-- </body> --><body>A</body>", "<!-- </body> --><body>AIMG</body>"],
    ["<body>A</body><body>B</body>", "<body>AIMG</body><body>B</body>"],
  ])("%j -> one picture, at the end of the body", async (html, expected) => {
    const out = await rewritten(html, { opens: true, clicks: false });
    expect(out).toBe(expected.replace("IMG", await image()));
  });

  test("both", async () => {
    const out = await rewritten(`<a href="https://a.example/">A</a>`, { opens: true });
    expect(out).toBe((await spelled(`<a href="[1 https://a.example/]">A</a>`)) + (await image()));
  });
});

test.each([
  ["neither is tracked", { opens: false, clicks: false }, PUBLIC],
  ["nobody has said where we are reached", { opens: true, clicks: true }, null],
])("%s -> as it came", async (_, tracks, publicUrl) => {
  const html = `<body><A  href='https://a.example/'>A</A></body>`;
  expect(await rewritten(html, tracks, publicUrl)).toBe(html);
});

test("a page that nobody can tell how to read -> as it came", async () => {
  const html = `<select><style></select></style><a href="https://a.example/">A</a>`;
  expect(await rewritten(html, { opens: true })).toBe(html);
});

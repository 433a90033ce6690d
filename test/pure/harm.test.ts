/** Contacts whose fields were written to do harm, in the mails they are sent. */
import { describe, expect, test } from "vitest";
import type { Contact } from "../../src/domain/contact";
import { oneLine, printable } from "../../src/domain/line";
import type { Content } from "../../src/domain/message";
import { alice } from "./given";
import { mailIn, mails } from "./post";

const NAMES: [title: string, name: string, line: string][] = [
  ["a header of its own", "Alice\r\nBcc: x@y.example", "Alice Bcc: x@y.example"],
  ["a header, by one half of a line's end", "Alice\nBcc: x@y.example", "Alice Bcc: x@y.example"],
  ["a header, by the other half", "Alice\rBcc: x@y.example", "Alice Bcc: x@y.example"],
  ["the end of the head", "Alice\r\n\r\n<p>Hi</p>", "Alice <p>Hi</p>"],
  ["a folded line", "Alice\r\n Smith", "Alice Smith"],
  ["Unicode's line separator", "Alice\u2028Bcc: x", "Alice Bcc: x"],
  ["Unicode's paragraph separator", "Alice\u2029Bcc: x", "Alice Bcc: x"],
  ["the next line of ISO 6429", "Alice\u0085Bcc: x", "Alice Bcc: x"],
  ["vertical tabs and form feeds", "Alice\u000b\u000cSmith", "Alice Smith"],
  ["NUL", "Ali\u0000ce", "Ali ce"],
  ["control characters", "\u0001Ali\u001b[31mce\u007f\u009fx", "Ali [31mce x"],
  ["what turns the line round", "Alice \u202emoc.elpmaxe\u202c \u2066x\u2069", "Alice moc.elpmaxe x"],
  ["half of a character", "Ali\ud800ce", "Ali\ufffdce"],
  ["nothing but space", " \t\u00a0\ufeff ", ""],
  [
    "letters of all kinds, and signs of direction that turn nothing",
    "Žofie 李 😀 שלום\u200f",
    "Žofie 李 😀 שלום\u200f",
  ],
];

function named(name: string): Partial<Contact> {
  return { displayName: name, firstName: name, customFields: { url: name } };
}

function mailTo(name: string, written: Parameters<typeof mails>[0][number]): Content {
  const facts = mails([written], { contact: { ...alice, ...named(name) } });
  const content = mailIn(facts);
  if (typeof content === "string") throw new Error(content);
  return content;
}

/** Where a line may end, or something that no line holds. */
const BREAK = /[\p{Cc}\u2028\u2029]/u;

describe("a name with", () => {
  const written = { subject: "Hi {{ display_name }}!", body: "Dear {{ display_name }}," };

  test.each(NAMES)("%s -> one line in the head, and no end of it", (_, name, line) => {
    const { toName, subject } = mailTo(name, written);
    expect({ toName, subject }).toEqual({ toName: line || null, subject: `Hi ${line}!` });
    expect(`${toName}${subject}`).not.toMatch(BREAK);
  });

  test.each(NAMES)("%s -> no control character in the text", (_, name) => {
    expect(mailTo(name, written).body).not.toMatch(/[^\P{Cc}\t\r\n]/u);
  });

  test.each(NAMES)("%s -> in an answer's subject too, and in a sequence's name that becomes one", (_, name) => {
    const facts = mails([{}]);
    const content = mailIn({ ...facts, sequence: { ...facts.sequence, name: name || "x" } });
    expect(typeof content === "string" ? content : content.subject).not.toMatch(BREAK);
  });

  test("ten thousand characters -> a name and a subject that are cut between two of them", () => {
    const { toName, subject, body } = mailTo("😀".repeat(10_000), written);
    expect([...(toName ?? "")]).toHaveLength(255);
    expect([...(subject ?? "")]).toHaveLength(998);
    expect(`${toName}${subject}`).not.toContain("\ufffd");
    expect(`${toName}${subject}`.isWellFormed()).toBe(true);
    expect(body).toHaveLength("Dear ,".length + 20_000);
  });
});

describe("a preheader", () => {
  test("of many lines -> one", () => {
    const content = mailTo("A\r\nB\u2028C", { subject: "Hi", preheader: "{{ display_name }}\n!" });
    expect(content.preheader).toBe("A B C !");
  });
});

describe("a field in HTML", () => {
  test.each([
    ["<p>{{ display_name }}</p>", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"],
    [
      '<a href="{{ custom.url }}">',
      '"><img src=x onerror=alert(1)>',
      '<a href="&#34;&gt;&lt;img src=x onerror=alert(1)&gt;">',
    ],
    ['<a href="{{ custom.url }}">', "javascript:alert('1')", '<a href="javascript:alert(&#39;1&#39;)">'],
    ["{% echo display_name %}", "<b>", "&lt;b&gt;"],
    ["{% cycle display_name %}", "<b>", "&lt;b&gt;"],
    ["{% capture x %}{{ display_name }}{% endcapture %}{{ x | raw }}", "<b>", "&lt;b&gt;"],
    ["{% assign x = display_name %}{{ x }}", "<b>", "&lt;b&gt;"],
  ])("%s with %s -> words", (body, name, rendered) => {
    expect(mailTo(name, { body, format: "html" }).body).toBe(rendered);
  });
});

test("lines and texts that do no harm stay as they are", () => {
  expect(oneLine("Grüße, 世界 👋🏽", 100)).toBe("Grüße, 世界 👋🏽");
  expect(oneLine("x".repeat(998), 998)).toBe("x".repeat(998));
  expect(oneLine(`${"x".repeat(997)} y`, 998)).toBe("x".repeat(997));
  expect(printable("One\r\n\tTwo\n")).toBe("One\r\n\tTwo\n");
});

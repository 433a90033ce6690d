import { describe, expect, test } from "vitest";
import { clickUrl, isWeb, readPlace, targetOf } from "../../src/domain/link";

const targets: [string, string, string | null][] = [
  ["a plain one", "https://a.example/x", "https://a.example/x"],
  ["without a path", "http://a.example", "http://a.example/"],
  ["in capitals", "HTTPS://A.EXAMPLE/X", "https://a.example/X"],
  ["with blanks and line ends around and in it", " \n https://a.example/\nx\t ", "https://a.example/x"],
  ["with a fragment", "https://a.example/#part", "https://a.example/#part"],
  ["of another alphabet", "https://bücher.example/ä?ö", "https://xn--bcher-kva.example/%C3%A4?%C3%B6"],
  [
    "with ampersands as entities",
    "https://a.example/?a=1&amp;b=2&#38;c=3&#x26;d=4",
    "https://a.example/?a=1&b=2&c=3&d=4",
  ],
  ["with bare ampersands", "https://a.example/?a=1&b=2", "https://a.example/?a=1&b=2"],
  [
    "with what reads like an entity and is a parameter",
    "https://a.example/?a=1&copy=2&amp=3",
    "https://a.example/?a=1&copy=2&amp=3",
  ],
  ["with a name and a password", "https://me:secret@a.example/", "https://me:secret@a.example/"],
  ["with backslashes, as browsers forgive them", "https:\\\\a.example\\x", "https://a.example/x"],
  ["with an entity that we do not know", "https://a.example/&eacute;", null],
  ["with one that has the name of something else", "https://a.example/&constructor;", null],
  ["with a control character", "https://a.example/&#13;&#10;x", null],
  ["with half a character", "https://a.example/&#xD800;", null],
  ["of a mail", "mailto:a@example.com", null],
  ["of a telephone", "tel:+491234", null],
  ["within the mail", "#top", null],
  ["of the same scheme as the page", "//a.example/x", null],
  ["relative", "/x", null],
  ["relative, with a scheme", "https:x", null],
  ["of a script", "javascript:alert(1)", null],
  ["of a script, hidden", "java&#115;cript:alert(1)", null],
  ["of data", "data:text/html,x", null],
  ["what Liquid has left", "{{ contact.url }}", null],
  ["what Liquid has left in it", "https://a.example/{{ id }}", null],
  ["without a host", "https://", null],
  ["empty", "", null],
  ["as long as may be", `https://a.example/${"x".repeat(1982)}`, `https://a.example/${"x".repeat(1982)}`],
  ["too long to arrive whole", `https://a.example/${"x".repeat(1983)}`, null],
];

describe("where a link leads", () => {
  test.each(targets)("%s", (_, href, url) => {
    expect(targetOf(href)).toBe(url);
  });
});

test("what is put into the address comes out of it as it was", () => {
  const url = "https://a.example/ä?a=1&b=+%20#x'\"";
  const spelled = clickUrl("https://drip.test", "1-2-f", { n: 3, seal: "abc", url });
  expect(spelled.startsWith("https://drip.test/t/c/1-2-f/3.abc?u=")).toBe(true);
  expect(spelled).not.toMatch(/["&<>\s]/);
  expect(new URL(spelled).searchParams.get("u")).toBe(url);
});

test.each([
  ["3.0123456789abcdef01234567", { n: 3, seal: "0123456789abcdef01234567" }],
  ["3.0123456789ABCDEF01234567", { n: 3, seal: "0123456789abcdef01234567" }],
  ["3.0123456789abcdef0123456", null],
  ["-3.0123456789abcdef01234567", null],
  ["1e3.0123456789abcdef01234567", null],
  [".0123456789abcdef01234567", null],
  ["", null],
])("the place %s", (text, place) => {
  expect(readPlace(text)).toEqual(place);
});

test.each([
  ["https://a.example/", true],
  ["http://a.example/", true],
  ["javascript:alert(1)", false],
  ["data:text/html,x", false],
  ["//a.example", false],
  ["", false],
])("%s leads into the web: %s", (url, web) => {
  expect(isWeb(url)).toBe(web);
});

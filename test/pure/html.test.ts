/** How HTML reads as a text, and a text as HTML. */
import { describe, expect, test } from "vitest";
import { htmlOfText, textOfHtml } from "../../src/domain/html";

describe("the text of HTML", () => {
  test.each<[html: string, text: string]>([
    ["", ""],
    ["plain", "plain"],
    ["<p>Hi  <b>there</b>,</p>\n<p>bye</p>", "Hi there,\nbye"],
    ["a<br>b<BR/>c", "a\nb\nc"],
    ["<ul><li>one</li><li>two</li></ul>", "one\ntwo"],
    ["<p>a</p><p></p><p></p><p></p>b", "a\n\nb"],
    [
      "&lt;b&gt; &amp;amp; &quot;x&quot;&nbsp;&#65;&#x42; &unknown; &#1114112;",
      '<b> &amp; "x" AB &unknown; &#1114112;',
    ],
    ["<style>p { color: red }</style><!-- seen by nobody -->x<script>alert(1)</script >", "x"],
    ["a<!-- never closed", "a"],
    ["<p>Hi {{ first_name | default: '<friend>' }}</p>", "Hi {{ first_name | default: '<friend>' }}"],
    [
      "{% if custom.n < 3 and custom.m > 1 %}<i>few</i>{% endif %}",
      "{% if custom.n < 3 and custom.m > 1 %}few{% endif %}",
    ],
    ["1 < 2 > 0", "1 < 2 > 0"],
    ['<a href="https://x.test/a?b=1&amp;c=2">Read on</a>.', "Read on (https://x.test/a?b=1&c=2)."],
    ["<A class=b HREF='https://x.test'>Read <b>on</b></A >!", "Read on (https://x.test)!"],
    ["<a href=https://x.test>x.test</a>", "x.test"],
    ['<a href="https://x.test/">https://X.test</a>', "https://X.test"],
    ['<a href="mailto:a@x.test">Write</a> or <a href="mailto:a@x.test">a@x.test</a>', "Write (a@x.test) or a@x.test"],
    ['<a href="https://x.test"><img src="b.png"></a>', "https://x.test"],
    ['<a href="#top">Up</a> <a name="x">here</a> <a href="javascript:alert(1)">no</a>', "Up here no"],
    ['<a data-href="https://y.test" href="https://x.test">a</a>', "a (https://x.test)"],
    ['<a href="https://x.test">never closed', "never closed (https://x.test)"],
    ['<a href="https://x.test">one <a href="https://y.test">two</a>', "one  (https://x.test)two (https://y.test)"],
    ['<abbr title="x">a</abbr><area href="https://x.test">', "a"],
    ['<a href="{{ unsubscribe_url }}">Stop</a>', "Stop ({{ unsubscribe_url }})"],
    [
      "<a href=\"https://x.test/{{ custom.id | default: '>' }}\">Go</a>",
      "Go (https://x.test/{{ custom.id | default: '>' }})",
    ],
    ["\uE0001\uE001{{ a }}", "1{{ a }}"],
  ])("%s", (html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  test("is found in time, whatever is begun and not ended", () => {
    for (const part of [
      "<a",
      "<!--",
      "<style>",
      "{{",
      "{%",
      "&#",
      "</p",
      "<script>{{",
      '<a href="https://x">',
      ' href="',
      "{{ x }}",
    ]) {
      const started = performance.now();
      textOfHtml(part.repeat(100_000));
      textOfHtml(`<a ${part.replace("<", "").repeat(100_000)}`);
      expect([part, performance.now() - started < 2000]).toEqual([part, true]);
    }
  });
});

describe("a text as HTML", () => {
  test.each<[text: string, html: string]>([
    ["a\nb\r\nc", "a<br>\nb<br>\nc"],
    ["1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"],
    ["{% if a < b %}x & y{% endif %}", "{% if a < b %}x &amp; y{% endif %}"],
  ])("%s", (text, html) => {
    expect(htmlOfText(text)).toBe(html);
  });
});

import { describe, expect, test } from "vitest";
import { checkTemplate, type Format, render, type Scope, scopeOf } from "../../src/domain/template";
import { alice } from "./given";

const scope = scopeOf(alice, "TWITTER");

function text(source: string, given: Scope = scope, format: Format = "text"): string {
  const result = render(source, format, given);
  return result.ok ? result.value : `refused: ${result.failure.message}`;
}

function fault(source: string) {
  const result = checkTemplate(source);
  return result.ok ? null : result.failure;
}

describe("names", () => {
  test.each([
    ["{{ contact.displayName }}", "Alice Smith"],
    ["{{ contact.firstName }} {{ contact.lastName }}", "Alice Smith"],
    ["{{ contact.username }}", "@Alice"],
    ["{{ contact.email }}", "Alice@Example.com"],
    ["{{ contact.platform }}", "TWITTER"],
    ["{{ contact.timezone }}", "Europe/Berlin"],
    ["{{ contact.tags | join: '+' }}", "vip+beta"],
    ["{{ contact.customFields.plan }}", "pro"],
    ["{{ display_name }}, {{ first_name }}, {{ last_name }}", "Alice Smith, Alice, Smith"],
    ["{{ email }} {{ custom.seats }}", "Alice@Example.com 12"],
    ["{% if tags contains 'vip' %}Dear{% endif %}", "Dear"],
  ])("%s -> %s", (source, rendered) => {
    expect(text(source)).toBe(rendered);
  });

  test("a name without a value -> nothing", () => {
    expect(text("[{{ contact.nickname }}{{ nobody.at.all }}{{ custom.none }}]")).toBe("[]");
  });

  test("default -> stands in for what is missing, and only for that", () => {
    expect(text('Hi {{ contact.nickname | default: "there" }}')).toBe("Hi there");
    expect(text('Hi {{ contact.firstName | default: "there" }}')).toBe("Hi Alice");
    expect(text('Hi {{ custom.empty | default: "there" }}')).toBe("Hi there");
  });

  test("username on a platform without an address -> nothing", () => {
    expect(text("[{{ contact.username }}]", scopeOf(alice, "SMS"))).toBe("[]");
  });
});

describe("faults", () => {
  test.each([
    ["{{ x | nope }}", "undefined filter: nope", 1, 1],
    ["Hi\n  {{ x | nope }}", "undefined filter: nope", 2, 3],
    ["Hi\n {% if x %}", "tag {% if x %} not closed", 2, 2],
    ["Hi {{ x", 'output "{{ x" not closed', 1, 4],
    ["{% nonsense %}", 'tag "nonsense" not found', 1, 1],
    ["a{% endfor %}", 'tag "endfor" not found', 1, 2],
    ["{% include 'x' %}", 'tag "include" not found', 1, 1],
    ["{% render 'x' %}", 'tag "render" not found', 1, 1],
    ["{% layout 'x' %}", 'tag "layout" not found', 1, 1],
    ["{% block x %}{% endblock %}", 'tag "block" not found', 1, 1],
    ["{% liquid\n include 'x'\n%}", 'tag "include" not found', 2, 2],
  ])("%j -> refused with its place", (source, message, line, column) => {
    expect(fault(source)).toEqual({ message, line, column });
    expect(render(source, "html", scope)).toEqual({ ok: false, failure: { message, line, column } });
  });

  test("a template longer than the limit -> refused", () => {
    expect(fault("x".repeat(500_000))).toBeNull();
    expect(fault("x".repeat(500_001))).toEqual({ message: "parse length limit exceeded", line: 1, column: 1 });
  });

  test("a template without a fault -> accepted", () => {
    expect(checkTemplate("Hi {{ contact.firstName }}")).toEqual({ ok: true, value: undefined });
  });
});

describe("html", () => {
  const markup = { name: `<b>"Tom" & 'Co'</b>` };

  test("values in html -> escaped; the author's own markup is not", () => {
    const escaped = "<p>&lt;b&gt;&#34;Tom&#34; &amp; &#39;Co&#39;&lt;/b&gt;</p>";
    expect(text("<p>{{ name }}</p>", markup, "html")).toBe(escaped);
  });

  test("values through a filter in html -> escaped too", () => {
    expect(text("{{ name | upcase | truncate: 3, '' }}", markup, "html")).toBe("&lt;B&gt;");
  });

  test("values that the author marks as raw -> as they are", () => {
    expect(text("{{ name | raw }}", markup, "html")).toBe(markup.name);
  });

  test("values in text -> as they are", () => {
    expect(text("{{ name }}", markup)).toBe(markup.name);
  });
});

describe("what a template cannot reach", () => {
  test.each([
    "{{ contact.constructor }}",
    "{{ contact.__proto__ }}",
    "{{ contact.toString }}",
    "{{ contact.tags.map }}",
    "{{ contact.tags.constructor.name }}",
    "{{ custom['constructor']['name'] }}",
    "{{ custom.hasOwnProperty }}",
    "{{ globalThis }}{{ process }}{{ constructor }}",
    "{{ contact.firstName.constructor.name }}",
  ])("%s -> nothing", (source) => {
    expect(text(source)).toBe("");
  });

  test("a loop over an enormous range -> stopped", () => {
    expect(text("{% for i in (1..1000000000) %}x{% endfor %}")).toBe("refused: memory alloc limit exceeded");
  });

  test("ranges nested in ranges -> stopped", () => {
    const nested = "{% for i in (1..2000) %}{% for j in (1..2000) %}{% endfor %}{% endfor %}";
    expect(text(nested)).toBe("refused: the template does too much");
  });

  test("a loop of nineteen thousand turns -> runs, one of twenty thousand -> stopped", () => {
    expect(text("{% for i in (1..19000) %}{% endfor %}done")).toBe("done");
    expect(text("{% for i in (1..20000) %}{% endfor %}done")).toBe("refused: the template does too much");
  });

  test("a text that doubles itself by append -> stopped", () => {
    const doubling = "{% assign s = 'x' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}";
    expect(text(doubling)).toBe("refused: memory alloc limit exceeded");
  });

  test("a text that doubles itself by capture -> stopped", () => {
    const line = "{% capture s %}{{ s }}{{ s }}{% endcapture %}";
    const doubling = `{% assign s = 'x' %}{% for i in (1..23) %}${line}{% endfor %}{{ s | size }}`;
    expect(text(doubling)).toBe("refused: the template makes too long a text");
  });

  test("loops over a list nested in one another -> stopped", () => {
    const many = { a: Array.from({ length: 300 }, (_, i) => i) };
    const nested = `{% for i in a %}{% for j in a %}${"x".repeat(100)}{% endfor %}{% endfor %}`;
    expect(text(nested, many)).toBe("refused: the template does too much");
  });

  test("an output of more than a million characters -> stopped", () => {
    const long = `{% for i in (1..9000) %}${"x".repeat(1900)}{% endfor %}`;
    expect(text(long).slice(0, 9)).toBe("refused: ");
  });

  test("something large assigned, then a thousand turns of a loop -> it is not spelled out in each", () => {
    let spelled = 0;
    const large = { toString: () => `spelled ${++spelled} times` };
    expect(text("{% assign l = large %}{% for i in (1..1000) %}x{% endfor %}", { large })).toBe("x".repeat(1000));
    expect(spelled).toBeLessThan(10);
  });

  test("the largest body there may be, gathered, passed through filters and written out -> is rendered", () => {
    const body = "<p>Hello</p>\n".repeat(400_000 / 13);
    const source = `{% capture s %}${body}{% endcapture %}{{ s | strip_newlines | strip | raw }}`;
    expect(text(source, scope, "html")).toBe(body.replaceAll("\n", ""));
    expect(
      text("{% for t in contact.tags %}{{ contact.firstName }} {{ t | upcase }},{% endfor %}".repeat(300)),
    ).toHaveLength(300 * 21);
  });

  test("one rendering that was stopped -> does not count against the next", () => {
    text("{% for i in (1..1000000000) %}x{% endfor %}");
    expect(text("{% for i in (1..3) %}{{ i }}{% endfor %}")).toBe("123");
  });
});

/**
 * Templates that were written to do harm. Each must be stopped by the work that it would do, which is counted, and not by a
 * clock, which stands still while a Worker computes: what stops it says so.
 */
import { describe, expect, test } from "vitest";
import { render, scopeOf } from "../../src/domain/template";
import { alice } from "./given";

const BOUNDS =
  /^(memory alloc limit exceeded|the template does too much|the template makes too long a text|parse length limit exceeded)$/;

const loop = (turns: number, body: string) => `{% for i in (1..${turns}) %}${body}{% endfor %}`;
const list = (items: number) => `{% assign a = "${"x,".repeat(items)}" | split: "," %}`;
const long = "x".repeat(300_000);

/** Stopped when it is rendered. */
const BOMBS: [title: string, source: string][] = [
  ["append to itself", `{% assign s = 'a' %}${loop(60, "{% assign s = s | append: s %}")}{{ s }}`],
  ["append in one chain", `{{ 'a' ${"| append: 'aaaaaaaaaaaaaaaaaaaa' ".repeat(10_000)} }}`],
  ["prepend to itself", `{% assign s = 'a' %}${loop(60, "{% assign s = s | prepend: s %}")}{{ s }}`],
  ["replace that grows", `{% assign s = 'aa' %}${loop(60, "{% assign s = s | replace: 'a', s %}")}{{ s }}`],
  ["replace of nothing", `{% assign s = '${"a".repeat(2000)}' %}{{ s | replace: '', s }}`],
  ["replace that takes all away, again and again", loop(19_000, `{{ "${long}" | replace: "x", "" }}`)],
  ["remove, again and again", loop(19_000, `{{ "${long}" | remove: "x" }}`)],
  ["split and join", `{% assign s = 'ab' %}${loop(60, "{% assign s = s | split: '' | join: s %}")}{{ s }}`],
  ["a list in itself", `{% assign a = 'x' | split: '' %}${loop(60, "{% assign a = a | push: a %}")}{{ a }}`],
  [
    "a list in itself, joined",
    `{% assign a = 'x' | split: '' %}${loop(60, "{% assign a = a | push: a %}")}{{ a | join }}`,
  ],
  [
    "a list in itself, in front",
    `{% assign a = 'x' | split: '' %}${loop(60, "{% assign a = a | unshift: a %}")}{{ a | size }}`,
  ],
  [
    "a list twice as long",
    `{% assign a = 'x' | split: '' %}${loop(60, "{% assign a = a | concat: a %}")}{{ a | size }}`,
  ],
  [
    "a list in itself, compared",
    `{% assign a = 'x' | split: '' %}${loop(60, "{% assign b = a | push: a %}{% if a == b %}{% endif %}{% assign a = b %}")}`,
  ],
  [
    "a list deep in itself",
    `{% assign a = 'x' | split: '' %}${loop(9000, "{% assign a = '' | split: ',' | push: a %}")}{{ a }}`,
  ],
  [
    "long lists compared",
    `${list(20_000)}${list(20_000).replace("assign a", "assign b")}${loop(19_000, "{% if a == b %}{% endif %}")}`,
  ],
  ["a long list searched", `${list(20_000)}${loop(19_000, "{% if a contains 'y' %}{% endif %}")}`],
  ["a long list turned round", `${list(20_000)}${loop(19_000, "{% for y in a reversed limit: 0 %}{% endfor %}")}`],
  ["a range turned round", loop(19_000, "{% for y in (1..100000) reversed limit: 0 %}{% endfor %}")],
  ["a long list sorted", `${list(20_000)}${loop(19_000, "{% assign b = a | sort %}")}`],
  ["a long list summed", `${list(20_000)}${loop(19_000, "{% assign b = a | sum %}")}`],
  [
    "a long list, by a long expression",
    `${list(3000)}{{ a | where_exp: "x", "${"true and ".repeat(20_000)}true" | size }}`,
  ],
  ["a long list, by a long path", `${list(3000)}{{ a | map: "${"a.".repeat(20_000)}a" | size }}`],
  ["a long condition", loop(19_000, `{% if ${"false or ".repeat(20_000)}true %}{% endif %}`)],
  ["capture in loops", `{% assign s = 'a' %}${loop(60, "{% capture s %}{{ s }}{{ s }}{% endcapture %}")}{{ s }}`],
  ["a long text written out", `{% capture s %}${long}{% endcapture %}${loop(19_000, "{{ s }}")}`],
  ["a long text written out, as it is", `{% capture s %}${long}{% endcapture %}${loop(19_000, "{{ s | raw }}")}`],
  [
    "a long text captured",
    `{% capture s %}${long}{% endcapture %}{% capture t %}${loop(19_000, "{{ s }}")}{% endcapture %}`,
  ],
  ["a range of a million", "{% for i in (1..1000000) %}{% endfor %}"],
  ["a range of all numbers", "{{ (1..999999999999999) | size }}"],
  ["loops in loops", loop(100, loop(100, loop(100, "x")))],
  ["tables in loops", loop(100, "{% tablerow j in (1..1000) %}x{% endtablerow %}")],
  ["a date of great width", `{{ 'now' | date: "%999999999Y" }}`],
  ["a date of great width, again and again", loop(19_000, `{{ 'now' | date: "%9999Y" }}`)],
  ["a slice of all", loop(19_000, `{{ "${long}" | slice: 0, 300000 }}`)],
  [
    "encoded again and again",
    `{% assign s = "${"é".repeat(10_000)}" %}${loop(19_000, "{% assign s = s | url_encode %}")}`,
  ],
  ["made a slug again and again", loop(19_000, `{{ "${long}" | slugify }}`)],
  ["spaces stripped again and again", loop(19_000, `{{ "${" ".repeat(300_000)}x" | rstrip }}`)],
  [
    "told as JSON with spaces",
    `{% assign a = 'x' | split: '' %}${loop(60, "{% assign a = a | push: a %}")}{{ a | json: 10 }}`,
  ],
];

describe("a bomb", () => {
  test.each(BOMBS)("%s -> is stopped by what it does", (_, source) => {
    for (const format of ["text", "html"] as const) {
      const result = render(source, format, scopeOf(alice, "EMAIL"));
      expect(result.ok ? `made ${result.value.length} characters` : result.failure.message).toMatch(BOUNDS);
    }
  });

  test.each<[string, string]>([
    ["tags in tags, too deep to be read", "{% if a %}".repeat(40_000) + "{% endif %}".repeat(40_000)],
    ["brackets in brackets", `{{ ${"a[".repeat(100_000)}`],
    ["tags without an end", "{% if a %}".repeat(40_000)],
    ["outputs without an end", "{{ ".repeat(150_000)],
    ["more than anybody reads", "x".repeat(600_000)],
  ])("%s -> is refused when it is saved, or fails when it is rendered", (_, source) => {
    const rendered = render(source, "html", scopeOf(alice, "EMAIL"));
    expect(rendered.ok).toBe(false);
  });
});

import { describe, expect, test } from "vitest";
import { ownText, withoutQuotes } from "../../src/domain/quote";

describe("what somebody has written himself is left", () => {
  test.each([
    ["nothing is quoted", "Hello\n\nAda", "Hello\n\nAda"],
    ["a line that says so and is none", "We wrote:\nall of it", "We wrote:\nall of it"],
    [
      "words that begin like it",
      "On Tuesday I told Bob what he wrote:\nnothing",
      "On Tuesday I told Bob what he wrote:\nnothing",
    ],
    ["two lines that look like a header", "From: Berlin\nTo: Paris\nby train", "From: Berlin\nTo: Paris\nby train"],
    ["a closing is his own", "Yes!\n\nCheers!\n\nOne more thing", "Yes!\n\nCheers!\n\nOne more thing"],
    ["what a program signs with in the middle is his", "Sent from Berlin\nwith love", "Sent from Berlin\nwith love"],
    ["a signature ends behind its mark", "Yes\n-- \nAda\nAcme", "Yes"],
    ["carriage returns", "Yes\r\n\r\n> no\r\n", "Yes"],
    ["marks that nobody sees", "\u200bYes\u00a0please\ufeff", "Yes please"],
    [
      "an attribution in three lines",
      "Yes\n\nOn Mon, Jan 2, 2040\nat 9:00 AM, Bob <bob@sender.example>\nwrote:\n> no",
      "Yes",
    ],
    ["a date and an address alone", "Yes\n\n2040-01-02 9:00 GMT+01:00 Bob <bob@sender.example>:\n> no", "Yes"],
  ])("%s", (_, text, own) => {
    expect(ownText(text)).toBe(own);
  });
});

describe("HTML loses what it quotes", () => {
  test.each([
    ["<p>a</p><blockquote>b<blockquote>c</blockquote>d</blockquote><p>e</p>", "<p>a</p><br>&gt;<br><p>e</p>"],
    ["<p>a</p><blockquote>never ended", "<p>a</p><br>&gt;<br>"],
    ["<p>a</p></blockquote><p>b</p>", "<p>a</p><p>b</p>"],
    ['<p>a</p><div id="divRplyFwdMsg">b</div>', "<p>a</p>"],
    ['<p>a</p><div id="x_divRplyFwdMsg">b</div>', "<p>a</p>"],
    ["<p>a</p><div id=other>b</div>", "<p>a</p><div id=other>b</div>"],
  ])("%s", (html, own) => {
    expect(withoutQuotes(html)).toBe(own);
  });
});

test("no text keeps it busy", () => {
  const evil = [
    `${"a".repeat(390)}:\n`.repeat(500),
    `${"<".repeat(390)}:\n`.repeat(500),
    `On 1 ${"wrote ".repeat(60)}:\n`.repeat(500),
    `on 1${" a écri".repeat(50)}:\n`.repeat(500),
    `x@${"<a@".repeat(130)}:\n`.repeat(500),
    `From: x\n`.repeat(20_000),
    `${"_".repeat(400)}x\n`.repeat(500),
    ">".repeat(200_000),
    " ".repeat(200_000),
    "\n".repeat(200_000),
    `${"- ".repeat(200)}\n`.repeat(500),
    `sent from ${" ".repeat(390)}\n`.repeat(500),
  ];
  const tags = ["<blockquote ", "<div ", "<div id=", "<div class=class=", "<div style=border:none;", '<div class="a '];
  const began = performance.now();
  for (const text of evil) ownText(text);
  for (const tag of tags) withoutQuotes(tag.repeat(Math.ceil(200_000 / tag.length)));
  for (const tag of tags) withoutQuotes(`${tag}${"x ".repeat(200)}>`.repeat(500));
  expect(performance.now() - began).toBeLessThan(5000);
});

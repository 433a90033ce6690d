import { describe, expect, test } from "vitest";
import { classify, senderOf } from "../../src/domain/reply";

function of(headers: Record<string, string>, text = "I am away") {
  return classify({ text, headers });
}

describe("automatic replies", () => {
  test.each([
    ["Auto-Submitted", "auto-replied"],
    ["Auto-Submitted", "auto-generated"],
    ["auto-submitted", "AUTO-REPLIED; owner=mail"],
    ["AUTO-SUBMITTED", " auto-notified "],
    ["Precedence", "auto_reply"],
    ["Precedence", "bulk"],
    ["Precedence", "Junk"],
    ["X-Precedence", "auto_reply"],
    ["X-Autoreply", "yes"],
    ["X-Autorespond", ""],
    ["X-Autoresponse", "1"],
  ])("%s: %s -> automatic", (name, value) => {
    expect(of({ [name]: value })).toBe("automatic");
  });

  test.each([
    ["Auto-Submitted", "no"],
    ["Auto-Submitted", "No; comment"],
    ["Precedence", "first-class"],
    ["Precedence", "list"],
    ["X-Autoreply", "no"],
    ["X-Vacation", "False"],
    ["X-Auto-Response-Suppress", "All"],
    ["Subject", "Out of office"],
  ])("%s: %s -> written by a person", (name, value) => {
    expect(of({ [name]: value })).toBe("human");
  });

  test("no headers at all -> written by a person", () => {
    expect(of({})).toBe("human");
  });

  test("an automatic reply that says STOP -> automatic, nobody asked for anything", () => {
    expect(of({ "Auto-Submitted": "auto-replied" }, "STOP")).toBe("automatic");
  });
});

describe("opting out", () => {
  test.each([
    "stop",
    "STOP",
    "Stop.",
    " stop! \n",
    '"STOP"',
    "“Stop”",
    "*stop*",
    "STOPALL",
    "Stop  all",
    "unsubscribe",
    "Cancel",
    "end",
    "QUIT",
    "optout",
    "opt out",
    "Opt-Out",
    "Remove me!",
    "revoke",
  ])("%j alone -> opt-out", (text) => {
    expect(of({}, text)).toBe("opt_out");
  });

  test.each([
    "Please stop",
    "stop by on Tuesday?",
    "Don't stop!",
    "I'd like to cancel my order",
    "In the end, yes",
    "stopped",
    "unsubscribe? no way",
    "",
    "...",
  ])("%j -> written by a person", (text) => {
    expect(of({}, text)).toBe("human");
  });
});

test("a sender kept without a contact -> named by platform and address", () => {
  expect(senderOf("EMAIL", "alice@example.com")).toBe("EMAIL/alice@example.com");
});

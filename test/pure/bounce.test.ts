import { describe, expect, test } from "vitest";
import { isHard, reportOf } from "../../src/domain/bounce";
import type { Incoming } from "../../src/domain/incoming";

describe("whether nobody is there, and nobody will be", () => {
  test.each([
    ["5.1.1", "550 5.1.1 User unknown", true],
    ["5.1.10", "", true],
    ["5.1.2", "bad destination system", true],
    ["5.1.8", "sender's domain does not resolve", false],
    ["5.2.1", "mailbox disabled", true],
    ["5.2.2", "mailbox full", false],
    ["4.2.2", "mailbox full", false],
    ["5.0.0", "552 Quota exceeded", false],
    ["5.2.3", "message too long", false],
    ["5.3.4", "message too big", false],
    ["5.4.1", "Recipient address rejected: Access denied", true],
    ["5.4.4", "unable to route", true],
    ["5.4.6", "routing loop", false],
    ["5.4.310", "DNS domain does not exist", true],
    ["5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable", true],
    ["5.6.0", "content not supported", false],
    ["5.7.1", "554 5.7.1 rejected for policy reasons", false],
    ["5.7.26", "unauthenticated mail is refused (SPF, DKIM)", false],
    ["4.4.7", "message expired", false],
    ["5.0.0", "550 No such user here", true],
    ["5.0.0", "550 blocked for spam", false],
    ["5.0.0", "", true],
    ["", "550 user unknown", true],
    ["", "450 try again later", false],
    ["", "whatever", false],
    // What the server said itself is closer to the truth than what another made of it.
    ["5.0.0", "smtp; 452 4.2.2 over quota", false],
    ["4.0.0", "550 5.1.1 User unknown", true],
  ])("%s %s -> %s", (status, diagnostic, hard) => {
    expect(isHard(status, diagnostic)).toBe(hard);
  });
});

const LETTER: Incoming = {
  to: "bob@sender.example",
  returnPath: "",
  from: "mailer-daemon@mx.example",
  subject: "Undelivered Mail Returned to Sender",
  messageId: null,
  inReplyTo: "",
  references: "",
  headers: new Map(),
  text: null,
  html: null,
  parts: [],
};

test("a report about two of whom one was reached -> about the other", () => {
  const text = [
    "Reporting-MTA: dns; mx.example",
    "Final-Recipient: rfc822; bo@acme.example\nAction: delivered\nStatus: 2.0.0",
    "Final-Recipient: rfc822;\n ada@acme.example\nAction: FAILED (gave up)\nStatus: 5.1.1",
  ].join("\r\n\r\n");
  expect(reportOf({ ...LETTER, parts: [{ type: "message/delivery-status", text }] })).toMatchObject({
    what: "bounce",
    hard: true,
    recipient: "ada@acme.example",
  });
});

test.each([
  ["a person who writes of one", { from: "ada@acme.example", returnPath: "ada@acme.example" }, null],
  ["a report without form or words", { text: "" }, { what: "bounce", hard: false, recipient: null, reason: "" }],
  ["an empty form", { parts: [{ type: "message/delivery-status", text: "" }] }, { what: "nothing" }],
  ["an empty complaint", { parts: [{ type: "message/feedback-report", text: "" }] }, { what: "nothing" }],
])("%s", (_, over, report) => {
  expect(reportOf({ ...LETTER, ...over })).toEqual(report);
});

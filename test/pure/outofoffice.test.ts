import { describe, expect, test } from "vitest";
import { resumeOf } from "../../src/domain/outofoffice";
import { classify } from "../../src/domain/reply";
import { DAY } from "../../src/domain/time";

const AUTO = { "Auto-Submitted": "auto-replied" };

describe("an automatic reply that says that its sender is away is an out-of-office", () => {
  test.each<[Record<string, string>, string]>([
    [AUTO, "I am out of the office until Monday."],
    [AUTO, "Thank you. I'm currently on annual leave."],
    [AUTO, "I'm on vacation with limited access to email"],
    [AUTO, "I am currently away until 3 January"],
    [AUTO, "Ich bin bis 14.12. nicht im Büro."],
    [AUTO, "Ich bin derzeit im Urlaub"],
    [AUTO, "Je suis absent du bureau"],
    [AUTO, "Estoy de vacaciones"],
    [{ ...AUTO, Subject: "Out of Office: Re: hello" }, "Please call Ann."],
    [{ ...AUTO, Subject: "Abwesenheitsnotiz: Hallo" }, ""],
    [{ "Auto-Submitted": "auto-replied (vacation)" }, "Thanks"],
    [{ "X-Autoreply": "yes" }, "I'm out of office"],
    [{ Precedence: "bulk" }, "I'm out of office"],
    [{ "X-Vacation": "yes" }, "Thanks"],
  ])("%j %s", (headers, text) => {
    expect(classify({ headers, text })).toBe("out_of_office");
  });

  test.each<[Record<string, string>, string]>([
    [AUTO, "We have received your message and will answer soon."],
    [AUTO, "Your ticket #123: our agents are out of office hours."],
    [AUTO, "Ann is no longer with the company. I am out of office."],
    [{ "Auto-Submitted": "auto-generated" }, "Delivery failed. Out of office"],
    [AUTO, "Thanks!\n\nOn Monday, Bob <bob@example.com> wrote:\nI am out of the office"],
    [AUTO, "Thanks!\n> I am out of the office"],
    [{ "X-Vacation": "no", ...AUTO }, "Thanks"],
  ])("%j %s -> automatic, and no more", (headers, text) => {
    expect(classify({ headers, text })).toBe("automatic");
  });

  test("a person who writes that he is away is a person", () => {
    expect(classify({ headers: {}, text: "I'm out of the office, call me on Monday" })).toBe("human");
  });
});

describe("when the journey goes on", () => {
  const AT = Date.UTC(2026, 11, 2, 12);
  const NAMED = Date.UTC(2026, 11, 14, 9);
  const rules = { autoResume: true, autoResumeIn: null, autoResumeExpiresIn: null, oooExtraction: true };
  const text = "I'm back on December 14";

  test.each([
    ["the date that is named", {}, text, NAMED],
    ["none is named -> a week", {}, "Out of office", AT + 7 * DAY],
    ["none is named -> as the ruleset says", { autoResumeIn: 86_400 }, "Out of office", AT + DAY],
    ["reading is off -> as the ruleset says", { autoResumeIn: 86_400, oooExtraction: false }, text, AT + DAY],
    ["later than the latest -> the latest", { autoResumeExpiresIn: 3 * 86_400 }, text, AT + 3 * DAY],
    [
      "the latest binds what the ruleset says too",
      { autoResumeIn: 10 * 86_400, autoResumeExpiresIn: 86_400 },
      "",
      AT + DAY,
    ],
    ["not by itself", { autoResume: false }, text, null],
  ])("%s", (_, over, words, expected) => {
    expect(resumeOf({ ...rules, ...over }, { text: words, at: AT, zone: "UTC" })).toBe(expected);
  });

  test("a date in what he answers is not his", () => {
    const quoting = "Out of office\n\n-----Original Message-----\nWe'll be back on December 14";
    expect(resumeOf(rules, { text: quoting, at: AT, zone: "UTC" })).toBe(AT + 7 * DAY);
  });
});

import { describe, expect, test } from "vitest";
import { moodOf } from "../../src/domain/reply";
import { type Sentiment, sentimentOf } from "../../src/domain/sentiment";

const SAID: Record<Sentiment, string[]> = {
  positive: [
    "Yes",
    "Sure, why not",
    "Sounds good!",
    "I'm interested. What does it cost?",
    "We would like to see more",
    "Let's talk on Friday",
    "Could you schedule a demo?",
    "LOOKING FORWARD to it",
    "Perfect",
  ],
  negative: [
    "No",
    "no.",
    "Not interested",
    "We are not really interested in that, sounds good though",
    "No thanks",
    "no, thank you",
    "Please stop emailing me",
    "Don't contact us again",
    "Take me off your list, would love to be left alone",
    "This is spam",
    "Never!",
  ],
  neutral: [
    "",
    "Who are you?",
    "Which plan is that?",
    "I will ask my colleague",
    "No idea who decides that here",
    "I know nothing of it",
    "We stopped by your office",
  ],
};

describe("what the words of a reply say", () => {
  for (const [sentiment, texts] of Object.entries(SAID)) {
    test.each(texts)(`%j -> ${sentiment}`, (text) => {
      expect(sentimentOf(text)).toBe(sentiment);
    });
  }

  test("a long text is read in no time", () => {
    const text = `${"not really ".repeat(3000)}${"interested ".repeat(3000)}`.replace("really interested", "");
    expect(sentimentOf(text)).toBe("neutral");
  });
});

describe("how a reply was meant", () => {
  test.each([
    [{ text: "Great" }, "human", "positive"],
    [{ text: "Great", sentiment: "negative" }, "human", "negative"],
    [{ text: "Great", sentiment: null }, "human", "positive"],
    [{ text: "STOP", sentiment: "positive" }, "opt_out", "negative"],
    [{ text: "Great" }, "automatic", null],
    [{ text: "Great" }, "out_of_office", null],
  ] as const)("%j of a reply that is %s -> %s", (reply, kind, mood) => {
    expect(moodOf(reply, kind, sentimentOf)).toBe(mood);
  });
});

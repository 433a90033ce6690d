/** How replies were meant: said with them or told from their words, shown, and counted once by sequence. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Sentiment } from "../../src/domain/sentiment";
import { receive } from "../../src/engine/replies";
import { contextOf } from "../support/context";
import { faults } from "../support/faults";
import {
  api,
  begin,
  deliver,
  enroll,
  type Json,
  makeContact,
  makeDrip,
  START,
  settle,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

let people = 0;

/** Somebody new replies in a sequence. */
async function replied(sequence: string, text: string, more: Json = {}): Promise<void> {
  people += 1;
  const username = `replier${people}`;
  await enroll(sequence, await makeContact({ username }));
  await settle();
  const { status } = await api("POST", "/v1/replies", { platform: "TWITTER", from: username, text, ...more });
  expect(status).toBe(202);
  await settle();
}

const statsOf = async (sequence: string) => (await api("GET", `/v1/sequences/${sequence}`)).body.replyStats;

describe("the sentiment of a reply", () => {
  test("said with it, it stands; else its words tell; an automatic one has none", async () => {
    const { sequence } = await makeDrip([0, 24]);
    await replied(sequence, "Sounds great");
    await replied(sequence, "Sounds great", { sentiment: "negative" });
    await replied(sequence, "I am away", { headers: { "Auto-Submitted": "auto-replied" } });
    await replied(sequence, "STOP");
    const { body } = await api("GET", "/v1/replies");
    expect(body.replies.map((reply: Json) => reply.sentiment)).toEqual(["negative", null, "negative", "positive"]);
  });

  test("counted by sequence; the three are always there", async () => {
    const [one, two] = [(await makeDrip([0, 24])).sequence, (await makeDrip([0, 24])).sequence];
    expect(await statsOf(one)).toEqual({ positive: 0, neutral: 0, negative: 0 });
    await replied(one, "Yes");
    await replied(one, "Yes please");
    await replied(one, "Who are you?");
    await replied(two, "No thanks");
    expect(await statsOf(one)).toEqual({ positive: 2, neutral: 1, negative: 0 });
    expect(await statsOf(two)).toEqual({ positive: 0, neutral: 0, negative: 1 });
  });

  test("told twice, swept, and taken in again after a fault -> counted once", async () => {
    const { sequence } = await makeDrip([0, 24]);
    await enroll(sequence, await makeContact({ username: "ada" }));
    await settle();
    const reply = { platform: "TWITTER", from: "ada", text: "Yes", messageId: "in-1" };
    await api("POST", "/v1/replies", reply);
    await api("POST", "/v1/replies", reply);
    const letters = faults.letters.splice(0);
    faults.failSql = /update "replies" set "outcome"/i;
    await deliver(letters); // the journey has heard of it, and that it has is not written down
    faults.failSql = null;
    expect(faults.letters.filter(({ queue }) => queue.endsWith("replies"))).toHaveLength(2);
    expect(await statsOf(sequence)).toEqual({ positive: 0, neutral: 0, negative: 0 });
    travel(60_000);
    await sweep();
    await settle();
    expect(await statsOf(sequence)).toEqual({ positive: 1, neutral: 0, negative: 0 });
  });

  test("from nobody known, or to no sequence -> shown, not counted", async () => {
    const { sequence } = await makeDrip([0, 24]);
    await api("POST", "/v1/replies", { platform: "TWITTER", from: "nobody", text: "Yes" });
    await settle();
    expect((await api("GET", "/v1/replies")).body.replies[0]).toMatchObject({ sentiment: "positive", matched: false });
    expect(await statsOf(sequence)).toEqual({ positive: 0, neutral: 0, negative: 0 });
  });

  test.each(["happy", "", 5, true, []])("%j is none", async (sentiment) => {
    const body = { platform: "TWITTER", from: "ada", text: "Yes", sentiment };
    expect((await api("POST", "/v1/replies", body)).status).toBe(400);
  });
});

describe("another function tells", () => {
  const received = (text: string) => ({
    platform: "TWITTER" as const,
    from: "somebody",
    text,
    messageId: null,
    inReplyTo: null,
    receivedAt: START,
    headers: {},
  });
  const told = async () => (await api("GET", "/v1/replies")).body.replies.map((reply: Json) => reply.sentiment);

  test("in place of the words that are known, also one that takes its time", async () => {
    const sentimentOf = async (text: string) => (text === "Meh" ? "negative" : "neutral") as Sentiment;
    for (const text of ["Sounds great", "Meh"]) await receive({ ...contextOf(), sentimentOf }, received(text));
    expect(await told()).toEqual(["negative", "neutral"]);
  });

  test("and where it fails, the words do, so that no reply is lost", async () => {
    const sentimentOf = () => Promise.reject(new Error("the model is out of reach"));
    await receive({ ...contextOf(), sentimentOf }, received("Sounds great"));
    expect(await told()).toEqual(["positive"]);
  });
});

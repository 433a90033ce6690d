/** What the schema of a reply on the queue takes, the queue takes, and what it refuses, that refuses. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { ReplyMessage } from "../../src/consumers/replies";
import { replySchema } from "../../src/consumers/replyschema";

const validate = new Ajv2020().compile(replySchema());

const least = { v: 1, workspaceId: 1, platform: "TWITTER", from: "alice", text: "Yes!", receivedAt: 1_800_000_000_000 };

const rows: [string, unknown, boolean][] = [
  ["the least", least, true],
  ["all of it", { ...least, messageId: "in-1", inReplyTo: "msg_4097", headers: { "Auto-Submitted": "no" } }, true],
  ["how it was meant", { ...least, sentiment: "positive", kind: "human", subject: null, message: 4097 }, true],
  ["nulls where there is nothing", { ...least, messageId: null, inReplyTo: null, sentiment: null, kind: null }, true],
  ["an empty text", { ...least, text: "" }, true],
  ["a field of somebody else", { ...least, extra: true }, true],
  ["no version", { ...least, v: undefined }, false],
  ["another version", { ...least, v: 2 }, false],
  ["the id as v1 spells it", { ...least, workspaceId: "ws_1" }, false],
  ["no workspace", { ...least, workspaceId: 0 }, false],
  ["a platform that is none", { ...least, platform: "MYSPACE" }, false],
  ["no sender", { ...least, from: "" }, false],
  ["a sender too long", { ...least, from: "x".repeat(1001) }, false],
  ["a text too long", { ...least, text: "x".repeat(100_001) }, false],
  ["a time as text", { ...least, receivedAt: "2027-01-31T09:00:00Z" }, false],
  ["a header that is no text", { ...least, headers: { To: 1 } }, false],
  ["a kind that is none", { ...least, kind: "robot" }, false],
  ["a list", [least], false],
  ["nothing", null, false],
];

test.each(rows)("%s", (_, message, taken) => {
  const sent: unknown = JSON.parse(JSON.stringify(message));
  expect([validate(sent), ReplyMessage.safeParse(sent).success]).toEqual([taken, taken]);
});

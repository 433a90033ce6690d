/** Knows a reply as v1 takes and shows it. */
import * as z from "zod";
import { REPLY_KINDS } from "../../../domain/reply";
import { SENTIMENTS } from "../../../domain/sentiment";
import type { ReplyRow } from "../../../engine/replies";
import { spell } from "../ids";
import { oneOf, platformName, spelled, text } from "./parse";
import { Instant } from "./shape";
import { instant, timeOf } from "./time";

const LARGEST_HEADERS = 20_000;
/** A message on a queue may have 128,000 bytes. */
const LARGEST_REPLY = 100_000;

export const InboundReply = z
  .object({
    platform: platformName,
    from: text(1, 320),
    text: text(0, 20_000),
    messageId: text(1, 500).nullable().default(null),
    inReplyTo: text(1, 1000).nullable().default(null),
    receivedAt: timeOf.optional(),
    sentiment: oneOf(SENTIMENTS).nullable().default(null),
    headers: z
      .record(z.string().max(200), z.string())
      .refine(
        (headers) => JSON.stringify(headers).length <= LARGEST_HEADERS,
        `must be at most ${LARGEST_HEADERS} bytes`,
      )
      .default({}),
  })
  .refine((reply) => new TextEncoder().encode(JSON.stringify(reply)).length <= LARGEST_REPLY, {
    message: `must be at most ${LARGEST_REPLY} bytes with all its fields`,
    path: ["text"],
  });

const words = z.string().nullable();

export const ShownReply = z
  .object({
    id: spelled("reply"),
    platform: platformName,
    from: z.string(),
    subject: words,
    text: z.string(),
    messageId: words,
    inReplyTo: words,
    answers: spelled("message").nullable(),
    kind: z.enum(REPLY_KINDS).nullable(),
    sentiment: z.enum(SENTIMENTS).nullable(),
    matched: z.boolean(),
    outcome: z.string(),
    contactId: spelled("contact").nullable(),
    enrollmentIds: z.array(spelled("enrollment")),
    receivedAt: Instant,
    createdAt: Instant,
  })
  .meta({ id: "Reply" });

export function showReply(row: ReplyRow) {
  return {
    id: spell("reply", row.id),
    platform: row.platform,
    from: row.sender,
    subject: row.subject,
    text: row.text,
    messageId: row.messageId,
    inReplyTo: row.inReplyTo,
    answers: row.answers === null ? null : spell("message", row.answers),
    kind: row.kind,
    sentiment: row.sentiment,
    matched: row.outcome === "matched",
    outcome: row.outcome ?? "received",
    contactId: row.contactId === null ? null : spell("contact", row.contactId),
    enrollmentIds: (row.outcome === null ? [] : row.enrollments).map((id) => spell("enrollment", id)),
    receivedAt: instant(row.receivedAt),
    createdAt: instant(row.createdAt),
  };
}

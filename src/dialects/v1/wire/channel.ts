/** Knows a channel, a workspace and a dead letter as v1 shows them. */
import * as z from "zod";
import { capOf, LONGEST_CAP, MOST_CAPPED } from "../../../domain/frequency";
import type { Limits } from "../../../domain/limits";
import type { Outcome } from "../../../domain/message";
import { featuresOf, PLANS } from "../../../domain/plan";
import { MOST_DAYS } from "../../../domain/retention";
import type { ChannelRow } from "../../../engine/channels";
import type { DeadLetter } from "../../../engine/deadletters";
import type { WorkspaceRow } from "../../../engine/workspace";
import { spell } from "../ids";
import { oneOf, platformName, spelled, text } from "./parse";
import { Count, Instant } from "./shape";
import { instant, instantOrNull } from "./time";
import { Carriage, From, MailAddress, ShownTransport, showTransport } from "./transport";

export const PutChannel = z
  .object({
    kind: oneOf(["outbox", "webhook", "email"]),
    url: z.string().max(2000).optional(),
    transport: Carriage.optional(),
    from: From.optional(),
  })
  .transform(({ kind, url, transport = null, from = null }, ctx) => {
    if (kind === "outbox") return { kind } as const;
    if (kind === "email") return { kind, carried: transport, from } as const;
    if (url !== undefined) return { kind, url } as const;
    ctx.issues.push({ code: "invalid_type", expected: "string", input: undefined, path: ["url"] });
    return z.NEVER;
  });

export const PauseChannel = z.object({ reason: text(1, 500).default("paused by hand") });

export const TestMail = z.object({ to: MailAddress });

const words = z.string().nullable();

export const ShownOutcome = z.object({
  outcome: z.enum(["delivered", "transient", "permanent", "broken", "unknown"]),
  reason: words,
  providerId: words,
});

export const ShownChannel = z
  .object({
    platform: platformName,
    kind: z.string(),
    url: words,
    status: z.enum(["ACTIVE", "PAUSED"]),
    pausedAt: Instant.nullable(),
    pauseReason: words,
    transport: ShownTransport.nullable().optional(),
    from: z.object({ address: z.string(), name: words, replyTo: words }).nullable().optional(),
    secret: z.string().optional(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Channel" });

export const ShownWorkspace = z
  .object({
    id: spelled("workspace"),
    name: z.string(),
    plan: z.enum(PLANS),
    features: z.record(z.string(), z.boolean()),
    limits: z.object({
      requestsPerMinute: Count,
      enrollments: Count.nullable(),
      stepsPerSequence: Count,
      bodyBytes: Count,
      pageSize: Count,
    }),
    usage: z.object({ enrollments: Count }),
    sending: z.enum(["ACTIVE", "PAUSED"]),
    pausedAt: Instant.nullable(),
    frequencyCap: z.object({ messages: z.int(), seconds: z.int() }).nullable(),
    retentionDays: z.int().nullable(),
  })
  .meta({ id: "Workspace" });

export const ShownLetter = z
  .object({
    id: spelled("letter"),
    queue: z.string(),
    enrollmentId: spelled("enrollment").nullable(),
    body: z.unknown(),
    createdAt: Instant,
    resentAt: Instant.nullable(),
  })
  .meta({ id: "DeadLetter" });

export function showOutcome(outcome: Outcome) {
  const providerId = outcome.kind === "delivered" ? outcome.providerId : null;
  return { outcome: outcome.kind, reason: outcome.kind === "delivered" ? null : outcome.reason, providerId };
}

/** The signing secret is shown by the answer that makes it, and never again. */
export function showChannel(row: ChannelRow, { secret }: { secret: boolean }): z.input<typeof ShownChannel> {
  return {
    platform: row.platform,
    kind: row.kind,
    url: row.url,
    status: row.pausedAt === null ? "ACTIVE" : "PAUSED",
    pausedAt: instantOrNull(row.pausedAt),
    pauseReason: row.pauseReason,
    ...(row.kind === "email" ? { transport: showTransport(row.transport, row.sealed), from: row.sender } : {}),
    ...(secret && row.secret !== null ? { secret: row.secret } : {}),
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
  };
}

export const UpdateWorkspace = z.object({
  frequencyCap: z
    .object({ messages: z.int().min(1).max(MOST_CAPPED), seconds: z.int().min(1).max(LONGEST_CAP) })
    .nullable()
    .optional(),
  retentionDays: z.int().min(1).max(MOST_DAYS).nullable().optional(),
});

interface Told {
  retentionDays: number | null;
  limits: Limits;
  usage: { enrollments: number };
}

export function showWorkspace(
  row: WorkspaceRow,
  { retentionDays, limits, usage }: Told,
): z.input<typeof ShownWorkspace> {
  return {
    id: spell("workspace", row.id),
    name: row.name,
    plan: row.plan,
    features: featuresOf(row),
    limits,
    usage,
    sending: row.pausedAt === null ? "ACTIVE" : "PAUSED",
    pausedAt: instantOrNull(row.pausedAt),
    frequencyCap: capOf(row),
    retentionDays,
  };
}

export function showLetter(row: DeadLetter): z.input<typeof ShownLetter> {
  return {
    id: spell("letter", row.id),
    queue: row.queue,
    enrollmentId: row.enrollmentId === null ? null : spell("enrollment", row.enrollmentId),
    body: JSON.parse(row.body) as unknown,
    createdAt: instant(row.createdAt),
    resentAt: instantOrNull(row.resentAt),
  };
}

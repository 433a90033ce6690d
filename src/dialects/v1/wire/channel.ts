/** Knows a channel, a workspace and a dead letter as v1 shows them. */
import * as z from "zod";
import { capOf, LONGEST_CAP, MOST_CAPPED } from "../../../domain/frequency";
import type { ChannelRow } from "../../../engine/channels";
import type { DeadLetter } from "../../../engine/deadletters";
import type { WorkspaceRow } from "../../../engine/workspace";
import { spell } from "../ids";
import { oneOf, text } from "./parse";
import { instant, instantOrNull } from "./time";

export const PutChannel = z
  .object({ kind: oneOf(["outbox", "webhook"]), url: z.string().max(2000).optional() })
  .transform(({ kind, url }, ctx) => {
    if (kind === "outbox") return { kind } as const;
    if (url !== undefined) return { kind, url } as const;
    ctx.issues.push({ code: "invalid_type", expected: "string", input: undefined, path: ["url"] });
    return z.NEVER;
  });

export const PauseChannel = z.object({ reason: text(1, 500).default("paused by hand") });

/** The signing secret is shown by the answer that makes it, and never again. */
export function showChannel(row: ChannelRow, { secret }: { secret: boolean }) {
  return {
    platform: row.platform,
    kind: row.kind,
    url: row.url,
    status: row.pausedAt === null ? "ACTIVE" : "PAUSED",
    pausedAt: instantOrNull(row.pausedAt),
    pauseReason: row.pauseReason,
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
});

export function showWorkspace(row: WorkspaceRow) {
  return {
    id: spell("workspace", row.id),
    name: row.name,
    plan: row.plan,
    sending: row.pausedAt === null ? "ACTIVE" : "PAUSED",
    pausedAt: instantOrNull(row.pausedAt),
    frequencyCap: capOf(row),
  };
}

export function showLetter(row: DeadLetter) {
  return {
    id: spell("letter", row.id),
    queue: row.queue,
    enrollmentId: row.enrollmentId === null ? null : spell("enrollment", row.enrollmentId),
    body: JSON.parse(row.body) as unknown,
    createdAt: instant(row.createdAt),
    resentAt: instantOrNull(row.resentAt),
  };
}

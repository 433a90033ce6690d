/** Knows how a nudge is taken: what it points at stands in D1. */
import * as z from "zod";
import { runBulk } from "../engine/bulkwork";
import type { Doors } from "../engine/context";
import { contextFor } from "../engine/context";
import { run, runItem, wakeAll } from "../engine/jobs";
import { letIn } from "../engine/throttles";
import { runTriggers } from "../engine/triggers";

const base = { v: z.literal(1), workspaceId: z.int() };

const NudgeSchema = z.discriminatedUnion("kind", [
  z.object({ ...base, kind: z.literal("job"), job: z.int() }),
  z.object({ ...base, kind: z.literal("bulk"), job: z.int(), tries: z.int().default(0) }),
  z.object({ ...base, kind: z.literal("item"), job: z.int(), enrollment: z.int() }),
  z.object({ ...base, kind: z.literal("wake"), enrollments: z.array(z.int()), crowd: z.int().default(1) }),
  z.object({ ...base, kind: z.literal("trigger"), triggers: z.array(z.int()) }),
  z.object({ ...base, kind: z.literal("let_in"), sequence: z.int(), user: z.int() }),
]);

export async function takeNudge(body: unknown, doors: Doors): Promise<void> {
  const nudge = NudgeSchema.parse(body);
  const ctx = contextFor(doors, nudge.workspaceId);
  switch (nudge.kind) {
    case "job":
      return run(ctx, nudge.job);
    case "bulk":
      return runBulk(ctx, nudge.job, nudge.tries);
    case "item":
      return runItem(ctx, nudge.job, nudge.enrollment);
    case "wake":
      return wakeAll(ctx, nudge.enrollments, nudge.crowd);
    case "trigger":
      return runTriggers(ctx, nudge.triggers);
    case "let_in":
      return letIn(ctx, { workspaceId: nudge.workspaceId, sequenceId: nudge.sequence, userId: nudge.user });
  }
}

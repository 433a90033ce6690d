/** Knows a segment as v1 writes and reads it. */
import * as z from "zod";
import { isReady } from "../../../domain/segment";
import type { Counted } from "../../../engine/segments";
import { spell } from "../ids";
import { spelled, text } from "./parse";
import { Rules, ShownRules } from "./rules";
import { Count, Instant } from "./shape";
import { instant } from "./time";

const name = text(1, 255);
/** Without a condition, everybody would be in it. */
const rules = Rules.refine((given) => given.conditions.length > 0, {
  message: "must have at least one condition",
  path: ["conditions"],
});

export const CreateSegment = z.object({ name, rules });

export const UpdateSegment = z.object({ name: name.optional(), rules: rules.optional() });

export const ShownSegment = z
  .object({
    id: spelled("segment"),
    workspaceId: spelled("workspace"),
    name: z.string(),
    rules: ShownRules,
    status: z.enum(["READY", "BUILDING"]),
    count: Count,
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Segment" });

export function showSegment({ segment, count }: Counted): z.input<typeof ShownSegment> {
  return {
    id: spell("segment", segment.id),
    workspaceId: spell("workspace", segment.workspaceId),
    name: segment.name,
    rules: segment.rules,
    status: isReady(segment) ? "READY" : "BUILDING",
    count,
    createdAt: instant(segment.createdAt),
    updatedAt: instant(segment.updatedAt),
  };
}

/** Knows how the fate of a message, or of another act, is put down in the history. */
import type { Deed, StepResult } from "./enrollment";
import type { InFlight, MessageStatus } from "./message";
import type { StepKind } from "./step";
import type { OpenTask, TaskStatus } from "./task";

interface Details {
  reason?: string | null;
  providerId?: string | null;
  retryAt?: number;
}

export function fateDeed(inFlight: InFlight, status: MessageStatus, details: Details = {}): Deed {
  const { message, step, attempt, content, act, late } = inFlight;
  if (act) return stepDeed({ id: step, kind: act.kind }, status === "sent" ? "done" : status, details.reason);
  const told = { reason: null, providerId: null, ...(late === undefined ? {} : { late }), ...details };
  return { what: "message", message, step, status, attempt, content, ...told };
}

export function stepDeed(
  { id, kind }: { id: number; kind: StepKind },
  result: StepResult,
  reason: string | null = null,
): Deed {
  return { what: "step", step: id, kind, result, reason };
}

export function taskDeed(task: OpenTask, status: TaskStatus, by: number | null = null): Deed {
  return { what: "task", status, task, by };
}

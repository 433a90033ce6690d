/** Knows calls as a resource: logging one completes its task and moves its journey. */
import { type Failure, ok, refuse } from "../../../domain/failure";
import { type CallDraft, log, remove } from "../../../engine/calls";
import { resource } from "../resource";
import type { Written } from "../table";
import { call } from "../tables/task";
import { inWords } from "../words";

type Body = Written<typeof call.attributes, typeof call.relationships>;

const WORDS = { contactId: "prospectId", enrollmentId: "sequenceStateId", stepId: "sequenceStepId" };

export const calls = resource({
  table: call,
  scopes: { read: "sequences_read", write: "sequences_write" },
  extras: ({ details }) => details,
  links: ["prospect", "sequence", "sequenceState", "sequenceStep", "task", "user"],
  create: async (ctx, body) => {
    const fault = faultIn(body);
    if (fault) return refuse(fault);
    const logged = await log(ctx, draftOf(body));
    return logged.ok ? ok(logged.value.id) : inWords(logged, WORDS);
  },
  remove,
});

function draftOf({ attributes, links }: Body): CallDraft {
  const { direction, outcome, note, dialedAt, answeredAt, completedAt, sequenceAction, ...details } = attributes;
  const { prospect, sequence, sequenceState, sequenceStep, task, user } = links;
  const kept = { ...details, ...(sequenceAction ? { sequenceAction } : {}) };
  return {
    ...{ contactId: prospect ?? null, enrollmentId: sequenceState ?? null, taskId: task ?? null, userId: user ?? null },
    ...{ sequenceId: sequence ?? null, stepId: sequenceStep ?? null, sequenceAction: sequenceAction ?? null },
    ...{ direction: direction ?? null, outcome: outcome ?? null, note: note ?? null },
    ...{ dialedAt: dialedAt ?? null, answeredAt: answeredAt ?? null, completedAt: completedAt ?? null, details: kept },
  };
}

function faultIn({ attributes: { recordingUrl }, links: { prospect, sequenceState, task } }: Body): Failure | null {
  if (!prospect && !sequenceState && !task) return { kind: "blank", field: "prospectId" };
  if (!recordingUrl || /^https?:\/\/./i.test(recordingUrl)) return null;
  return { kind: "bad_value", field: "recordingUrl", message: "must begin with https:// or http://" };
}

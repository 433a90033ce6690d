/** Knows sequence steps as a resource: messages that send themselves, and tasks that people do. */
import { type StepType, stepTypeOf } from "../../../domain/cadence";
import { LONGEST_DELAY } from "../../../domain/draft";
import { type Failure, ok, type Result, refuse } from "../../../domain/failure";
import { isTouch, type Step, type StepDraft, type TaskSettings } from "../../../domain/step";
import { add, type StepPatch, update } from "../../../engine/steps";
import { isEditableThere, resource } from "../resource";
import type { Written } from "../table";
import { sequenceStep } from "../tables/sequence";
import { inWords } from "../words";

type Body = Written<typeof sequenceStep.attributes, typeof sequenceStep.relationships>;

const WORDS = {
  delay: "interval",
  stepOrder: "order",
  autoskip: "taskAutoskipDelay",
  note: "taskNote",
  priorityId: "taskPriorityId",
};

export const sequenceSteps = resource({
  table: sequenceStep,
  scopes: { read: "sequences_read", write: "sequences_write" },
  links: ["sequence", "schedule", "taskPriority"],
  create: async (ctx, body) => {
    const { stepType, interval = 0, order = null } = body.attributes;
    const { sequence } = body.links;
    if (!sequence) return refuse({ kind: "blank", field: "sequenceId" });
    if (!stepType) return refuse({ kind: "blank", field: "stepType" });
    const fault = faultIn(body, stepType);
    if (fault) return refuse(fault);
    const draft = { ...draftOf(body, stepType), delayInAll: interval ?? 0 };
    const made = await add(ctx, sequence, draft, order === null ? "end" : { order, shows: isTouch });
    return made.ok ? ok(made.value.step.id) : inWords(made, WORDS);
  },
  update: async (ctx, id, body, row) => {
    const of = { sequenceId: Number(row.sequence), stepId: id };
    return inWords(await update(ctx, of, (step) => patchFor(step, body)), WORDS);
  },
  isEditable: isEditableThere,
});

/** A message has no text yet: its templates bring it. */
function draftOf({ attributes, links }: Body, stepType: StepType): StepDraft {
  const { date = null } = attributes;
  const bare = {
    label: null,
    delay: 0,
    subject: null,
    body: null,
    format: "html",
    date,
    scheduleId: links.schedule ?? null,
  } as const;
  if (stepType === "auto_email") return { ...bare, kind: "message", settings: {} };
  return { ...bare, kind: "task", settings: settingsAfter({ type: stepType, autoskip: null }, { attributes, links }) };
}

/** What is left out stays as it is. */
function patchFor(step: Step, body: Body): Result<StepPatch> {
  const stepType = stepTypeOf(step);
  const fault = faultIn(body, stepType) ?? faultInChange(step, stepType, body);
  if (fault) return refuse(fault);
  const { interval, order, date } = body.attributes;
  const { schedule } = body.links;
  return ok({
    ...(interval === undefined ? {} : { delayInAll: interval ?? 0 }),
    ...(typeof order === "number" ? { order, shows: isTouch } : {}),
    ...(date === undefined ? {} : { date }),
    ...(schedule === undefined ? {} : { scheduleId: schedule }),
    ...(step.kind === "task" ? { settings: settingsAfter(step.settings, body) } : {}),
  });
}

function settingsAfter(before: TaskSettings, { attributes, links }: Pick<Body, "attributes" | "links">): TaskSettings {
  const { taskNote, taskAutoskipDelay } = attributes;
  const { note, ...others } = before;
  const written = taskNote === undefined ? note : (taskNote ?? undefined);
  return {
    ...others,
    ...(written === undefined ? {} : { note: written }),
    ...(taskAutoskipDelay === undefined ? {} : { autoskip: taskAutoskipDelay }),
    ...(links.taskPriority === undefined ? {} : { priorityId: links.taskPriority }),
  };
}

function faultIn({ attributes, links }: Body, stepType: StepType): Failure | null {
  const { interval, taskNote, taskAutoskipDelay } = attributes;
  if (typeof interval === "number" && (interval < 0 || interval > LONGEST_DELAY)) {
    return bad("interval", `must be between 0 and ${LONGEST_DELAY} seconds`);
  }
  if (stepType !== "auto_email") return null;
  const ofTasks = { taskNote, taskAutoskipDelay, taskPriorityId: links.taskPriority };
  const field = Object.entries(ofTasks).find(([, value]) => value !== undefined && value !== null)?.[0];
  return field === undefined ? null : bad(field, "belongs to steps that make tasks");
}

function faultInChange(step: Step, stepType: StepType, { attributes, links }: Body): Failure | null {
  const asked = attributes.stepType;
  if (asked !== undefined && asked !== stepType) return bad("stepType", "cannot be changed");
  const { sequence } = links;
  return sequence === undefined || sequence === step.sequenceId ? null : bad("sequenceId", "cannot be changed");
}

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}

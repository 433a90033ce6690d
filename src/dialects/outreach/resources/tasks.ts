/** Knows tasks as a resource: what people must do, and the actions by which they do it. */
import { type Failure, ok, type Result, refuse } from "../../../domain/failure";
import { OPPORTUNITY_ASSOCIATIONS } from "../../../domain/task";
import { mostUrgent } from "../../../engine/priorities";
import * as verbs from "../../../engine/tasks";
import { type Acting, resource, type Target } from "../resource";
import type { Written } from "../table";
import { task } from "../tables/task";
import { queried } from "../value";
import { inWords } from "../words";

type Body = Written<typeof task.attributes, typeof task.relationships>;

const WORDS = { contactId: "subjectId", priorityId: "taskPriorityId" };

export const tasks = resource({
  table: task,
  scopes: { read: "sequences_read", write: "sequences_write" },
  links: ["owner", "subject", "taskPriority"],
  create: async (ctx, body) => {
    const { subject } = body.links;
    if (!subject) return refuse({ kind: "blank", field: "subjectId" });
    const fault = faultIn(body);
    if (fault) return refuse(fault);
    const made = await verbs.create(ctx, { ...patchOf(body), contactId: subject });
    return made.ok ? ok(made.value.id) : inWords(made, WORDS);
  },
  update: async (ctx, id, body, row) => {
    const { subject } = body.links;
    const fault = faultIn(body);
    if (fault) return refuse(fault);
    if (subject !== undefined && subject !== row.subject) return refuse(bad("subjectId", "cannot be changed"));
    return inWords(await verbs.update(ctx, id, patchOf(body)), WORDS);
  },
  remove: verbs.discard,
  actions: {
    advance: (ctx, { id }) => verbs.advance(ctx, id),
    deliver: (ctx, { id }) => verbs.deliver(ctx, id),
    markComplete,
    reassignOwner: (ctx, target) => {
      const ownerId = queried("integer", target.params.get("ownerId") ?? "");
      if (typeof ownerId !== "number") return wrong("ownerId", "must be the id of a user");
      return verbs.reassignOwner(ctx, target.id, ownerId);
    },
    reschedule: (ctx, { id, params }) => {
      const dueAt = timeIn(params.get("dueAt"));
      return dueAt === null ? wrong("dueAt", "must be an ISO 8601 date and time") : verbs.reschedule(ctx, id, dueAt);
    },
    snooze,
    updateNote: (ctx, { id, params }) => {
      const note = params.get("note");
      return note === undefined ? blank("note") : verbs.updateNote(ctx, id, note);
    },
    updateOpportunityAssociation: (ctx, { id, params }) => {
      const asked = params.get("opportunityAssociation");
      const known = OPPORTUNITY_ASSOCIATIONS.find((one) => one === asked);
      if (asked === undefined) return blank("opportunityAssociation");
      if (!known) return wrong("opportunityAssociation", `must be one of ${OPPORTUNITY_ASSOCIATIONS.join(", ")}`);
      return verbs.update(ctx, id, { opportunityAssociation: known });
    },
  },
});

/** A note on the completion is added, once, to what the task says: a prospect has no notes of his own. */
async function markComplete(ctx: Acting, { id, row, params }: Target): Promise<Result<unknown>> {
  const added = params.get("completionNote") ?? "";
  const before = typeof row.note === "string" ? row.note : "";
  const isThere = before === added || before.endsWith(`\n\n${added}`);
  if (added !== "" && !isThere && row.state !== "complete") {
    const note = [before, added].filter((part) => part !== "").join("\n\n");
    const noted = await verbs.updateNote(ctx, id, note);
    if (!noted.ok) return noted;
  }
  return verbs.complete(ctx, id, completionOf(params.get("completionAction")));
}

function completionOf(action: string | undefined) {
  if (action === "finish_no_reply") return "finish";
  return action === "finish_replied" ? "finish_replied" : "advance";
}

/** What is urgent has the weightiest priority. */
async function snooze(ctx: Acting, { id, params }: Target): Promise<Result<unknown>> {
  const asked = params.get("dueAt");
  const dueAt = timeIn(asked);
  if (asked !== undefined && dueAt === null) return wrong("dueAt", "must be an ISO 8601 date and time");
  const snoozed = await verbs.snooze(ctx, id, dueAt ?? undefined);
  if (!snoozed.ok || params.get("markAsUrgent") !== "true") return snoozed;
  return verbs.update(ctx, id, { priorityId: await mostUrgent(ctx) });
}

function timeIn(text: string | undefined): number | null {
  const at = text === undefined ? null : queried("time", text);
  return typeof at === "number" ? at : null;
}

function faultIn({ attributes, links, types }: Body): Failure | null {
  if (attributes.action === null) return { kind: "blank", field: "action" };
  if (links.owner === null) return { kind: "blank", field: "ownerId" };
  return links.subject && types.subject !== "prospect" ? bad("subjectId", "must be of type 'prospect'") : null;
}

/** What is left out stays as it is. */
function patchOf({ attributes, links }: Body): verbs.TaskPatch {
  const { action, dueAt, autoskipAt, note, opportunityAssociation } = attributes;
  const own = { dueAt, autoskipAt, note, opportunityAssociation, priorityId: links.taskPriority };
  return { ...own, action: action ?? undefined, ownerId: links.owner ?? undefined };
}

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}

async function wrong(field: string, message: string): Promise<Result<never>> {
  return refuse(bad(field, message));
}

async function blank(field: string): Promise<Result<never>> {
  return refuse({ kind: "blank", field });
}

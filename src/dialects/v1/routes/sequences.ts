/** Knows v1's routes on sequences and their steps. */
import * as z from "zod";
import { missing, ok, type Result } from "../../../domain/failure";
import { STANDINGS } from "../../../domain/mirror";
import { SENTIMENTS } from "../../../domain/sentiment";
import { isShown, type Step } from "../../../domain/step";
import { dryArchive, dryEdit, dryUpdate, type DryRun as Told } from "../../../engine/dryruns";
import { duplicate } from "../../../engine/duplication";
import * as sequences from "../../../engine/sequences";
import type { Planted } from "../../../engine/steps";
import * as steps from "../../../engine/steps";
import { DryRun, endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import {
  AddStep,
  CreateSequence,
  Duplicate,
  messageOf,
  renamed,
  ShownSequence,
  ShownStep,
  secondsOf,
  showSequence,
  showStep,
  UpdateSequence,
  UpdateStep,
} from "../wire/sequence";
import { countsOf, Done, oneAs, orTried, pageOf } from "../wire/shape";

const One = oneAs("sequence", ShownSequence);
const OneStep = oneAs("step", ShownStep);
const WithTotals = One.extend({
  enrollmentStats: countsOf(STANDINGS),
  replyStats: countsOf(SENTIMENTS),
});

/** The step with its number, as the list of messages has it. */
function answer(done: Result<Planted>): Result<z.input<typeof OneStep>> {
  if (!done.ok) return done;
  const { tree, step } = done.value;
  const shown = steps.numberedIn(tree).find((one) => one.step.id === step.id);
  return shown ? ok({ step: showStep(shown) }) : missing("step");
}

function told(run: Result<Told>): Result<{ dryRun: Told }> {
  return run.ok ? ok({ dryRun: run.value }) : run;
}

const of = { id: "sequence" } as const;
const stepOf = { id: "sequence", stepId: "step" } as const;

export const sequenceRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listSequences",
      summary: "Sequences that are not archived, the newest first",
      answer: pageOf("sequences", ShownSequence),
      scope: "sequences_read",
      query: z.object(pageQuery(20)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await sequences.list(ctx, query);
        return ok({
          sequences: items.map(({ sequence, steps }) => showSequence(sequence, steps)),
          pagination: pagination(page),
        });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      operation: "createSequence",
      summary: "Make a sequence: a draft until its status is ACTIVE",
      answer: One,
      scope: "sequences_write",
      body: CreateSequence,
      status: 201,
      run: async ({ ctx, caller, body }) => {
        const { enrollmentRules: rules, exitOnReply, ...draft } = renamed(body);
        const { primaryReplyAction = exitOnReply ? "finish" : "continue" } = draft;
        const more = { rules, primaryReplyAction, status: "DRAFT", userId: caller.userId } as const;
        const made = await sequences.create(ctx, { ...draft, ...more });
        return made.ok ? ok({ sequence: showSequence(made.value.sequence, made.value.steps) }) : made;
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      operation: "getSequence",
      summary: "One sequence with what has become of its enrollments and replies",
      answer: WithTotals,
      scope: "sequences_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const found = await sequences.showWithTotals(ctx, ids.id);
        if (!found.ok) return found;
        const { sequence, steps, standings, replies } = found.value;
        return ok({ sequence: showSequence(sequence, steps), enrollmentStats: standings, replyStats: replies });
      },
    }),
  )
  .patch(
    "/:id",
    endpoint({
      operation: "updateSequence",
      summary: "Change a sequence, or start, pause and archive it by its status",
      answer: orTried(One),
      scope: "sequences_write",
      ids: of,
      query: DryRun,
      body: UpdateSequence,
      run: async ({ ctx, caller, ids, query, body }) => {
        const { enrollmentRules: rules, ...fields } = renamed(body);
        const patch = { ...fields, rules, userId: caller.userId };
        if (query.dryRun) return told(await dryUpdate(ctx, ids.id, patch));
        const updated = await sequences.update(ctx, ids.id, patch);
        if (!updated.ok) return updated;
        return ok({ sequence: showSequence(updated.value.sequence, updated.value.steps) });
      },
    }),
  )
  .delete(
    "/:id",
    endpoint({
      operation: "deleteSequence",
      summary: "Archive a sequence and end its enrollments",
      answer: orTried(Done),
      scope: "sequences_write",
      ids: of,
      query: DryRun,
      run: async ({ ctx, caller, ids, query }) => {
        if (query.dryRun) return told(await dryArchive(ctx, ids.id, caller.userId));
        const archived = await sequences.archive(ctx, ids.id, caller.userId);
        return archived.ok ? ok({ success: true as const }) : archived;
      },
    }),
  )
  .post(
    "/:id/duplicate",
    endpoint({
      operation: "duplicateSequence",
      summary: "Make a draft with the same steps",
      answer: One,
      scope: "sequences_write",
      ids: of,
      body: Duplicate,
      status: 201,
      run: async ({ ctx, caller, ids, body }) => {
        const made = await duplicate(ctx, { id: ids.id, name: body.name, userId: caller.userId });
        return made.ok ? ok({ sequence: showSequence(made.value.sequence, made.value.steps) }) : made;
      },
    }),
  )
  .get(
    "/:id/steps",
    endpoint({
      operation: "listSteps",
      summary: "A sequence's messages in order",
      answer: z.object({ steps: z.array(ShownStep) }),
      scope: "sequences_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const listed = await steps.list(ctx, ids.id);
        return listed.ok ? ok({ steps: listed.value.map(showStep) }) : listed;
      },
    }),
  )
  .post(
    "/:id/steps",
    endpoint({
      operation: "createStep",
      summary: "Add a message to a sequence",
      answer: orTried(OneStep),
      scope: "sequences_write",
      ids: of,
      query: DryRun,
      body: AddStep,
      status: 201,
      run: async ({ ctx, ids, query, body }) => {
        const { messageTemplate, delayHours, stepOrder, scheduleId = null, date = null } = body;
        const place = stepOrder === undefined ? "end" : { order: stepOrder };
        const draft = { ...messageOf(messageTemplate, secondsOf(delayHours)), scheduleId, date };
        if (query.dryRun) return told(await dryEdit(ctx, ids.id, await steps.adding(ctx, ids.id, draft, place)));
        return answer(await steps.add(ctx, ids.id, draft, place));
      },
    }),
  )
  .patch(
    "/:id/steps/:stepId",
    endpoint({
      operation: "updateStep",
      summary: "Change or move a message; contacts under way follow",
      answer: orTried(OneStep),
      scope: "sequences_write",
      ids: stepOf,
      query: DryRun,
      body: UpdateStep,
      run: async ({ ctx, ids, query, body }) => {
        const { messageTemplate, delayHours, stepOrder: order, scheduleId, date } = body;
        const delayInAll = delayHours === undefined ? undefined : secondsOf(delayHours);
        const text = messageTemplate === undefined ? {} : { body: messageTemplate, format: "text" as const };
        const timed = {
          ...(scheduleId === undefined ? {} : { scheduleId }),
          ...(date === undefined ? {} : { date }),
        };
        const patch = { ...text, ...timed, delayInAll, order };
        const of = { sequenceId: ids.id, stepId: ids.stepId };
        const patchFor = (step: Step) => (isShown(step) ? ok(patch) : missing("step"));
        if (query.dryRun) return told(await dryEdit(ctx, ids.id, await steps.changing(ctx, of, patchFor)));
        return answer(await steps.update(ctx, of, patchFor));
      },
    }),
  )
  .delete(
    "/:id/steps/:stepId",
    endpoint({
      operation: "deleteStep",
      summary: "Take a message out of a sequence",
      answer: orTried(Done),
      scope: "sequences_write",
      ids: stepOf,
      query: DryRun,
      run: async ({ ctx, ids, query }) => {
        const of = { sequenceId: ids.id, stepId: ids.stepId };
        const found = await steps.show(ctx, of);
        if (!found.ok) return found;
        if (!isShown(found.value.step)) return missing("step");
        const along = { delays: true };
        if (query.dryRun) return told(await dryEdit(ctx, ids.id, ok(steps.removing(ctx, ids.stepId, along))));
        const removed = await steps.remove(ctx, of, along);
        return removed.ok ? ok({ success: true as const }) : removed;
      },
    }),
  );

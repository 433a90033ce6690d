/** Knows v1's routes on sequences and their steps. */
import * as z from "zod";
import { ok } from "../../../domain/failure";
import * as sequences from "../../../engine/sequences";
import * as steps from "../../../engine/steps";
import { endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import {
  AddStep,
  CreateSequence,
  secondsOf,
  showSequence,
  showStep,
  UpdateSequence,
  UpdateStep,
} from "../wire/sequence";

const of = { id: "sequence" } as const;
const stepOf = { id: "sequence", stepId: "step" } as const;

export const sequenceRoutes = routes()
  .get(
    "/",
    endpoint({
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
      scope: "sequences_write",
      body: CreateSequence,
      status: 201,
      run: async ({ ctx, caller, body }) => {
        const { enrollmentRules: rules, exitOnReply, ...draft } = body;
        const { sequence, steps } = await sequences.create(ctx, {
          ...draft,
          rules,
          primaryReplyAction: exitOnReply ? "finish" : "continue",
          status: "DRAFT",
          userId: caller.userId,
        });
        return ok({ sequence: showSequence(sequence, steps) });
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      scope: "sequences_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const found = await sequences.showWithStandings(ctx, ids.id);
        if (!found.ok) return found;
        const { sequence, steps, standings } = found.value;
        return ok({ sequence: showSequence(sequence, steps), enrollmentStats: standings });
      },
    }),
  )
  .patch(
    "/:id",
    endpoint({
      scope: "sequences_write",
      ids: of,
      body: UpdateSequence,
      run: async ({ ctx, caller, ids, body }) => {
        const { enrollmentRules: rules, ...patch } = body;
        const updated = await sequences.update(ctx, ids.id, { ...patch, rules, userId: caller.userId });
        if (!updated.ok) return updated;
        return ok({ sequence: showSequence(updated.value.sequence, updated.value.steps) });
      },
    }),
  )
  .delete(
    "/:id",
    endpoint({
      scope: "sequences_write",
      ids: of,
      run: async ({ ctx, caller, ids }) => {
        const archived = await sequences.archive(ctx, ids.id, caller.userId);
        return archived.ok ? ok({ success: true }) : archived;
      },
    }),
  )
  .get(
    "/:id/steps",
    endpoint({
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
      scope: "sequences_write",
      ids: of,
      body: AddStep,
      status: 201,
      run: async ({ ctx, ids, body }) => {
        const { messageTemplate, delayHours, stepOrder } = body;
        const draft = { body: messageTemplate, subject: null, format: "text", delay: secondsOf(delayHours) } as const;
        const added = await steps.add(ctx, ids.id, { ...draft, order: stepOrder });
        return added.ok ? ok({ step: showStep(added.value) }) : added;
      },
    }),
  )
  .patch(
    "/:id/steps/:stepId",
    endpoint({
      scope: "sequences_write",
      ids: stepOf,
      body: UpdateStep,
      run: async ({ ctx, ids, body }) => {
        const { messageTemplate, delayHours, stepOrder: order } = body;
        const delay = delayHours === undefined ? undefined : secondsOf(delayHours);
        const updated = await steps.update(
          ctx,
          { sequenceId: ids.id, stepId: ids.stepId },
          { body: messageTemplate, delay, order },
        );
        return updated.ok ? ok({ step: showStep(updated.value) }) : updated;
      },
    }),
  )
  .delete(
    "/:id/steps/:stepId",
    endpoint({
      scope: "sequences_write",
      ids: stepOf,
      run: async ({ ctx, ids }) => {
        const removed = await steps.remove(ctx, { sequenceId: ids.id, stepId: ids.stepId });
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  );

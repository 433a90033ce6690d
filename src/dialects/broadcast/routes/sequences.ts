/** Knows Broadcast's routes on sequences. */
import { NO_RULES } from "../../../domain/condition";
import { ok, type Result } from "../../../domain/failure";
import type { Sequence } from "../../../domain/sequence";
import { growTree } from "../../../domain/tree";
import type { Context } from "../../../engine/context";
import { duplicate } from "../../../engine/duplication";
import * as sequences from "../../../engine/sequences";
import { endpoint, type Ids, routes } from "../endpoint";
import { WindowQuery } from "../wire/page";
import { CreateSequence, Duplicate, fieldsOf, SequenceQuery, showSequence, UpdateSequence } from "../wire/sequence";
import { showSteps } from "../wire/step";

/** A sequence that was deleted is not there. */
export function sequenceOf(ctx: Context, { id }: Ids): Promise<Result<Sequence>> {
  return sequences.find(ctx, id);
}

export const sequenceRoutes = routes()
  .get(
    "/",
    endpoint({
      scopes: ["sequences_read"],
      query: WindowQuery,
      run: async ({ ctx, query }) => {
        const { items, total } = await sequences.listCounted(ctx, query);
        return ok({ data: items.map(showSequence), total });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      scopes: ["sequences_write"],
      body: CreateSequence,
      status: 201,
      run: async ({ ctx, caller, body }) => {
        const made = await sequences.create(ctx, {
          ...fieldsOf(body),
          name: body.label,
          rules: NO_RULES,
          primaryReplyAction: "finish",
          status: body.active ? "ACTIVE" : "DRAFT",
          userId: caller.userId,
        });
        return made.ok ? ok(showSequence({ sequence: made.value.sequence, live: 0 })) : made;
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      scopes: ["sequences_read"],
      find: sequenceOf,
      query: SequenceQuery,
      run: async ({ ctx, found, query }) => {
        const shown = await sequences.showWithTotals(ctx, found.id);
        if (!shown.ok) return shown;
        const { sequence, steps, standings } = shown.value;
        const alone = showSequence({ sequence, live: standings.ACTIVE });
        if (query.include_steps !== "true") return ok(alone);
        return ok({ ...alone, steps: showSteps(growTree(steps, sequence.revision)) });
      },
    }),
  )
  .patch(
    "/:id",
    endpoint({
      scopes: ["sequences_write"],
      find: sequenceOf,
      body: UpdateSequence,
      run: async ({ ctx, caller, found, body }) => {
        const { label: name, active } = body;
        const updated = await sequences.update(ctx, found.id, {
          ...fieldsOf(body),
          name,
          active,
          notArchived: true,
          userId: caller.userId,
        });
        if (!updated.ok) return updated;
        const shown = await sequences.showWithTotals(ctx, found.id);
        return shown.ok
          ? ok(showSequence({ sequence: shown.value.sequence, live: shown.value.standings.ACTIVE }))
          : shown;
      },
    }),
  )
  .delete(
    "/:id",
    endpoint({
      scopes: ["sequences_write"],
      find: sequenceOf,
      run: async ({ ctx, caller, found }) => {
        const archived = await sequences.archive(ctx, found.id, caller.userId);
        return archived.ok ? ok({ id: found.id }) : archived;
      },
    }),
  )
  .post(
    "/:id/duplicate",
    endpoint({
      scopes: ["sequences_write"],
      find: sequenceOf,
      body: Duplicate,
      status: 201,
      run: async ({ ctx, caller, found, body }) => {
        const made = await duplicate(ctx, { id: found.id, name: body.label, userId: caller.userId });
        return made.ok ? ok(showSequence({ sequence: made.value.sequence, live: 0 })) : made;
      },
    }),
  );

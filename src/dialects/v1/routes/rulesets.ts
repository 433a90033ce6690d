/** Knows v1's routes on rulesets. */
import * as z from "zod";
import { ok, type Result } from "../../../domain/failure";
import type { Ruleset } from "../../../domain/ruleset";
import * as rulesets from "../../../engine/rulesets";
import { endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import { CreateRuleset, fieldsOf, showRuleset, UpdateRuleset } from "../wire/ruleset";

const of = { id: "ruleset" } as const;

function answer(done: Result<Ruleset>): Result<object> {
  return done.ok ? ok({ ruleset: showRuleset(done.value) }) : done;
}

export const rulesetRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "sequences_read",
      query: z.object(pageQuery(50)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await rulesets.list(ctx, query);
        return ok({ rulesets: items.map(showRuleset), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      scope: "sequences_write",
      body: CreateRuleset,
      status: 201,
      run: async ({ ctx, body }) => answer(await rulesets.create(ctx, { ...fieldsOf(body), name: body.name })),
    }),
  )
  .get(
    "/:id",
    endpoint({
      scope: "sequences_read",
      ids: of,
      run: async ({ ctx, ids }) => answer(await rulesets.show(ctx, ids.id)),
    }),
  )
  .patch(
    "/:id",
    endpoint({
      scope: "sequences_write",
      ids: of,
      body: UpdateRuleset,
      run: async ({ ctx, ids, body }) => answer(await rulesets.update(ctx, ids.id, fieldsOf(body))),
    }),
  )
  .delete(
    "/:id",
    endpoint({
      scope: "sequences_write",
      ids: of,
      run: async ({ ctx, ids }) => {
        const removed = await rulesets.remove(ctx, ids.id);
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  );

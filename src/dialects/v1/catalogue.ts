/** Knows the five routes of what a workspace keeps by name: list, make, show, change, remove. */

import * as z from "zod";
import { ok, type Result } from "../../domain/failure";
import { capital } from "../../domain/line";
import type { Scope } from "../../domain/scope";
import type { Context } from "../../engine/context";
import type { Page as Asked, Paged } from "../../engine/page";
import { endpoint, type Routes, routes } from "./endpoint";
import type { IdNoun } from "./ids";
import { pagination } from "./wire/page";
import { pageQuery } from "./wire/parse";
import { Done, oneAs, pageOf } from "./wire/shape";

export interface Catalogue<T, C extends z.ZodType, U extends z.ZodType, S extends z.ZodType> {
  /** What one is called in ids and bodies. */
  noun: IdNoun;
  /** What a list is called, where that is more than an s behind it. */
  plural?: string;
  scopes: { read: Scope; write: Scope };
  Create: C;
  Update: U;
  Shown: S;
  show: (one: T) => z.input<S>;
  list: (ctx: Context, page: Asked) => Promise<Paged<T>>;
  create: (ctx: Context, said: z.output<C>) => Promise<Result<T>>;
  find: (ctx: Context, id: number) => Promise<Result<T>>;
  update: (ctx: Context, id: number, said: z.output<U>) => Promise<Result<T>>;
  remove: (ctx: Context, id: number) => Promise<Result<unknown>>;
}

export function catalogue<T, C extends z.ZodType, U extends z.ZodType, S extends z.ZodType>(
  spec: Catalogue<T, C, U, S>,
): Routes {
  const { noun, plural = `${noun}s`, show, Shown } = spec;
  const { read, write } = spec.scopes;
  const of = { id: noun };
  const One: z.ZodType<object, object> = oneAs(noun, Shown);
  const Page: z.ZodType<object, object> = pageOf(plural, Shown);
  const verb = (word: string, summary: string) => ({ operation: `${word}${capital(noun)}`, summary });
  const answer = (done: Result<T>): Result<object> => (done.ok ? ok({ [noun]: show(done.value) }) : done);
  const listing = async (ctx: Context, asked: Asked): Promise<Result<object>> => {
    const { items, ...page } = await spec.list(ctx, asked);
    return ok({ [plural]: items.map(show), pagination: pagination(page) });
  };
  return routes()
    .get(
      "/",
      endpoint({
        operation: `list${capital(plural)}`,
        summary: `All ${plural}`,
        scope: read,
        query: z.object(pageQuery(50)),
        answer: Page,
        run: ({ ctx, query }) => listing(ctx, query),
      }),
    )
    .post(
      "/",
      endpoint({
        ...verb("create", `Make a ${noun}`),
        scope: write,
        body: spec.Create,
        status: 201,
        answer: One,
        run: async ({ ctx, body }) => answer(await spec.create(ctx, body)),
      }),
    )
    .get(
      "/:id",
      endpoint({
        ...verb("get", `One ${noun}`),
        scope: read,
        ids: of,
        answer: One,
        run: async ({ ctx, ids }) => answer(await spec.find(ctx, ids.id)),
      }),
    )
    .patch(
      "/:id",
      endpoint({
        ...verb("update", `Change a ${noun}; what is left out stays`),
        scope: write,
        ids: of,
        body: spec.Update,
        answer: One,
        run: async ({ ctx, ids, body }) => answer(await spec.update(ctx, ids.id, body)),
      }),
    )
    .delete(
      "/:id",
      endpoint({
        ...verb("delete", `Remove a ${noun} that nothing goes by`),
        scope: write,
        ids: of,
        answer: Done,
        run: async ({ ctx, ids }) => {
          const removed = await spec.remove(ctx, ids.id);
          return removed.ok ? ok({ success: true }) : removed;
        },
      }),
    );
}

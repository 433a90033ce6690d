/** Knows the five routes of what a workspace keeps by name: list, make, show, change, remove. */
import * as z from "zod";
import { ok, type Result } from "../../domain/failure";
import type { Scope } from "../../domain/scope";
import type { Context } from "../../engine/context";
import type { Page, Paged } from "../../engine/page";
import { endpoint, type Routes, routes } from "./endpoint";
import type { IdNoun } from "./ids";
import { pagination } from "./wire/page";
import { pageQuery } from "./wire/parse";

export interface Catalogue<T, C extends z.ZodType, U extends z.ZodType> {
  /** What one is called in ids and bodies. */
  noun: IdNoun;
  /** What a list is called, where that is more than an s behind it. */
  plural?: string;
  scopes: { read: Scope; write: Scope };
  Create: C;
  Update: U;
  show: (one: T) => object;
  list: (ctx: Context, page: Page) => Promise<Paged<T>>;
  create: (ctx: Context, said: z.output<C>) => Promise<Result<T>>;
  find: (ctx: Context, id: number) => Promise<Result<T>>;
  update: (ctx: Context, id: number, said: z.output<U>) => Promise<Result<T>>;
  remove: (ctx: Context, id: number) => Promise<Result<unknown>>;
}

export function catalogue<T, C extends z.ZodType, U extends z.ZodType>(spec: Catalogue<T, C, U>): Routes {
  const { noun, plural = `${noun}s`, show } = spec;
  const { read, write } = spec.scopes;
  const of = { id: noun };
  const answer = (done: Result<T>): Result<object> => (done.ok ? ok({ [noun]: show(done.value) }) : done);
  const listing = async (ctx: Context, asked: Page) => {
    const { items, ...page } = await spec.list(ctx, asked);
    return ok({ [plural]: items.map(show), pagination: pagination(page) });
  };
  return routes()
    .get("/", endpoint({ scope: read, query: z.object(pageQuery(50)), run: ({ ctx, query }) => listing(ctx, query) }))
    .post(
      "/",
      endpoint({
        scope: write,
        body: spec.Create,
        status: 201,
        run: async ({ ctx, body }) => answer(await spec.create(ctx, body)),
      }),
    )
    .get("/:id", endpoint({ scope: read, ids: of, run: async ({ ctx, ids }) => answer(await spec.find(ctx, ids.id)) }))
    .patch(
      "/:id",
      endpoint({
        scope: write,
        ids: of,
        body: spec.Update,
        run: async ({ ctx, ids, body }) => answer(await spec.update(ctx, ids.id, body)),
      }),
    )
    .delete(
      "/:id",
      endpoint({
        scope: write,
        ids: of,
        run: async ({ ctx, ids }) => {
          const removed = await spec.remove(ctx, ids.id);
          return removed.ok ? ok({ success: true }) : removed;
        },
      }),
    );
}

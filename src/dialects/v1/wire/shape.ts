/** Knows the shapes that many of v1's answers are made of. */
import * as z from "zod";

/** As `instant` writes it. */
export const Instant = z.string().meta({ id: "Instant", format: "date-time", examples: ["2027-01-31T09:00:00Z"] });

export const Count = z.int().min(0);

export const Done = z.object({ success: z.literal(true) });

/** How many of each. */
export function countsOf<N extends string>(names: readonly N[]) {
  return z.object(Object.fromEntries(names.map((name) => [name, Count])) as Record<N, typeof Count>);
}

const Pagination = z.object({ page: Count, limit: Count, total: Count, totalPages: Count }).meta({ id: "Pagination" });

const Tried = z.object({
  dryRun: z
    .object({
      live: Count,
      touched: Count,
      dueNow: Count,
      ending: Count,
      truncated: z.boolean(),
      estimated: z.boolean(),
    })
    .meta({ id: "DryRun" }),
});

/** What a change answers, or with `dryRun=true` what it would do. */
export function orTried<S extends z.ZodType<object, object>>(made: S) {
  return z.union([made, Tried]);
}

/** A page of a list. */
export function pageOf<N extends string, S extends z.ZodType>(name: N, one: S) {
  return z.object({ ...called(name, z.array(one)), pagination: Pagination });
}

/** One thing under its name. */
export function oneAs<N extends string, S extends z.ZodType>(name: N, one: S) {
  return z.object(called(name, one));
}

function called<N extends string, S extends z.ZodType>(name: N, one: S): Record<N, S> {
  return { [name]: one } as Record<N, S>;
}

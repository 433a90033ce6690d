/** Knows v1's route on what lies ahead. */
import { ok, refuse } from "../../../domain/failure";
import { upcoming } from "../../../engine/upcoming";
import { endpoint, routes } from "../endpoint";
import { rangeOf, ShownUpcoming, showUpcoming, UpcomingQuery } from "../wire/upcoming";

export const upcomingRoutes = routes().get(
  "/",
  endpoint({
    operation: "listUpcoming",
    summary: "What enrollments under way go on to, and when",
    answer: ShownUpcoming,
    scope: "sequences_read",
    query: UpcomingQuery,
    run: async ({ ctx, query }) => {
      const { sequence = null, cursor = null, limit } = query;
      const { from, to, message } = rangeOf(query, ctx.now.journey);
      if (message !== null) return refuse({ kind: "bad_value", field: "to", message });
      const found = await upcoming(ctx, sequence, { from, to, after: cursor, limit });
      return found.ok ? ok(showUpcoming(found.value)) : found;
    },
  }),
);

/** Knows v1's route on what a sequence has come to. */
import { ok } from "../../../domain/failure";
import { analyse } from "../../../engine/analytics";
import { endpoint, routes } from "../endpoint";
import { AnalyticsQuery, showAnalytics } from "../wire/analytics";
import { ShownAnalytics } from "../wire/analyticsshape";
import { oneAs } from "../wire/shape";

export const analyticsRoutes = routes().get(
  "/:id/analytics",
  endpoint({
    operation: "analyzeSequence",
    summary: "What a sequence has come to: by step, by text and by day of UTC",
    answer: oneAs("analytics", ShownAnalytics),
    scope: "sequences_read",
    ids: { id: "sequence" },
    query: AnalyticsQuery,
    run: async ({ ctx, ids, query }) => {
      const analysed = await analyse(ctx, ids.id, query);
      return analysed.ok ? ok({ analytics: showAnalytics(ids.id, analysed.value) }) : analysed;
    },
  }),
);

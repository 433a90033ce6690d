/** Knows v1's routes on schedules. */
import * as z from "zod";
import { ok, type Result } from "../../../domain/failure";
import * as schedules from "../../../engine/schedules";
import { endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import { CreateSchedule, showSchedule, UpdateSchedule } from "../wire/schedule";

const of = { id: "schedule" } as const;

function answer(done: Result<schedules.ScheduleRow>): Result<object> {
  return done.ok ? ok({ schedule: showSchedule(done.value) }) : done;
}

export const scheduleRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "sequences_read",
      query: z.object(pageQuery(50)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await schedules.list(ctx, query);
        return ok({ schedules: items.map(showSchedule), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      scope: "sequences_write",
      body: CreateSchedule,
      status: 201,
      run: async ({ ctx, body: { timezone: zone = null, ...draft } }) =>
        answer(await schedules.create(ctx, { ...draft, zone })),
    }),
  )
  .get(
    "/:id",
    endpoint({
      scope: "sequences_read",
      ids: of,
      run: async ({ ctx, ids }) => answer(await schedules.show(ctx, ids.id)),
    }),
  )
  .patch(
    "/:id",
    endpoint({
      scope: "sequences_write",
      ids: of,
      body: UpdateSchedule,
      run: async ({ ctx, ids, body: { timezone: zone, ...patch } }) =>
        answer(await schedules.update(ctx, ids.id, { ...patch, zone })),
    }),
  )
  .delete(
    "/:id",
    endpoint({
      scope: "sequences_write",
      ids: of,
      run: async ({ ctx, ids }) => {
        const removed = await schedules.remove(ctx, ids.id);
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  );

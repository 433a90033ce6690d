/** Knows v1's routes on schedules. */
import { create, list, remove, show, update } from "../../../engine/schedules";
import { catalogue } from "../catalogue";
import { CreateSchedule, ShownSchedule, showSchedule, UpdateSchedule } from "../wire/schedule";

export const scheduleRoutes = catalogue({
  noun: "schedule",
  scopes: { read: "sequences_read", write: "sequences_write" },
  Create: CreateSchedule,
  Update: UpdateSchedule,
  Shown: ShownSchedule,
  show: showSchedule,
  list,
  create: (ctx, { timezone: zone = null, ...draft }) => create(ctx, { ...draft, zone }),
  find: show,
  update: (ctx, id, { timezone: zone, ...patch }) => update(ctx, id, { ...patch, zone }),
  remove,
});

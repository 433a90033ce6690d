/** Knows the pages about when messages of a sequence may go out. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { idOf } from "../../dialects/v1/wire/parse";
import { ok } from "../../domain/failure";
import { MOST_SCHEDULES } from "../../domain/openings";
import { dryUpdate } from "../../engine/dryruns";
import * as schedules from "../../engine/schedules";
import { update } from "../../engine/sequences";
import { type Asked, action, type Faulty, page } from "../kit/page";
import { type Keeping, Schedule, ScheduleEditor } from "./schedule";
import { KeepForm, ScheduleForm } from "./schedulewire";
import { paged, pathOf, siteOf } from "./site";

const of = { id: "sequence" } as const;
const scheduleOf = { ...of, scheduleId: "schedule" } as const;
/** One that was just made, to be chosen. */
const Choice = z.object({ choose: idOf("schedule").optional() });

async function keeping(asked: Asked<"id", z.output<typeof Choice>>, more: Partial<Keeping> = {}) {
  const { ctx, caller, ids, query } = asked;
  const [site, { items }] = await Promise.all([
    siteOf(ctx, caller, ids.id),
    schedules.list(ctx, { page: 1, limit: MOST_SCHEDULES }),
  ]);
  if (!site.ok) return site;
  const { scheduleId, scheduleIntervalType } = site.value.sequence;
  const chosen = { scheduleId: query.choose ?? scheduleId, scheduleIntervalType };
  const body = <Schedule {...{ site: site.value, schedules: items, chosen, ...more }} />;
  return paged(`When ${site.value.sequence.name} writes`, body);
}

async function editor({ ctx, caller, ids }: Asked<"id", unknown>, scheduleId: number | null, faulty?: Faulty) {
  const site = await siteOf(ctx, caller, ids.id);
  if (!site.ok) return site;
  const schedule = scheduleId === null ? ok(null) : await schedules.show(ctx, scheduleId);
  if (!schedule.ok) return schedule;
  const title = schedule.value ? `Schedule ${schedule.value.name}` : "New schedule";
  return paged(title, <ScheduleEditor {...{ site: site.value, schedule: schedule.value, faulty }} />);
}

export const scheduleRoutes = new Hono<Front>()
  .get(
    "/sequences/:id/schedule",
    page({ scope: "sequences_read", ids: of, query: Choice, show: (asked) => keeping(asked) }),
  )
  .post(
    "/sequences/:id/schedule",
    action({
      scope: "sequences_write",
      ids: of,
      query: Choice,
      form: KeepForm,
      run: async (asked) => {
        const { ctx, caller, ids, form } = asked;
        const { go, ...chosen } = form;
        const patch = { ...chosen, userId: caller.userId };
        if (go === "try") {
          const effect = await dryUpdate(ctx, ids.id, patch);
          return effect.ok ? keeping(asked, { chosen, effect: effect.value }) : effect;
        }
        const saved = await update(ctx, ids.id, patch);
        return saved.ok ? ok({ to: `${pathOf(ids.id)}/schedule`, said: "Saved" }) : saved;
      },
      again: (asked, faulty) => keeping(asked, { faulty }),
    }),
  )
  .get("/sequences/:id/schedule/new", page({ scope: "sequences_write", ids: of, show: (asked) => editor(asked, null) }))
  .post(
    "/sequences/:id/schedule/new",
    action({
      scope: "sequences_write",
      ids: of,
      form: ScheduleForm,
      run: async ({ ctx, ids, form }) => {
        const made = await schedules.create(ctx, form);
        if (!made.ok) return made;
        const to = `${pathOf(ids.id)}/schedule?choose=${spell("schedule", made.value.id)}`;
        return ok({ to, said: "Made. Save it here for this sequence to keep to it." });
      },
      again: (asked, faulty) => editor(asked, null, faulty),
    }),
  )
  .get(
    "/sequences/:id/schedule/:scheduleId",
    page({ scope: "sequences_write", ids: scheduleOf, show: (asked) => editor(asked, asked.ids.scheduleId) }),
  )
  .post(
    "/sequences/:id/schedule/:scheduleId",
    action({
      scope: "sequences_write",
      ids: scheduleOf,
      form: ScheduleForm,
      run: async ({ ctx, ids, form }) => {
        const saved = await schedules.update(ctx, ids.scheduleId, form);
        return saved.ok ? ok({ to: `${pathOf(ids.id)}/schedule`, said: "Saved" }) : saved;
      },
      again: (asked, faulty) => editor(asked, asked.ids.scheduleId, faulty),
    }),
  )
  .post(
    "/sequences/:id/schedule/:scheduleId/delete",
    action({
      scope: "sequences_write",
      ids: scheduleOf,
      run: async ({ ctx, ids }) => {
        const removed = await schedules.remove(ctx, ids.scheduleId);
        return removed.ok ? ok({ to: `${pathOf(ids.id)}/schedule`, said: "Deleted the schedule" }) : removed;
      },
    }),
  );

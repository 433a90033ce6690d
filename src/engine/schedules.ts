/** Knows the verbs on schedules: create, show, list, update, remove; and what a sequence says of time. */
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { faultInSchedule, inOrder, MOST_SCHEDULES, merged } from "../domain/openings";
import type { Timing } from "../domain/schedule";
import type { Schedule } from "../domain/window";
import {
  deleteSchedule,
  findSchedule,
  insertSchedule,
  listSchedules,
  MOST_KEEPERS,
  readTiming,
  renameSchedule,
  reviseSchedule,
  type ScheduleRow,
} from "../storage/schedules";
import type { Definition } from "../storage/sequences";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { type Page, type Paged, windowOf } from "./page";

export type { ScheduleRow } from "../storage/schedules";

export interface ScheduleDraft extends Schedule {
  name: string;
}

export type SchedulePatch = { [F in keyof ScheduleDraft]?: ScheduleDraft[F] | undefined };

export async function create(ctx: Context, draft: ScheduleDraft): Promise<Result<ScheduleRow>> {
  const { db, workspaceId, userId, now } = ctx;
  const fault = faultIn(draft);
  if (fault) return refuse(fault);
  const { name, zone } = draft;
  const written = { name, zone, openings: merged(draft.openings), holidays: inOrder(draft.holidays), workspaceId };
  const by = { creatorId: userId, updaterId: userId, createdAt: now.journey, updatedAt: now.journey };
  const id = await insertSchedule(db, { ...written, ...by });
  if (id === null) return refuse({ kind: "too_many", what: "schedules", max: MOST_SCHEDULES });
  return show(ctx, id);
}

export async function show({ db, workspaceId }: Context, id: number): Promise<Result<ScheduleRow>> {
  const schedule = await findSchedule(db, workspaceId, id);
  return schedule ? ok(schedule) : missing("schedule");
}

export async function list({ db, workspaceId }: Context, page: Page): Promise<Paged<ScheduleRow>> {
  const { rows, total } = await listSchedules(db, workspaceId, windowOf(page));
  return { ...page, items: rows, total };
}

/** Changes what is named. Other times hold for the journeys under way too, be they sooner or later. */
export async function update(ctx: Context, id: number, patch: SchedulePatch): Promise<Result<ScheduleRow>> {
  const { db, workspaceId, userId, now } = ctx;
  const fault = faultIn(patch);
  if (fault) return refuse(fault);
  const { name, zone, openings, holidays } = patch;
  const times = {
    ...(zone === undefined ? {} : { zone }),
    ...(openings === undefined ? {} : { openings: merged(openings) }),
    ...(holidays === undefined ? {} : { holidays: inOrder(holidays) }),
  };
  const by = { updatedAt: now.journey, ...(userId === null ? {} : { updaterId: userId }) };
  const set = { ...times, ...by, ...(name === undefined ? {} : { name }) };
  if (Object.keys(times).length === 0) {
    await renameSchedule(db, { id, workspaceId }, set);
    return show(ctx, id);
  }
  const jobs = await reviseSchedule(db, { id, workspaceId }, set, { journey: now.journey, wall: now.wall });
  const shown = await show(ctx, id);
  if (jobs === null && shown.ok)
    return refuse({ kind: "too_many", what: "sequences on a schedule", max: MOST_KEEPERS });
  await nudge(ctx, jobs ?? []);
  return shown;
}

export async function remove({ db, workspaceId }: Context, id: number): Promise<Result<void>> {
  if (!(await findSchedule(db, workspaceId, id))) return missing("schedule");
  if (await deleteSchedule(db, { id, workspaceId })) return ok(undefined);
  return (await findSchedule(db, workspaceId, id)) ? refuse({ kind: "schedule_in_use" }) : ok(undefined);
}

/** Why a sequence or a step cannot keep to a schedule; null where it can. */
export async function faultInScheduleId(ctx: Context, id: number | null | undefined): Promise<Failure | null> {
  if (id === null || id === undefined) return null;
  if (await findSchedule(ctx.db, ctx.workspaceId, id)) return null;
  return { kind: "bad_value", field: "scheduleId", message: "is no schedule" };
}

export function timingOf({ db }: Context, { sequence, steps }: Definition): Promise<Timing> {
  return readTiming(db, sequence, steps);
}

function faultIn({ name, zone, openings, holidays }: SchedulePatch): Failure | null {
  if (name !== undefined && name.trim() === "") return { kind: "blank", field: "name" };
  return faultInSchedule({
    ...(zone === undefined ? {} : { zone }),
    ...(openings === undefined ? {} : { openings }),
    ...(holidays === undefined ? {} : { holidays }),
  });
}

/** Knows schedules as a resource of ours. */
import { type Failure, ok, type Result, refuse } from "../../../domain/failure";
import type { Opening } from "../../../domain/window";
import { create, remove, type SchedulePatch, update } from "../../../engine/schedules";
import { resource } from "../resource";
import { blankName, defined } from "../said";
import type { Values } from "../table";
import { schedule } from "../tables/schedule";

export const schedules = resource({
  table: schedule,
  scopes: { read: "sequences_read", write: "sequences_write" },
  create: async (ctx, { attributes }) => {
    const fault = blankName(attributes.name, { mayLack: false });
    if (fault) return refuse(fault);
    const fields = fieldsOf(attributes);
    if (!fields.ok) return fields;
    const made = await create(ctx, { name: "", zone: null, openings: [], holidays: [], ...defined(fields.value) });
    return made.ok ? ok(made.value.id) : renamed(made.failure);
  },
  update: async (ctx, id, { attributes }) => {
    const fault = blankName(attributes.name, { mayLack: true });
    if (fault) return refuse(fault);
    const fields = fieldsOf(attributes);
    if (!fields.ok) return fields;
    const done = await update(ctx, id, fields.value);
    return done.ok ? done : renamed(done.failure);
  },
  remove,
});

/** The engine calls it a zone. */
function renamed(failure: Failure): { ok: false; failure: Failure } {
  return refuse(failure.kind === "bad_value" && failure.field === "zone" ? { ...failure, field: "timeZone" } : failure);
}

/** No zone of its own is that of the prospect; no holidays are none. */
function fieldsOf({ name, timeZone, openings, holidays }: Values<typeof schedule.attributes>): Result<SchedulePatch> {
  const plain = defined({ name: name ?? undefined, zone: timeZone, holidays: holidays === null ? [] : holidays });
  if (openings === undefined) return ok(plain);
  if (openings === null) return refuse({ kind: "blank", field: "openings" });
  if (!Array.isArray(openings)) return refuse({ kind: "bad_value", field: "openings", message: "must be a list" });
  const wrong = openings.findIndex((one) => !isOpening(one));
  if (wrong < 0) return ok({ ...plain, openings: openings.filter(isOpening) });
  const message = "must have a day, a from and a to, and nothing else";
  return refuse({ kind: "bad_value", field: `openings.${wrong}`, message });
}

function isOpening(one: unknown): one is Opening {
  if (typeof one !== "object" || one === null || Object.keys(one).length !== 3) return false;
  const { day, from, to } = one as Record<string, unknown>;
  return typeof day === "number" && typeof from === "string" && typeof to === "string";
}

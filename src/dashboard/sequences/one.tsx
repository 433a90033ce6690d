/** Knows the pages of one sequence: what it has come to, who is in it, its settings, and what turns it on and off. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { oneOf, pageQuery, text } from "../../dialects/v1/wire/parse";
import { ok, type Result, refuse } from "../../domain/failure";
import { STANDINGS } from "../../domain/mirror";
import { allows } from "../../domain/scope";
import { mayChange } from "../../domain/sharing";
import type { Step } from "../../domain/step";
import { wordsOf } from "../../domain/terms";
import { analyse } from "../../engine/analytics";
import type { Context } from "../../engine/context";
import { dryUpdate } from "../../engine/dryruns";
import { duplicate } from "../../engine/duplication";
import { listOf, retryAll, type Shown } from "../../engine/enrollments";
import { MOST_FOUND, seek } from "../../engine/enrollmentsearch";
import type { Paged } from "../../engine/page";
import * as segments from "../../engine/segments";
import * as verbs from "../../engine/sequences";
import { upcoming } from "../../engine/upcoming";
import { type Asked, action, type Faulty, page } from "../kit/page";
import type { Page } from "../kit/show";
import { Enrollments } from "./enrollments";
import { SequenceOverview } from "./overview";
import { Settings } from "./settings";
import { CopyForm, SettingsForm } from "./settingsform";
import { TURNS, type Turn, TurnPage } from "./turns";

const of = { id: "sequence" } as const;
type OfOne = Asked<"id", unknown>;

/** Of what comes next. */
const MOST_COMING = 8;
const MOST_SEGMENTS = 100;
const MOST_WORDS = 5;

const section = "sequences" as const;

const EnrollmentsQuery = z.object({
  ...pageQuery(50),
  status: oneOf(STANDINGS).optional(),
  search: text(0, 255).optional(),
});

export const oneSequence = new Hono<Front>()
  .get(
    "/",
    page({
      scope: "sequences_read",
      ids: of,
      show: async ({ ctx, caller, ids }) => {
        const ahead = { from: 0, to: Number.MAX_SAFE_INTEGER, after: null, limit: MOST_COMING };
        const [told, coming] = await Promise.all([analyse(ctx, ids.id, {}), upcoming(ctx, ids.id, ahead)]);
        if (!told.ok) return told;
        if (!coming.ok) return coming;
        const { sequence } = told.value.definition;
        const mayWrite = allows(caller.scopes, "sequences_write") && mayChange(sequence, ctx.userId);
        const body = <SequenceOverview of={told.value} coming={coming.value} mayWrite={mayWrite} />;
        return ok({ title: sequence.name, section, body });
      },
    }),
  )
  .get(
    "/enrollments",
    page({
      scope: "sequences_read",
      ids: of,
      query: EnrollmentsQuery,
      show: async ({ ctx, caller, ids, query }) => {
        const shown = await verbs.show(ctx, ids.id);
        if (!shown.ok) return shown;
        const listed = await enrollmentsFor(ctx, ids.id, query);
        if (!listed.ok) return listed;
        const { sequence, steps } = shown.value;
        const { status, search } = query;
        const mayWrite = allows(caller.scopes, "sequences_write");
        const body = <Enrollments of={listed.value} asked={{ status, search }} {...{ sequence, steps, mayWrite }} />;
        return ok({ title: `Enrollments of ${sequence.name}`, section, body });
      },
    }),
  )
  .post(
    "/retry",
    action({
      scope: "sequences_write",
      ids: of,
      run: async ({ ctx, ids }) => {
        const begun = await retryAll(ctx, ids.id);
        if (!begun.ok) return begun;
        return ok({ to: pathOf(ids.id), said: "Those who failed are taken up again, one after the other." });
      },
    }),
  )
  .get("/settings", page({ scope: "sequences_read", ids: of, show: (asked) => settingsPage(asked) }))
  .post(
    "/settings",
    action({
      scope: "sequences_write",
      ids: of,
      form: SettingsForm,
      again: settingsPage,
      current: async ({ ctx, ids }) => {
        const found = await verbs.show(ctx, ids.id);
        return found.ok ? ok(found.value.sequence.revision) : found;
      },
      run: async ({ ctx, caller, ids, form }) => {
        const updated = await verbs.update(ctx, ids.id, { ...form, userId: caller.userId });
        return updated.ok ? ok({ to: `${pathOf(ids.id)}/settings`, said: "Saved." }) : updated;
      },
    }),
  )
  .post(
    "/duplicate",
    action({
      scope: "sequences_write",
      ids: of,
      form: CopyForm,
      again: settingsPage,
      run: async ({ ctx, caller, ids, form }) => {
        const made = await duplicate(ctx, { id: ids.id, name: form.copyName.trim(), userId: caller.userId });
        if (!made.ok) return made;
        return ok({ to: pathOf(made.value.sequence.id), said: "This is the copy. It is a draft." });
      },
    }),
  );

for (const turn of TURNS) {
  const show = (asked: OfOne, faulty?: Faulty) => turnPage(turn, asked, faulty);
  oneSequence.get(`/${turn.name}`, page({ scope: "sequences_write", ids: of, show: (asked) => show(asked) })).post(
    `/${turn.name}`,
    action({
      scope: "sequences_write",
      ids: of,
      again: show,
      run: async ({ ctx, caller, ids }) => {
        const found = await verbs.show(ctx, ids.id);
        if (!found.ok) return found;
        if (turn.name === "activate" && !hasSteps(found.value.steps)) return refuse(NO_STEPS);
        const updated = await verbs.update(ctx, ids.id, { status: turn.status, userId: caller.userId });
        return updated.ok ? ok({ to: pathOf(ids.id), said: turn.done }) : updated;
      },
    }),
  );
}

const NO_STEPS = { kind: "bad_value", field: "steps", message: "are missing: add one first" } as const;

function pathOf(id: number): string {
  return `/sequences/${spell("sequence", id)}`;
}

function hasSteps(steps: readonly Step[]): boolean {
  return steps.some(({ kind, deletedAt }) => deletedAt === null && kind !== "entry");
}

/** Found by words they are all on one page, of the contacts that fit the newest. */
async function enrollmentsFor(
  ctx: Context,
  sequenceId: number,
  { search = "", status, ...asked }: z.output<typeof EnrollmentsQuery>,
): Promise<Result<Paged<Shown>>> {
  const standing = status ?? null;
  const words = wordsOf(search).slice(0, MOST_WORDS);
  if (words.length === 0) return listOf(ctx, { ...asked, sequenceId, standing });
  const found = await seek(ctx, { sequenceId, standing, words });
  if (!found.ok) return found;
  const { items } = found.value;
  return ok({ page: 1, limit: MOST_FOUND, items, total: items.length });
}

async function settingsPage({ ctx, caller, ids }: OfOne, faulty?: Faulty): Promise<Result<Page>> {
  const found = await verbs.show(ctx, ids.id);
  if (!found.ok) return found;
  const { sequence } = found.value;
  const listed = allows(caller.scopes, "contacts_read")
    ? await segments.list(ctx, { page: 1, limit: MOST_SEGMENTS })
    : null;
  const body = (
    <Settings
      of={sequence}
      segments={listed?.items.map(({ segment }) => segment) ?? []}
      isOwn={mayChange(sequence, ctx.userId)}
      mayWrite={allows(caller.scopes, "sequences_write")}
      faulty={faulty}
    />
  );
  return ok({ title: `Settings of ${sequence.name}`, section, body });
}

async function turnPage(turn: Turn, { ctx, caller, ids }: OfOne, faulty?: Faulty): Promise<Result<Page>> {
  const found = await verbs.show(ctx, ids.id);
  if (!found.ok) return found;
  const { sequence, steps } = found.value;
  const run = await dryUpdate(ctx, ids.id, { status: turn.status, userId: caller.userId });
  if (!run.ok) return run;
  const body = <TurnPage turn={turn} of={sequence} hasSteps={hasSteps(steps)} run={run.value} faulty={faulty} />;
  return ok({ title: `${turn.verb} ${sequence.name}?`, section, body });
}

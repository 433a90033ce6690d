/** Knows the pages of a sequence's steps. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { idOf, oneOf, text } from "../../dialects/v1/wire/parse";
import { missing, ok, type Result } from "../../domain/failure";
import { allows } from "../../domain/scope";
import type { Step, StepDraft } from "../../domain/step";
import { list as listContacts } from "../../engine/contacts";
import type { Context } from "../../engine/context";
import { dryEdit } from "../../engine/dryruns";
import { preview } from "../../engine/preview";
import { listCounted } from "../../engine/sequences";
import * as steps from "../../engine/steps";
import type { Option } from "../kit/fields";
import { ticked } from "../kit/form";
import { type Asked, action, type Faulty, page } from "../kit/page";
import { BLANKS } from "./blanks";
import { Build, Kinds } from "./build";
import { Deletion, Move } from "./confirm";
import { showLook } from "./look";
import { paged, pathOf, placeAfter, revisionFor, type Site, siteOf, Within } from "./site";
import { NewStep, OneStep, type Writing } from "./steppage";
import { LooseText, StepForm } from "./stepwire";
import { KINDS, MADE, titleOf } from "./words";

const of = { id: "sequence" } as const;
const stepOf = { id: "sequence", stepId: "step" } as const;
const At = z.object({ at: idOf("step").optional() });
const New = z.object({ under: idOf("step"), kind: oneOf(MADE).optional() });
const LONGEST_QUEST = 200;
const Look = LooseText.extend({ whom: text(0, LONGEST_QUEST).default("") });

/** Sequences to move to, and addresses to look at a text for, that are offered. */
const OFFERED = { sequences: 100, contacts: 20 };

type Here = Pick<Asked<"id", unknown>, "ctx" | "caller" | "ids">;

/** What the form of a step offers to choose from. */
export async function offered(
  { ctx, caller }: Here,
  site: Site,
  kind: Step["kind"],
): Promise<Pick<Writing, "targets" | "known">> {
  const targets = kind === "move_to_sequence" ? await targetsOf(ctx, site) : [];
  const writes = kind === "message" || kind === "task";
  if (!writes || !allows(caller.scopes, "contacts_read")) return { targets, known: [] };
  const filter = { words: [], tags: [], platform: null, page: 1, limit: OFFERED.contacts };
  const { items } = await listContacts(ctx, filter);
  return { targets, known: items.flatMap(({ addresses }) => addresses.slice(0, 1).map(({ address }) => address)) };
}

async function targetsOf(ctx: Context, { sequence }: Site): Promise<Option[]> {
  const { items } = await listCounted(ctx, { limit: OFFERED.sequences, offset: 0 });
  return items
    .filter((one) => one.sequence.id !== sequence.id)
    .map((one) => [spell("sequence", one.sequence.id), one.sequence.name]);
}

function liveStep({ tree }: Site, id: number): Result<Step> {
  const step = tree.steps.get(id);
  return step && step.deletedAt === null ? ok(step) : missing("step");
}

/** A step that has a page of its own: neither the start nor the head of a branch. */
function ownStep(site: Site, id: number): Result<Step> {
  const step = liveStep(site, id);
  return step.ok && (step.value.kind === "entry" || step.value.kind === "condition_branch") ? missing("step") : step;
}

async function newPage(asked: Asked<"id", z.output<typeof New>>, more: Partial<Writing> = {}) {
  const { ctx, caller, ids, query } = asked;
  const site = await siteOf(ctx, caller, ids.id);
  if (!site.ok) return site;
  const under = liveStep(site.value, query.under);
  if (!under.ok) return under;
  const { kind } = query;
  if (kind === undefined) {
    const body = (
      <Within of={site.value} title="A new step">
        <Kinds sequenceId={ids.id} under={under.value} />
      </Within>
    );
    return paged("A new step", body);
  }
  const writing = { site: site.value, draft: BLANKS[kind], ...(await offered(asked, site.value, kind)), ...more };
  return paged(`New step: ${KINDS[kind].name}`, <NewStep under={under.value} {...writing} />);
}

async function stepPage(asked: Asked<"id" | "stepId", unknown>, more: Partial<Writing> = {}) {
  const { ctx, caller, ids } = asked;
  const site = await siteOf(ctx, caller, ids.id);
  if (!site.ok) return site;
  const step = ownStep(site.value, ids.stepId);
  if (!step.ok) return step;
  const writing = {
    site: site.value,
    draft: step.value,
    ...(await offered(asked, site.value, step.value.kind)),
    ...more,
  };
  return paged(titleOf(step.value), <OneStep step={step.value} {...writing} />);
}

/** A task keeps what the form does not tell of it. */
function patchFor(draft: StepDraft) {
  return (step: Step): Result<steps.StepPatch> => {
    if (step.kind !== draft.kind) return missing("step");
    const { kind: _, ...patch } = draft;
    if (step.kind !== "task") return ok(patch);
    const { note: __, ...kept } = step.settings;
    return ok({ ...patch, settings: { ...kept, ...draft.settings } });
  };
}

export const stepRoutes = new Hono<Front>()
  .get(
    "/sequences/:id/build",
    page({
      scope: "sequences_read",
      ids: of,
      query: At,
      show: async ({ ctx, caller, ids, query }) => {
        const site = await siteOf(ctx, caller, ids.id);
        if (!site.ok) return site;
        const body = <Build of={site.value} selected={query.at ?? null} />;
        return paged(`Steps of ${site.value.sequence.name}`, body);
      },
    }),
  )
  .post(
    "/sequences/:id/look",
    action({
      scope: "sequences_read",
      ids: of,
      form: Look,
      run: async ({ c, ctx, caller, ids, form }) => {
        const site = await siteOf(ctx, caller, ids.id);
        if (!site.ok) return site;
        const { whom, messageTemplate: body, ...texts } = form;
        const asked = allows(caller.scopes, "contacts_read") ? whom : "";
        return ok(await showLook(c, await preview(ctx, { ...texts, body }, asked), texts.format, asked));
      },
    }),
  )
  .get("/sequences/:id/steps/new", page({ scope: "sequences_write", ids: of, query: New, show: newPage }))
  .post(
    "/sequences/:id/steps/new",
    action({
      scope: "sequences_write",
      ids: of,
      query: New,
      form: StepForm,
      run: async (asked) => {
        const { ctx, ids, query, form, caller } = asked;
        const site = await siteOf(ctx, caller, ids.id);
        if (!site.ok) return site;
        const under = liveStep(site.value, query.under);
        if (!under.ok) return under;
        const place = placeAfter(site.value.tree, under.value);
        if (form.go === "try") {
          const effect = await dryEdit(ctx, ids.id, await steps.adding(ctx, ids.id, form.draft, place));
          return effect.ok ? newPage(asked, { draft: form.draft, effect: effect.value }) : effect;
        }
        const made = await steps.add(ctx, ids.id, form.draft, place);
        if (!made.ok) return made;
        const { step } = made.value;
        return ok({ to: `${pathOf(ids.id)}/build?at=${spell("step", step.id)}`, said: `Added: ${titleOf(step)}` });
      },
      again: (asked, faulty: Faulty) => newPage(asked, { faulty }),
    }),
  )
  .get("/sequences/:id/steps/:stepId", page({ scope: "sequences_read", ids: stepOf, show: (asked) => stepPage(asked) }))
  .post(
    "/sequences/:id/steps/:stepId",
    action({
      scope: "sequences_write",
      ids: stepOf,
      form: StepForm,
      run: async (asked) => {
        const { ctx, ids, form } = asked;
        const step = { sequenceId: ids.id, stepId: ids.stepId };
        const patch = patchFor(form.draft);
        if (form.go === "try") {
          const effect = await dryEdit(ctx, ids.id, await steps.changing(ctx, step, patch));
          return effect.ok ? stepPage(asked, { draft: form.draft, effect: effect.value }) : effect;
        }
        const saved = await steps.update(ctx, step, patch);
        if (!saved.ok) return saved;
        return ok({ to: `${pathOf(ids.id)}/build?at=${spell("step", ids.stepId)}`, said: "Saved" });
      },
      current: revisionFor,
      again: (asked, faulty) => stepPage(asked, { faulty }),
    }),
  )
  .post(
    "/sequences/:id/steps/:stepId/move",
    action({
      scope: "sequences_write",
      ids: stepOf,
      form: z.object({ under: idOf("step"), sure: ticked }),
      run: async ({ ctx, caller, ids, form }) => {
        const site = await siteOf(ctx, caller, ids.id);
        if (!site.ok) return site;
        const [step, under] = [ownStep(site.value, ids.stepId), liveStep(site.value, form.under)];
        if (!step.ok || !under.ok) return missing("step");
        if (!form.sure && site.value.sequence.status !== "DRAFT") {
          const effect = await dryEdit(ctx, ids.id, ok(steps.moving(ctx, ids.stepId, form.under)));
          if (!effect.ok) return effect;
          const asking = { site: site.value, step: step.value, under: under.value, effect: effect.value };
          if (effect.value.live > 0) return paged("Move a step", <Move {...asking} />);
        }
        const moved = await steps.move(ctx, { sequenceId: ids.id, stepId: ids.stepId }, form.under);
        if (!moved.ok) return moved;
        return ok({ to: `${pathOf(ids.id)}/build?at=${spell("step", ids.stepId)}`, said: "Moved" });
      },
    }),
  )
  .get(
    "/sequences/:id/steps/:stepId/delete",
    page({
      scope: "sequences_write",
      ids: stepOf,
      show: async ({ ctx, caller, ids }) => {
        const site = await siteOf(ctx, caller, ids.id);
        if (!site.ok) return site;
        const step = ownStep(site.value, ids.stepId);
        if (!step.ok) return step;
        const effect = await dryEdit(ctx, ids.id, ok(steps.removing(ctx, ids.stepId, { branches: true })));
        if (!effect.ok) return effect;
        const body = <Deletion site={site.value} step={step.value} effect={effect.value} />;
        return paged("Delete a step", body);
      },
    }),
  )
  .post(
    "/sequences/:id/steps/:stepId/delete",
    action({
      scope: "sequences_write",
      ids: stepOf,
      form: z.object({ branches: ticked }),
      run: async ({ ctx, ids, form }) => {
        const removed = await steps.remove(ctx, { sequenceId: ids.id, stepId: ids.stepId }, form);
        return removed.ok ? ok({ to: `${pathOf(ids.id)}/build`, said: "Deleted" }) : removed;
      },
    }),
  );

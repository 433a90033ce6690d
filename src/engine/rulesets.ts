/** Knows the verbs on rulesets: create, show, list, update, remove. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import { MOST_RULESETS, type Ruleset } from "../domain/ruleset";
import { changeRuleset, deleteRuleset, findRuleset, insertRuleset, listRulesets } from "../storage/rulesets";
import type { Context } from "./context";
import { type Page, type Paged, windowOf } from "./page";

type Said = Omit<Ruleset, "id" | "workspaceId" | "name" | "creatorId" | "updaterId" | "createdAt" | "updatedAt">;

/** What may be said of a ruleset when it is made and later; what is left out stays as it is. */
export type RulesetFields = { name?: string | undefined } & { [Field in keyof Said]?: Said[Field] | undefined };

const FIELDS = [
  "name",
  "permitDuplicates",
  "exclusivity",
  "touchedInterval",
  "emailOptOutAction",
  "autoResume",
  "autoResumeIn",
  "autoResumeExpiresIn",
  "oooExtraction",
  "includeUnsubscribeLinks",
  "ownerId",
] as const satisfies (keyof RulesetFields)[];

/** The columns that are named. */
function named(fields: RulesetFields): Partial<Ruleset> {
  return Object.fromEntries(FIELDS.map((name) => [name, fields[name]]).filter(([, value]) => value !== undefined));
}

export async function create(ctx: Context, draft: RulesetFields & { name: string }): Promise<Result<Ruleset>> {
  const { db, workspaceId, userId, now } = ctx;
  const made = await insertRuleset(db, {
    ownerId: userId,
    ...named(draft),
    name: draft.name,
    details: draft.details ?? {},
    workspaceId,
    creatorId: userId,
    updaterId: userId,
    createdAt: now.journey,
    updatedAt: now.journey,
  });
  return made ? ok(made) : refuse({ kind: "too_many", what: "rulesets", max: MOST_RULESETS });
}

export async function show({ db, workspaceId }: Context, id: number): Promise<Result<Ruleset>> {
  const ruleset = await findRuleset(db, workspaceId, id);
  return ruleset ? ok(ruleset) : missing("ruleset");
}

export async function list({ db, workspaceId }: Context, page: Page): Promise<Paged<Ruleset>> {
  const { rows, total } = await listRulesets(db, workspaceId, windowOf(page));
  return { ...page, items: rows, total };
}

/** Who is under way stays so: the rules are looked at when somebody is enrolled, and when he is out of office. */
export async function update(ctx: Context, id: number, patch: RulesetFields): Promise<Result<Ruleset>> {
  const { db, workspaceId, userId, now } = ctx;
  const set = { ...named(patch), updaterId: userId, updatedAt: now.journey };
  const changed = await changeRuleset(db, { id, workspaceId }, set, patch.details);
  return changed ? ok(changed) : missing("ruleset");
}

/** A ruleset that a sequence names is not deleted. */
export async function remove(ctx: Context, id: number): Promise<Result<void>> {
  const { db, workspaceId } = ctx;
  if (await deleteRuleset(db, { id, workspaceId })) return ok(undefined);
  return (await findRuleset(db, workspaceId, id)) ? refuse({ kind: "ruleset_in_use" }) : missing("ruleset");
}

/** Knows v1's routes on rulesets. */
import { create, list, remove, show, update } from "../../../engine/rulesets";
import { catalogue } from "../catalogue";
import { CreateRuleset, fieldsOf, ShownRuleset, showRuleset, UpdateRuleset } from "../wire/ruleset";

export const rulesetRoutes = catalogue({
  noun: "ruleset",
  scopes: { read: "sequences_read", write: "sequences_write" },
  Create: CreateRuleset,
  Update: UpdateRuleset,
  Shown: ShownRuleset,
  show: showRuleset,
  list,
  create: (ctx, said) => create(ctx, { ...fieldsOf(said), name: said.name }),
  find: show,
  update: (ctx, id, said) => update(ctx, id, fieldsOf(said)),
  remove,
});

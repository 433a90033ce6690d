/** Knows sequence templates as a resource: the templates that an email step sends, by itself or by hand. */
import { ok, type Result, refuse } from "../../../domain/failure";
import { activate, create, deactivate, remove, show, update } from "../../../engine/variants";
import { isEditableThere, resource } from "../resource";
import { sequenceTemplate } from "../tables/content";

export const sequenceTemplates = resource({
  table: sequenceTemplate,
  scopes: { read: "sequences_read", write: "sequences_write" },
  links: ["sequenceStep", "template"],
  create: async (ctx, { attributes, links: { sequenceStep, template } }) => {
    if (!sequenceStep) return refuse({ kind: "blank", field: "sequenceStepId" });
    if (!template) return refuse({ kind: "blank", field: "templateId" });
    if (attributes.isReply === null) return refuse({ kind: "blank", field: "isReply" });
    const { isReply = false } = attributes;
    const made = told(await create(ctx, { stepId: sequenceStep, templateId: template, isReply }));
    return made.ok ? ok(made.value.id) : made;
  },
  update: async (ctx, id, { attributes, links: { sequenceStep, template } }) => {
    if (template === null) return refuse({ kind: "blank", field: "templateId" });
    if (attributes.isReply === null) return refuse({ kind: "blank", field: "isReply" });
    const known = await show(ctx, id);
    if (!known.ok) return known;
    if (sequenceStep !== undefined && sequenceStep !== known.value.stepId) {
      return refuse({ kind: "bad_value", field: "sequenceStepId", message: "can't be changed" });
    }
    return told(await update(ctx, id, { isReply: attributes.isReply, templateId: template }));
  },
  remove,
  actions: {
    activate: async (ctx, { id }) => told(await activate(ctx, id)),
    deactivate: (ctx, { id }) => deactivate(ctx, id),
  },
  isEditable: isEditableThere,
});

/** What is wrong with the step or the template that it links to. */
function told<T>(result: Result<T>): Result<T> {
  if (result.ok) return result;
  const { failure } = result;
  if (failure.kind === "bad_value" && failure.field === "stepId")
    return refuse({ ...failure, field: "sequenceStepId" });
  if (failure.kind !== "not_found" || failure.what !== "template") return result;
  return refuse({ kind: "bad_value", field: "templateId", message: "is not there any more" });
}

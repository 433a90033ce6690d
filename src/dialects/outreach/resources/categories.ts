/** Knows categories of content as a resource, and as another what is in them. */
import { CONTENT_TYPES } from "../../../domain/content";
import { type Failure, refuse } from "../../../domain/failure";
import { type CategoryFields, create, putIn, remove, takeOut, update } from "../../../engine/categories";
import { resource } from "../resource";
import { blankName, defined, nullIn } from "../said";
import type { Values } from "../table";
import { contentCategory, contentCategoryMembership } from "../tables/content";

const scopes = { read: "sequences_read", write: "sequences_write" } as const;

type Attributes = Values<typeof contentCategory.attributes>;

export const contentCategories = resource({
  table: contentCategory,
  scopes,
  create: async (ctx, { attributes }) => {
    const fault = blankName(attributes.name, { mayLack: false }) ?? nullIn(attributes, SWITCHES);
    return fault ? refuse(fault) : create(ctx, { ...fieldsOf(attributes), name: attributes.name ?? "" });
  },
  update: async (ctx, id, { attributes }) => {
    const fault = blankName(attributes.name, { mayLack: true }) ?? nullIn(attributes, SWITCHES);
    return fault ? refuse(fault) : update(ctx, id, fieldsOf(attributes));
  },
  remove,
});

const SWITCHES = ["allowSequences", "allowSnippets", "allowTemplates"] as const;

function fieldsOf({ name, color, allowSequences, allowSnippets, allowTemplates }: Attributes): CategoryFields {
  return defined({
    name: name ?? undefined,
    color,
    allowSequences: allowSequences ?? undefined,
    allowSnippets: allowSnippets ?? undefined,
    allowTemplates: allowTemplates ?? undefined,
  });
}

const WRONG_TYPE: Failure = {
  kind: "bad_value",
  field: "content",
  message: `must be of type ${CONTENT_TYPES.map((type) => `'${type}'`).join(" or ")}`,
};

export const contentCategoryMemberships = resource({
  table: contentCategoryMembership,
  scopes,
  links: ["content", "contentCategory"],
  create: async (ctx, { links: { content, contentCategory: categoryId }, types }) => {
    if (!categoryId) return refuse({ kind: "blank", field: "contentCategory" });
    if (!content) return refuse({ kind: "blank", field: "content" });
    const type = CONTENT_TYPES.find((one) => one === types.content);
    return type ? putIn(ctx, { categoryId, type, id: content }) : refuse(WRONG_TYPE);
  },
  remove: takeOut,
});

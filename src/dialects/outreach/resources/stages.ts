/** Knows stages of prospects as a resource. */
import { refuse } from "../../../domain/failure";
import { ANYTHING } from "../../../domain/scope";
import { create, remove, update } from "../../../engine/stages";
import { resource } from "../resource";
import { blankName, defined, nullIn } from "../said";
import { stage } from "../tables/prospect";

export const stages = resource({
  table: stage,
  // Clients read them to learn whether their credentials are right.
  scopes: { read: ANYTHING, write: "contacts_write" },
  create: async (ctx, { attributes: { name, color, order } }) => {
    const fault = blankName(name, { mayLack: false });
    if (fault) return refuse(fault);
    return create(ctx, { ...defined({ color, order: order ?? undefined }), name: name ?? "" });
  },
  update: async (ctx, id, { attributes }) => {
    const { name, color, order } = attributes;
    const fault = blankName(name, { mayLack: true }) ?? nullIn(attributes, ["order"]);
    if (fault) return refuse(fault);
    return update(ctx, id, defined({ name: name ?? undefined, color, order: order ?? undefined }));
  },
  remove,
});

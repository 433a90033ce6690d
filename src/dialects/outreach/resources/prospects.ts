/** Knows prospects as a resource: they are contacts. */
import { resource } from "../resource";
import { prospect } from "../tables/prospect";

export const prospects = resource({
  table: prospect,
  scopes: { read: "contacts_read", write: "contacts_write" },
  extras: ({ customFields }) => customFields,
});

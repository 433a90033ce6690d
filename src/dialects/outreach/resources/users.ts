/** Knows users as a resource. */
import { resource } from "../resource";
import { user } from "../tables/user";

export const users = resource({
  table: user,
  scopes: { read: "users_read", write: "users_write" },
  extras: ({ details }) => details,
});

/** Knows users as a resource. */
import { type Failure, ok, refuse } from "../../../domain/failure";
import { ANYTHING } from "../../../domain/scope";
import { create, update } from "../../../engine/users";
import { resource } from "../resource";
import { keptOf, nullIn } from "../said";
import { user } from "../tables/user";

const OWN = ["email", "username", "firstName", "lastName", "locked"] as const;

export const users = resource({
  table: user,
  // Clients read them to learn whether their credentials are right.
  scopes: { read: ANYTHING, write: "users_write" },
  extras: ({ details }) => details,
  create: async (ctx, { attributes }) => {
    const { email, locked, ...named } = attributes;
    const details = keptOf(user, attributes, OWN);
    const fault = email ? (nullIn(attributes, ["locked"]) ?? longIn(details)) : BLANK;
    if (fault) return refuse(fault);
    const { username, firstName, lastName } = named;
    const names = { username, firstName, lastName };
    const said = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
    const made = await create(ctx, { ...names, email: email ?? "", locked: locked ?? undefined, details: said });
    return made.ok ? ok(made.value.id) : made;
  },
  update: async (ctx, id, { attributes }) => {
    const { email, username, firstName, lastName, locked } = attributes;
    const changes = keptOf(user, attributes, OWN);
    const fault = nullIn(attributes, ["email", "locked"]) ?? longIn(changes);
    if (fault) return refuse(fault);
    const own = { email: email ?? undefined, username, firstName, lastName, locked: locked ?? undefined };
    return update(ctx, id, { ...own, changes });
  },
});

const BLANK: Failure = { kind: "blank", field: "email" };

/** Characters of JSON, where the table says nothing of a length. */
const LONGEST = 10_000;

function longIn(details: Record<string, unknown>): Failure | null {
  const long = Object.keys(details).find((name) => JSON.stringify(details[name]).length > LONGEST);
  return long ? { kind: "bad_value", field: long, message: "is too long" } : null;
}

/** Knows what a key may be allowed to do. */

export const SCOPES = [
  "sequences_read",
  "sequences_write",
  "contacts_read",
  "contacts_write",
  "messages_read",
  "messages_write",
  "replies_read",
  "replies_write",
  "channels_read",
  "channels_write",
  "operations_read",
  "operations_write",
  "users_read",
  "users_write",
  "webhooks_read",
  "webhooks_write",
] as const;
export type Scope = (typeof SCOPES)[number];

/** Other names by which keys may name a scope: subscribers are contacts. */
const ALIASES = new Map<string, Scope>([
  ["subscribers_read", "contacts_read"],
  ["subscribers_write", "contacts_write"],
]);

/** What a key may be made with. */
export const GRANTABLE = ["*", ...SCOPES] as const;
export type Grantable = (typeof GRANTABLE)[number];

/** `*` stands for all of them. */
export function allows(scopes: readonly string[], scope: string): boolean {
  return scopes.some((held) => held === "*" || held === scope || ALIASES.get(held) === scope);
}

/** Something that whoever may read anything may read. */
export const ANYTHING = "anything";

export function allowsReading(scopes: readonly string[], scope: Scope | typeof ANYTHING): boolean {
  if (scope !== ANYTHING) return allows(scopes, scope);
  return SCOPES.some((one) => one.endsWith("_read") && allows(scopes, one));
}

/** Knows what a key may be allowed to do. */

export const SCOPES = [
  "sequences_read",
  "sequences_write",
  "contacts_read",
  "contacts_write",
  "messages_read",
  "replies_read",
  "replies_write",
  "channels_read",
  "channels_write",
  "operations_read",
  "operations_write",
] as const;
export type Scope = (typeof SCOPES)[number];

/** `*` stands for all of them. */
export function allows(scopes: readonly string[], scope: Scope): boolean {
  return scopes.includes("*") || scopes.includes(scope);
}

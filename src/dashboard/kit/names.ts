/** Knows what contacts are called on pages. */
import { spell } from "../../dialects/v1/ids";
import type { Contact } from "../../domain/contact";

/** By the name that is shown of him, by his own, or by an address. */
export function nameOf({ id, displayName, firstName, lastName, addresses }: Contact): string {
  const full = [firstName, lastName].filter((part) => part?.trim()).join(" ");
  return displayName?.trim() || full || addresses[0]?.address || spell("contact", id);
}

/** Knows how v1 shows a page of a list. */
import type { Paged } from "../../../engine/page";

export function pagination({ page, limit, total }: Omit<Paged<unknown>, "items">) {
  return { page, limit, total, totalPages: Math.ceil(total / limit) };
}

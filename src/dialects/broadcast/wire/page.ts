/** Knows the two ways in which Broadcast cuts lists: by limit and offset, and by pages of a fixed size. */
import * as z from "zod";
import type { Paged } from "../../../engine/page";

const MOST = 250;

/** A whole number in a query; an empty one is none. */
function number(min: number, fallback: number) {
  const cast = (value: unknown) => (typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value);
  return z.preprocess((value) => (value === "" ? undefined : cast(value)), z.int().min(min).default(fallback));
}

export const WindowQuery = z.object({
  limit: number(0, MOST).transform((limit) => Math.min(limit, MOST)),
  offset: number(0, 0),
});

/** What is before the first page is the first page. */
export const PageQuery = z.object({ page: number(Number.MIN_SAFE_INTEGER, 1).transform((page) => Math.max(page, 1)) });

function pagesOf({ total, limit }: Omit<Paged<unknown>, "items">): number {
  return Math.max(Math.ceil(total / limit), 1);
}

/** As lists of enrollments have it. */
export function neighbours(paged: Omit<Paged<unknown>, "items">) {
  const { page, total } = paged;
  const pages = pagesOf(paged);
  return {
    prev: page > 1 ? Math.min(page - 1, pages) : null,
    next: page < pages ? page + 1 : null,
    count: total,
    pages,
    page,
  };
}

/** As lists of subscribers have it. */
export function stretch({ items, ...paged }: Paged<unknown>) {
  const { page, limit, total } = paged;
  const before = (page - 1) * limit;
  return {
    total,
    count: items.length,
    from: items.length === 0 ? 0 : before + 1,
    to: items.length === 0 ? 0 : before + items.length,
    current: page,
    total_pages: pagesOf(paged),
  };
}

/** Knows pages: which rows of a list one shows, and how many there are. */

export interface Page {
  /** From 1. */
  page: number;
  limit: number;
}

export interface Paged<T> extends Page {
  items: T[];
  total: number;
}

/** Lists by page and limit reach this many rows deep; beyond it a page is empty. */
const DEEPEST = 100_000;

export function windowOf({ page, limit }: Page): { limit: number; offset: number } {
  const offset = (page - 1) * limit;
  return offset > DEEPEST ? { limit: 0, offset: 0 } : { limit, offset };
}

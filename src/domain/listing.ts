/** Knows a question to a collection as data: which rows, in which order, which page of them. */

/** Times are milliseconds. */
export type Value = string | number | boolean;

export type Comparison =
  | { is: "in"; values: readonly Value[] }
  /** Both ends belong to it; null leaves an end open. */
  | { is: "range"; from: Value | null; to: Value | null }
  | { is: "null" }
  | { is: "not_null" };

/** A condition on a field, or on a field of what the row is related to. */
export interface Clause {
  relation: string | null;
  field: string;
  comparison: Comparison;
}

export interface Order {
  field: string;
  descending: boolean;
}

/** Where a page ends: the values it is sorted by, of one row, and that row's id as the last. */
export type Cursor = readonly (Value | null)[];

export type Place = { after: Cursor } | { before: Cursor } | { offset: number };

export interface Listing {
  where: readonly Clause[];
  /** Rows alike in all of these come by id, in the direction of the last. */
  order: readonly Order[];
  limit: number;
  place: Place;
  count: boolean;
}

export interface Row {
  id: number;
  [field: string]: unknown;
}

export interface Count {
  n: number;
  /** There are more than these. */
  truncated: boolean;
}

export interface Listed {
  rows: Row[];
  count: Count | null;
  /** Null where nothing lies that way. */
  next: Place | null;
  prev: Place | null;
}

/** Rows that are counted, and looked through where no index leads to those that are asked for. */
export const MOST_CANDIDATES = 10_000;

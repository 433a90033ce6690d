/** Knows which rows of a list a query is to read. */

export interface Window {
  limit: number;
  offset: number;
}

/** Knows how a request says which page it wants, and the links that lead to the others. */
import { ok, type Result, refuse } from "../../domain/failure";
import type { Listed, Listing, Order, Place } from "../../domain/listing";
import { readCursor, writeCursor } from "./cursor";
import { badParameter, type Refusal } from "./errors";
import { ofFamily, type Query, said } from "./query";

const USUAL = 50;
const MOST = 1000;
const NAMES = ["size", "limit", "offset", "after", "before"];

export type Page = Pick<Listing, "limit" | "place" | "count">;

/** `most` is what the workspace may ask for; where nobody says how many, there are as many as may be. */
export function pageOf(query: Query, order: readonly Order[], most: number): Result<Page, Refusal> {
  const longest = Math.min(most, MOST);
  const asked = new Map(ofFamily(query, "page").map(({ path, values }) => [path.join("."), values[0] ?? ""]));
  const unknown = [...asked.keys()].find((name) => !NAMES.includes(name));
  if (unknown !== undefined) return wrong(unknown, `is none of ${NAMES.map((name) => `page[${name}]`).join(", ")}`);
  const [name, size] = asked.has("size") ? ["size", asked.get("size")] : ["limit", asked.get("limit")];
  const limit = numberOf(size, Math.min(longest, USUAL));
  if (limit === null || limit < 1 || limit > longest) return wrong(name ?? "size", `must be between 1 and ${longest}`);
  const place = placeOf(asked, order);
  return place.ok ? ok({ limit, place: place.value, count: said(query, "count") !== "false" }) : place;
}

function placeOf(asked: ReadonlyMap<string, string>, order: readonly Order[]): Result<Place, Refusal> {
  const [after, before] = [asked.get("after"), asked.get("before")];
  if (after !== undefined && before !== undefined) return wrong("after", "and page[before] cannot both be given");
  if (after !== undefined || before !== undefined) {
    const cursor = readCursor(after ?? before ?? "", order);
    if (!cursor) return wrong(after === undefined ? "before" : "after", "is no cursor of this list");
    return ok(after === undefined ? { before: cursor } : { after: cursor });
  }
  const offset = numberOf(asked.get("offset"), 0);
  return offset === null ? wrong("offset", "must be an integer, 0 or more") : ok({ offset });
}

function numberOf(text: string | undefined, otherwise: number): number | null {
  if (text === undefined) return otherwise;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function wrong(name: string, message: string): { ok: false; failure: Refusal } {
  return refuse(badParameter("pageParameter.invalidValue", `page[${name}]`, `page[${name}] ${message}.`));
}

/** Absolute, and with all that was asked for. */
export function pageLinks(url: URL, query: Query, order: readonly Order[], { next, prev }: Listed) {
  const to = (place: Place) => linkTo(url, query, order, place);
  return { first: to({ offset: 0 }), ...(prev ? { prev: to(prev) } : {}), ...(next ? { next: to(next) } : {}) };
}

const PLACES = ["page[after]", "page[before]", "page[offset]"];

function linkTo(url: URL, query: Query, order: readonly Order[], place: Place): string {
  const link = new URL(url.pathname, url.origin);
  for (const { key, values } of query) {
    if (!PLACES.includes(key)) for (const value of values) link.searchParams.append(key, value);
  }
  if ("after" in place) link.searchParams.set("page[after]", writeCursor(place.after, order));
  else if ("before" in place) link.searchParams.set("page[before]", writeCursor(place.before, order));
  else if (place.offset > 0) link.searchParams.set("page[offset]", String(place.offset));
  return link.href;
}

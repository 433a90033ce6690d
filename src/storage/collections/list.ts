/** Knows how a page of a collection is read: along an index, or out of the few rows that one leads to. */
import { type SQL, sql } from "drizzle-orm";
import {
  type Clause,
  type Count,
  type Cursor,
  type Listed,
  type Listing,
  MOST_CANDIDATES,
  type Place,
  type Row,
} from "../../domain/listing";
import type { Database } from "../database";
import { literal } from "../literal";
import type { Viewer } from "../sight";
import { all, conditionOf, isAlong, isLedBy, type Lead, leadsOf, scopeOf } from "./clause";
import { type Collection, fieldOf, halvesBy, sortedBy } from "./collection";
import { beyond, sorted, type Term, termsOf } from "./keyset";
import { columnsOf, completed } from "./rows";

/** Offsets reach this deep; beyond it a page is empty. */
const DEEPEST = 100_000;

/** Null where no index leads to few enough rows. */
export async function listOf(
  db: Database,
  viewer: Viewer,
  collection: Collection,
  listing: Listing,
): Promise<Listed | null> {
  const plan = planOf(viewer, collection, listing);
  const backwards = "before" in listing.place;
  const terms = termsOf(collection, listing.order, backwards);
  const reads = db.all<Row>(pageOf(collection, plan, terms, listing));
  const counting = db.all<Counted>(countOf(collection, plan));
  const counts = listing.count || !plan.covered;
  const [found, counted = []] = counts ? await db.batch([reads, counting]) : [await reads];
  const count = counted[0];
  if (count && !plan.covered && count.candidates > MOST_CANDIDATES) return null;
  const more = found.length > listing.limit;
  const page = found.slice(0, listing.limit);
  const inOrder = backwards ? page.toReversed() : page;
  const rows = await completed(db, collection, inOrder);
  return { rows, count: listing.count && count ? shownCount(count) : null, ...around(inOrder, terms, listing, more) };
}

interface Plan {
  /** What an index finds, and in which collection, or part of one: the scope, and what leads. */
  led: { from: Collection; where: SQL }[];
  rest: SQL[];
  /** Whether the index gives the rows in their order too, so that a page costs its own rows alone. */
  covered: boolean;
}

function planOf(viewer: Viewer, collection: Collection, { where, order }: Listing): Plan {
  const lead = leadsOf(collection).find((one) => where.some((clause) => isLedBy(one, collection, viewer, clause)));
  const isLeading = (clause: Clause) =>
    lead !== undefined && (isLedBy(lead, collection, viewer, clause) || isAlong(lead, clause));
  const [leading, others] = [true, false].map((leads) => where.filter((clause) => isLeading(clause) === leads)) as [
    Clause[],
    Clause[],
  ];
  const [first] = order;
  const asked = { lead, leading, sort: first?.field ?? "id", alone: order.length <= 1 || first?.field === "id" };
  const ledIn = (from: Collection) =>
    all([
      scopeOf(from, viewer, lead?.by ?? "workspace"),
      ...leading.map((clause) => conditionOf(from, viewer, clause, true)),
    ]);
  const covered = others.length === 0 && asked.alone && isCovered(collection, asked);
  const found = (covered ? sortedBy : halvesBy)(collection, lead?.name ?? asked.sort);
  return {
    led: found.map((from) => ({ from, where: ledIn(from) })),
    rest: others.map((clause) => conditionOf(collection, viewer, clause, false)),
    covered,
  };
}

interface Ways {
  lead: Lead | undefined;
  leading: Clause[];
  sort: string;
}

function isCovered(collection: Collection, { lead, leading, sort }: Ways): boolean {
  if (lead === undefined) return fieldOf(collection, sort).lead === "workspace";
  if (lead.name === sort) return fieldOf(collection, sort).lead === "workspace";
  return (
    lead.by !== "unsorted" &&
    sort === (collection.usual ?? "id") &&
    leading.length === 1 &&
    leading.every((clause) => isOneOf(collection, clause))
  );
}

/** Rows alike in the one value come in the usual order. */
function isOneOf({ toOne, fields }: Collection, { relation, field, comparison }: Clause): boolean {
  const isColumn = relation === null ? fields[field]?.match === undefined : relation in toOne && field === "id";
  return isColumn && comparison.is === "in" && comparison.values.length === 1;
}

function pageOf(collection: Collection, { led, rest, covered }: Plan, terms: Term[], listing: Listing): SQL {
  const { place, limit, order } = listing;
  const cursor = "after" in place ? place.after : "before" in place ? place.before : null;
  const beyondIt = (those: readonly Term[]) => (cursor ? [beyond(those, cursor)] : []);
  const offset = "offset" in place ? place.offset : 0;
  const rows = offset > DEEPEST ? 0 : limit + 1;
  const select = (from: Collection, those: readonly Term[], where: SQL[]) =>
    sql`SELECT ${columnsOf(from)}, ${sortValues(those)} FROM ${from.from} WHERE ${all([...where, ...beyondIt(those)])}`;
  const end = sql`LIMIT ${literal(rows)} OFFSET ${offset}`;
  if (covered && led.length > 1) {
    // Each part comes sorted by its index, so that a page costs its own rows in all of them.
    const parts = led.map(({ from, where }) => select(from, termsOf(from, order, "before" in place), [where]));
    const named = terms.map((term, i) => ({ ...term, sql: sortName(i) }));
    return sql`${sql.join(parts, sql` UNION ALL `)} ORDER BY ${sorted(named)} ${end}`;
  }
  const found = sql`t.id IN (SELECT id FROM found)`;
  const where = covered ? led.map((one) => one.where) : [found, ...rest];
  const page = sql`${select(collection, terms, where)} ORDER BY ${sorted(terms)} ${end}`;
  return covered ? page : sql`WITH ${candidates(led)} ${page}`;
}

/** One more than may be, to know that there are more. */
function candidates(led: Plan["led"]): SQL {
  const ids = led.map(({ from, where }) => sql`SELECT t.id AS id FROM ${from.from} WHERE ${where}`);
  return sql`found AS MATERIALIZED (${sql.join(ids, sql` UNION ALL `)} LIMIT ${literal(MOST_CANDIDATES + 1)})`;
}

interface Counted {
  candidates: number;
  n: number;
}

function countOf(collection: Collection, { led, rest }: Plan): SQL {
  const matching = all([sql`t.id IN (SELECT id FROM found)`, ...rest]);
  const candidate = sql`(SELECT COUNT(*) FROM found)`;
  const n = rest.length === 0 ? candidate : sql`(SELECT COUNT(*) FROM ${collection.from} WHERE ${matching})`;
  return sql`WITH ${candidates(led)} SELECT ${candidate} AS candidates, ${n} AS n`;
}

function shownCount({ n }: Counted): Count {
  return { n: Math.min(n, MOST_CANDIDATES), truncated: n > MOST_CANDIDATES };
}

const SORT = "sort ";

function sortValues(terms: readonly Term[]): SQL {
  const values = terms.map((term, i) => sql`${term.sql} AS ${sortName(i)}`);
  return sql.join(values, sql`, `);
}

function sortName(i: number): SQL {
  return sql`${sql.identifier(`${SORT}${i}`)}`;
}

function cursorOf(row: Row, terms: readonly Term[]): Cursor {
  return terms.map((_, i) => row[`${SORT}${i}`] as Cursor[number]);
}

/** Backwards, there is a page behind where there are more rows, and the one that was come from lies ahead. */
function around(rows: Row[], terms: Term[], { place, limit }: Listing, more: boolean): Pick<Listed, "next" | "prev"> {
  const [first, last] = [rows[0], rows.at(-1)];
  if ("offset" in place && place.offset > 0) {
    const { offset } = place;
    return { next: more ? { offset: offset + limit } : null, prev: { offset: Math.max(0, offset - limit) } };
  }
  if (!first || !last) return { next: null, prev: null };
  const [next, prev]: Place[] = [{ after: cursorOf(last, terms) }, { before: cursorOf(first, terms) }];
  const [ahead, behind] = "before" in place ? [true, more] : [more, "after" in place];
  return { next: ahead ? (next ?? null) : null, prev: behind ? (prev ?? null) : null };
}

/** A query that is built once answers each time as one that is built anew would. */
import { and, eq, getTableColumns, isNull, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { type Database, sharedDatabase } from "../../src/storage/database";
import { remembered } from "../../src/storage/remembered";
import { sequences } from "../../src/storage/schema";
import { api, begin, db, idOf } from "../support/world";

interface Asked {
  name: string | null;
  owner: number | null;
}

/** With a flag, a list as JSON, columns that are null, and an expression. */
function named(database: Database, { name, owner }: Asked) {
  return database
    .select({ ...getTableColumns(sequences), loud: sql<string>`upper(${sequences.name})`.as("loud") })
    .from(sequences)
    .where(
      and(
        name === null ? isNull(sequences.description) : eq(sequences.name, name),
        sql`${owner} IS NOT ${sequences.id}`,
      ),
    )
    .orderBy(sequences.id);
}

const again = remembered(named);

const nested = remembered((database, { name }: { name: string }) =>
  database
    .select({ one: { name: sequences.name } })
    .from(sequences)
    .where(eq(sequences.name, name)),
);

let database: Database;

beforeEach(async () => {
  await begin();
  database = sharedDatabase(db());
  await api("POST", "/v1/sequences", { name: "A", description: "First" });
  const second = await api("POST", "/v1/sequences", { name: "B" });
  await db()
    .prepare("UPDATE sequences SET transactional = 1, tags = '[\"x\"]' WHERE id = ?")
    .bind(idOf(second.body.sequence.id))
    .run();
});

const CASES: [string, Asked][] = [
  ["a value", { name: "A", owner: null }],
  ["another value", { name: "B", owner: null }],
  ["a value that nothing has", { name: "C", owner: null }],
  ["null in its place", { name: null, owner: null }],
  ["the value once more", { name: "A", owner: null }],
  ["null, and a value elsewhere", { name: null, owner: 1 }],
];

describe("asked one after another for", () => {
  test.each(CASES)("%s -> the rows of that, alone as in a batch", async (_, asked) => {
    for (const [, before] of CASES) await again(database, before);
    const wanted = await named(database, asked);
    expect(await again(database, asked)).toEqual(wanted);
    expect(await database.batch([again(database, asked), again(database, { name: "B", owner: null })])).toEqual([
      wanted,
      await named(database, { name: "B", owner: null }),
    ]);
  });

  test("all of these -> built once for each way in which values are null", async () => {
    let builds = 0;
    const fresh = remembered((own, asked: Asked) => {
      builds += 1;
      return named(own, asked);
    });
    for (const [, asked] of [...CASES, ...CASES]) await fresh(database, asked);
    expect(builds).toBe(3);
  });
});

test("a nested row -> nested", async () => {
  expect(await nested(database, { name: "B" })).toEqual([{ one: { name: "B" } }]);
});

/** Knows how to look for words wherever the project keeps any: in every table, and in the storage of every object. */
import { runInDurableObject } from "cloudflare:test";
import { faults } from "./faults";
import { db, objectOf } from "./world";

/** Where each of the words is found. */
export async function findEverywhere(words: readonly string[]): Promise<string[]> {
  const kept = [...(await keptInTables()), ...(await keptInObjects())];
  const found = kept.flatMap(([place, text]) =>
    words.filter((word) => text.toLowerCase().includes(word.toLowerCase())).map((word) => `${place}: ${word}`),
  );
  return [...new Set(found)].sort();
}

async function keptInTables(): Promise<[string, string][]> {
  const { results } = await db()
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_cf%'")
    .all<{ name: string }>();
  return Promise.all(
    results.map(async ({ name }): Promise<[string, string]> => {
      const rows = await db().prepare(`SELECT * FROM ${name}`).all();
      return [name, JSON.stringify(rows.results)];
    }),
  );
}

async function keptInObjects(): Promise<[string, string][]> {
  const { results } = await db().prepare("SELECT id FROM enrollments").all<{ id: number }>();
  return Promise.all(
    results.map(({ id }) =>
      runInDurableObject(objectOf(id), (_, { storage }): [string, string] => [
        `object ${id}`,
        JSON.stringify([...storage.kv.list()]),
      ]),
    ),
  );
}

/** What still waits in the queues. */
export function lettersWith(words: readonly string[]): number {
  return faults.letters.filter((letter) => words.some((word) => JSON.stringify(letter).includes(word))).length;
}

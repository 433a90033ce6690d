/** Knows a database in memory, made by the migrations, that takes what D1 takes: a thousand histories pass through it in seconds. */
import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Database, databaseFor } from "../../src/storage/database";

export type Row = Record<string, number | string | null>;

export interface Lite {
  db: Database;
  rows: (sql: string, ...params: SQLInputValue[]) => Row[];
  exec: (sql: string) => void;
}

/** Those before a number, or from it on, in their order. */
export function migrations({ from = 0, before = Number.POSITIVE_INFINITY } = {}): string[] {
  const numbered = readdirSync("migrations").map((file) => [Number.parseInt(file, 10), file] as const);
  const chosen = numbered.filter(([number]) => number >= from && number < before).sort(([a], [b]) => a - b);
  return chosen.map(([, file]) => readFileSync(`migrations/${file}`, "utf8"));
}

export function openLite(made: readonly string[] = migrations()): Lite {
  const lite = new DatabaseSync(":memory:");
  for (const migration of made) lite.exec(migration);
  const rows = (sql: string, ...params: SQLInputValue[]) => lite.prepare(sql).all(...params) as Row[];
  return { db: databaseFor(bindingTo(lite), 1), rows, exec: (sql) => lite.exec(sql) };
}

/** As much of the binding as the driver asks for. */
function bindingTo(lite: DatabaseSync): D1Database {
  const statement = (sql: string, params: SQLInputValue[] = []) => {
    const perform = () => ({ success: true, meta: {}, results: lite.prepare(sql).all(...params) });
    const raw = async () => perform().results.map((row) => Object.values(row));
    const bind = (...values: (SQLInputValue | boolean)[]) =>
      statement(
        sql,
        values.map((value) => (typeof value === "boolean" ? Number(value) : value)),
      );
    return { bind, perform, raw, run: async () => perform(), all: async () => perform() };
  };
  const batch = async (statements: ReturnType<typeof statement>[]) => {
    lite.exec("SAVEPOINT batch");
    try {
      return statements.map(({ perform }) => perform());
    } catch (error) {
      lite.exec("ROLLBACK TO batch");
      throw error;
    } finally {
      lite.exec("RELEASE batch");
    }
  };
  return { prepare: (sql: string) => statement(sql), batch } as unknown as D1Database;
}

/** Knows every table by its type, those of resources that are not served too. */
import type { Relationship, Table } from "./table";
import * as content from "./tables/content";
import * as mailing from "./tables/mailing";
import * as prospect from "./tables/prospect";
import * as schedule from "./tables/schedule";
import * as sequence from "./tables/sequence";
import * as task from "./tables/task";
import * as user from "./tables/user";

const TABLES: Table[] = [content, mailing, prospect, schedule, sequence, task, user].flatMap((group) =>
  Object.values<Table>(group),
);
const BY_TYPE = new Map(TABLES.map((table) => [table.type, table]));
const BY_PLURAL = new Map(TABLES.map((table) => [table.plural, table]));

export function tableOf(type: string): Table | null {
  return BY_TYPE.get(type) ?? null;
}

/** What a relationship leads to; null where that is no resource, or differs from row to row. */
export function otherSide(name: string, { kind, to }: Relationship): Table | null {
  return kind === "links" ? (BY_PLURAL.get(name) ?? null) : tableOf(to);
}

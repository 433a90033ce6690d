/** Knows rulesets, and that a change of one is a change of the sequences that name it. */
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { type Duplicates, type Exclusivity, MOST_RULESETS, type OptOutAction, type Ruleset } from "../domain/ruleset";
import { type Database, together } from "./database";
import { remembered } from "./remembered";
import { sequences } from "./schema";
import type { Window } from "./window";

export const rulesets = sqliteTable("rulesets", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  name: text("name").notNull(),
  permitDuplicates: text("permit_duplicates").$type<Duplicates>().notNull().default("disallow"),
  exclusivity: text("exclusivity").$type<Exclusivity>().notNull().default("none"),
  touchedInterval: integer("touched_interval"),
  emailOptOutAction: text("email_opt_out_action").$type<OptOutAction>().notNull().default("disallow"),
  autoResume: integer("auto_resume", { mode: "boolean" }).notNull().default(true),
  autoResumeIn: integer("auto_resume_in"),
  autoResumeExpiresIn: integer("auto_resume_expires_in"),
  oooExtraction: integer("ooo_extraction", { mode: "boolean" }).notNull().default(true),
  includeUnsubscribeLinks: integer("include_unsubscribe_links", { mode: "boolean" }).notNull().default(false),
  details: text("details", { mode: "json" }).$type<Record<string, unknown>>().notNull().default({}),
  ownerId: integer("owner_id"),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export type NewRuleset = typeof rulesets.$inferInsert;

function own(workspaceId: number, id: number) {
  return and(eq(rulesets.id, id), eq(rulesets.workspaceId, workspaceId));
}

export async function findRuleset(db: Database, workspaceId: number, id: number): Promise<Ruleset | null> {
  const [row] = await db.select().from(rulesets).where(own(workspaceId, id));
  return row ?? null;
}

/** The ruleset that a sequence names. */
const rulesetOf = remembered((db, { workspaceId, sequenceId }: { workspaceId: number; sequenceId: number }) =>
  db
    .select()
    .from(rulesets)
    .where(
      sql`${rulesets.workspaceId} = ${workspaceId} AND ${rulesets.id} = (
        SELECT ruleset_id FROM sequences WHERE id = ${sequenceId} AND workspace_id = ${workspaceId})`,
    ),
);

export function selectRulesetOf(db: Database, workspaceId: number, sequenceId: number) {
  return rulesetOf(db, { workspaceId, sequenceId });
}

/** Holds in a write as long as the ruleset has not been deleted. */
export function rulesetStands(workspaceId: number, id: number): SQL {
  return sql`EXISTS (SELECT 1 FROM rulesets WHERE id = ${id} AND workspace_id = ${workspaceId})`;
}

/** The newest first. */
export async function listRulesets(
  db: Database,
  workspaceId: number,
  { limit, offset }: Window,
): Promise<{ rows: Ruleset[]; total: number }> {
  const mine = eq(rulesets.workspaceId, workspaceId);
  const [rows, all] = await db.batch([
    db.select().from(rulesets).where(mine).orderBy(desc(rulesets.id)).limit(limit).offset(offset),
    db.select({ n: sql<number>`COUNT(*)` }).from(rulesets).where(mine),
  ]);
  return { rows, total: all[0]?.n ?? 0 };
}

const NEWEST = sql`(SELECT seq FROM sqlite_sequence WHERE name = 'rulesets')`;

/** Null where there are too many: then what the same batch had made is taken back by it. */
export async function insertRuleset(db: Database, ruleset: NewRuleset): Promise<Ruleset | null> {
  const tooMany = sql`${rulesets.id} = ${NEWEST} AND (
    SELECT COUNT(*) FROM rulesets WHERE workspace_id = ${ruleset.workspaceId}) > ${MOST_RULESETS}`;
  const [made, dropped] = await db.batch([
    db.insert(rulesets).values(ruleset).returning(),
    db.delete(rulesets).where(tooMany).returning({ id: rulesets.id }),
  ]);
  return dropped.length > 0 ? null : (made[0] ?? null);
}

/** Changes a ruleset, and with it the sequences that name it; a detail that is null goes. Null where it is no longer there. */
export async function changeRuleset(
  db: Database,
  { id, workspaceId }: Pick<Ruleset, "id" | "workspaceId">,
  set: Partial<NewRuleset>,
  details: Ruleset["details"] = {},
): Promise<Ruleset | null> {
  const patched = sql`json_patch(${rulesets.details}, ${JSON.stringify(details)})`;
  const [changed] = await db.batch([
    db
      .update(rulesets)
      .set({ ...set, details: patched })
      .where(own(workspaceId, id))
      .returning(),
    db
      .update(sequences)
      .set({ revision: sql`${sequences.revision} + 1` })
      .where(and(eq(sequences.rulesetId, id), eq(sequences.workspaceId, workspaceId))),
  ]);
  return changed[0] ?? null;
}

/** Deletes a ruleset that no sequence names; archived ones forget it. Says whether it is gone. */
export async function deleteRuleset(
  db: Database,
  { id, workspaceId }: Pick<Ruleset, "id" | "workspaceId">,
): Promise<boolean> {
  const isUsed = sql`EXISTS (
    SELECT 1 FROM sequences WHERE ruleset_id = ${id} AND ruleset_id IS NOT NULL AND status <> 'ARCHIVED')`;
  const [gone] = (await together(db, [
    db
      .delete(rulesets)
      .where(sql`${own(workspaceId, id)} AND NOT ${isUsed}`)
      .returning({ id: rulesets.id }),
    db
      .update(sequences)
      .set({ rulesetId: null, revision: sql`${sequences.revision} + 1` })
      .where(
        sql`${sequences.rulesetId} = ${id} AND ${sequences.workspaceId} = ${workspaceId}
          AND NOT EXISTS (SELECT 1 FROM rulesets WHERE id = ${id})`,
      ),
  ])) as { id: number }[][];
  return (gone ?? []).length > 0;
}

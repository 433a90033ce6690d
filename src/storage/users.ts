/** Knows users. */
import { and, desc, eq, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { nameOf, type User } from "../domain/user";
import type { Database } from "./database";
import { type Details, withDetails } from "./details";
import type { Window } from "./window";

const users = sqliteTable("users", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  name: text("name").notNull(),
  email: text("email"),
  emailKey: text("email_key"),
  username: text("username"),
  firstName: text("first_name"),
  lastName: text("last_name"),
  locked: integer("locked", { mode: "boolean" }).notNull(),
  details: text("details", { mode: "json" }).$type<User["details"]>().notNull(),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at"),
});

export type NewUser = typeof users.$inferInsert;

/** The name follows from its parts whenever they change, so it is made when it is read. */
function userOf({ emailKey: _, ...row }: typeof users.$inferSelect): User {
  return { ...row, name: nameOf(row) };
}

export async function findUser(db: Database, workspaceId: number, id: number): Promise<User | null> {
  const [row] = await db
    .select()
    .from(users)
    .where(and(eq(users.id, id), eq(users.workspaceId, workspaceId)));
  return row ? userOf(row) : null;
}

/** The newest first. */
export async function listUsers(db: Database, workspaceId: number, { limit, offset }: Window): Promise<User[]> {
  const rows = await db
    .select()
    .from(users)
    .where(eq(users.workspaceId, workspaceId))
    .orderBy(desc(users.id))
    .limit(limit)
    .offset(offset);
  return rows.map(userOf);
}

/** Null where another user of the workspace has that address. */
export async function insertUser(db: Database, user: NewUser): Promise<User | null> {
  const [row] = await db.insert(users).values(user).onConflictDoNothing().returning();
  return row ? userOf(row) : null;
}

/** Sets columns, and of the details those that are named. Null where another user of the workspace has that address. */
export async function updateUser(
  db: Database,
  { id, workspaceId }: User,
  set: Partial<NewUser>,
  details: Details = {},
): Promise<User | null> {
  const key = set.emailKey ?? null;
  const [row] = await db
    .update(users)
    .set({ ...set, ...(set.details ? {} : { details: withDetails(users.details, details) }) })
    .where(
      and(
        eq(users.id, id),
        eq(users.workspaceId, workspaceId),
        sql`NOT EXISTS (SELECT 1 FROM users o
          WHERE o.workspace_id = ${workspaceId} AND o.email_key = ${key} AND o.email_key IS NOT NULL AND o.id <> ${id})`,
      ),
    )
    .returning();
  return row ? userOf(row) : null;
}

/** Knows steps as a collection: those that list dialects show, numbered through their sequence. */
import { sql } from "drizzle-orm";
import { displayNameOf } from "../../domain/cadence";
import { delayBefore } from "../../domain/edit";
import type { Row } from "../../domain/listing";
import { isTouch } from "../../domain/step";
import { shownSteps } from "../../domain/tree";
import type { Database } from "../database";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";
import { withCounts } from "./tallied";
import { treesOf } from "./trees";
import { seenSequence } from "./visible";

export function sequenceSteps(viewer: Viewer): Collection {
  return {
    from: sql`steps t CROSS JOIN sequences s ON s.id = t.sequence_id`,
    workspace: sql`t.workspace_id`,
    where: sql`t.deleted_at IS NULL AND t.kind IN ${SHOWN} AND ${seenSequence("s", viewer)}`,
    fields: {
      updatedAt: { sql: sql`t.updated_at`, lead: "workspace" },
      ...plain({ createdAt: "created_at", date: "date" }),
      stepType: { sql: sql`CASE t.kind WHEN 'message' THEN 'auto_email' ELSE t.settings->>'type' END` },
      order: { sql: ORDER, unread: true },
      taskNote: { sql: sql`t.settings->>'note'` },
      taskAutoskipDelay: { sql: sql`t.settings->>'autoskip'` },
      sequenceOwner: { sql: sql`s.owner_id` },
      sequenceShareType: { sql: sql`s.share_type` },
    },
    toOne: {
      sequence: { to: "sequence", id: sql`t.sequence_id`, lead: "alone" },
      schedule: { to: "schedule", id: sql`t.schedule_id` },
      taskPriority: { to: "taskPriority", id: PRIORITY },
      creator: { to: "user", id: sql`COALESCE(t.creator_id, s.creator_id)` },
      updater: { to: "user", id: sql`COALESCE(t.updater_id, s.updater_id)` },
    },
    toMany: {
      tasks: { to: "task", by: "sequenceStep" },
      calls: { to: "call", by: "sequenceStep" },
      sequenceTemplates: { to: "sequenceTemplate", by: "sequenceStep" },
    },
    complete: async (db, rows) =>
      withCounts(db, { workspaceId: viewer.workspaceId, scope: "step" }, await numbered(db, rows)),
  };
}

const SHOWN = sql.raw("('message', 'task')");

const PRIORITY = sql`(
  SELECT y.id FROM priorities y WHERE y.id = t.settings->>'priorityId' AND y.workspace_id = t.workspace_id)`;

/** How many shown steps come up to this one: the letters of a way sort its steps in pre-order. */
const ORDER = sql`(
  WITH RECURSIVE way (id, kind, gone, place) AS (
    SELECT r.id, r.kind, r.deleted_at, '' FROM steps r WHERE r.sequence_id = t.sequence_id AND r.parent_id IS NULL
    UNION ALL
    SELECT n.id, n.kind, n.deleted_at, way.place || CASE n.branch WHEN 1 THEN 'a' WHEN 0 THEN 'b' ELSE 'c' END
    FROM way CROSS JOIN steps n ON n.parent_id = way.id)
  SELECT COUNT(*) FROM way
  WHERE kind IN ${SHOWN} AND gone IS NULL AND place <= (SELECT own.place FROM way own WHERE own.id = t.id))`;

/** The interval is the step's own delay and that of the delay steps directly before it. */
async function numbered(db: Database, rows: Row[]): Promise<Row[]> {
  const sequenceOf = ({ sequence }: Row) => Number(sequence);
  const trees = await treesOf(db, [...new Set(rows.map(sequenceOf))]);
  return rows.map((row) => {
    const tree = trees.of(sequenceOf(row));
    const order = shownSteps(tree, isTouch).findIndex(({ id }) => id === row.id) + 1;
    const step = tree.steps.get(row.id);
    if (!step) return row;
    return { ...row, order, displayName: displayNameOf(step, order), interval: step.delay + delayBefore(tree, step) };
  });
}

/** Knows calls as a collection. What is only kept and shown of them stands in their details. */
import { type SQL, sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, type Field, plain } from "./collection";
import { openSequence } from "./visible";

export function calls(viewer: Viewer): Collection {
  return {
    from: sql`calls t
      LEFT JOIN sequences s ON s.id = t.sequence_id
      LEFT JOIN contacts c ON c.id = t.contact_id AND c.erased_at IS NULL
      LEFT JOIN enrollments e ON e.id = t.enrollment_id AND e.deleted_at IS NULL
      LEFT JOIN steps p ON p.id = t.step_id AND p.deleted_at IS NULL
      LEFT JOIN tasks k ON k.id = t.task_id AND k.deleted_at IS NULL`,
    workspace: sql`t.workspace_id`,
    where: sql`(s.id IS NULL OR ${openSequence("s", viewer)})`,
    fields: {
      updatedAt: { sql: sql`t.updated_at`, lead: "workspace" },
      ...plain({
        createdAt: "created_at",
        dialedAt: "dialed_at",
        answeredAt: "answered_at",
        completedAt: "completed_at",
      }),
      ...plain({
        direction: "direction",
        outcome: "outcome",
        note: "note",
        state: "state",
        stateChangedAt: "created_at",
      }),
      ...Object.fromEntries(["from", "to", "recordingUrl", "userCallType"].map((name) => [name, detail(name)])),
      details: { sql: sql`t.details`, kind: "json" },
    },
    toOne: {
      task: { to: "task", id: sql`k.id`, key: sql`t.task_id`, lead: "alone" },
      sequenceState: { to: "sequenceState", id: sql`e.id`, key: sql`t.enrollment_id`, lead: "alone" },
      prospect: { to: "prospect", id: sql`c.id`, key: sql`t.contact_id`, lead: "alone" },
      sequenceStep: { to: "sequenceStep", id: seen(sql`p.id`), key: sql`t.step_id`, lead: "alone" },
      sequence: { to: "sequence", id: seen(sql`s.id`), key: sql`t.sequence_id`, lead: "alone" },
      user: { to: "user", id: sql`t.user_id`, lead: "alone" },
    },
    toMany: {},
  };
}

/** What is archived is not there. */
function seen(id: SQL): SQL {
  return sql`CASE WHEN s.status <> 'ARCHIVED' THEN ${id} END`;
}

function detail(name: string): Field {
  return { sql: sql`json_extract(t.details, ${sql.raw(`'$.${name}'`)})`, unread: true };
}

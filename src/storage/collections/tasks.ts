/** Knows tasks as a collection: those of journeys, and those that stand alone. */
import { type SQL, sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, plain } from "./collection";
import { currentStep } from "./current";
import { isOf } from "./ordinals";
import { openSequence, seenTemplate } from "./visible";

export function tasks(viewer: Viewer): Collection {
  return {
    from: sql`tasks t
      LEFT JOIN sequences s ON s.id = t.sequence_id
      LEFT JOIN contacts c ON c.id = t.contact_id AND c.erased_at IS NULL
      LEFT JOIN enrollments e ON e.id = t.enrollment_id AND e.deleted_at IS NULL
      LEFT JOIN steps p ON p.id = t.step_id AND p.deleted_at IS NULL
      LEFT JOIN steps l ON l.id = COALESCE(e.last_touch_id, e.last_step_id) AND l.deleted_at IS NULL
      LEFT JOIN priorities y ON y.id = t.priority_id AND y.workspace_id = t.workspace_id`,
    workspace: sql`t.workspace_id`,
    where: sql`t.deleted_at IS NULL AND (s.id IS NULL OR ${openSequence("s", viewer)})`,
    fields: {
      state: { sql: sql`t.state`, lead: "workspace" },
      updatedAt: { sql: sql`t.updated_at`, lead: "workspace" },
      ...plain({
        action: "action",
        taskType: "task_type",
        note: "note",
        opportunityAssociation: "opportunity_association",
      }),
      ...plain({ dueAt: "due_at", autoskipAt: "autoskip_at", scheduledAt: "scheduled_at", createdAt: "created_at" }),
      ...plain({ completedAt: "completed_at", stateChangedAt: "state_changed_at" }),
      completed: { sql: sql`t.state = 'complete'`, kind: "flag" },
    },
    toOne: {
      ...PEOPLE,
      call: { to: "call", id: LAST_CALL, lead: "unsorted", match: ofCalls },
      ...textOf(viewer),
      mailing: { to: "mailing", id: MAILING, lead: "unsorted", match: ofMailings },
      sequenceState: {
        to: "sequenceState",
        id: sql`e.id`,
        key: sql`t.enrollment_id`,
        lead: "unsorted",
        match: ofStates,
      },
      sequenceStep: { to: "sequenceStep", id: seen(sql`p.id`), key: sql`t.step_id`, lead: "alone" },
      sequence: { to: "sequence", id: seen(sql`s.id`), key: sql`t.sequence_id`, lead: "alone" },
      sequenceStateSequenceStep: { to: "sequenceStep", id: seen(currentStep(sql`e.step_id`, sql`l.id`)) },
      taskPriority: { to: "taskPriority", id: sql`y.id` },
    },
    toMany: {
      calls: { to: "call", by: "task" },
      mailings: { to: "mailing", by: "task" },
      sequenceSequenceSteps: { to: "sequenceStep", by: "sequence", of: { table: "tasks", column: "sequence_id" } },
    },
  };
}

const PEOPLE: Collection["toOne"] = {
  prospect: { to: "prospect", id: sql`c.id`, key: sql`t.contact_id`, lead: "unsorted", match: ofProspects },
  subject: { to: "prospect", id: sql`c.id`, type: sql`'prospect'` },
  prospectOwner: { to: "user", id: sql`c.owner_id` },
  prospectStage: { to: "stage", id: sql`c.stage_id` },
  owner: { to: "user", id: sql`t.owner_id`, lead: "unsorted", along: "state" },
  completer: { to: "user", id: sql`t.completer_id` },
  creator: { to: "user", id: sql`t.creator_id`, type: sql`'user'` },
};

/** What is archived is not there. */
function seen(id: SQL): SQL {
  return sql`CASE WHEN s.status <> 'ARCHIVED' THEN ${id} END`;
}

type Asked = (id: SQL) => SQL;

function ofStates(asked: Asked): SQL {
  return sql`(e.id IS NOT NULL AND t.id IN (${ofEnrollments(asked(sql`o.id`))}))`;
}

function ofProspects(asked: Asked): SQL {
  return sql`(c.id IS NOT NULL AND t.id IN (
    ${ofEnrollments(asked(sql`o.contact_id`))}
    UNION ALL SELECT k.id FROM tasks k WHERE ${asked(sql`k.contact_id`)} AND k.enrollment_id IS NULL))`;
}

/** Those of journeys are found by the ids of the enrollments. */
function ofEnrollments(condition: SQL): SQL {
  return sql`SELECT k.id FROM enrollments o CROSS JOIN tasks k ON ${isOf(sql`k.id`, sql`o.id`)} AND k.enrollment_id = o.id
    WHERE ${condition}`;
}

const LAST_CALL = sql`(SELECT MAX(k.id) FROM calls k WHERE k.task_id = t.id)`;

function ofCalls(asked: Asked): SQL {
  return sql`t.id IN (SELECT k.task_id FROM calls k WHERE ${asked(sql`k.id`)})`;
}

/** What was sent at its step: a journey comes to each but once. */
const MAILING = sql`(
  SELECT MAX(m.id) FROM messages m WHERE ${isOf(sql`m.id`, sql`t.enrollment_id`)} AND m.step_id = t.step_id)`;

/** Of the mail that was sent at its step: which template it was written from. */
function textOf(viewer: Viewer): Collection["toOne"] {
  const sent = (id: SQL, from: SQL) => sql`(
    SELECT ${id} FROM messages m ${from} WHERE ${isOf(sql`m.id`, sql`t.enrollment_id`)} AND m.step_id = t.step_id
    ORDER BY m.id DESC LIMIT 1)`;
  const variant = sent(sql`v.id`, sql`CROSS JOIN sequence_templates v ON v.id = m.sequence_template_id`);
  const template = sent(
    sql`w.id`,
    sql`CROSS JOIN templates w ON w.id = m.template_id AND ${seenTemplate("w", viewer)}`,
  );
  return {
    sequenceTemplate: { to: "sequenceTemplate", id: seen(sql`CASE WHEN p.id IS NOT NULL THEN ${variant} END`) },
    template: { to: "template", id: template },
  };
}

function ofMailings(asked: Asked): SQL {
  return sql`t.id IN (
    SELECT k.id FROM messages m CROSS JOIN tasks k ON ${isOf(sql`k.id`, sql`m.enrollment_id`)} AND k.step_id = m.step_id
    WHERE ${asked(sql`m.id`)})`;
}

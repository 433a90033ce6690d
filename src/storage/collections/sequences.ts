/** Knows sequences as a collection. */
import { type SQL, sql } from "drizzle-orm";
import { automationOf, durationOf } from "../../domain/cadence";
import { STANDINGS } from "../../domain/mirror";
import { isTouch } from "../../domain/step";
import { DAY, SECOND } from "../../domain/time";
import { shownSteps } from "../../domain/tree";
import type { Viewer } from "../sight";
import { type Collection, flags, plain } from "./collection";
import { holding } from "./comparison";
import { counts, withCounts } from "./tallied";
import { treesOf } from "./trees";
import { seenSequence } from "./visible";

export function sequences(viewer: Viewer): Collection {
  return {
    from: sql`sequences t`,
    workspace: sql`t.workspace_id`,
    where: seenSequence("t", viewer),
    fields: {
      updatedAt: { sql: sql`t.updated_at`, lead: "workspace" },
      ...plain({ name: "name", description: "description", shareType: "share_type", salesMotion: "sales_motion" }),
      ...plain({ createdAt: "created_at", enabledAt: "enabled_at", lockedAt: "locked_at" }),
      ...plain({ sequenceType: "sequence_type", scheduleIntervalType: "schedule_interval_type" }),
      ...plain({ maxActivations: "max_activations", throttleCapacity: "throttle_capacity" }),
      ...plain({ throttleMaxAddsPerDay: "throttle_max_adds", throttlePausedAt: "throttle_paused_at" }),
      ...plain({ primaryReplyAction: "primary_reply_action", primaryReplyPauseDuration: "primary_reply_pause" }),
      secondaryReplyAction: { sql: sql`COALESCE(t.secondary_reply_action, t.primary_reply_action)` },
      ...plain({ secondaryReplyPauseDuration: "secondary_reply_pause" }),
      ...flags({ locked: "locked", transactional: "transactional" }),
      enabled: { sql: sql`t.status = 'ACTIVE'`, kind: "flag" },
      throttlePaused: { sql: sql`t.throttle_paused_at IS NOT NULL`, kind: "flag" },
      finishOnReply: { sql: sql`t.primary_reply_action = 'finish'`, kind: "flag" },
      tags: { sql: sql`t.tags`, kind: "json", match: holding(sql`t.tags`) },
      lastUsedAt: { sql: LAST_USED },
      ...counts(OWN),
      numContactedProspects: {
        sql: sql`COALESCE((SELECT SUM(contacted) FROM tallies WHERE workspace_id = t.workspace_id AND ${OWN}), 0)
          + ${counted("contacts_called")}`,
      },
      numRepliedProspects: { sql: counted("contacts_replied") },
    },
    toOne: {
      owner: { to: "user", id: sql`t.owner_id` },
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
      ruleset: { to: "ruleset", id: sql`t.ruleset_id`, lead: "alone" },
      schedule: { to: "schedule", id: sql`t.schedule_id` },
    },
    toMany: {
      sequenceSteps: { to: "sequenceStep", by: "sequence" },
      sequenceStates: { to: "sequenceState", by: "sequence" },
      contentCategoryMemberships: {
        to: "contentCategoryMembership",
        by: "content",
        only: sql`t.content_type = 'sequence'`,
      },
      tasks: { to: "task", by: "sequence" },
      calls: { to: "call", by: "sequence" },
    },
    complete: async (db, rows) => {
      const ids = rows.map(({ id }) => id);
      const scope = { workspaceId: viewer.workspaceId, scope: "sequence" } as const;
      const [trees, counted] = await Promise.all([treesOf(db, ids), withCounts(db, scope, rows)]);
      return counted.map((row) => {
        const tree = trees.of(row.id);
        const steps = shownSteps(tree, isTouch);
        const durationInDays = Math.ceil((durationOf(tree) * SECOND) / DAY);
        return { ...row, sequenceStepCount: steps.length, automationPercentage: automationOf(steps), durationInDays };
      });
    },
  };
}

/** The newest enrollment of a standing is the last in its index; where all were removed, it is known still when the newest came. */
const LAST_USED = sql`COALESCE((SELECT e.enrolled_at FROM enrollments e WHERE e.id = (
    SELECT MAX((SELECT MAX(id) FROM enrollments WHERE sequence_id = t.id AND standing = s.value))
    FROM json_each(${JSON.stringify(STANDINGS)}) s)),
  (SELECT n FROM counts WHERE workspace_id = t.workspace_id AND sequence_id = t.id AND what = 'past.last'))`;

/** What a trigger counts of a sequence. */
function counted(what: string): SQL {
  return sql`COALESCE((SELECT n FROM counts
    WHERE workspace_id = t.workspace_id AND sequence_id = t.id AND what = ${sql.raw(`'${what}'`)}), 0)`;
}

/** Its tallies, a few rows. */
const OWN = sql`sequence_id = t.id`;

/** Knows what is removed because it is old: a workspace at a time and in chunks; what one sweep leaves is the next one's. */
import { keptSince } from "../domain/retention";
import { DAY } from "../domain/time";
import { warn } from "../log";
import { sharedDatabase } from "../storage/database";
import { removeJourneys } from "../storage/retention";
import {
  noteTidied,
  type Old,
  removeDeleted,
  removeJobs,
  removeOld,
  removeSteps,
  TIDIED_TABLES,
  type Tidied,
  untidied,
} from "../storage/tidying";
import { type Context, contextFor, type Doors } from "./context";

/** How often a workspace is tidied, in journey time; one that was not done with comes again at once, behind the others. */
const EACH = DAY;
const WORKSPACES_A_SWEEP = 20;
/** Rows that are looked at in one statement, and in how many of those a sweep finds something. */
const CHUNK = 500;
const CHUNKS_A_SWEEP = 20;
/** Journeys that are removed together: each has rows of messages, tasks and calls, and they have indexes. */
const JOURNEYS = 50;

interface Budget {
  chunks: number;
}

export async function tidy(doors: Doors): Promise<void> {
  const db = sharedDatabase(doors.bindings.DB);
  const { journey } = doors.now;
  const budget: Budget = { chunks: CHUNKS_A_SWEEP };
  const workspaces = await untidied(db, journey - EACH, WORKSPACES_A_SWEEP);
  for (const workspace of workspaces) {
    const ctx = contextFor(doors, workspace.id);
    const done = await tidyOne(ctx, workspace, budget).catch((error: unknown) => {
      warn("a workspace was left to the next sweep", { workspace: workspace.id, error });
      return false;
    });
    await noteTidied(db, workspace.id, done ? journey : journey - EACH);
    if (budget.chunks === 0) return;
  }
  if (workspaces.length > 0) await tidyShared(contextFor(doors, 0), budget);
}

/** What belongs to no workspace, or goes by no word of one: as often as there is one to be tidied. */
async function tidyShared(ctx: Context, budget: Budget): Promise<void> {
  const { db, now, retention } = ctx;
  const old = { before: longAgo(ctx), limit: CHUNK };
  await untilDry(budget, async () => (await removeJobs(db, old)) === CHUNK);
  const before = keptSince(null, retention, now.journey);
  if (before !== null) await removeFrom(ctx, { workspaceId: null, table: "dead_letters", before }, budget);
}

/** What nothing refers to any more goes as soon as an object would. */
function longAgo({ now, retention }: Context): number {
  return now.journey - retention.freedAfter * DAY;
}

/** Whether it is done with. */
async function tidyOne(ctx: Context, { retentionDays }: Tidied, budget: Budget): Promise<boolean> {
  const { db, workspaceId, now, retention } = ctx;
  const before = keptSince(retentionDays, retention, now.journey);
  if (before !== null && !(await removePast(ctx, before, budget))) return false;
  const deleted: Old = { before: longAgo(ctx), limit: CHUNK };
  return (
    (await untilDry(budget, async () => (await removeSteps(db, workspaceId, deleted)) > 0)) &&
    (await untilDry(budget, async () => (await removeDeleted(db, workspaceId, deleted)) >= CHUNK))
  );
}

async function removePast(ctx: Context, before: number, budget: Budget): Promise<boolean> {
  const { db, workspaceId } = ctx;
  const journeys = { before, limit: JOURNEYS };
  if (!(await untilDry(budget, async () => (await removeJourneys(db, workspaceId, journeys)) === JOURNEYS)))
    return false;
  for (const table of TIDIED_TABLES) {
    if (!(await removeFrom(ctx, { workspaceId, table, before }, budget))) return false;
  }
  return true;
}

interface Where {
  workspaceId: number | null;
  table: string;
  before: number;
}

async function removeFrom({ db }: Context, { workspaceId, table, before }: Where, budget: Budget): Promise<boolean> {
  let after = { at: 0, id: 0 };
  return untilDry(budget, async () => {
    const rest = await removeOld(db, workspaceId, table, { before, after, limit: CHUNK });
    after = rest ?? after;
    return rest !== null;
  });
}

/** Says whether it came to its end before the budget did. */
async function untilDry(budget: Budget, chunk: () => Promise<boolean>): Promise<boolean> {
  while (budget.chunks > 0) {
    if (!(await chunk())) return true;
    budget.chunks -= 1;
  }
  return false;
}

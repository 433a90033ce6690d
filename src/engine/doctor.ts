/** Knows how journeys are examined, the mirror against the objects, and how what is found is put right by the usual verbs. */
import { type Ailment, ailmentsOf, type Examined, type Kept } from "../domain/audit";
import { warn } from "../log";
import { ledgerOf, restore, rowsAfter } from "../storage/audit";
import { sharedDatabase } from "../storage/database";
import type { EnrollmentRow } from "../storage/enrollments";
import { readHistories } from "../storage/histories";
import { type Context, contextFor, type Doors } from "./context";
import { each } from "./each";
import { awaken, objectOf } from "./journey";

/** Each is asked of its object. */
export const MOST_EXAMINED = 100;

export interface Round {
  /** Null: of all. */
  workspaceId: number | null;
  /** Behind this id. */
  after: number;
  limit: number;
  repair: boolean;
}

export interface Finding {
  enrollment: number;
  workspaceId: number;
  ailments: Ailment[];
  /** Null where it was not tried, or cannot be. */
  repaired: boolean | null;
}

export interface Report {
  /** Rows that were gone through; where a workspace was named, those of others are passed over. */
  seen: number;
  findings: Finding[];
  /** Behind which id to go on; null at the end. */
  next: number | null;
}

export async function examine(doors: Doors, { workspaceId, after, limit, repair }: Round): Promise<Report> {
  const db = sharedDatabase(doors.bindings.DB);
  const rows = await rowsAfter(db, after, limit);
  const asked = rows.filter((row) => workspaceId === null || row.workspaceId === workspaceId);
  const [ledgers, histories] = await Promise.all([
    ledgerOf(
      db,
      asked.map(({ id }) => id),
    ),
    readHistories(db, asked),
  ]);
  const findings: Finding[] = [];
  await each(asked, async (row) => {
    const found = await look(contextFor(doors, row.workspaceId), row, {
      ledger: ledgers.get(row.id) ?? [],
      freed: histories.has(row.id),
      repair,
    });
    if (found) findings.push(found);
  });
  findings.sort((a, b) => a.enrollment - b.enrollment);
  return { seen: asked.length, findings, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
}

async function look(
  ctx: Context,
  row: EnrollmentRow,
  { repair, ...beside }: { ledger: Kept[]; freed: boolean; repair: boolean },
): Promise<Finding | null> {
  const of = { enrollment: row.id, workspaceId: row.workspaceId };
  const examined = beside.freed ? null : await examinedOf(ctx, row);
  if (examined === "unreached") return { ...of, ailments: ["unreached"], repaired: null };
  const ailments = ailmentsOf({ row, examined, ...beside }, ctx.now);
  if (ailments.length === 0) return null;
  const finding = { ...of, ailments };
  if (!repair || ailments.includes("lost")) return { ...finding, repaired: null };
  const repaired = await mend(ctx, row, ailments, examined?.telling ?? null).then(
    () => true,
    (error: unknown) => {
      warn("a journey could not be repaired", { workspace: row.workspaceId, enrollment: row.id, error });
      return false;
    },
  );
  return { ...finding, repaired };
}

/** One that does not answer must not keep the others of its page from being examined. */
async function examinedOf(ctx: Context, { id, workspaceId }: EnrollmentRow): Promise<Examined | null | "unreached"> {
  try {
    return await objectOf(ctx, id).examine(ctx.now);
  } catch (error) {
    warn("a journey could not be examined", { workspace: workspaceId, enrollment: id, error });
    return "unreached";
  }
}

type Telling = Parameters<typeof restore>[2];

/** A wake brings on what was begun and never done, and has the object look at the world again. */
async function mend(ctx: Context, row: EnrollmentRow, ailments: Ailment[], telling: Telling | null): Promise<void> {
  const mirrored = ailments.some((one) => one !== "unstarted" && one !== "asleep");
  if (mirrored && telling !== null) await restore(ctx.db, row, telling);
  if (ailments.includes("unstarted") || ailments.includes("asleep")) await awaken(ctx, row, 1);
}

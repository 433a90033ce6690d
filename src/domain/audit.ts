/** Knows what may be wrong between a journey's row in the mirror and its object, seen side by side. */
import type { LedgerLine, Snapshot, Telling } from "./mirror";
import { BEGUN } from "./record";
import { isHeld } from "./throttle";
import { type Journey, MINUTE, type Reading, type Wall } from "./time";

/**
 * `unstarted`: it was let in, or taken up again, and its object has not heard. `lost`: the row tells of an object that knows
 * nothing. `behind`: the object has told more than the row shows, which may just be under way. `ahead`: the row shows more
 * than there is. `differs`: the same version, told otherwise. `ledger`: a message is missing, or stands otherwise. `asleep`:
 * it has something ahead, and no alarm for it. `unreached`: its object did not answer, and nothing is known.
 */
export type Ailment = "unstarted" | "lost" | "behind" | "ahead" | "differs" | "ledger" | "asleep" | "unreached";

/** What an object tells of itself: all its facts from the first, and when it wakes. */
export interface Examined {
  telling: Telling;
  /** When its alarm rings, and when it should by what it has ahead. */
  alarm: Wall | null;
  wake: Wall | null;
}

export interface Mirrored {
  version: number;
  completeTo: number;
  state: string;
  why: string | null;
  standing: string;
  stepId: number | null;
  dueAt: Journey | null;
  wakeBy: Journey | null;
  endedAt: Journey | null;
}

/** A message as the ledger has it; `fact` is the entry of history that it was last told by. */
export type Kept = Pick<LedgerLine, "id" | "status"> & { fact: number };

/** What may be on its way for so long, in wall milliseconds. */
const GRACE = MINUTE;

interface Sides {
  row: Mirrored;
  examined: Examined | null;
  ledger: readonly Kept[];
  /** Whether its history stands in the database, its object freed. */
  freed: boolean;
}

export function ailmentsOf({ row, examined, ledger, freed }: Sides, now: Reading): Ailment[] {
  if (isHeld(row) || freed || isMoving(row)) return [];
  if (row.state === "pending") return isForgotten(row, now) ? ["unstarted"] : [];
  if (examined === null) return ailmentsWithout(row, now);
  const { snapshot, to } = examined.telling;
  const found: Ailment[] = [];
  if (row.version < snapshot.version || row.completeTo < to) found.push("behind");
  if (row.version > Math.max(snapshot.version, BEGUN) || row.completeTo > Math.max(to, BEGUN)) found.push("ahead");
  if (row.version === snapshot.version && differs(row, snapshot)) found.push("differs");
  if (lacks(ledger, examined.telling, row.completeTo)) found.push("ledger");
  if (isAsleep(examined, now)) found.push("asleep");
  return found;
}

function isMoving({ state, why }: Mirrored): boolean {
  return state === "pending" && why === "move";
}

function isForgotten({ wakeBy, dueAt }: Mirrored, now: Reading): boolean {
  return (wakeBy ?? dueAt ?? 0) < now.journey - GRACE * now.speed;
}

/** Of one that has ended before it began there is no object, and none is missed. */
function ailmentsWithout(row: Mirrored, now: Reading): Ailment[] {
  if (row.version > BEGUN) return ["lost"];
  return row.standing === "ACTIVE" && isForgotten(row, now) ? ["unstarted"] : [];
}

function differs(row: Mirrored, { state, why, standing, step, dueAt, endedAt }: Snapshot): boolean {
  return (
    row.state !== state ||
    row.why !== why ||
    row.standing !== standing ||
    row.stepId !== step ||
    row.dueAt !== dueAt ||
    row.endedAt !== endedAt
  );
}

/** What is told by facts that the row has not heard of yet is not missed. */
function lacks(ledger: readonly Kept[], { messages }: Telling, completeTo: number): boolean {
  const known = new Map(ledger.map((line) => [line.id, line]));
  const newest = new Map(messages.filter(({ n }) => n <= completeTo).map((line) => [line.id, line]));
  return [...newest.values()].some(({ id, n, status }) => {
    const kept = known.get(id);
    return kept === undefined || kept.fact < n || (kept.fact === n && kept.status !== status);
  });
}

function isAsleep({ alarm, wake }: Examined, now: Reading): boolean {
  return wake !== null && (alarm === null || alarm < now.wall - GRACE);
}

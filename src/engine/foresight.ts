/** Knows what lies ahead of an enrollment from where it stands, if nothing holds it up and nothing comes between. */
import { type Rehearsed, rehearse } from "../domain/rehearsal";
import { growTree } from "../domain/tree";
import { readWorldFor } from "../storage/facts";
import type { Context } from "./context";
import type { Detail } from "./enrollments";
import { tripOf } from "./journey";
import { timingOf } from "./schedules";
import { factsOf } from "./simulation";

/** Null of one that has ended, and of whom nobody knows any more. `most` steps are told. */
export async function foresee(ctx: Context, detail: Detail, most: number): Promise<Rehearsed | null> {
  const { row, contact, definition, view } = detail;
  if (row.standing !== "ACTIVE" || contact === null) return null;
  const world = await readWorldFor(ctx.db, row);
  if (!world) return null;
  const tree = growTree(definition.steps, definition.sequence.revision);
  const known = { contact, tree, timing: await timingOf(ctx, definition), platform: row.platform };
  const trip = tripOf(row);
  const scene = { trip, contact, facts: factsOf(ctx, world, known), start: ctx.now, most };
  const begun = view?.state && view.state.phase.is !== "pending" ? view.state : null;
  // He waits to be taken up again, and nobody knows when that will be.
  if (begun?.phase.is === "ended") return null;
  return rehearse({ ...scene, ways: new Map(), initTag: definition.sequence.initTag }, begun);
}

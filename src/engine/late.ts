/** Knows what comes of what is told to a journey whose object was freed, and what its history was. */
import type { Entry, State } from "../domain/enrollment";
import { missing, ok, type Result, refuse } from "../domain/failure";
import { lateNews } from "../domain/noted";
import type { Kept } from "../domain/retention";
import type { Waiting } from "../domain/waiting";
import type { Command } from "../enrollment/object";
import type { Database } from "../storage/database";
import type { EnrollmentRow } from "../storage/enrollments";
import { readHistories } from "../storage/histories";
import { findMessage, type MessageRow } from "../storage/messages";
import { writeLateNews } from "../storage/mirror";
import type { Context } from "./context";
import { announce } from "./webhooknudges";

/** Of a message that is long since sent, what is heard goes straight to its line; all else comes too late. */
export async function tellLate(ctx: Context, row: EnrollmentRow, event: Command): Promise<Result<EnrollmentRow>> {
  switch (event.kind) {
    case "noted": {
      const known = await findMessage(ctx.db, { ...ctx, userId: null }, event.message);
      if (!known) return missing("message");
      await noteLate(ctx, event);
      return ok(row);
    }
    // Here the move was made; it may yet have to be told there.
    case "moved":
      return row.why === "moved" ? ok(row) : refuse({ kind: "already_ended" });
    case "retry":
      return refuse({ kind: "no_longer_kept" });
    case "complete":
    case "skip":
    case "reschedule":
    case "deliver":
      return refuse({ kind: "already_complete" });
    case "start":
    case "exit":
    case "pause":
    case "resume":
    case "reply":
    case "away":
    case "remark":
    case "called":
      return refuse({ kind: "already_ended" });
  }
}

/** Told again it changes nothing. */
export async function noteLate(ctx: Context, event: Extract<Command, { kind: "noted" }>): Promise<void> {
  if (await writeLateNews(ctx.db, lateNews(event, ctx.now.journey))) await announce(ctx);
}

/** What is told of a journey: by its object, or, where that was freed, by what was kept. */
export interface Told {
  /** Null where it was freed. */
  state: State | null;
  history: readonly (Entry | Kept)[];
  waiting: Waiting | null;
}

/** Of those of the journeys that were freed what was kept, with the excerpts of the ledger's lines. */
export async function pastOf(
  db: Database,
  rows: readonly EnrollmentRow[],
  ledger: readonly MessageRow[],
): Promise<Map<number, Told>> {
  const excerpts = new Map(ledger.map(({ id, excerpt }) => [id, excerpt ?? ""]));
  const told = (entry: Kept): Kept =>
    entry.what === "message" ? { ...entry, excerpt: excerpts.get(entry.message) ?? "" } : entry;
  const kept = await readHistories(db, rows);
  return new Map([...kept].map(([id, history]) => [id, { state: null, history: history.map(told), waiting: null }]));
}

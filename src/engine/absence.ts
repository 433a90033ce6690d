/** Knows what an out-of-office asks of a journey, by the ruleset of its sequence. */
import type { Contact } from "../domain/contact";
import { resumeOf } from "../domain/outofoffice";
import type { Sequence } from "../domain/sequence";
import type { Journey } from "../domain/time";
import type { Command } from "../enrollment/object";
import { findRuleset } from "../storage/rulesets";
import type { Context } from "./context";

export interface Absence {
  key: string;
  text: string;
  at: Journey;
  contact: Contact | undefined;
}

/** Null where no ruleset says what to do: then it is ignored, as any automatic reply. */
export async function awayFrom(
  { db, workspaceId }: Context,
  { rulesetId }: Sequence,
  { key, text, at, contact }: Absence,
): Promise<Command | null> {
  const ruleset = rulesetId === null ? null : await findRuleset(db, workspaceId, rulesetId);
  if (!ruleset) return null;
  const zone = contact?.timezone ?? "UTC";
  return { kind: "away", key, at, resumeAt: resumeOf(ruleset, { text, at, zone }) };
}

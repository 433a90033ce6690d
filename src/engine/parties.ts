/** Knows how to read who is to be enrolled, and in what; an isolate remembers what, for the write itself sees if it is so no more. */
import type { Contact } from "../domain/contact";
import { missing, ok, type Result } from "../domain/failure";
import type { Ruleset } from "../domain/ruleset";
import { contactsOf, findContact, selectContact } from "../storage/contacts";
import { selectRulesetOf } from "../storage/rulesets";
import { type Definition, selectSequence } from "../storage/sequences";
import { selectSteps, stepsOf } from "../storage/steps";
import type { Context } from "./context";

/** A sequence with the ruleset that it names. */
export type Ruled = Definition & { ruleset: Ruleset | null };

export interface Parties {
  definition: Ruled;
  contact: Contact;
}

/** Whatever changes what is remembered of a sequence gives it a new revision. */
const remembered = new Map<string, Ruled>();
const MOST_REMEMBERED = 200;

/** As this isolate remembers the sequence; what follows from it holds only if a write that names its revision goes through. */
export async function recallParties(ctx: Context, sequenceId: number, contactId: number): Promise<Parties | null> {
  const definition = remembered.get(keyOf(ctx, sequenceId));
  const contact = definition ? await findContact(ctx.db, ctx.workspaceId, contactId) : null;
  return definition && contact ? { definition, contact } : null;
}

export async function readParties(ctx: Context, sequenceId: number, contactId: number): Promise<Result<Parties>> {
  const { db, workspaceId } = ctx;
  const [[sequence], steps, rows, [ruleset]] = await db.batch([
    selectSequence(db, ctx, sequenceId),
    selectSteps(db, sequenceId),
    selectContact(db, workspaceId, contactId),
    selectRulesetOf(db, workspaceId, sequenceId),
  ]);
  if (!sequence) return missing("sequence");
  const definition = { sequence, steps: stepsOf(steps), ruleset: ruleset ?? null };
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(keyOf(ctx, sequenceId), definition);
  const [contact] = contactsOf(rows);
  return contact ? ok({ definition, contact }) : missing("contact");
}

/** A private sequence is remembered for those who have seen it, and for nobody else. */
function keyOf({ workspaceId, userId }: Context, sequenceId: number): string {
  return `${workspaceId}/${userId}/${sequenceId}`;
}

/** Knows the verb that counts: what became of the messages of sequences, steps, variants and templates. */
import { repliedContactsOf, type TallyScope, talliesOf } from "../storage/tallies";
import type { Context } from "./context";

export { type Counted, NOTHING_COUNTED, type TallyScope } from "../storage/tallies";

/** By id; those of which nothing is counted yet are left out, as are those of other workspaces. */
export function tallies({ db, workspaceId }: Context, scope: TallyScope, ids: readonly number[]) {
  return talliesOf(db, workspaceId, scope, ids);
}

/** Contacts who answered, by sequence; those where nobody has are left out. */
export function repliedContacts({ db, workspaceId }: Context, sequenceIds: readonly number[]) {
  return repliedContactsOf(db, workspaceId, sequenceIds);
}

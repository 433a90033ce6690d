/** Knows how a contact is forgotten: his rows at once, his journeys by a job, and of what nobody writes to only keyed hashes stay. */

import { missing, ok, type Result } from "../domain/failure";
import { BEGUN } from "../domain/record";
import { senderOf } from "../domain/reply";
import { isHeld } from "../domain/throttle";
import { keptWithoutWords } from "../domain/words";
import { warn } from "../log";
import { eraseAnswers } from "../storage/answers";
import { eraseCalls } from "../storage/calls";
import { findContact } from "../storage/contacts";
import { together } from "../storage/database";
import { eraseLettersAbout, eraseLettersFrom } from "../storage/deadletters";
import { eraseDeliveriesAbout } from "../storage/deliveries";
import type { EnrollmentRow } from "../storage/enrollments";
import { eraseContact, eraseError, noteErased } from "../storage/erasure";
import { readHistories, rewriteHistory } from "../storage/histories";
import { writeJob } from "../storage/jobs";
import { eraseMessages } from "../storage/messages";
import { eraseReplies } from "../storage/replies";
import { suppressionsOf, veil } from "../storage/suppressions";
import { eraseTasksAlone, eraseTasksOf } from "../storage/tasks";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { catchUp, mirror, objectOf, takeBack, tripOf } from "./journey";
import { veiled } from "./veil";

export async function erase(ctx: Context, contactId: number): Promise<Result<void>> {
  const { db, workspaceId, now } = ctx;
  const contact = await findContact(db, workspaceId, contactId);
  if (!contact) return missing("contact");
  const hashes = (await veiled(ctx, contact.addresses)).map(({ hash }) => hash);
  const senders = contact.addresses.map(({ platform, key }) => senderOf(platform, key));
  const results = await together(db, [
    writeJob(db, { workspaceId, kind: "erase", subjectId: contactId, journey: now.journey, wall: now.wall }),
    ...eraseContact(db, contact, now),
    noteErased(db, workspaceId, hashes, now.wall),
    eraseReplies(db, contact),
    eraseTasksAlone(db, contactId, now.journey),
    eraseCalls(db, contactId),
    eraseAnswers(db, contactId),
    eraseLettersFrom(db, workspaceId, senders),
    eraseDeliveriesAbout(db, contactId),
  ]);
  const [[job]] = results as [{ id: number }[]];
  if (job) await nudge(ctx, [job]);
  await veilAll(ctx, contactId).catch((error: unknown) => {
    warn("listed addresses were left to the job", { contact: contactId, error });
  });
  return ok(undefined);
}

/** Leaves of what is listed of an erased contact the hashes alone. Coming again it finds what it has left. */
export async function veilAll(ctx: Context, contactId: number): Promise<void> {
  const rows = await suppressionsOf(ctx.db, contactId);
  const clear = rows.flatMap(({ id, platform, address }) => (platform && address ? [{ id, platform, address }] : []));
  if (clear.length > 0) await together(ctx.db, veil(ctx.db, contactId, await veiled(ctx, clear)));
}

/** Takes his words out of what was kept of a journey that was freed. The object has moved out nothing of his since he was erased. */
async function eraseHistory({ db }: Context, row: EnrollmentRow): Promise<void> {
  const history = (await readHistories(db, [row])).get(row.id);
  if (history) await rewriteHistory(db, row, history.map(keptWithoutWords));
}

/** Ends one journey of an erased contact and empties what was kept of his words. */
export async function eraseJourney(ctx: Context, row: EnrollmentRow): Promise<void> {
  if (row.version > 0) await (isHeld(row) ? takeBack(ctx, row) : catchUp(ctx, row));
  const object = objectOf(ctx, row.id);
  const answer = await (row.version > BEGUN ? object.forget(tripOf(row), ctx.now) : object.erase(tripOf(row), ctx.now));
  if (answer) await mirror(ctx, answer.telling);
  await eraseHistory(ctx, row);
  await together(ctx.db, [
    eraseError(ctx.db, row.id),
    eraseMessages(ctx.db, row.id),
    eraseTasksOf(ctx.db, row.id),
    eraseLettersAbout(ctx.db, row.id),
    eraseDeliveriesAbout(ctx.db, row.contactId),
  ]);
}

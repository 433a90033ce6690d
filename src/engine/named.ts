/** Knows whose message a link, an address or a Message-ID names, if this service has made it. */
import { enrollmentOf } from "../domain/message";
import type { SealedId } from "../domain/messageid";
import { type Named, readToken, sealedText } from "../domain/token";
import { isSealed } from "../seal";
import { sharedDatabase } from "../storage/database";
import { type EnrollmentRow, findEnrollment, findRows } from "../storage/enrollments";
import { type Departed, findDeparted } from "../storage/retention";
import { type Context, contextFor, type Doors } from "./context";

export interface NamedMessage {
  /** Of the workspace that the token tells. */
  ctx: Context;
  message: number;
  enrollment: EnrollmentRow | Departed;
}

/** Null where the token is malformed or made up, or what it names is gone; nobody learns which. */
export async function namedBy(doors: Doors, text: string): Promise<NamedMessage | null> {
  const named = await sealedBy(doors, text);
  if (named === null) return null;
  const ctx = contextFor(doors, named.workspaceId);
  const id = enrollmentOf(named.message);
  const enrollment = (await findEnrollment(ctx.db, ctx, id)) ?? (await findDeparted(ctx.db, ctx.workspaceId, id));
  return enrollment && { ctx, message: named.message, enrollment };
}

/** What a token names, which it tells itself; whether that is still there, only the database knows. */
export async function sealedBy({ secret }: Doors, text: string): Promise<Named | null> {
  const token = readToken(text);
  if (token === null) return null;
  const { workspaceId, message, seal } = token;
  return (await isSealed(secret, sealedText(workspaceId, enrollmentOf(message)), seal))
    ? { workspaceId, message }
    : null;
}

/** The first of some Message-IDs whose seal is right. They tell no workspace: the journey's row does. */
export async function namedByIds({ bindings, secret }: Doors, ids: readonly SealedId[]): Promise<Named | null> {
  if (ids.length === 0) return null;
  const rows = await findRows(
    sharedDatabase(bindings.DB),
    ids.map(({ message }) => enrollmentOf(message)),
  );
  for (const { message, seal } of ids) {
    const row = rows.find(({ id }) => id === enrollmentOf(message));
    if (row && (await isSealed(secret, sealedText(row.workspaceId, row.id), seal))) {
      return { workspaceId: row.workspaceId, message };
    }
  }
  return null;
}

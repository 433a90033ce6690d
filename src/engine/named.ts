/** Knows whose message a link or an address of ours names, if its token is one that this service has made. */
import { enrollmentOf } from "../domain/message";
import { readToken, sealedText } from "../domain/token";
import { isSealed } from "../seal";
import { type EnrollmentRow, findEnrollment } from "../storage/enrollments";
import { type Context, contextFor, type Doors } from "./context";

export interface NamedMessage {
  /** Of the workspace that the token tells. */
  ctx: Context;
  message: number;
  enrollment: EnrollmentRow;
}

/** Null where the token is malformed or made up, or what it names is gone; nobody learns which. */
export async function namedBy(doors: Doors, text: string): Promise<NamedMessage | null> {
  const token = readToken(text);
  if (token === null) return null;
  const { workspaceId, message, seal } = token;
  const id = enrollmentOf(message);
  if (!(await isSealed(doors.secret, sealedText(workspaceId, id), seal))) return null;
  const ctx = contextFor(doors, workspaceId);
  const enrollment = await findEnrollment(ctx.db, ctx, id);
  return enrollment && { ctx, message, enrollment };
}

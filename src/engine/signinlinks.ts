/** Knows links that sign a browser in: made by the operator for a user, and good once, for a few minutes. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import { MINUTE } from "../domain/time";
import { sharedDatabase } from "../storage/database";
import { findLink, type Invited, insertLink, takeLink } from "../storage/signinlinks";
import { findUser } from "../storage/users";
import { type Context, contextFor, type Doors } from "./context";
import { digestOf } from "./keys";
import { SESSION, signIn } from "./sessions";
import { issue } from "./userkeys";

export type { Invited } from "../storage/signinlinks";

/** In wall milliseconds: long enough to find the browser, and too short to be found in somebody's history. */
export const LINK_STANDS = 10 * MINUTE;
/** No key is as long, nor any link of ours: what is longer is not looked for. */
const LONGEST = 100;

export interface MadeLink {
  /** Told once; only its digest is kept. */
  token: string;
  expiresAt: number;
}

export async function makeLink({ db, workspaceId, now }: Context, userId: number): Promise<Result<MadeLink>> {
  const user = await findUser(db, workspaceId, userId);
  if (!user) return missing("user");
  if (user.locked) return refuse({ kind: "bad_value", field: "userId", message: "is locked, and stays out" });
  const token = crypto.getRandomValues(new Uint8Array(30)).toBase64({ alphabet: "base64url" });
  const expiresAt = now.wall + LINK_STANDS;
  await insertLink(db, { digest: await digestOf(token), workspaceId, userId, expiresAt });
  return ok({ token, expiresAt });
}

/** Whom a link would sign in; null where it opens nothing, be it used, past, mistyped, or for somebody who is locked. */
export async function invitedBy({ bindings, now }: Doors, token: string): Promise<Invited | null> {
  if (token.length > LONGEST) return null;
  return findLink(sharedDatabase(bindings.DB), await digestOf(token), now.wall);
}

/**
 * Uses a link up for a session, whose key stands among the user's others and is revoked like them; null where the link opens
 * nothing. It is gone before the key is made: a link that comes to nothing is made anew, one that was used twice is a breach.
 */
export async function followLink(doors: Doors, token: string): Promise<Result<string> | null> {
  const { wall } = doors.now;
  const invited = await invitedBy(doors, token);
  if (!invited || !(await takeLink(sharedDatabase(doors.bindings.DB), await digestOf(token), wall))) return null;
  const { workspaceId, userId } = invited;
  const draft = { userId, name: "Signed in by a link", expiresAt: wall + SESSION };
  const issued = await issue(contextFor(doors, workspaceId, userId), { scopes: ["*"], expiresAt: null }, draft);
  if (!issued.ok) return issued;
  const session = await signIn(doors, issued.value.key);
  return session === null ? null : ok(session);
}

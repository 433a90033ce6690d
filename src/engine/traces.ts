/** Knows where the links of our mails lead, and how it is noted who opened a mail or followed a link. */
import { isWeb, linkText, readPlace } from "../domain/link";
import { enrollmentOf } from "../domain/message";
import { SECOND } from "../domain/time";
import { readToken, sealedText, spellToken } from "../domain/token";
import type { Trace } from "../domain/trace";
import { report } from "../log";
import { isSealed } from "../seal";
import { type Context, contextFor, type Doors } from "./context";
import { objectOf } from "./journey";
import { noteLate } from "./late";

/** Where a link leads, if this service has put it into that mail; null where anybody has changed anything of it. */
export async function destinationOf(
  { secret }: Pick<Doors, "secret">,
  { token, place, url }: { token: string; place: string; url: string },
): Promise<string | null> {
  const [named, at] = [readToken(token), readPlace(place)];
  if (named === null || at === null || !isWeb(url)) return null;
  return (await isSealed(secret, linkText(spellToken(named), { n: at.n, url }), at.seal)) ? url : null;
}

export type Seen = Pick<Trace, "fact" | "url" | "by"> & { token: string };

const PAUSE = 2 * SECOND;

/**
 * Notes what was seen, and nothing where the token is made up. The reader has had his answer by then, so nobody asks again:
 * a journey that is out of reach is told by the queue, and where that is too, once more a little later.
 */
export async function note(doors: Doors, { token: text, ...seen }: Seen): Promise<void> {
  const token = readToken(text);
  if (token === null) return;
  const { workspaceId, message, seal } = token;
  const enrollment = enrollmentOf(message);
  if (!(await isSealed(doors.secret, sealedText(workspaceId, enrollment), seal))) return;
  const ctx = contextFor(doors, workspaceId);
  const trace: Trace = { v: 1, kind: "trace", workspaceId, enrollment, message, ...seen, when: doors.now.journey };
  await take(ctx, trace)
    .catch(() => ctx.replies.send(trace))
    .catch(() => scheduler.wait(PAUSE).then(() => take(ctx, trace)))
    .catch((error: unknown) => {
      report("an open or a click was lost", { message, error });
    });
}

/** Tells the journey. Told again it changes nothing; D1 is asked only of one that was freed. */
export async function take(ctx: Context, { enrollment, message, fact, url, by, when }: Trace): Promise<void> {
  const event = { kind: "noted" as const, message, fact, url, by, when: Math.min(when, ctx.now.journey) };
  if (!(await objectOf(ctx, enrollment).hear(ctx.workspaceId, event, ctx.now))) await noteLate(ctx, event);
}

/** Knows where a mail that came in belongs: by a token or an id that we have sealed, or else by whom it is from and to. */
import { reportOf } from "../domain/bounce";
import { type Inbound, inboundOf } from "../domain/inbound";
import { type Incoming, isForged, namesIn, type Recipient, readRecipient } from "../domain/incoming";
import { addressKey } from "../domain/platform";
import type { Named } from "../domain/token";
import { sharedDatabase } from "../storage/database";
import { homesOf } from "../storage/recipients";
import { contextFor, type Doors } from "./context";
import { namedByIds, sealedBy } from "./named";
import { type Received, receive } from "./replies";

/** taken: on its way in; nothing: it changes nothing; unknown: it belongs to nobody here. */
export type Fate = "taken" | "nothing" | "unknown";

/** Throws where it can be kept nowhere, so that its server sends it again. */
export async function takeIncoming(doors: Doors, mail: Incoming, replyDomain: string | null): Promise<Fate> {
  const origin = await originOf(doors, mail, readRecipient(mail.to, replyDomain));
  const inbound = inboundOf(mail, { recipient: origin.recipient, named: origin.named !== null });
  if (inbound === null) return "nothing";
  const workspaces = origin.named ? [origin.named.workspaceId] : await homesFor(doors, mail, inbound);
  const told = credible(inbound, origin);
  if (told === null) return "nothing";
  const received = await receivedAs(doors, mail, told, origin);
  for (const workspaceId of workspaces) {
    const kept = await receive(contextFor(doors, workspaceId), received);
    if (!kept.ok) throw new Error("a mail could be kept nowhere");
  }
  return workspaces.length > 0 ? "taken" : "unknown";
}

interface Origin {
  named: Named | null;
  /** The address of ours that it came to, where its token is right. */
  recipient: Recipient | null;
  /** It names what looks like ours, and none of it is. */
  madeUp: boolean;
}

async function originOf(doors: Doors, mail: Incoming, to: Recipient | null): Promise<Origin> {
  const told = to && (await sealedBy(doors, to.token));
  if (told) return { named: told, recipient: to, madeUp: false };
  const { ids, tokens, pretends } = namesIn(mail, reportOf(mail) !== null);
  for (const token of tokens) {
    const named = await sealedBy(doors, token);
    if (named) return { named, recipient: null, madeUp: false };
  }
  const named = await namedByIds(doors, ids);
  return { named, recipient: null, madeUp: named === null && (pretends || to !== null) };
}

/**
 * Nobody's word is taken for another's: what a report says of somebody without naming a mail that he was sent, counts only
 * where it does not pretend to name one. A bounce is noted then, and a complaint is not.
 */
function credible(inbound: Inbound, { named, madeUp }: Origin): Inbound | null {
  if (named !== null || !inbound.reports || !madeUp) return inbound;
  return inbound.kind === "complaint" ? null : { ...inbound, kind: "soft_bounce" };
}

/**
 * The workspace whose address it came to. Where several say that it is theirs, those that have written to whoever wrote it,
 * for nobody is to read another's mail by naming his address; and whoever is not who he says is a stranger to all.
 */
async function homesFor(doors: Doors, mail: Incoming, { from }: Inbound): Promise<number[]> {
  if (isForged(mail)) return [];
  const to = addressKey("EMAIL", mail.to);
  const homes = await homesOf(sharedDatabase(doors.bindings.DB), { to, from: addressKey("EMAIL", from) });
  const theirs = homes.length === 1 ? homes : homes.filter((home) => home.hasWritten);
  return theirs.map(({ workspaceId }) => workspaceId);
}

/** Longer ones are no server's, and the queue takes none. */
const LONGEST_ID = 1000;

async function receivedAs({ now }: Doors, mail: Incoming, inbound: Inbound, origin: Origin): Promise<Received> {
  const { kind, from, subject, text, headers } = inbound;
  const [answered] = mail.inReplyTo.split(/[\s<>]+/).filter((id) => id !== "" && id.length <= LONGEST_ID);
  return {
    platform: "EMAIL",
    from,
    text,
    messageId: mail.messageId ?? (await idFor(mail)),
    // Without its seal, an id of ours says nothing; one of a provider's is looked up in the ledger.
    inReplyTo: origin.madeUp ? null : (answered ?? null),
    receivedAt: now.wall,
    headers,
    kind,
    subject,
    message: origin.named?.message ?? null,
  };
}

/** A mail without an id is the same when it is sent again: by all that it says. */
async function idFor({ from, subject, headers, text, html }: Incoming): Promise<string> {
  const said = JSON.stringify([from, subject, headers.get("date") ?? null, text, html]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(said));
  return `none:${new Uint8Array(digest).toHex()}`;
}

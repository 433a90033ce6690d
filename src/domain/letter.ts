/** Knows what a turn writes on a mail: what names it, whom it comes from, which thread it continues, and what stops it. */
import type { Facts } from "./facts";
import { oneLine } from "./line";
import type { Mail, Thread, Tracks } from "./mail";
import { messageIdOf } from "./messageid";
import type { Format } from "./template";
import { answerTo, continuedBy } from "./thread";
import type { Wall } from "./time";
import { spellToken } from "./token";

/** By what a mail is named in its links and addresses, and the link that stops the mails. */
export type Stamp = Pick<Mail, "token" | "unsubscribeUrl">;

/** Null where the journey is not on EMAIL. */
export function stampOf({ post, sequence }: Facts, workspaceId: number, message: number): Stamp | null {
  if (!post) return null;
  const token = spellToken({ workspaceId, message, seal: post.seal });
  const stoppable = post.publicUrl !== null && !sequence.transactional;
  return { token, unsubscribeUrl: stoppable ? `${post.publicUrl}/t/u/${token}` : null };
}

/** What is known of a mail before it is written. */
interface Begun {
  message: number;
  stamp: Stamp;
  /** What came before it. */
  thread: Thread | null;
  /** Its own subject, rendered. */
  own: string | null;
  draft: { isReply: boolean; tracks?: Tracks };
  date: Wall;
}

/** A mail needs a subject: who has none of his own and continues nothing takes the sequence's name. Null without a sender. */
export function letterOf({ post, sequence }: Facts, begun: Begun): { subject: string; mail: Mail } | null {
  if (!post?.sender) return null;
  const { message, stamp, own, draft, date } = begun;
  const thread = continuedBy(begun.thread, own, draft.isReply);
  const mail: Mail = {
    from: post.sender,
    mailbox: post.box?.id ?? null,
    ...stamp,
    messageId: messageIdOf(message, post.seal, post.sender.address),
    references: thread?.ids ?? [],
    tracks: tracked(post.tracks, draft.tracks),
    date,
  };
  return { subject: thread ? answerTo(thread.subject) : own || oneLine(sequence.name), mail };
}

/** A text with the link in a last line, where each mail is to show it and this one does not yet. */
export function withLink(body: string, format: Format, { post }: Facts, stamp: Stamp | null): string {
  if (!post?.showsLink || !stamp?.unsubscribeUrl || body.includes(stamp.unsubscribeUrl)) return body;
  const { unsubscribeUrl: url } = stamp;
  if (format === "text") return `${body.trimEnd()}\n\nUnsubscribe: ${url}\n`;
  const own = post.box?.optOutSignature ?? "";
  const line = own.includes(PLACE) ? own.replaceAll(PLACE, () => url) : `<p><a href="${url}">Unsubscribe</a></p>`;
  const end = /<\/body\s*>/i.exec(body)?.index ?? body.length;
  return `${body.slice(0, end)}\n${line}\n${body.slice(end)}`;
}

/** What stands for the link in a mailbox's own words. */
const PLACE = "%unsubscribe_url%";

/** As the sequence or the template says: each dialect asks for it at one of the two. */
function tracked(sequence: Tracks, template: Tracks = { opens: false, clicks: false }): Tracks {
  return { opens: sequence.opens || template.opens, clicks: sequence.clicks || template.clicks };
}

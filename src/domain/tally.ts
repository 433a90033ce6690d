/** Knows what is counted of mailings, each once however often it is told. */
import type { Deed, State } from "./enrollment";
import type { MessageStatus } from "./message";
import type { Sentiment } from "./sentiment";

export interface Tally {
  /** Mailings whose sending was begun, whatever became of it: the lines of the ledger. */
  scheduled: number;
  /** Those that went out: taken by the channel, or reported to have arrived. */
  delivered: number;
  /** Those that were opened. Who clicks has opened. */
  opened: number;
  clicked: number;
  bounced: number;
  failed: number;
  /** Those that were answered, by how the first answer was meant. */
  positive: number;
  neutral: number;
  negative: number;
  /** The last mailings before somebody opted out. */
  optedOut: number;
}

/** What a state remembers of its mailings to count them by. */
export interface Fates {
  /** How many were taken by the channel. */
  sent: number;
  /** The others, by id. */
  unsent: Record<number, MessageStatus>;
  /** How the first answer to each was meant, by id. */
  answered: Record<number, Sentiment>;
  /** The one that made him opt out; where that is not known, the last one before. */
  optedOutAfter: number | null;
}

export const NO_FATES: Fates = { sent: 0, unsent: {}, answered: {}, optedOutAfter: null };

/** What the deeds of a turn add; `lastMessage` was the last one to go out before it. */
export function fatesAfter(fates: Fates, deeds: readonly Deed[], lastMessage: number | null): Fates {
  return deeds.reduce((before, deed) => fatesWith(before, deed, lastMessage), fates);
}

function fatesWith(fates: Fates, deed: Deed, lastMessage: number | null): Fates {
  if (deed.what === "message") {
    const { [deed.message]: _, ...others } = fates.unsent;
    if (deed.status === "sent") return { ...fates, sent: fates.sent + 1, unsent: others };
    return { ...fates, unsent: { ...others, [deed.message]: deed.status } };
  }
  if (deed.what === "replied" && lastMessage !== null && !fates.answered[lastMessage]) {
    return { ...fates, answered: { ...fates.answered, [lastMessage]: deed.sentiment ?? "neutral" } };
  }
  if (deed.what === "ended" && deed.why === "opted_out") {
    return { ...fates, optedOutAfter: deed.message ?? lastMessage };
  }
  return fates;
}

/** The fates of a state that was stored before they were: all that was claimed went out, but for the one under way. */
export function fatesBefore(stored: Pick<State, "messages" | "inFlight" | "phase">): Fates {
  const { messages, inFlight, phase } = stored;
  const unsent = inFlight?.content || (phase.is === "ended" && phase.givenUp) ? 1 : 0;
  return { ...NO_FATES, sent: Math.max(0, messages - unsent) };
}

export function tallyOf({ fates, noted }: Pick<State, "fates" | "noted">): Tally {
  const { delivered = [], opened = [], clicked = [], bounced = [], unsubscribed = [] } = noted;
  const arrived = new Set([...delivered, ...opened, ...clicked]);
  const unsent = Object.entries(fates.unsent);
  const answers = Object.values(fates.answered);
  const meant = (sentiment: Sentiment) => answers.filter((answer) => answer === sentiment).length;
  return {
    scheduled: fates.sent + unsent.length,
    delivered: fates.sent + unsent.filter(([id]) => arrived.has(Number(id))).length,
    opened: new Set([...opened, ...clicked]).size,
    clicked: clicked.length,
    bounced: bounced.length,
    failed: unsent.filter(([, status]) => status === "failed").length,
    positive: meant("positive"),
    neutral: meant("neutral"),
    negative: meant("negative"),
    optedOut: fates.optedOutAfter === null && unsubscribed.length === 0 ? 0 : 1,
  };
}

/** Knows what a journey remembers of clicks, and how it tells those of a person from a burst that a machine makes. */
import { hash } from "./chance";
import type { Decision, Deed, Event, State } from "./enrollment";
import { type Journey, type Reading, SECOND, type Wall, wallAt } from "./time";
import { stirred } from "./watch";

export interface Clicks {
  /** By message: the links that people have clicked, as hashes of their URLs. */
  links: Record<number, number[]>;
  /** Ids of the messages that a machine has opened, or clicked in. */
  machines: { opened?: number[]; clicked?: number[] };
  /** What looks like a person's, and may yet turn out to be the first of a burst. */
  doubts: Doubt[];
  /** The last click of a burst. */
  burst: { message: number; when: Journey } | null;
}

interface Doubt {
  message: number;
  url: string | null;
  when: Journey;
}

export const NO_CLICKS: Clicks = { links: {}, machines: {}, doubts: [], burst: null };

type Noted = Extract<Event, { kind: "noted" }>;

/** Nobody clicks a second link of a mail this soon after the first; what looks into mails does. */
const BURST = SECOND;
/** Nobody has found, opened and read a mail this soon after it was sent. */
const SOON = 10 * SECOND;
/** Links that are told apart, of a mail and of a journey: the state stays small, whoever clicks. */
const MOST_OF_A_MAIL = 100;
const MOST_OF_ALL = 1000;

/** What is doubtful becomes the one or the other by the time it came. */
export function isByMachine(
  state: State,
  { by, message, when }: Pick<Noted, "by" | "message" | "when">,
  now: Reading,
): boolean {
  if (by !== "doubtful") return by === "machine";
  if (state.inFlight?.message === message) return true;
  return state.lastMessage === message && state.lastSentAt !== null && when - state.lastSentAt < SOON * now.speed;
}

/** Nobody is taken to have read it, and no condition hears of it. The first of its kind is remembered and put down. */
export function noteMachine(state: State, fact: "opened" | "clicked", event: Omit<Doubt, "fact">): Decision {
  const { message, when, url } = event;
  const known = state.clicks.machines[fact] ?? [];
  if (known.includes(message)) return { state, deeds: [] };
  const machines = { ...state.clicks.machines, [fact]: [...known, message] };
  const deed: Deed = { what: "noted", message, fact, when, url, by: "machine" };
  return { state: { ...state, clicks: { ...state.clicks, machines } }, deeds: [deed] };
}

/**
 * | who clicks                         | another link of it within a second | otherwise                              |
 * | ---------------------------------- | ---------------------------------- | -------------------------------------- |
 * | who is known to be a person        | counts                             | counts                                 |
 * | who looks like one                 | both are a machine's               | counts once the second is over         |
 * | a machine                          | is a machine's                     | is a machine's                         |
 *
 * A link that has counted does not count again.
 */
export function noteClick(state: State, event: Noted, now: Reading): Decision {
  if (isByMachine(state, event, now)) return noteMachine(state, "clicked", event);
  if (isKnown(state, event)) return { state, deeds: [] };
  if (event.by === undefined || event.by === "human") return count(state, event);
  const { doubts, burst } = state.clicks;
  const { message, url, when } = event;
  const near = (other: { message: number; when: Journey }) =>
    other.message === message && Math.abs(other.when - when) < BURST * now.speed;
  const beside = doubts.filter(near);
  if (beside.some((doubt) => doubt.url === url)) return { state, deeds: [] };
  if (beside.length === 0 && !(burst && near(burst))) {
    return { state: { ...state, clicks: { ...state.clicks, doubts: [...doubts, { message, url, when }] } }, deeds: [] };
  }
  const left = { doubts: doubts.filter((doubt) => !near(doubt)), burst: { message, when } };
  return noteMachine({ ...state, clicks: { ...state.clicks, ...left } }, "clicked", beside[0] ?? event);
}

function isKnown({ clicks, noted }: State, { message, url }: Pick<Doubt, "message" | "url">): boolean {
  if (url === null) return noted.clicked?.includes(message) ?? false;
  const known = clicks.links[message] ?? [];
  return known.includes(hash(url)) || known.length >= MOST_OF_A_MAIL || linksOf(clicks) >= MOST_OF_ALL;
}

function linksOf({ links }: Clicks): number {
  return Object.values(links).reduce((sum, { length }) => sum + length, 0);
}

/** A person has clicked a link that nobody has clicked before; a condition that waits for it is looked at again. */
function count(state: State, { message, url, when }: Doubt): Decision {
  if (isKnown(state, { message, url })) return { state, deeds: [] };
  const { noted, clicks } = state;
  const clicked = noted.clicked ?? [];
  const known = clicks.links[message] ?? [];
  const links = url === null ? known : [...known, hash(url)];
  const deed: Deed = { what: "noted", message, fact: "clicked", when, url, clicks: Math.max(1, links.length) };
  return {
    state: {
      ...stirred(state),
      noted: clicked.includes(message) ? noted : { ...noted, clicked: [...clicked, message] },
      clicks: { ...clicks, links: { ...clicks.links, [message]: links } },
    },
    deeds: [deed],
  };
}

/** When the first doubt is over. */
export function outOfDoubtAt({ clicks }: State, now: Reading): Wall | null {
  const over = clicks.doubts.map(({ when }) => wallAt(now, when) + BURST);
  return over.length === 0 ? null : Math.min(...over);
}

/** Counts the clicks that no other has followed within a second: a person made them. */
export function settleDoubts(state: State, now: Reading): Decision {
  const isOver = ({ when }: Doubt) => wallAt(now, when) + BURST <= now.wall;
  const over = state.clicks.doubts.filter(isOver);
  if (over.length === 0) return { state, deeds: [] };
  const doubts = state.clicks.doubts.filter((doubt) => !isOver(doubt));
  return over.reduce<Decision>(
    (before, doubt) => {
      const counted = count(before.state, doubt);
      return { state: counted.state, deeds: [...before.deeds, ...counted.deeds] };
    },
    { state: { ...state, clicks: { ...state.clicks, doubts } }, deeds: [] },
  );
}

/** Knows what the mirror in D1 is told of an enrollment, and how several tellings become one. */
import { type Course, courseOf } from "./course";
import type { EndReason, Entry, Hold, LivePhase, PauseReason, State } from "./enrollment";
import type { Mail } from "./mail";
import { excerptOf, type MessageFact, type MessageStatus } from "./message";
import type { Moments } from "./moments";
import type { Sentiment } from "./sentiment";
import { type Tally, tallyOf } from "./tally";
import { type TaskLine, taskLine } from "./task";
import { type Journey, journeyAt, type Reading, type Wall } from "./time";

/** The four standings that statistics count. */
export const STANDINGS = ["ACTIVE", "COMPLETED", "EXITED", "FAILED"] as const;
export type Standing = (typeof STANDINGS)[number];

/** What the mirror shows of a journey. */
export interface Snapshot extends Course {
  version: number;
  state: LivePhase["is"] | "ended";
  why: EndReason | PauseReason | Hold | "start" | "throttle" | "condition" | "frequency" | "slot" | null;
  standing: Standing;
  step: number | null;
  /** The last step that ran of those that list dialects show. */
  lastStep: number | null;
  /** The last message or task. */
  lastTouch: number | null;
  dueAt: Journey | null;
  /** By when something should have happened; the sweep looks into what has not. */
  wakeBy: Journey | null;
  endedAt: Journey | null;
  repliedAt: Journey | null;
  lastSentAt: Journey | null;
  callCompletedAt: Journey | null;
  error: string | null;
  tally: Tally;
  moments: Moments;
}

/** A message as the ledger shows it after the entry `n`. */
export interface LedgerLine {
  n: number;
  id: number;
  step: number;
  status: MessageStatus;
  attempts: number;
  subject: string | null;
  excerpt: string;
  providerId: string | null;
  error: string | null;
  /** Of the variant and the template that it was rendered from. */
  variant: number | null;
  template: number | null;
  mail?: MailLine;
  /** When it was first claimed, and how much later than it was to be. */
  createdAt: Journey;
  late?: Wall;
  at: Journey;
}

/** What the ledger knows of a mail beside its subject. */
interface MailLine {
  id: string;
  from: string;
  /** 1: opens, 2: clicks. */
  tracks: number;
}

/** What was heard of a message after it was sent. */
export interface NewsLine {
  n: number;
  id: number;
  fact: MessageFact | "machine_opened" | "machine_clicked" | "replied" | "opted_out";
  /** Of a click: how many links of it people have clicked by then. */
  clicks?: number;
  /** Of an answer: how it was meant. */
  sentiment?: Sentiment;
  at: Journey;
  /** When it was heard. */
  heardAt: Journey;
}

/** What leaves an object after a turn: its snapshot, and every fact that is not known to have arrived. */
export interface Telling {
  v: 1;
  enrollment: number;
  workspace: number;
  snapshot: Snapshot;
  /** The first and the last entry told; `to` is `from - 1` when there is none. */
  from: number;
  to: number;
  messages: LedgerLine[];
  news?: NewsLine[];
  tasks?: TaskLine[];
}

export function standingOf(why: EndReason | null): Standing {
  switch (why) {
    case null:
      return "ACTIVE";
    case "completed":
      return "COMPLETED";
    case "failed":
    case "bounced":
      return "FAILED";
    case "replied":
    case "removed":
    case "opted_out":
    case "moved":
    case "archived":
      return "EXITED";
  }
}

export function snapshotOf(state: State, now: Reading): Snapshot {
  const { phase, version, lastShown, lastTouch, repliedAt, lastSentAt, callCompletedAt } = state;
  const counted = { tally: tallyOf(state), moments: state.moments, ...courseOf(state) };
  const common = { version, lastStep: lastShown, lastTouch, repliedAt, lastSentAt, callCompletedAt, ...counted };
  if (phase.is === "ended") {
    const over = { standing: standingOf(phase.why), endedAt: phase.at, error: phase.error };
    return { ...common, ...over, state: "ended", why: phase.why, step: null, dueAt: null, wakeBy: null };
  }
  const live = { ...common, standing: "ACTIVE" as const, endedAt: null, error: null, state: phase.is };
  switch (phase.is) {
    case "pending":
      // Nothing yet that the row does not know better.
      return { ...live, version: 0, why: phase.why, step: null, dueAt: null, wakeBy: null };
    case "working":
      return { ...live, why: null, step: phase.step, dueAt: null, wakeBy: state.task?.skipAt ?? null };
    case "paused":
      return { ...live, why: phase.why, step: phase.step, dueAt: phase.dueAt, wakeBy: wakeByOf(state, now) };
    case "waiting":
      return { ...live, why: whyWaits(phase), step: phase.step, dueAt: phase.dueAt, wakeBy: wakeByOf(state, now) };
  }
}

function whyWaits({ held, watching, fullUntil, booked }: Extract<LivePhase, { is: "waiting" }>) {
  if (held !== undefined || watching) return held ?? "condition";
  if (fullUntil !== undefined) return "frequency";
  return booked === undefined ? null : "slot";
}

/** By when something should happen; null where nothing is to by itself. */
export function wakeByOf({ phase, inFlight }: State, now: Reading): Journey | null {
  if (phase.is === "paused") {
    const until = [phase.resumeAt, phase.finishAt].filter((at) => at !== undefined);
    return until.length === 0 ? null : Math.min(...until);
  }
  if (phase.is !== "waiting") return null;
  // Whoever awaits his turn is not overdue.
  const until = phase.releaseAt ?? phase.opensAt ?? phase.fullUntil ?? phase.booked?.at;
  if (until !== undefined) return until;
  return inFlight?.retryAt ? journeyAt(now, inFlight.retryAt) : phase.dueAt;
}

/** The ledger line of a history entry that is about a message. */
export function ledgerLine(entry: Extract<Entry, { what: "message" }>): LedgerLine {
  const { mail } = entry.content;
  return {
    n: entry.n,
    id: entry.message,
    step: entry.step,
    status: entry.status,
    attempts: entry.attempt,
    subject: entry.content.subject,
    excerpt: excerptOf(entry.content.body),
    providerId: entry.providerId,
    error: entry.reason,
    variant: entry.content.template?.variant ?? null,
    template: entry.content.template?.template ?? null,
    ...(mail ? { mail: mailLine(mail) } : {}),
    ...(entry.late === undefined ? {} : { late: entry.late }),
    createdAt: entry.content.at,
    at: entry.at,
  };
}

function mailLine({ messageId, from, tracks }: Mail): MailLine {
  return { id: messageId, from: from.address, tracks: (tracks.opens ? 1 : 0) + (tracks.clicks ? 2 : 0) };
}

/** What a history entry says of a message after it was sent; null where it says nothing of the kind. */
export function newsLine(entry: Entry): NewsLine | null {
  const { n, at: heardAt } = entry;
  if (entry.what === "noted") return notedLine(entry);
  if ((entry.what !== "replied" && entry.what !== "ended") || entry.message === undefined) return null;
  const news = { n, id: entry.message, at: heardAt, heardAt };
  if (entry.what === "ended") return { ...news, fact: "opted_out" };
  return { ...news, fact: "replied", sentiment: entry.sentiment ?? "neutral" };
}

function notedLine({
  n,
  at: heardAt,
  message: id,
  fact,
  when: at,
  by,
  clicks,
}: Extract<Entry, { what: "noted" }>): NewsLine {
  const line = { n, id, at, heardAt, ...(clicks === undefined ? {} : { clicks }) };
  if (fact === "unsubscribed") return { ...line, fact: "opted_out" };
  return by === "machine" && (fact === "opened" || fact === "clicked")
    ? { ...line, fact: `machine_${fact}` }
    : { ...line, fact };
}

/** One telling an enrollment: the newest snapshot, the facts joined as far as they join, the newest line a message. */
export function mergeTellings(tellings: readonly Telling[]): Telling[] {
  const merged = new Map<number, Telling>();
  const inOrder = [...tellings].sort((a, b) => a.from - b.from || a.to - b.to);
  for (const telling of inOrder) {
    const before = merged.get(telling.enrollment);
    merged.set(telling.enrollment, before ? join(before, telling) : telling);
  }
  return [...merged.values()].map((telling) => ({ ...telling, ...newestOf(telling) }));
}

function join(first: Telling, second: Telling): Telling {
  const snapshot = second.snapshot.version > first.snapshot.version ? second.snapshot : first.snapshot;
  // A gap between the two: what is beyond it comes again with a later telling.
  if (second.from > first.to + 1) return { ...first, snapshot };
  return {
    ...first,
    snapshot,
    to: Math.max(first.to, second.to),
    messages: [...first.messages, ...second.messages],
    ...besides([...(first.news ?? []), ...(second.news ?? [])], [...(first.tasks ?? []), ...(second.tasks ?? [])]),
  };
}

/** What a telling has beside its messages, left out where there is none. */
function besides(news: NewsLine[], tasks: TaskLine[]): Pick<Telling, "news" | "tasks"> {
  return { ...(news.length > 0 ? { news } : {}), ...(tasks.length > 0 ? { tasks } : {}) };
}

export function linesOf(entries: readonly Entry[], news: NewsLine[]): Pick<Telling, "messages" | "news" | "tasks"> {
  const messages = entries.flatMap((entry) => (entry.what === "message" ? [ledgerLine(entry)] : []));
  const tasks = entries.flatMap((entry) => (entry.what === "task" ? [taskLine(entry)] : []));
  return { messages, ...besides(news, tasks) };
}

function newestOf({ messages, tasks }: Telling): Pick<Telling, "messages" | "tasks"> {
  return { messages: newestLines(messages), ...(tasks ? { tasks: newestLines(tasks) } : {}) };
}

function newestLines<Line extends { n: number; id: number }>(lines: readonly Line[]): Line[] {
  const newest = new Map<number, Line>();
  for (const line of lines) if (line.n >= (newest.get(line.id)?.n ?? 0)) newest.set(line.id, line);
  return [...newest.values()];
}

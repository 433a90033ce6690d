/** Knows how what happened on a journey reads: each entry of its history in plain words. */
import type { EndReason, Entry, PauseReason } from "../../domain/enrollment";
import { textOfRendered } from "../../domain/html";
import { capital } from "../../domain/line";
import { type Content, excerptOf, type Heard } from "../../domain/message";
import type { Kept } from "../../domain/retention";
import type { Step } from "../../domain/step";
import type { TaskStatus } from "../../domain/task";
import { nameOf, taskName } from "./names";

export type Tone = "good" | "warn" | "bad" | "plain" | "soft";

/** One line of a timeline. */
export interface Line {
  n: number;
  at: number;
  tone: Tone;
  title: string;
  /** Why, or what of. */
  detail?: string | null;
  /** What was clicked. */
  url?: string | null;
  /** What was sent. */
  said?: string | null;
  /** Of which there is a page. */
  message?: number;
  /** By which the text of a reply is found. */
  reply?: string;
}

/** What the words of a line need besides its entry. */
export interface Around {
  steps: ReadonlyMap<number, Step>;
  /** Which step each message was of. */
  messages: ReadonlyMap<number, number>;
}

export function aroundOf(steps: readonly Step[], history: readonly (Entry | Kept)[]): Around {
  const sent = history.flatMap((entry) => (entry.what === "message" ? [[entry.message, entry.step] as const] : []));
  return { steps: new Map(steps.map((step) => [step.id, step])), messages: new Map(sent) };
}

export function lineOf(entry: Entry | Kept, around: Around): Line {
  const { n, at } = entry;
  const told = wordsOf(entry, around);
  return { n, at, ...told };
}

type Words = Omit<Line, "n" | "at">;

function wordsOf(entry: Entry | Kept, around: Around): Words {
  const called = (step: number) => quoted(around.steps.get(step));
  switch (entry.what) {
    case "enrolled":
      return { tone: "plain", title: "Enrolled" };
    case "resumed":
      return { tone: "plain", title: "Resumed" };
    case "retried":
      return { tone: "plain", title: "Taken up again after the failure" };
    case "paused":
      return { tone: "warn", title: PAUSED[entry.why] };
    case "message":
      return { ...sent(entry, called(entry.step)), message: entry.message };
    case "noted": {
      const step = around.messages.get(entry.message);
      const [tone, words] = entry.by === "machine" ? MACHINE : NEWS[entry.fact];
      const title = words.replace("…", () => (step === undefined ? "a message" : called(step)));
      return { tone, title: capital(title), url: entry.url, message: entry.message };
    }
    case "step":
      return { ...stepWords(entry.result, called(entry.step)), detail: entry.reason };
    case "task":
      return {
        ...TASK[entry.status],
        title: `${TASK[entry.status].title}: ${taskName(entry.task.type).toLowerCase()}`,
      };
    case "replied":
      return { tone: "good", title: "Replied", detail: AFTER_REPLY[entry.action], reply: entry.reply };
    case "reply_ignored":
      return {
        tone: "soft",
        title: "Something came in that changes nothing",
        detail: entry.reason,
        reply: entry.reply,
      };
    case "ended":
      return { ...ENDED[entry.why], detail: entry.error };
  }
}

function quoted(step: Step | undefined): string {
  return step === undefined ? "a step that is gone" : `“${nameOf(step)}”`;
}

type MessageEntry = Extract<Entry | Kept, { what: "message" }>;

function sent({ status, attempt, reason, content, ...entry }: MessageEntry, name: string): Words {
  const said = content === null ? ("excerpt" in entry ? entry.excerpt : null) : excerptIn(content);
  switch (status) {
    case "sent":
      return { tone: "good", title: `Sent ${name}`, said: said ?? null };
    case "retrying":
      return { tone: "warn", title: `${name} could not be sent yet (attempt ${attempt})`, detail: reason };
    case "unconfirmed":
      return { tone: "warn", title: `${name} was handed over, and nobody knows whether it arrived`, detail: reason };
    case "failed":
      return { tone: "bad", title: `${name} could not be sent`, detail: reason };
    case "cancelled":
      return { tone: "soft", title: `${name} was not sent any more`, detail: reason };
  }
}

/** Where links lead stands behind what they say; some lead to what is their reader's alone. */
const ADDRESSES = / \(https?:[^()]*\)/g;

/** The first words of what was sent, as its reader sees them. */
function excerptIn({ body, format }: Pick<Content, "body" | "format">): string {
  return excerptOf(format === "html" ? textOfRendered(body).replace(ADDRESSES, "") : body);
}

const PAUSED: Record<PauseReason, string> = {
  manual: "Paused by hand",
  reply: "Paused because of a reply",
  out_of_office: "Paused: the contact is out of office",
};

const MACHINE: [Tone, string] = ["soft", "A machine looked into …, which counts as nobody’s"];
const NEWS: Record<Heard, [Tone, string]> = {
  delivered: ["soft", "… was delivered"],
  opened: ["good", "Opened …"],
  clicked: ["good", "Clicked a link in …"],
  bounced: ["bad", "… bounced"],
  complained: ["bad", "Complained of …"],
  unsubscribed: ["bad", "Unsubscribed by a link in …"],
};

const AFTER_REPLY: Record<Extract<Entry, { what: "replied" }>["action"], string> = {
  finish: "A reply ends this sequence.",
  continue: "A reply changes nothing in this sequence.",
  pause: "A reply pauses this sequence.",
};

const TASK: Record<TaskStatus, { tone: Tone; title: string }> = {
  made: { tone: "plain", title: "Given to a person" },
  rescheduled: { tone: "plain", title: "Put off by a person" },
  sending: { tone: "plain", title: "Sent on behalf of a person" },
  completed: { tone: "good", title: "Done by a person" },
  skipped: { tone: "soft", title: "Skipped" },
  cancelled: { tone: "soft", title: "Left undone" },
};

const ENDED: Record<EndReason, { tone: Tone; title: string }> = {
  completed: { tone: "good", title: "Reached the end" },
  replied: { tone: "good", title: "Ended: the contact replied" },
  removed: { tone: "soft", title: "Ended: removed from the sequence" },
  opted_out: { tone: "bad", title: "Ended: the contact opted out" },
  bounced: { tone: "bad", title: "Ended: a message bounced" },
  moved: { tone: "soft", title: "Ended: moved to another sequence" },
  archived: { tone: "soft", title: "Ended: the sequence was archived" },
  failed: { tone: "bad", title: "Failed" },
};

export function endWords(why: EndReason): { tone: Tone; title: string } {
  return ENDED[why];
}

const RESULTS: Record<Extract<Entry, { what: "step" }>["result"], [Tone, string]> = {
  passed: ["soft", "… is over"],
  done: ["plain", "Done: …"],
  skipped: ["soft", "Passed over: …"],
  true: ["plain", "… Yes"],
  false: ["plain", "… No"],
  retrying: ["warn", "Did not work yet: …"],
  unconfirmed: ["warn", "Nobody knows whether it was done: …"],
  failed: ["bad", "Could not be done: …"],
  cancelled: ["soft", "Not done any more: …"],
};

function stepWords(result: keyof typeof RESULTS, name: string): Words {
  const [tone, words] = RESULTS[result];
  return { tone, title: capital(words.replace("…", () => name)) };
}

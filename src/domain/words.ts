/** Knows which words of what a journey keeps are about a person, and how they are taken out once he is to be forgotten. */
import type { Entry, State } from "./enrollment";
import type { Content, InFlight } from "./message";
import type { Kept } from "./retention";

/** Without the words of a message that is under way or was given up, of its thread, of what was clicked and what it failed by. */
export function forgetful(state: State): State {
  const { phase, inFlight, clicks } = state;
  const doubts = clicks.doubts.map((doubt) => ({ ...doubt, url: null }));
  const silent = { ...state, inFlight: inFlight && silenced(inFlight), thread: null, clicks: { ...clicks, doubts } };
  if (phase.is !== "ended") return silent;
  const { givenUp: _, ...ended } = phase;
  return { ...silent, phase: { ...ended, error: null } };
}

function silenced(inFlight: InFlight): InFlight {
  if (inFlight.act === undefined) return { ...inFlight, content: wordless(inFlight.content) };
  const { act } = inFlight;
  return act.kind === "http_request" ? { ...inFlight, act: { ...act, url: "", headers: {}, body: null } } : inFlight;
}

export function isWordy({ what }: Entry): boolean {
  return ["message", "step", "noted", "reply_ignored", "ended"].includes(what);
}

/** What is kept of an entry whose object was freed, likewise. */
export function keptWithoutWords(entry: Kept): Kept {
  return entry.what === "message" ? { ...entry, reason: null } : withoutWords(entry);
}

export function withoutWords(entry: Exclude<Entry, { what: "message" }>): Exclude<Entry, { what: "message" }>;
export function withoutWords(entry: Entry): Entry;
export function withoutWords(entry: Entry): Entry {
  switch (entry.what) {
    case "message":
      return { ...entry, reason: null, content: wordless(entry.content) };
    case "step":
      return { ...entry, reason: null };
    case "noted":
      return { ...entry, url: null };
    // What a server said of a bounce names whom it was for.
    case "reply_ignored":
      return { ...entry, reason: "" };
    case "ended":
      return { ...entry, error: null };
    default:
      return entry;
  }
}

/** Nothing of the mail either: what names it leads, for whoever has it, to a person who is to be forgotten. */
function wordless({ preheader: _, mail: __, ...content }: Content): Content {
  return { ...content, to: "", toName: null, subject: null, body: "" };
}

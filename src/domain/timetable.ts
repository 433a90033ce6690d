/** Knows the timetable of a journey that nobody has made yet: what is done when, what it waits for, and where the way forks. */
import type { Act } from "./act";
import type { Contact } from "./contact";
import type { Deed, EndReason, State } from "./enrollment";
import type { Facts } from "./facts";
import type { Content } from "./message";
import { type Wait as Stop, waitsOf } from "./schedule";
import type { Step, StepKind, TaskType } from "./step";
import type { Journey } from "./time";

export type Wait = Stop | { for: "condition"; until: Journey };

/** One step that was done or passed. */
export interface Told {
  step: number;
  kind: StepKind;
  at: Journey;
  /** What it waited for since the step before, one after the other. */
  waits: Wait[];
  result: string;
  reason: string | null;
  content?: Content;
  act?: Act;
  task?: { type: TaskType; skipAt: Journey | null };
}

/** A part of the way without a fork. */
export interface Stretch {
  told: Told[];
  /** Null where it forks, or is told no further. */
  end: { why: EndReason; error: string | null; step: number | null; at: Journey } | null;
  fork: Fork | null;
}

export interface Fork {
  step: number;
  /** Which way he would go, where his tags and fields tell it already. */
  likely: boolean | null;
  yes: Stretch;
  no: Stretch;
}

export function emptyStretch(): Stretch {
  return { told: [], end: null, fork: null };
}

/** What a turn has done: its deeds, the first of which may be told already, and the act that it claimed. */
interface Turn {
  before: State;
  contact: Contact;
  deeds: readonly Deed[];
  act?: Act | undefined;
  known: number;
}

/** Only the first of several steps that are done at one time has waited. */
export function linesOf({ before, contact, deeds, act, known }: Turn, facts: Facts, at: Journey): Told[] {
  return deeds.flatMap((deed, i): Told[] => {
    const line = i < known ? null : lineOf(deed, act);
    const step = line && facts.tree.steps.get(line.step);
    if (!line || !step) return [];
    const waits = i === 0 ? waitsBefore(before, step, { ...facts, contact }) : [];
    return [{ ...line, kind: step.kind, at, waits }];
  });
}

function waitsBefore({ anchorAt, phase }: State, step: Step, facts: Facts): Wait[] {
  const waits: Wait[] = waitsOf(anchorAt, step, facts);
  const watched = phase.is === "waiting" && phase.watching && phase.step === step.id;
  return watched ? [...waits, { for: "condition", until: phase.dueAt }] : waits;
}

type Line = Omit<Told, "kind" | "at" | "waits">;

function lineOf(deed: Deed, act: Act | undefined): Line | null {
  switch (deed.what) {
    case "step":
      return {
        step: deed.step,
        result: deed.result,
        reason: deed.reason,
        ...(act && deed.kind === act.kind ? { act } : {}),
      };
    case "message":
      return { step: deed.step, result: deed.status, reason: deed.reason, content: deed.content };
    case "task": {
      const { step, type, skipAt } = deed.task;
      return deed.status === "made" ? { step, result: "completed", reason: null, task: { type, skipAt } } : null;
    }
    case "enrolled":
    case "noted":
    case "replied":
    case "reply_ignored":
    case "paused":
    case "resumed":
    case "retried":
    case "ended":
      return null;
  }
}

/** Knows what a simulation takes for granted, because nobody can know it beforehand. */
import type { Failure } from "./failure";
import type { Platform } from "./platform";
import { reasonOf } from "./reason";
import type { Sequence } from "./sequence";
import { isWriter, type Step } from "./step";
import { isThrottled } from "./throttle";

export interface Assumption {
  about:
    | "delivery"
    | "silence"
    | "turn"
    | "admission"
    | "sequence"
    | "workspace"
    | "channel"
    | "mailbox"
    | "frequency"
    | "throttle"
    | "variant"
    | "task"
    | "condition"
    | "links";
  detail: string;
}

export interface Unknowns {
  sequence: Sequence;
  steps: readonly Step[];
  /** Why the contact would not be let in. */
  obstacle: Failure | null;
  platform: Platform;
  paused: Record<"workspace" | "channel" | "mailbox", boolean>;
  /** Whether the workspace limits how often one contact is written to. */
  capped: boolean;
  /** Whether the mailbox may send only so much. */
  limited: boolean;
}

const ALWAYS: Assumption[] = [
  { about: "delivery", detail: "each message, request and move succeeds at once" },
  {
    about: "silence",
    detail: "the contact does not answer, opt out or change meanwhile, nor does anybody edit the sequence",
  },
  {
    about: "turn",
    detail: "nobody else is due at the same time: one of many goes in its turn, up to 15 minutes later",
  },
];

/** Those that make a difference to this sequence. */
export function assumptionsOf(unknowns: Unknowns): Assumption[] {
  const { sequence, obstacle, platform, paused, capped, limited } = unknowns;
  const steps = unknowns.steps.filter(({ deletedAt }) => deletedAt === null);
  const mails = platform === "EMAIL";
  const asked: [boolean, Assumption["about"], string][] = [
    [
      obstacle !== null,
      "admission",
      `he is enrolled, though now he would not be: ${obstacle ? reasonOf(obstacle) : ""}`,
    ],
    [sequence.status !== "ACTIVE", "sequence", `the sequence is active, though it is ${sequence.status} now`],
    [paused.workspace, "workspace", "the workspace's sending is resumed by then"],
    [paused.channel, "channel", "the channel is resumed by then"],
    [paused.mailbox, "mailbox", "the mailbox is resumed by then"],
    [
      capped && !sequence.transactional,
      "frequency",
      "there is room for each message under the workspace's frequency cap",
    ],
    [limited, "mailbox", "the mailbox has a slot for each mail when it is due"],
    [isThrottled(sequence), "throttle", "the throttle lets him in when he is enrolled"],
    [
      steps.some(hasVariants),
      "variant",
      "which of several variants he gets is drawn by his enrollment; one of them is shown",
    ],
    [steps.some(({ kind }) => kind === "task"), "task", "each task is done as soon as it is given to somebody"],
    [steps.some(waits), "condition", "a condition that waits is met when he comes to it, or never"],
    [mails, "links", "what names a message in its links is made up, and they lead nowhere"],
  ];
  return [...ALWAYS, ...asked.flatMap(([holds, about, detail]) => (holds ? [{ about, detail }] : []))];
}

function hasVariants(step: Step): boolean {
  return isWriter(step) && step.variants.filter(({ enabledAt }) => enabledAt !== null).length > 1;
}

function waits(step: Step): boolean {
  return step.kind === "condition" && step.settings.upTo > 0;
}

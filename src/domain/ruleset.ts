/** Knows what a ruleset is: who may be enrolled in the sequences that name it, and what an out-of-office does there. */
import type { Journey } from "./time";

/** Whether somebody who was in the sequence before is taken again; nobody is in it twice at a time. */
export const DUPLICATES = ["allow", "disallow", "only_if_inactive"] as const;
export type Duplicates = (typeof DUPLICATES)[number];

/**
 * | here                | there               | whoever is live there is taken here |
 * | ------------------- | ------------------- | ----------------------------------- |
 * | all_sequences       | any                 | no                                  |
 * | any                 | all_sequences       | no                                  |
 * | exclusive_sequences | exclusive_sequences | no                                  |
 * | otherwise           |                     | yes                                 |
 */
export const EXCLUSIVITIES = ["all_sequences", "exclusive_sequences", "none"] as const;
export type Exclusivity = (typeof EXCLUSIVITIES)[number];

/** Whether somebody who has opted out is taken: no message is sent to him, and the other steps are done. */
export const OPT_OUT_ACTIONS = ["allow", "disallow"] as const;
export type OptOutAction = (typeof OPT_OUT_ACTIONS)[number];

/** Rulesets of a workspace. */
export const MOST_RULESETS = 500;

export interface Ruleset {
  id: number;
  workspaceId: number;
  name: string;
  permitDuplicates: Duplicates;
  exclusivity: Exclusivity;
  /** Seconds that must have gone by since he was last written to. */
  touchedInterval: number | null;
  emailOptOutAction: OptOutAction;
  /** Whether a journey that an out-of-office has paused goes on by itself. */
  autoResume: boolean;
  /** Seconds after which it does, where no date of return is read. */
  autoResumeIn: number | null;
  /** Seconds after which it does at the latest. */
  autoResumeExpiresIn: number | null;
  /** Whether the date of return is read from the out-of-office. */
  oooExtraction: boolean;
  includeUnsubscribeLinks: boolean;
  /** What is only kept and shown. */
  details: Record<string, unknown>;
  ownerId: number | null;
  creatorId: number | null;
  updaterId: number | null;
  createdAt: Journey;
  updatedAt: Journey;
}

/** Whether a sequence takes somebody who has been in it: its ruleset says so, or else it does itself. */
export function takesAgain(
  { reenroll }: { reenroll: "after_exit" | "never" },
  ruleset: Pick<Ruleset, "permitDuplicates"> | null,
): boolean {
  return ruleset === null ? reenroll === "after_exit" : ruleset.permitDuplicates !== "disallow";
}

/** The stages that a ruleset names, and its priorities of tasks; both are only kept and shown. */
export const RULESET_STAGES = [
  "bouncedStage",
  "completedStage",
  "deliveredStage",
  "finishedStage",
  "optedOutStage",
  "repliedStage",
  "startedStage",
] as const;
export const RULESET_PRIORITIES = [
  "callTaskPriority",
  "callTaskPriorityFromClicks",
  "callTaskPriorityFromOpens",
] as const;

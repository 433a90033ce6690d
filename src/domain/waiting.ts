/** Knows why nothing is being sent right now, as a person would want to hear it. */
import type { Facts, Hold, State } from "./enrollment";
import { type Journey, journeyAt, type Reading } from "./time";

export interface Waiting {
  for: "start" | "delay" | "sending" | "retry" | "sequence" | "workspace" | "channel" | "paused" | "task";
  /** Journey time when it goes on by itself, null when somebody must act. */
  until: Journey | null;
  detail: string;
}

const HELD: Record<Hold, string> = {
  sequence: "the sequence is not active",
  workspace: "the workspace's sending is paused",
  channel: "the channel is paused",
};

/** Null for an ended journey. */
export function whyWaiting(state: State, facts: Facts, now: Reading): Waiting | null {
  const { phase, inFlight } = state;
  if (phase.is === "ended") return null;
  if (inFlight !== null && inFlight.lease !== null) {
    return { for: "sending", until: journeyAt(now, inFlight.lease), detail: "a message is being sent" };
  }
  switch (phase.is) {
    case "pending":
      return { for: "start", until: null, detail: "the enrollment has not started" };
    case "working":
      return { for: "task", until: phase.skipAt, detail: "a task must be completed" };
    case "paused":
      return { for: "paused", until: phase.resumeAt ?? phase.finishAt ?? null, detail: `paused: ${phase.why}` };
    case "waiting":
      return whyNotGoing(state, phase.dueAt, facts, now);
  }
}

function whyNotGoing({ inFlight }: State, dueAt: Journey, facts: Facts, now: Reading): Waiting {
  const { sequence, channel, workspacePaused } = facts;
  const hold: Hold | null = !sequence.running
    ? "sequence"
    : workspacePaused
      ? "workspace"
      : channel.paused
        ? "channel"
        : null;
  if (hold !== null && (inFlight !== null || dueAt <= now.journey))
    return { for: hold, until: null, detail: HELD[hold] };
  if (inFlight !== null && inFlight.retryAt !== null) {
    const detail = `attempt ${inFlight.attempt} failed; the next one follows`;
    return { for: "retry", until: journeyAt(now, inFlight.retryAt), detail };
  }
  const detail = hold === null ? "the next step's delay" : `the next step's delay, and then: ${HELD[hold]}`;
  return { for: "delay", until: dueAt, detail };
}

/** Knows how the mail of a task is sent: like any message, held like one, and claimed once. */
import { claimMessage } from "./claim";
import type { Decision, Facts, State } from "./enrollment";
import type { Step, StepOf } from "./step";
import type { OpenTask } from "./task";
import type { Reading } from "./time";
import { releaseOf, type Waiting } from "./travel";
import { holdOf } from "./world";

/** Null where its step is there no more. */
export function sendMail(
  state: State,
  { phase, task }: { phase: Waiting; task: OpenTask },
  facts: Facts,
  now: Reading,
): Decision | null {
  const step = mailOf(facts.tree.steps.get(task.step));
  if (step === null) return null;
  const waiting: Waiting = { is: "waiting", step: step.id, dueAt: phase.dueAt };
  const hold = holdOf(facts, { sends: true });
  if (hold) return { state: { ...state, phase: { ...waiting, held: hold } }, deeds: [] };
  const releaseAt = releaseOf(state, phase, facts, now);
  if (releaseAt > now.wall) return { state: { ...state, phase: { ...waiting, releaseAt } }, deeds: [] };
  const claimed = claimMessage({ ...state, phase: waiting }, step, facts, now);
  if (!claimed.deliver) return claimed;
  const inFlight = { ...claimed.deliver, task: task.id };
  return { ...claimed, state: { ...claimed.state, inFlight }, deliver: inFlight };
}

function mailOf(step: Step | undefined): StepOf<"message"> | null {
  if (step?.kind !== "task" || step.deletedAt !== null) return null;
  return { ...step, kind: "message", settings: {} };
}

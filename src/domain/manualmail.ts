/** Knows how the mail of a task is sent: like any message, held like one, and claimed once. */
import { claimText, type Draft } from "./claim";
import type { Decision, Facts, State } from "./enrollment";
import type { Step } from "./step";
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
  const mail = mailOf(facts.tree.steps.get(task.step));
  if (mail === null) return null;
  const waiting: Waiting = { is: "waiting", step: mail.step, dueAt: phase.dueAt };
  const hold = holdOf(facts, { sends: true });
  if (hold) return { state: { ...state, phase: { ...waiting, held: hold } }, deeds: [] };
  const releaseAt = releaseOf(state, phase, facts, now);
  if (releaseAt > now.wall) return { state: { ...state, phase: { ...waiting, releaseAt } }, deeds: [] };
  const claimed = claimText({ ...state, phase: waiting }, mail, facts, now);
  if (!claimed.deliver) return claimed;
  const inFlight = { ...claimed.deliver, task: task.id };
  return { ...claimed, state: { ...claimed.state, inFlight }, deliver: inFlight };
}

/** Its text stands on the step itself. */
function mailOf(step: Step | undefined): Draft | null {
  if (step?.kind !== "task" || step.deletedAt !== null) return null;
  const { id, subject, body, format } = step;
  return { step: id, subject, body: body ?? "", format, preheader: null, isReply: false };
}

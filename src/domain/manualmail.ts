/** Knows how the mail of a task is sent: like any message, held like one, and claimed once. */
import { claimText, type Draft, draftFor, NO_TEXT } from "./claim";
import { end } from "./ending";
import type { Decision, State } from "./enrollment";
import type { Facts } from "./facts";
import type { StepOf } from "./step";
import type { OpenTask } from "./task";
import type { Reading } from "./time";
import type { Waiting } from "./wave";
import { holdOf } from "./world";

/** Null where its step is there no more. */
export function sendMail(
  state: State,
  { phase, task }: { phase: Waiting; task: OpenTask },
  facts: Facts,
  now: Reading,
): Decision | null {
  const step = facts.tree.steps.get(task.step);
  if (step?.kind !== "task" || step.deletedAt !== null) return null;
  const waiting: Waiting = { is: "waiting", step: step.id, dueAt: phase.dueAt };
  const hold = holdOf(facts, { sends: true });
  if (hold) return { state: { ...state, phase: { ...waiting, held: hold } }, deeds: [] };
  const mail = mailOf(step, state.trip.id);
  if (mail === null) return end({ ...state, phase: waiting }, "failed", now.journey, NO_TEXT);
  const claimed = claimText({ ...state, phase: waiting }, mail, facts, now);
  if (!claimed.deliver) return claimed;
  const inFlight = { ...claimed.deliver, task: task.id };
  return { ...claimed, state: { ...claimed.state, inFlight }, deliver: inFlight };
}

/** The template that the journey gets; where none is enabled, what stands on the step itself. */
function mailOf(step: StepOf<"task">, enrollment: number): Draft | null {
  const { id, subject, body, format } = step;
  const own = body === null ? null : { step: id, subject, body, format, preheader: null, isReply: false };
  return draftFor(step, enrollment) ?? own;
}

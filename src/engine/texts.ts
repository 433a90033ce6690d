/** Knows how the text of a message step is changed by those who know of no templates. */
import type { SQL } from "drizzle-orm";
import type { Step, StepDraft } from "../domain/step";
import type { Statements } from "../storage/database";
import type { StepChange, Written } from "../storage/steps";
import { writeText } from "../storage/texts";
import type { Context } from "./context";

type Texts = Pick<StepDraft, "kind" | "subject" | "body" | "format">;

export function writtenBy({ now, userId }: Context): Written {
  return { at: now.journey, by: userId };
}

export function changesText(before: Texts, after: Texts): boolean {
  return before.subject !== after.subject || before.body !== after.body || before.format !== after.format;
}

/** What of a step's change is written on the step itself. */
export function withoutText(kind: Step["kind"], change: StepChange): StepChange {
  if (kind !== "message") return change;
  const { subject: _, body: __, format: ___, ...own } = change;
  return own;
}

/** A message's new text, if it is one: written to the first of its variants that is enabled. */
export function textChange(ctx: Context, before: Step, after: Step, guard: SQL): Statements {
  if (before.kind !== "message" || after.body === null || !changesText(before, after)) return [];
  const { label, subject, body, format } = after;
  return writeText(ctx.db, before, { label, text: { subject, body, format }, ...writtenBy(ctx) }, guard);
}

/** Knows the sequence that somebody begins with who has none: a welcome that listens, to be read and changed. */
import { NO_RULES } from "../domain/condition";
import { missing, ok, type Result } from "../domain/failure";
import type { StepDraft } from "../domain/step";
import { listLive } from "../storage/sequences";
import type { PlacedStep } from "../storage/steps";
import type { Context } from "./context";
import { archive, create } from "./sequences";

export const SAMPLE = "Sample: a warm welcome";

const DAY = 86_400; // seconds, as steps count them
/** Among so many of the newest sequences it is looked for. */
const NEWEST = 100;

const bare = { label: null, delay: 0, subject: null, body: null, format: "text", settings: {} } as const;

function message(label: string, subject: string, lines: readonly string[]): StepDraft {
  return { ...bare, kind: "message", label, subject, body: lines.join("\n\n") };
}

function delay(days: number): StepDraft {
  return { ...bare, kind: "delay", label: `Wait ${days === 1 ? "a day" : `${days} days`}`, delay: days * DAY };
}

const HELLO = "Hi {{ contact.firstName | default: 'there' }},";

type Place = Pick<PlacedStep, "n" | "parent"> & { branch?: boolean };

function placed({ n, parent, branch }: Place, step: StepDraft): PlacedStep {
  return { ...step, n, parent, branch: branch ?? null };
}

const BRANCH: StepDraft = { ...bare, kind: "condition_branch" };

const STEPS: readonly PlacedStep[] = [
  placed({ n: 1, parent: null }, { ...bare, kind: "entry" }),
  placed(
    { n: 2, parent: 1 },
    message("Welcome", "Welcome aboard", [
      HELLO,
      "thank you for joining us. Over the next days we send you a few short notes that help you to get started.",
      "Is there one thing that you hope to do first? Just reply, we read every answer.",
    ]),
  ),
  placed({ n: 3, parent: 2 }, delay(1)),
  placed(
    { n: 4, parent: 3 },
    {
      ...bare,
      kind: "condition",
      label: "Did they open it?",
      settings: { test: { on: "message", fact: "opened", which: "any" }, upTo: 2 * DAY },
    },
  ),
  placed({ n: 5, parent: 4, branch: true }, BRANCH),
  placed(
    { n: 6, parent: 5 },
    message("The next step", "Your next step", [
      HELLO,
      "glad that you had a look. Most people go on with the short tour: it takes three minutes.",
      "Shall I send you the link?",
    ]),
  ),
  placed({ n: 7, parent: 4, branch: false }, BRANCH),
  placed(
    { n: 8, parent: 7 },
    message("Another try", "Did this reach you?", [
      HELLO,
      "our first note may have come at a busy time, so here it is in one line: reply, and we set everything up for you.",
    ]),
  ),
  placed({ n: 9, parent: 4 }, delay(3)),
  placed(
    { n: 10, parent: 9 },
    message("A last word", "One last word", [
      HELLO,
      "we will not write again unless you want us to. Whenever you need us, a reply to this message is enough.",
    ]),
  ),
];

/** A draft. Asked for twice, also at the same time, it is there once: of two the older one stays. */
export async function plantSample(ctx: Context, userId: number): Promise<Result<number>> {
  const known = await eldest(ctx);
  if (known !== null) return ok(known);
  const draft = { name: SAMPLE, rules: NO_RULES, primaryReplyAction: "finish", status: "DRAFT", userId } as const;
  const made = await create(ctx, { ...draft, trackOpens: true }, STEPS);
  if (!made.ok) return made;
  const { id } = made.value.sequence;
  const first = await eldest(ctx);
  if (first === id) return ok(id);
  await archive(ctx, id, userId);
  return first === null ? missing("sequence") : ok(first);
}

async function eldest(ctx: Context): Promise<number | null> {
  const newest = await listLive(ctx.db, ctx, { limit: NEWEST, offset: 0 });
  return newest.findLast(({ sequence }) => sequence.name === SAMPLE)?.sequence.id ?? null;
}

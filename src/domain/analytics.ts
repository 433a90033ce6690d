/** Knows what a sequence has come to: by step, by variant and by day, from what is counted of it. */
import { STANDINGS, type Standing } from "./mirror";
import { type ReplyTimes, together } from "./replytime";
import { compare, type Verdict } from "./significance";
import { isWriter, type Step, type StepKind } from "./step";
import { firstIn, growTree, shownSteps, walk } from "./tree";
import { firstEnabled, type Variant } from "./variant";

/** What became of messages that went out; each counts once for each of these. */
export const RESPONSES = ["sent", "opened", "clicked", "replied", "bounced", "optedOut"] as const;
export type Responses = Record<(typeof RESPONSES)[number], number>;

/** What happened on a day. */
export const HAPPENINGS = [
  "enrolled",
  "sent",
  "opened",
  "clicked",
  "replied",
  "exited",
  "completed",
  "failed",
] as const;
export type Happenings = Record<(typeof HAPPENINGS)[number], number>;

/** Of one step, variant and template; 0 where it came from none. */
export interface TallyLine extends Responses {
  step: number;
  variant: number;
  times: ReplyTimes;
}

export interface Counted {
  tallies: readonly TallyLine[];
  /** By `7/ran`, `7/ACTIVE` and so on: see the table of funnels. */
  funnel: ReadonlyMap<string, number>;
  standings: Record<Standing, number>;
}

export interface StepFigures extends Responses {
  id: number;
  /** Null of one that was removed for good. */
  kind: StepKind | null;
  label: string | null;
  branch: boolean | null;
  /** Among those that list dialects number; null where it is none of them. */
  order: number | null;
  deleted: boolean;
  /** Journeys that came there: those that went on from it, and those that stand or ended there. */
  reached: number;
  waiting: number;
  exited: number;
  failed: number;
  times: ReplyTimes;
  variants: VariantFigures[];
}

export interface VariantFigures extends Responses {
  /** Null: of messages that no variant made. */
  id: number | null;
  weight: number | null;
  enabled: boolean;
  /** It sends nothing any more, and is only counted. */
  deleted: boolean;
  /** How it does beside the first that is enabled; null of that one. */
  beside: { id: number; opened: Verdict; clicked: Verdict; replied: Verdict } | null;
}

export interface Funnel {
  enrolled: number;
  steps: StepFigures[];
  whole: Responses;
  times: ReplyTimes;
}

export function funnelOf(all: readonly Step[], counted: Counted): Funnel {
  const tree = growTree(all, 0);
  const enrolled = STANDINGS.reduce((sum, standing) => sum + counted.standings[standing], 0);
  const order = new Map(shownSteps(tree).map(({ id }, i) => [id, i + 1]));
  const lines = Map.groupBy(counted.tallies, ({ step }) => step);
  const first = firstIn(tree)?.id;
  const told = placedIn(counted.funnel);
  const known = [...walk(tree)].filter(({ kind }) => kind !== "entry");
  const gone = idsIn(counted).difference(new Set(all.map(({ id }) => id)));
  const figuresOf = (id: number, step: Step | null): StepFigures => ({
    id,
    kind: step?.kind ?? null,
    label: step?.label ?? null,
    branch: step?.branch ?? null,
    order: order.get(id) ?? null,
    deleted: step?.deletedAt !== null,
    // Who has told nothing yet stands at the step that is now the first.
    ...courseAt(id, counted.funnel, id === first ? enrolled - told : 0),
    ...sumOf(lines.get(id) ?? []),
    times: together((lines.get(id) ?? []).map(({ times }) => times)),
    variants: variantsOf(step && isWriter(step) ? step.variants : [], lines.get(id) ?? []),
  });
  const steps = [
    ...known.map((step) => figuresOf(step.id, step)),
    ...[...gone].sort((a, b) => a - b).map((id) => figuresOf(id, null)),
  ];
  return {
    enrolled,
    steps: steps.filter(({ deleted, reached, sent }) => !deleted || reached + sent > 0),
    whole: sumOf(counted.tallies),
    times: together(counted.tallies.map(({ times }) => times)),
  };
}

/** Journeys that have told where they stand. */
function placedIn(funnel: Counted["funnel"]): number {
  return [...funnel].reduce((sum, [name, n]) => (name.endsWith("/ran") ? sum : sum + n), 0);
}

function idsIn({ tallies, funnel }: Counted): Set<number> {
  const ids = [...tallies.map(({ step }) => step), ...[...funnel.keys()].map((name) => Number.parseInt(name, 10))];
  return new Set(ids.filter((id) => id > 0));
}

function courseAt(id: number, funnel: Counted["funnel"], untold: number) {
  const of = (what: Standing | "ran") => funnel.get(`${id}/${what}`) ?? 0;
  const here = { waiting: of("ACTIVE") + untold, exited: of("EXITED"), failed: of("FAILED") };
  return { reached: of("ran") + here.waiting + here.exited + here.failed, ...here };
}

export function sumOf(lines: readonly Responses[]): Responses {
  const sums = RESPONSES.map((name) => [name, lines.reduce((sum, line) => sum + line[name], 0)]);
  return Object.fromEntries(sums) as Responses;
}

/** Those that the step has, and those that it had and that have sent something. */
function variantsOf(variants: readonly Variant[], lines: readonly TallyLine[]): VariantFigures[] {
  const sent = Map.groupBy(lines, ({ variant }) => variant);
  const all = new Set([...variants.map(({ id }) => id), ...[...sent.keys()].sort((a, b) => a - b)]);
  const control = firstEnabled(variants)?.id;
  const others = all.size - 1;
  return [...all].map((id) => {
    const variant = variants.find((one) => one.id === id);
    const own = sumOf(sent.get(id) ?? []);
    const enabled = variant !== undefined && variant.enabledAt !== null;
    const beside = control === undefined || id === control ? null : besideOf(own, control);
    return { id: id || null, weight: variant?.weight ?? null, enabled, deleted: !variant, ...own, beside };
  });

  function besideOf(own: Responses, id: number): VariantFigures["beside"] {
    const theirs = sumOf(sent.get(id) ?? []);
    const on = (what: "opened" | "clicked" | "replied") =>
      compare({ hits: own[what], of: own.sent }, { hits: theirs[what], of: theirs.sent }, others);
    return { id, opened: on("opened"), clicked: on("clicked"), replied: on("replied") };
  }
}

/** Of those that went out; null where none has. */
export function rateOf(responses: Responses, what: Exclude<keyof Responses, "sent">): number | null {
  return responses.sent === 0 ? null : responses[what] / responses.sent;
}

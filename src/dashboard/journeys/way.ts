/** Knows how the timetables of one journey in several zones are laid side by side: step by step, and both ways at forks. */
import { textOfRendered } from "../../domain/html";
import type { Content } from "../../domain/message";
import type { Step } from "../../domain/step";
import type { Stretch, Told } from "../../domain/timetable";
import type { Tree } from "../../domain/tree";

/** One zone in which it is told. */
export interface Column {
  /** What it is called beside the others. */
  label: string;
  zone: string;
  way: Stretch;
}

/** One step in each column; null where it is not told there. */
export interface Row {
  step: Step;
  told: (Told | null)[];
  text: Text | null;
}

/** What would be sent, as its reader sees it. */
export interface Text {
  subject: string | null;
  body: string;
  /** The end is left out. */
  cut: boolean;
}

export interface Laid {
  rows: Row[];
  forks: Forked[];
  ends: Stretch["end"][];
}

export interface Forked {
  step: Step;
  likely: boolean | null;
  yes: Laid;
  no: Laid;
}

/** Characters of texts on one page, and of one text. */
const MOST_TEXT = 24_000;
const LONGEST_TEXT = 4000;
/** What is shown of each where all are too much. */
const SHORTEST_TEXT = 200;

export function lay(columns: readonly Column[], tree: Tree): Laid {
  const budget = { left: MOST_TEXT };
  return layAll(
    columns.map(({ way }) => way),
    { tree, budget },
  );
}

interface Around {
  tree: Tree;
  budget: { left: number };
}

function layAll(ways: readonly (Stretch | null)[], around: Around): Laid {
  const ids = new Set(ways.flatMap((way) => way?.told.map(({ step }) => step) ?? []));
  const rows = [...ids].flatMap((id): Row[] => {
    const step = around.tree.steps.get(id);
    const told = ways.map((way) => way?.told.find((one) => one.step === id) ?? null);
    return step ? [{ step, told, text: textIn(told, around) }] : [];
  });
  const forks = [...new Set(ways.flatMap((way) => (way?.fork ? [way.fork.step] : [])))].flatMap((id): Forked[] => {
    const step = around.tree.steps.get(id);
    const at = ways.map((way) => (way?.fork?.step === id ? way.fork : null));
    if (!step) return [];
    const [yes, no] = [at.map((fork) => fork?.yes ?? null), at.map((fork) => fork?.no ?? null)];
    const likely = at.find((fork) => fork !== null)?.likely ?? null;
    return [{ step, likely, yes: layAll(yes, around), no: layAll(no, around) }];
  });
  return { rows, forks, ends: ways.map((way) => way?.end ?? null) };
}

function textIn(told: readonly (Told | null)[], { budget }: Around): Text | null {
  const content = told.find((one) => one?.content)?.content;
  if (content === undefined) return null;
  const whole = readable(content);
  const body = whole.slice(0, Math.max(SHORTEST_TEXT, Math.min(LONGEST_TEXT, budget.left)));
  budget.left -= body.length;
  return { subject: content.subject, body, cut: body.length < whole.length };
}

/** As text, whatever it was written as. */
export function readable({ body, format }: Pick<Content, "body" | "format">): string {
  return format === "html" ? textOfRendered(body) : body;
}

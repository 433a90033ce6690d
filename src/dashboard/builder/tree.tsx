/** Knows how the steps of a sequence are drawn. */
import { isShown, type Step } from "../../domain/step";
import { type Tree, walk } from "../../domain/tree";

export interface TreeProps {
  of: Tree;
  /** Where a step leads to; null: nowhere. */
  hrefOf?: (step: Step) => string | null;
  /** A word at a step, such as how many wait there, by its id. */
  notes?: ReadonlyMap<number, string>;
  /** The step that the page is about. */
  selected?: number | null;
}

export function TreePicture({ of, hrefOf = () => null, notes, selected = null }: TreeProps) {
  const steps = [...walk(of)].filter((step) => step.deletedAt === null && step.kind !== "entry");
  return (
    <ol class="tree">
      {steps.map((step) => {
        const [href, words] = [hrefOf(step), step.label ?? (isShown(step) ? (step.body ?? "") : step.kind)];
        return (
          <li aria-current={step.id === selected ? "step" : undefined}>
            {href === null ? words : <a href={href}>{words}</a>} {notes?.get(step.id)}
          </li>
        );
      })}
    </ol>
  );
}

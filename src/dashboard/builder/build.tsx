/** Knows how the steps of a sequence are laid before whoever builds it. */
import { spell } from "../../dialects/v1/ids";
import type { Step } from "../../domain/step";
import { Empty, Form, pathWith } from "../kit/parts";
import { Around, pathOf, type Site, stepPath } from "./site";
import { TreePicture } from "./tree";
import { KINDS, MADE } from "./words";

export function Build({ of, selected }: { of: Site; selected: number | null }) {
  const { sequence, tree, fixed } = of;
  const named = ({ id }: Step) => spell("step", id);
  const addAfter = (under: Step) => newPath(sequence.id, { under: named(under) });
  const isEmpty = [...tree.steps.values()].every(({ kind, deletedAt }) => kind === "entry" || deletedAt !== null);
  return (
    <Around of={of} at="build">
      {isEmpty && (
        <Empty title="No steps yet">
          <p>
            A sequence begins with its first step: mostly a message. More can be added before, after and in between.
          </p>
          {fixed === null && tree.root && (
            <a class="button primary" href={addAfter(tree.root)}>
              Add the first step
            </a>
          )}
        </Empty>
      )}
      {!isEmpty && (
        <>
          {fixed === null && (
            <p class="hint">
              Open a step to change it, move it or delete it. A plus adds one there; steps can be dragged onto a plus.
            </p>
          )}
          <div class="card building" data-steps={`${pathOf(sequence.id)}/steps`}>
            <TreePicture
              of={tree}
              hrefOf={stepPath}
              selected={selected}
              {...(fixed === null ? { addAfter, named } : {})}
            />
          </div>
          {fixed === null && (
            <Form to={`${pathOf(sequence.id)}/build`} id="drop">
              <input type="hidden" name="under" value="" />
            </Form>
          )}
        </>
      )}
    </Around>
  );
}

export function newPath(sequenceId: number, query: { under: string; kind?: string }): string {
  return pathWith(`${pathOf(sequenceId)}/steps/new`, query);
}

/** Which kind of step it is to be. */
export function Kinds({ sequenceId, under }: { sequenceId: number; under: Step }) {
  return (
    <ul class="kinds">
      {MADE.map((kind) => (
        <li class={`card ${kind}`}>
          <a href={newPath(sequenceId, { under: spell("step", under.id), kind })}>{KINDS[kind].name}</a>
          <span>{KINDS[kind].does}</span>
        </li>
      ))}
    </ul>
  );
}

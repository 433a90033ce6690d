/** Knows what is asked before a step is moved or deleted under people who are on their way. */
import { spell } from "../../dialects/v1/ids";
import type { Step } from "../../domain/step";
import { within } from "../../domain/tree";
import type { DryRun } from "../../engine/dryruns";
import { Form } from "../kit/parts";
import { Effect, pathOf, type Site, stepPath, Within } from "./site";
import { placeAfter } from "./tree";
import { titleOf } from "./words";

interface Asking {
  site: Site;
  step: Step;
  effect: DryRun;
}

export function Move({ site, step, under, effect }: Asking & { under: Step }) {
  return (
    <Within of={site} title={`Move ${titleOf(step)}`}>
      <Form to={`${stepPath(step)}/move`} class="card narrow">
        <p>It will stand {placeAfter(site.tree, under)}.</p>
        <Effect of={effect} />
        <input type="hidden" name="under" value={spell("step", under.id)} />
        <input type="hidden" name="sure" value="on" />
        <Decide of={site} kind="primary" words="Move it" />
      </Form>
    </Within>
  );
}

export function Deletion({ site, step, effect }: Asking) {
  const held = [...within(site.tree, step)].filter(
    ({ kind, deletedAt }) => deletedAt === null && kind !== "condition_branch",
  );
  return (
    <Within of={site} title={`Delete ${titleOf(step)}?`}>
      <Form to={`${stepPath(step)}/delete`} class="card narrow">
        <Effect of={effect} />
        <p>Whoever waits at it goes on to what comes after it. What it has sent stays where it is.</p>
        {held.length > 0 && (
          <>
            <p>A condition cannot go without what stands in its branches:</p>
            <ul>
              {held.map((one) => (
                <li>{titleOf(one)}</li>
              ))}
            </ul>
            <label class="tick">
              <input type="checkbox" name="branches" required /> Delete{" "}
              {held.length === 1 ? "the step in its branches" : `all ${held.length} steps in its branches`} too
            </label>
          </>
        )}
        <Decide of={site} kind="danger" words={held.length > 0 ? "Delete them all" : "Delete this step"} />
      </Form>
    </Within>
  );
}

function Decide({ of: { sequence }, kind, words }: { of: Site; kind: string; words: string }) {
  return (
    <p class="actions">
      <button class={kind}>{words}</button>
      <a class="button" href={`${pathOf(sequence.id)}/build`}>
        Leave it as it is
      </a>
    </p>
  );
}

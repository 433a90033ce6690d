/** Knows how the way of contacts through the steps is told: how many came to each, stand there, and answered. */
import type { StepFigures } from "../../domain/analytics";
import { growTree } from "../../domain/tree";
import type { Analytics } from "../../engine/analytics";
import { Table } from "../kit/parts";
import { Numeral } from "./list";
import { depthOf, kindOf, nameOf } from "./words";

const NUMBERS = ["Reached", "Waiting", "Sent", "Opened", "Clicked", "Replied", "Exited", "Failed"];
const HEADS = ["Step", ...NUMBERS.map((name) => <span class="number">{name}</span>)];
/** Indents that the stylesheet knows. */
const DEEPEST = 4;

export function Funnel({ of }: { of: Analytics }) {
  const tree = growTree(of.definition.steps, of.definition.sequence.revision);
  const placeOf = (id: number) => {
    const step = tree.steps.get(id);
    return step === undefined ? 0 : Math.min(depthOf(tree, step), DEEPEST);
  };
  return (
    <Table label="Step by step" heads={HEADS} live="funnel">
      {of.steps.map((figures) => (
        <tr>
          <th scope="row" class={`step in-${placeOf(figures.id)}`}>
            {nameOf(tree.steps.get(figures.id))}
            <small>{figures.deleted ? "deleted" : kindOf(figures.kind)}</small>
          </th>
          <td class="number">
            <Numeral of={figures.reached} />
            <Share of={figures.reached} among={of.enrolled} />
          </td>
          <Numbers of={figures} />
        </tr>
      ))}
    </Table>
  );
}

/** What sends nothing has nothing that could be opened. */
function Numbers({ of }: { of: StepFigures }) {
  const writes = of.sent > 0 || of.kind === "message" || of.kind === "task";
  return (
    <>
      <td class="number">
        <Numeral of={of.waiting} />
      </td>
      {[of.sent, of.opened, of.clicked, of.replied].map((n) => (
        <td class="number">{writes ? <Numeral of={n} /> : <span class="none">–</span>}</td>
      ))}
      <td class="number">
        <Numeral of={of.exited} />
      </td>
      <td class="number">
        <Numeral of={of.failed} />
      </td>
    </>
  );
}

function Share({ of, among }: { of: number; among: number }) {
  const share = among === 0 ? 0 : Math.min(100, (of / among) * 100);
  return (
    <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="rest" width="100" height="4" />
      <rect class="part" width={share} height="4" />
    </svg>
  );
}

/** Knows how the steps of a sequence are drawn. */
// biome-ignore-all lint/a11y/useSemanticElements: there are no lists in SVG but by role
// biome-ignore-all lint/a11y/noInteractiveElementToNoninteractiveRole: groups of SVG are taken for controls, which they are not
// biome-ignore-all lint/a11y/noAriaHiddenOnFocusable: likewise

import type { Step } from "../../domain/step";
import { parentOf, type Tree } from "../../domain/tree";
import { type Box, HIGH, type Layout, layOut, linesOf, WIDE } from "./layout";
import { gistOf, KINDS, spanOf, titleOf } from "./words";

export interface TreeProps {
  of: Tree;
  /** Where a step leads to; null: nowhere. */
  hrefOf?: (step: Step) => string | null;
  /** A word at a step, such as how many wait there, by its id. */
  notes?: ReadonlyMap<number, string>;
  /** The step that the page is about. */
  selected?: number | null;
  /** Where one adds a step directly after another; without it the picture is only looked at. */
  addAfter?: (step: Step) => string;
  /** What scripts call a step. */
  named?: (step: Step) => string;
}

/** Characters on a line of a card, of the size in which they are drawn. */
const ROOM = 28;

export function TreePicture({ of, hrefOf = () => null, notes, selected = null, addAfter, named }: TreeProps) {
  const layout = layOut(of, { spots: addAfter !== undefined });
  const { width, height, boxes, lines, end } = layout;
  return (
    <section class="steps" aria-label="The steps, drawn" tabindex={0}>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="group" aria-label="Steps">
        <g class="ways" aria-hidden="true">
          {lines.map((d) => (
            <path d={d} />
          ))}
        </g>
        <Signs of={layout} />
        <g role="list" aria-label="The steps in order">
          {boxes.map((box) => {
            const note = notes?.get(box.step.id) ?? null;
            const href = hrefOf(box.step);
            const marks = {
              class: `node ${box.step.kind}${box.step.id === selected ? " selected" : ""}`,
              "aria-current": box.step.id === selected ? "step" : undefined,
            };
            const card = <Card of={box} note={note} beside={standing(of, box)} />;
            return (
              <g role="listitem">
                {href === null ? (
                  <g {...marks}>{card}</g>
                ) : (
                  <a {...marks} href={href} data-step={named?.(box.step)}>
                    {card}
                  </a>
                )}
              </g>
            );
          })}
        </g>
        {addAfter && <Spots tree={of} of={layout} addAfter={addAfter} named={named} />}
        {end && (
          <g class="sign" aria-hidden="true">
            <rect x={end.x - 30} y={end.y} width="60" height="24" rx="12" />
            <text x={end.x} y={end.y + 16}>
              End
            </text>
          </g>
        )}
      </svg>
    </section>
  );
}

/** What is seen around a card, in words: how long is waited before it, and in which branch it stands. */
function standing(tree: Tree, { step, within }: Box): string {
  const branch = within.at(-1);
  const condition = branch && parentOf(tree, branch);
  const after = step.delay > 0 && step.kind !== "delay" ? `, after ${spanOf(step.delay)}` : "";
  return condition ? `${after}, in the ${branch.branch ? "yes" : "no"}-branch of ${titleOf(condition)}` : after;
}

/** Blanks between its texts: they are its name. */
function Card({ of: { step, x, y }, note, beside }: { of: Box; note: string | null; beside: string }) {
  const wide = (note?.length ?? 0) * 7 + 18;
  return (
    <>
      <rect class="card" x={x} y={y} width={WIDE} height={HIGH} rx="8" />
      <rect class="edge" x={x} y={y + 10} width="4" height={HIGH - 20} rx="2" />
      <text class="kind" x={x + 16} y={y + 22}>
        {KINDS[step.kind].name}
      </text>{" "}
      {linesOf(gistOf(step), ROOM, 2).map((line, i) => (
        <>
          <text x={x + 16} y={y + 43 + i * 18}>
            {line}
          </text>{" "}
        </>
      ))}
      {note && (
        <g class="note">
          <rect x={x + WIDE - wide - 8} y={y + HIGH - 11} width={wide} height="22" rx="11" />
          <text x={x + WIDE - 8 - wide / 2} y={y + HIGH + 4}>
            {note}
          </text>
        </g>
      )}
      {beside !== "" && (
        <text class="unseen" x={x + 16} y={y + HIGH - 4}>
          {beside}
        </text>
      )}
    </>
  );
}

/** What is told between the cards: which way is which, and how long is waited. */
function Signs({ of: { ways, delays } }: { of: Layout }) {
  return (
    <g class="sign" aria-hidden="true">
      {ways.map(({ x, y, branch }) => (
        <>
          <rect class={branch.branch ? "yes" : "no"} x={x - 20} y={y - 12} width="40" height="22" rx="11" />
          <text x={x} y={y + 3}>
            {branch.branch ? "Yes" : "No"}
          </text>
        </>
      ))}
      {delays.map(({ x, y, seconds }) => {
        const words = `after ${spanOf(seconds)}`;
        const wide = words.length * 7 + 14;
        return (
          <>
            <rect x={x - wide / 2} y={y - 11} width={wide} height="22" rx="11" />
            <text x={x} y={y + 4}>
              {words}
            </text>
          </>
        );
      })}
    </g>
  );
}

interface SpotsProps {
  tree: Tree;
  of: Layout;
  addAfter: (step: Step) => string;
  named: ((step: Step) => string) | undefined;
}

function Spots({ tree, of: { spots }, addAfter, named }: SpotsProps) {
  return (
    <g role="list" aria-label="Places for another step">
      {spots.map(({ x, y, under }) => (
        <g role="listitem">
          <a
            class="spot"
            href={addAfter(under)}
            aria-label={`Add a step ${placeAfter(tree, under)}`}
            data-under={named?.(under)}
          >
            <circle class="reach" cx={x} cy={y} r="16" />
            <circle cx={x} cy={y} r="12" />
            <path d={`M${x - 5} ${y}h10M${x} ${y - 5}v10`} />
          </a>
        </g>
      ))}
    </g>
  );
}

/** A place as people say it. */
export function placeAfter(tree: Tree, under: Step): string {
  if (under.kind === "entry") return "at the start";
  if (under.kind === "condition") return `after both branches of ${titleOf(under)}`;
  const condition = under.kind === "condition_branch" ? parentOf(tree, under) : null;
  return condition
    ? `at the head of the ${under.branch ? "yes" : "no"}-branch of ${titleOf(condition)}`
    : `after ${titleOf(under)}`;
}

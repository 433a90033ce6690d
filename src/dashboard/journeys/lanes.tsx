/** Knows how messages in several zones look on one axis of time: a lane each, so that one sees where a window holds them back. */
import { isTouch, type Step } from "../../domain/step";
import { DAY } from "../../domain/time";
import type { Stretch } from "../../domain/timetable";
import type { Tree } from "../../domain/tree";
import { readable } from "../kit/when";
import { nameOf } from "./names";
import type { Column } from "./way";

/** In the units of the picture, which grows with its place. */
const WIDTH = 1000;
const LANE = 34;
const LEFT = 150;
const RIGHT = 24;
const RADIUS = 7;

interface Dot {
  at: number;
  step: Step;
  /** On a way that is not sure to be gone. */
  maybe: boolean;
}

export function Lanes({ columns, startAt, tree }: { columns: readonly Column[]; startAt: number; tree: Tree }) {
  const lanes = columns.map(({ label, way }) => ({ label, dots: dotsIn(way, tree, false) }));
  const ends = lanes.flatMap(({ dots }) => dots.map(({ at }) => at));
  if (ends.length === 0) return null;
  const span = Math.max(Math.max(...ends) - startAt, DAY);
  const x = (at: number) => Math.round(LEFT + ((at - startAt) / span) * (WIDTH - LEFT - RIGHT));
  const height = lanes.length * LANE + 28;
  return (
    <section class="lanes" tabindex={0} aria-label="The messages on one axis of time">
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={summaryOf(lanes)}>
        {daysIn(startAt, span).map(({ at, words }) => (
          <>
            <line class="day" x1={x(at)} x2={x(at)} y1="0" y2={height - 24} />
            <text class="soft" x={x(at)} y={height - 6} text-anchor="middle">
              {words}
            </text>
          </>
        ))}
        {lanes.map(({ label, dots }, i) => {
          const y = i * LANE + LANE / 2;
          return (
            <>
              <text x="0" y={y + 5}>
                {label.length > 18 ? `${label.slice(0, 17)}…` : label}
              </text>
              <line class="lane" x1={LEFT} x2={WIDTH - RIGHT} y1={y} y2={y} />
              {dots.map(({ at, step, maybe }) => (
                <circle class={maybe ? "dot maybe" : "dot"} cx={x(at)} cy={y} r={RADIUS}>
                  <title>{`${nameOf(step)}: ${readable(at)} UTC`}</title>
                </circle>
              ))}
            </>
          );
        })}
      </svg>
      <p class="hint">
        Each dot is a message or a task; hollow ones depend on a condition. Days begin at midnight in UTC.
      </p>
    </section>
  );
}

function dotsIn({ told, fork }: Stretch, tree: Tree, maybe: boolean): Dot[] {
  const own = told.flatMap(({ step: id, at }): Dot[] => {
    const step = tree.steps.get(id);
    return step && isTouch(step) ? [{ at, step, maybe }] : [];
  });
  return fork ? [...own, ...dotsIn(fork.yes, tree, true), ...dotsIn(fork.no, tree, true)] : own;
}

/** Marks that leave room for their words. */
const MOST_MARKS = 8;

function daysIn(startAt: number, span: number): { at: number; words: string }[] {
  const every = Math.max(1, Math.ceil(span / DAY / MOST_MARKS)) * DAY;
  const first = Math.ceil(startAt / DAY) * DAY;
  const count = Math.floor((startAt + span - first) / every) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => ({
    at: first + i * every,
    words: readable(first + i * every).slice(0, 6),
  }));
}

function summaryOf(lanes: { label: string; dots: Dot[] }[]): string {
  return lanes.map(({ label, dots }) => `${label}: ${dots.length} messages and tasks`).join("; ");
}

/** Knows how a week of openings is drawn, told and written. */
import { sinceMidnight } from "../../domain/localtime";
import { HOUR } from "../../domain/time";
import type { Opening } from "../../domain/window";

export const WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

const LEFT = 36;
/** Of an hour, of a day's bar, and from one day to the next. */
const WIDE = 12;
const HIGH = 14;
const STEP = 20;

export function WeekPicture({ openings, label }: { openings: readonly Opening[]; label: string }) {
  const bottom = 7 * STEP;
  return (
    <svg
      class="week"
      viewBox={`0 0 ${LEFT + 24 * WIDE + 12} ${bottom + 18}`}
      role="img"
      aria-label={`${label}: ${told(openings)}`}
    >
      {WEEK.map((day, i) => (
        <>
          <text x="0" y={i * STEP + 12}>
            {day.slice(0, 3)}
          </text>
          <rect class="closed" x={LEFT} y={i * STEP + 1} width={24 * WIDE} height={HIGH} rx="3" />
        </>
      ))}
      {openings.map(({ day, from, to }) => (
        <rect
          class="open"
          x={across(from)}
          y={(day - 1) * STEP + 1}
          width={across(to) - across(from)}
          height={HIGH}
          rx="3"
        />
      ))}
      {[0, 6, 12, 18, 24].map((hour) => (
        <text class="hour" x={LEFT + hour * WIDE} y={bottom + 12}>
          {hour}
        </text>
      ))}
    </svg>
  );
}

function across(time: string): number {
  return LEFT + (sinceMidnight(time) / HOUR) * WIDE;
}

/** `Monday 09:00–12:00, 13:00–17:00; Tuesday …`. */
export function told(openings: readonly Opening[]): string {
  const days = WEEK.map((name, i) => [name, spansOf(openings, i + 1)] as const);
  const open = days.filter(([, spans]) => spans !== "");
  return open.length === 0 ? "never open" : open.map(([name, spans]) => `${name} ${spans}`).join("; ");
}

/** The openings of one day as its field has them. */
export function spansOf(openings: readonly Opening[], day: number): string {
  return openings
    .filter((opening) => opening.day === day)
    .map(({ from, to }) => `${from}–${to}`)
    .join(", ");
}

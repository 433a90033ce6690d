/** Knows how it is drawn how much a mailbox may send in the next days, and what waits for each. */
import { dateOf } from "../../domain/day";
import type { Limits } from "../../domain/mailbox";
import { limitOn } from "../../domain/seats";

const DAYS = 14;
/** In the units of the picture. */
const [WIDTH, HEIGHT, TOP, BOTTOM] = [700, 190, 22, 22];
const SLOT = WIDTH / DAYS;
const BAR = SLOT * 0.7;

interface RampProps {
  limits: Limits;
  today: number;
  /** Sent today, and waiting, by the day. */
  planned: ReadonlyMap<number, number>;
}

/** Nothing where nothing limits it. */
export function Ramp({ limits, today, planned }: RampProps) {
  const days = Array.from({ length: DAYS }, (_, i) => {
    const day = today + i;
    return { day, limit: limitOn(day, limits), taken: planned.get(day) ?? 0 };
  });
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last || !Number.isFinite(first.limit)) return null;
  const most = Math.max(...days.map(({ limit, taken }) => Math.max(limit, taken)));
  const tall = (n: number) => (n / most) * (HEIGHT - TOP - BOTTOM);
  return (
    <div class="card">
      <h2>The next {DAYS} days</h2>
      <p class="hint">
        Mails it may send on each day of {limits.zone}; the filled part is sent already, or has its slot.
      </p>
      <section class="scroll" tabindex={0} aria-label="Mails by day">
        <svg
          class="ramp"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={`${first.limit} mails today, ${last.limit} on ${dateOf(last.day)}`}
        >
          {days.map(({ day, limit, taken }, i) => (
            <g>
              <title>{`${dateOf(day)}: ${taken} of ${limit}`}</title>
              <Bar at={i} tall={tall(limit)} kind="room" />
              <Bar at={i} tall={tall(Math.min(taken, limit))} kind="taken" />
              <text x={middle(i)} y={HEIGHT - BOTTOM - tall(limit) - 6}>
                {short(limit)}
              </text>
              <text x={middle(i)} y={HEIGHT - 5}>
                {i === 0 ? "today" : Number(dateOf(day).slice(8))}
              </text>
            </g>
          ))}
        </svg>
      </section>
    </div>
  );
}

function middle(i: number): number {
  return i * SLOT + SLOT / 2;
}

function Bar({ at, tall, kind }: { at: number; tall: number; kind: string }) {
  const y = (HEIGHT - BOTTOM - tall).toFixed(1);
  return <rect class={kind} x={(middle(at) - BAR / 2).toFixed(1)} y={y} width={BAR} height={tall.toFixed(1)} rx={3} />;
}

/** In as few characters as stand above a bar. */
function short(n: number): string {
  return n < 10_000 ? String(n) : `${Math.round(n / 1000)}k`;
}

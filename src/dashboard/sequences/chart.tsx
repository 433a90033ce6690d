/** Knows how the days of a sequence are drawn, and told to whoever does not see the picture. */
import { HAPPENINGS, type Happenings } from "../../domain/analytics";
import { Table } from "../kit/parts";

type Day = Happenings & { date: string };

const SERIES = ["enrolled", "sent", "replied"] as const;
/** Of the drawing, which is stretched to the width that there is. */
const HEIGHT = 100;
/** A bar each, and one of air. */
const SLOT = SERIES.length + 1;

export function DayChart({ of }: { of: readonly Day[] }) {
  const most = Math.max(1, ...of.flatMap((day) => SERIES.map((name) => day[name])));
  const totals = SERIES.map((name) => `${of.reduce((sum, day) => sum + day[name], 0)} ${name}`).join(", ");
  const [first, last] = [of[0]?.date ?? "", of.at(-1)?.date ?? ""];
  return (
    <figure class="chart" id="chart" data-live>
      <figcaption>
        {SERIES.map((name) => (
          <span class={`key ${name}`}>{name}</span>
        ))}
        <span class="most">{`highest: ${most}`}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${of.length * SLOT} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-labelledby="chart-title chart-desc"
      >
        <title id="chart-title">Day by day</title>
        <desc id="chart-desc">{`From ${first} to ${last}: ${totals}.`}</desc>
        {of.map((day, i) => (
          <g>
            <title>{`${day.date}: ${SERIES.map((name) => `${day[name]} ${name}`).join(", ")}`}</title>
            <rect class="day" x={i * SLOT} y="0" width={SLOT} height={HEIGHT} />
            {SERIES.map((name, n) => (
              <Bar name={name} at={i * SLOT + n + 0.5} tall={(day[name] / most) * HEIGHT} />
            ))}
          </g>
        ))}
      </svg>
      <p class="ends">
        <span>{first}</span>
        <span>{last}</span>
      </p>
    </figure>
  );
}

function Bar({ name, at, tall }: { name: string; at: number; tall: number }) {
  return tall === 0 ? null : <rect class={name} x={at} y={HEIGHT - tall} width="1" height={tall} />;
}

/** The newest day first. */
export function DayTable({ of }: { of: readonly Day[] }) {
  return (
    <details>
      <summary>The same as a table</summary>
      <Table
        label="Day by day, in UTC"
        heads={["Day", ...HAPPENINGS.map((name) => <span class="number">{name}</span>)]}
        live="days"
      >
        {of.toReversed().map((day) => (
          <tr>
            <th scope="row">{day.date}</th>
            {HAPPENINGS.map((name) => (
              <td class="number">{day[name]}</td>
            ))}
          </tr>
        ))}
      </Table>
    </details>
  );
}

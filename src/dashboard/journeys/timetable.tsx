/** Knows how a timetable looks: each step at its time in every zone, why then, what it would say, and where the way forks. */

import { capital } from "../../domain/line";
import type { Stretch, Told, Wait } from "../../domain/timetable";
import { isoOf } from "../kit/when";
import { endWords } from "./history";
import { nameOf, saidIn } from "./names";
import type { Column, Forked, Laid, Row, Text } from "./way";

interface LaidProps {
  of: Laid;
  columns: readonly Column[];
  /** Where a page is that tells of one way alone. */
  only?: ((step: number, way: boolean) => string) | undefined;
  /** The condition that it is one way of, whose name stands above. */
  from?: number;
}

export function Timetable({ of: { rows, forks, ends }, columns, only, from }: LaidProps) {
  const same = { columns, only };
  return (
    <ol class="timetable">
      {rows.map((row) => (
        <Stop of={row} columns={columns} title={row.step.id === from ? "Decided" : titleOf(row)} />
      ))}
      {forks.map((fork) => (
        <Fork of={fork} {...same} />
      ))}
      {ends.some((end) => end !== null) && <End of={ends} columns={columns} />}
    </ol>
  );
}

/** What is said is told as its reader would see it, rather than as the step has it. */
function titleOf({ step, text }: Row): string {
  const said = text && saidIn((step.subject === null ? null : text.subject) ?? text.body, "text");
  return step.label ?? said ?? nameOf(step);
}

function Stop({ of, columns, title }: { of: Row; columns: readonly Column[]; title: string }) {
  const { step, told, text } = of;
  const first = told.find((one) => one !== null);
  const words = first ? resultWords(first) : null;
  return (
    <li class={`stop ${step.kind}`}>
      <p class="title">
        {title} {words && <span class="hint">{words}</span>}
      </p>
      <Faces columns={columns}>
        {told.map((one, i) => (one && columns[i] ? <Face of={one} column={columns[i]} /> : null))}
      </Faces>
      {text && <Said of={text} />}
    </li>
  );
}

/** Nothing where it goes as it should. */
function resultWords({ result, reason }: Told): string | null {
  switch (result) {
    case "sent":
    case "done":
    case "completed":
    case "passed":
      return null;
    case "true":
      return "→ yes";
    case "false":
      return "→ no";
    default:
      return `${result}${reason === null ? "" : `: ${reason}`}`;
  }
}

function Faces({ columns, children }: { columns: readonly Column[]; children: unknown }) {
  return <dl class={columns.length === 1 ? "faces one" : "faces"}>{children}</dl>;
}

function Face({ of: { at, waits }, column }: { of: Told; column: Column }) {
  return (
    <div>
      <dt>{column.label}</dt>
      <dd>
        <Clock at={at} zone={column.zone} />
        {waits.map(({ for: why, until }) => (
          <span class="why">
            {WAITS[why]}
            {until < at && `: ${faceIn(column.zone).format(until)}`}
          </span>
        ))}
      </dd>
    </div>
  );
}

/** Each is told with its time where something else is waited for after it. */
const WAITS: Record<Wait["for"], string> = {
  delay: "when its delay is over",
  date: "on its day",
  time_of_day: "at its time of day",
  window: "when the window opens",
  condition: "not met by then",
};

/** As a clock there shows it, and in UTC. */
function Clock({ at, zone }: { at: number; zone: string }) {
  return (
    <>
      <strong>{faceIn(zone).format(at)}</strong>{" "}
      {zone !== "UTC" && (
        <small>
          <time datetime={isoOf(at)}>{SHORT.format(at)}</time> UTC
        </small>
      )}
    </>
  );
}

const SHORT = new Intl.DateTimeFormat("en-GB", {
  ...{ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  timeZone: "UTC",
});

const faces = new Map<string, Intl.DateTimeFormat>();
/** Whoever asks for ever other zones does not fill the memory. */
const MOST_FACES = 100;

function faceIn(zone: string): Intl.DateTimeFormat {
  const known = faces.get(zone);
  if (known) return known;
  if (faces.size >= MOST_FACES) faces.clear();
  const face = new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
    timeZone: zone,
  });
  faces.set(zone, face);
  return face;
}

function Said({ of: { subject, body, cut } }: { of: Text }) {
  return (
    <details>
      <summary>What it says</summary>
      {subject !== null && (
        <p>
          <span class="hint">Subject:</span> {subject}
        </p>
      )}
      <pre>
        {body}
        {cut && " …"}
      </pre>
    </details>
  );
}

function Fork({ of: { step, likely, yes, no }, columns, only }: Omit<LaidProps, "of"> & { of: Forked }) {
  const ways = [
    [true, "Yes", yes],
    [false, "No", no],
  ] as const;
  return (
    <li class="stop fork">
      <p class="title">{nameOf(step)}</p>
      <div class="ways">
        {ways.map(([way, word, laid]) => (
          <section aria-label={`${nameOf(step)} ${word}`}>
            <p class="way">
              <span class={way ? "badge active" : "badge"}>{word}</span>
              {likely === way && <span class="hint"> as the contact is now</span>}
              {only && <a href={only(step.id, way)}>Only this way</a>}
            </p>
            <Timetable of={laid} columns={columns} only={only} from={step.id} />
          </section>
        ))}
      </div>
    </li>
  );
}

function End({ of: ends, columns }: { of: readonly Stretch["end"][]; columns: readonly Column[] }) {
  const first = ends.find((end) => end !== null);
  if (!first) return null;
  const { title, tone } = endWords(first.why);
  return (
    <li class={`stop end ${tone}`}>
      <p class="title">
        {title} {first.error && <span class="hint">{capital(first.error)}</span>}
      </p>
      <Faces columns={columns}>
        {ends.map((end, i) =>
          end && columns[i] ? (
            <div>
              <dt>{columns[i].label}</dt>
              <dd>
                <Clock at={end.at} zone={columns[i].zone} />
              </dd>
            </div>
          ) : null,
        )}
      </Faces>
    </li>
  );
}

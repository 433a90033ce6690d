/** Knows the parts that pages of operations share: what is told once, what is asked before it is done, and lists of facts. */
import type { Child, PropsWithChildren } from "hono/jsx";
import { journeyAt } from "../../domain/time";
import { enteredAll } from "../kit/form";
import type { Faulty } from "../kit/page";
import { Do, Head, When } from "../kit/parts";
import { useAround } from "../kit/shell";
import type { Crumbs } from "./paths";

/** Asks before something is done that cannot be undone, and says what it does. */
export function Sure({
  title,
  crumbs,
  to,
  deed,
  children,
}: PropsWithChildren<{ title: string; crumbs: Crumbs; to: string; deed: string }>) {
  return (
    <>
      <Head title={title} crumbs={crumbs} />
      <div class="card narrow">
        {children}
        <div class="actions">
          <Do to={to} kind="danger">
            {deed}
          </Do>
          <a class="button" href={crumbs.at(-1)?.[1]}>
            Cancel
          </a>
        </div>
      </div>
    </>
  );
}

/** A secret, which no other page shows. The script that is called `copy.js` puts a button beside it. */
export function Once({ label, secret, children }: PropsWithChildren<{ label: string; secret: string }>) {
  return (
    <div class="card">
      <h2>{label}</h2>
      <p>Copy it now: it is shown on this page alone, and never again.</p>
      <p class="secret">
        <code id="secret" data-copy>
          {secret}
        </code>
      </p>
      {children}
    </div>
  );
}

/** What is so, by its name; what is null is left out. */
export function Facts({ of }: { of: [name: string, what: Child][] }) {
  return (
    <dl class="facts">
      {of
        .filter(([, what]) => what !== null && what !== "")
        .map(([name, what]) => (
          <div>
            <dt>{name}</dt>
            <dd>{what}</dd>
          </div>
        ))}
    </dl>
  );
}

/** An instant of the real clock, told by that of the journeys, like what stands around it. */
export function Called({ at, relative = false }: { at: number | null; relative?: boolean }) {
  const { now } = useAround();
  return <When at={at === null ? null : journeyAt(now, at)} relative={relative} />;
}

/** Why nothing goes, and since when. */
export function Paused({ at, why, children }: PropsWithChildren<{ at: number | null; why: string | null }>) {
  if (at === null) return null;
  return (
    <p class="said warned">
      <strong>
        Paused <When at={at} relative />
      </strong>
      {why && <>: {why}</>}. {children}
    </p>
  );
}

/** Several boxes of one name. */
export interface Boxes {
  name: string;
  faulty: Faulty | undefined;
  /** Those that are ticked to begin with. */
  ticked: readonly string[];
}

export function Box({ of, value, children }: PropsWithChildren<{ of: Boxes; value: string }>) {
  const ticked = of.faulty ? enteredAll(of.faulty.fields, of.name) : of.ticked;
  return (
    <label class="tick">
      <input type="checkbox" name={`${of.name}[]`} value={value} checked={ticked.includes(value)} /> {children}
    </label>
  );
}

/** Boxes with what they are for, and what was wrong with them. */
export function BoxSet({ of, legend, children }: PropsWithChildren<{ of: Boxes; legend: string }>) {
  const { fault } = of.faulty ?? {};
  return (
    <fieldset class="boxes">
      <legend>{legend}</legend>
      {fault?.field?.split(".")[0] === of.name && (
        <p class="fault" role="alert">
          {fault.message}
        </p>
      )}
      {children}
    </fieldset>
  );
}

/** The head of a column of figures. */
export function Figures({ children }: PropsWithChildren) {
  return <span class="number">{children}</span>;
}

/** The head of a column of buttons, for who does not see them. */
export function Deeds() {
  return <span class="unseen">What may be done</span>;
}

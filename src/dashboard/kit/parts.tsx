/** Knows the parts that pages are put together from. */
import type { Child, PropsWithChildren } from "hono/jsx";
import type { Paged } from "../../engine/page";
import { useAround } from "./shell";
import { agoOf, isoOf, readable } from "./when";

/** A form that changes something: whatever it does, it shows that it came from here. */
export function Form({ to, children, ...more }: PropsWithChildren<{ to: string; class?: string; id?: string }>) {
  const { token } = useAround();
  return (
    <form method="post" action={to} {...more}>
      <input type="hidden" name="csrf" value={token} />
      {children}
    </form>
  );
}

/** What a form is about stands at, as it is shown: `action` finds by it that others have changed it since. */
export function Version({ at }: { at: number }) {
  return <input type="hidden" name="seen" value={String(at)} />;
}

/** A button that does something at once; `kind` tells how much it weighs. */
export function Do({
  to,
  kind = "",
  children,
  ...fields
}: PropsWithChildren<{ to: string; kind?: "" | "primary" | "danger" | "plain"; [field: string]: unknown }>) {
  return (
    <Form to={to} class="inline">
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={String(value)} />
      ))}
      <button class={kind}>{children}</button>
    </Form>
  );
}

/** Everything above the content of a page: where one is, what it is about, and what may be done with all of it. */
export function Head({
  title,
  crumbs = [],
  children,
}: PropsWithChildren<{ title: Child; crumbs?: [string, string][] }>) {
  return (
    <div class="head">
      {crumbs.length > 0 && (
        <nav aria-label="Where this is" class="crumbs">
          {crumbs.map(([label, to]) => (
            <a href={to}>{label}</a>
          ))}
        </nav>
      )}
      <h1>{title}</h1>
      {children && <div class="actions">{children}</div>}
    </div>
  );
}

/** What stands where there is nothing yet: what it would be, and how it comes about. */
export function Empty({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** A table that scrolls by itself where it is too wide; `live` is renewed while one looks, one that `rests` no more. */
export function Table({
  label,
  heads,
  live,
  rests = false,
  children,
}: PropsWithChildren<{ label: string; heads: Child[]; live?: string; rests?: boolean }>) {
  return (
    <section class="table" aria-label={label} tabindex={0} id={live} data-live={live && !rests ? "" : undefined}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** A state in a word; its tone is in the word too, never in the colour alone. */
export function Badge({ of: word }: { of: string }) {
  return (
    <span class={`badge ${word.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`}>
      {word.toLowerCase().replaceAll("_", " ")}
    </span>
  );
}

interface WhenProps {
  at: number | null;
  relative?: boolean;
  /** By which clock the instant is told. */
  clock?: "journey" | "wall";
}

/** An instant, in UTC; the script adds the reader's own clock. */
export function When({ at, relative = false, clock = "journey" }: WhenProps) {
  const { now } = useAround();
  if (at === null) return <span class="none">–</span>;
  return (
    <time datetime={isoOf(at)} title={`${readable(at)} UTC`}>
      {relative ? agoOf(at, now[clock]) : readable(at)}
    </time>
  );
}

/** The way through the pages of a list; the query of this page stays as it is otherwise. */
export function Pager({
  of: { page, limit, total },
  to,
}: {
  of: Omit<Paged<unknown>, "items">;
  to: (page: number) => string;
}) {
  const last = Math.max(1, Math.ceil(total / limit));
  if (last === 1 && page === 1) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {page > 1 && (
        <a href={to(page - 1)} rel="prev">
          Previous
        </a>
      )}
      <span>
        Page {page} of {last} ({total.toLocaleString("en")} in all)
      </span>
      {page < last && (
        <a href={to(page + 1)} rel="next">
          Next
        </a>
      )}
    </nav>
  );
}

/** A path with a query of what is said. */
export function pathWith(path: string, query: Record<string, string | number | null | undefined>): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** One figure and what it counts. */
export function Figure({ label, children }: PropsWithChildren<{ label: string }>) {
  return (
    <div class="figure">
      <strong>{children}</strong>
      <span>{label}</span>
    </div>
  );
}

/** A share in percent; a dash where there is nothing to have a share of. */
export function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;
}

/** Knows how one enrollment looks: who, where it stands and why, what comes next, and what has happened. */

import { spell } from "../../dialects/v1/ids";
import { addressOn, type Contact } from "../../domain/contact";
import { capital } from "../../domain/line";
import type { Rehearsed } from "../../domain/rehearsal";
import { growTree } from "../../domain/tree";
import type { Detail, Shown } from "../../engine/enrollments";
import type { ReplyRow } from "../../engine/replies";
import { nameOf } from "../kit/names";
import { Badge, Do, Head, Pager, pathWith, When } from "../kit/parts";
import { endWords, type Line } from "./history";

import { Timeline } from "./timeline";
import { Timetable } from "./timetable";
import { Wait, waitingOf } from "./waiting";
import { lay } from "./way";

export interface EnrollmentProps {
  detail: Detail;
  ahead: Rehearsed | null;
  /** Those of the page, the newest first, and how many there are. */
  lines: Line[];
  page: number;
  limit: number;
  total: number;
  replies: ReadonlyMap<string, ReplyRow>;
  mark: string;
  /** What whoever looks may see and do. */
  may: { write: boolean; contacts: boolean; messages: boolean };
}

export function pathOf({ row }: Pick<Detail, "row">, verb = ""): string {
  const path = `/sequences/${spell("sequence", row.sequenceId)}/enrollments/${spell("enrollment", row.id)}`;
  return verb === "" ? path : `${path}/${verb}`;
}

export function calledIn(contact: Contact | null): string {
  if (contact === null) return "An erased contact";
  return nameOf(contact);
}

export function EnrollmentPage(props: EnrollmentProps) {
  const { detail, lines, page, limit, total, mark, may, replies } = props;
  const { sequence } = detail.definition;
  const list = `/sequences/${spell("sequence", sequence.id)}`;
  return (
    <>
      <Head
        title={calledIn(detail.contact)}
        crumbs={[
          ["Sequences", "/"],
          [sequence.name, list],
          ["Enrollments", `${list}/enrollments`],
        ]}
      >
        <div id="journey-deeds" data-live="" class="actions">
          {may.write && <Deeds of={detail} />}
        </div>
      </Head>
      <div class="journey">
        <div>
          <section class="card" id="journey-now" data-live="" aria-label="Where it stands">
            <Standing of={detail} />
          </section>
          <section class="card" id="journey-ahead" data-live="" aria-label="What comes next">
            <Ahead {...props} />
          </section>
          <Who of={detail} may={may} />
        </div>
        <section class="card" id="journey-past" data-live="" data-mark={mark} aria-label="What has happened">
          <h2>What has happened</h2>
          {total === 0 ? (
            <p class="hint">Nothing yet, or nothing that is still kept.</p>
          ) : (
            <Timeline of={lines} replies={replies} links={may.messages} />
          )}
          <Pager of={{ page, limit, total }} to={(to) => pathWith(pathOf(detail), { page: to })} />
        </section>
      </div>
    </>
  );
}

/** Of the deeds those that can be done now. */
function Deeds({ of: detail }: { of: Detail }) {
  const { row, held, view, definition } = detail;
  const live = row.standing === "ACTIVE";
  // What was freed has nothing to go on with.
  const retryable = row.state === "ended" && row.why === "failed" && view?.state != null;
  return (
    <>
      {live && row.state === "paused" && (
        <Do to={pathOf(detail, "resume")} kind="primary">
          Resume
        </Do>
      )}
      {live && row.state !== "paused" && held === null && <Do to={pathOf(detail, "pause")}>Pause</Do>}
      {retryable && definition.sequence.status !== "ARCHIVED" && (
        <Do to={pathOf(detail, "retry")} kind="primary">
          Try again
        </Do>
      )}
      {live && (
        <a class="button danger" href={pathOf(detail, "exit")}>
          Remove
        </a>
      )}
    </>
  );
}

function Standing({ of: detail }: { of: Detail }) {
  const { row } = detail;
  const waiting = waitingOf(detail);
  return (
    <>
      <p class="status">
        <Badge of={row.state === "paused" ? "PAUSED" : row.standing} />
        <span class="hint">
          {row.platform.toLowerCase()} · enrolled <When at={row.enrolledAt} /> UTC
        </span>
      </p>
      {waiting ? <Wait of={waiting} why={row.state === "paused" ? row.why : null} /> : <Over of={detail} />}
    </>
  );
}

function Over({ of: { row, view, definition } }: { of: Detail }) {
  const why = view?.state?.phase.is === "ended" ? view.state.phase : null;
  const last = view?.history.findLast((entry) => entry.what === "ended");
  const end = why?.why ?? (last?.what === "ended" ? last.why : null);
  const step = why?.step === undefined ? null : definition.steps.find(({ id }) => id === why.step);
  return (
    <div class="wait">
      <p class="title">{end === null ? "Over" : endWords(end).title}</p>
      {row.error && <p>{capital(row.error)}.</p>}
      {end === "failed" && step && <p class="hint">If it is tried again, it takes up at the step where it failed.</p>}
      <p>
        <When at={row.endedAt} /> UTC{" "}
        <span class="hint">
          (<When at={row.endedAt} relative={true} />)
        </span>
      </p>
    </div>
  );
}

function Ahead({ detail, ahead }: EnrollmentProps) {
  const { row, definition, contact } = detail;
  const { sequence, steps } = definition;
  if (ahead === null) {
    return (
      <>
        <h2>What comes next</h2>
        <p class="hint">{row.standing === "ACTIVE" ? "That cannot be told now." : "Nothing: this journey is over."}</p>
      </>
    );
  }
  const zone = contact?.timezone ?? "UTC";
  const columns = [{ label: zone, zone, way: ahead.way }];
  return (
    <>
      <h2>What comes next</h2>
      <p class="hint">
        If nothing holds it up and the contact does not reply meanwhile
        {sequence.status === "ACTIVE" ? "" : ", and if the sequence were active now"}. By the clock in {zone}.
      </p>
      <Timetable of={lay(columns, growTree(steps, sequence.revision))} columns={columns} />
      {!ahead.whole && <p class="hint">More follows.</p>}
    </>
  );
}

function Who({ of: { contact, row }, may }: { of: Detail; may: EnrollmentProps["may"] }) {
  if (contact === null) {
    return (
      <section class="card">
        <h2>Contact</h2>
        <p class="hint">This contact was erased. Ids and times are all that is left.</p>
      </section>
    );
  }
  const address = addressOn(contact, row.platform);
  const addresses = may.contacts ? contact.addresses : address ? [address] : [];
  return (
    <section class="card" aria-label="Contact">
      <h2>Contact</h2>
      <p>
        {may.contacts ? (
          <a href={`/contacts/${spell("contact", contact.id)}`}>{calledIn(contact)}</a>
        ) : (
          calledIn(contact)
        )}
      </p>
      <dl class="facts">
        {addresses.map(({ platform, address: written, blocked }) => (
          <>
            <dt>{platform.toLowerCase()}</dt>
            <dd>
              {written} {blocked && <Badge of={blocked} />}
            </dd>
          </>
        ))}
        {contact.timezone && (
          <>
            <dt>time zone</dt>
            <dd>{contact.timezone}</dd>
          </>
        )}
      </dl>
      {may.contacts && contact.tags.length > 0 && (
        <p class="tags">
          {contact.tags.map((tag) => (
            <span class="badge tag">{tag}</span>
          ))}
        </p>
      )}
    </section>
  );
}

export function ExitPage({ of: detail }: { of: Shown }) {
  const who = calledIn(detail.contact);
  return (
    <>
      <Head title={`Remove ${who}?`} crumbs={[[who, pathOf(detail)]]} />
      <section class="card">
        <p>
          {who} gets no further message of “{detail.definition.sequence.name}”. What is being sent at this moment may
          still arrive. This cannot be taken back, but the contact can be enrolled again, from the beginning.
        </p>
        <div class="actions">
          <Do to={pathOf(detail, "exit")} kind="danger">
            Remove from this sequence
          </Do>
          <a class="button" href={pathOf(detail)}>
            Keep
          </a>
        </div>
      </section>
    </>
  );
}

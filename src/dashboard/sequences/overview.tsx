/** Knows how one sequence is shown: what it has come to, who stands where, and what comes next. */
import { spell } from "../../dialects/v1/ids";
import { dateOf } from "../../domain/day";
import type { Sequence } from "../../domain/sequence";
import { DAY } from "../../domain/time";
import { growTree } from "../../domain/tree";
import type { Analytics } from "../../engine/analytics";
import type { Upcoming } from "../../engine/upcoming";
import { TreePicture } from "../builder/tree";
import { Badge, Do, Figure, Head, percent, When } from "../kit/parts";
import { SequenceTabs } from "../kit/tabs";
import { DayChart, DayTable } from "./chart";
import { Funnel } from "./funnel";
import { numeral } from "./list";
import { Setup } from "./setup";
import { nameOf, standOf } from "./words";

export interface OverviewProps {
  of: Analytics;
  coming: Upcoming;
  mayWrite: boolean;
}

export function SequenceOverview({ of, coming, mayWrite }: OverviewProps) {
  const { sequence } = of.definition;
  const begun = of.enrolled > 0;
  return (
    <>
      <div id="head" data-live>
        <SequenceHead of={sequence} mayWrite={mayWrite} failed={of.standings.FAILED} />
      </div>
      <SequenceTabs of={sequence.id} at="overview" />
      {sequence.description && <p class="description">{sequence.description}</p>}
      {/* With the first who comes in all of it changes; from then on each part by itself. */}
      <div id="story" data-live={begun ? undefined : ""}>
        <div id="setup" data-live>
          {mayWrite && sequence.status !== "ARCHIVED" && <Setup of={of} />}
        </div>
        {begun && <Figures of={of} />}
        {begun && (
          <div class="columns">
            <section class="card">
              <h2>Day by day</h2>
              <DayChart of={daysOf(of)} />
              <DayTable of={daysOf(of)} />
            </section>
            <section class="card">
              <h2>Next</h2>
              <Coming of={of} coming={coming} />
            </section>
          </div>
        )}
        {of.steps.length > 0 && (
          <section class="card">
            <h2>{begun ? "Who stands where" : "The way through it"}</h2>
            <div id="standing" data-live>
              <Standing of={of} />
            </div>
          </section>
        )}
        {begun && of.steps.length > 0 && (
          <>
            <h2 class="above">Step by step</h2>
            <Funnel of={of} />
          </>
        )}
      </div>
    </>
  );
}

/** A young sequence is shown two weeks, so that its first day is no lone bar at the end of an empty month. */
const FEWEST_DAYS = 14;

function daysOf({ days, definition }: Analytics): Analytics["days"] {
  const made = dateOf(Math.floor(definition.sequence.createdAt / DAY));
  const before = days.findIndex(({ date, enrolled, sent }) => date >= made || enrolled + sent > 0);
  return days.slice(Math.min(before < 0 ? days.length : before, Math.max(0, days.length - FEWEST_DAYS)));
}

function SequenceHead({ of, mayWrite, failed }: { of: Sequence; mayWrite: boolean; failed: number }) {
  const path = `/sequences/${spell("sequence", of.id)}`;
  const title = (
    <>
      {of.name} <Badge of={of.status} />
      {of.locked && <Badge of="locked" />}
    </>
  );
  return (
    <Head title={title} crumbs={[["Sequences", "/"]]}>
      {mayWrite && of.status !== "ACTIVE" && (
        <a class="button primary" href={`${path}/activate`}>
          Activate
        </a>
      )}
      {mayWrite && of.status === "ACTIVE" && (
        <a class="button" href={`${path}/pause`}>
          Pause
        </a>
      )}
      {mayWrite && of.status !== "ARCHIVED" && (
        <>
          {!of.locked && (
            <a class="button" href={`${path}/enroll`}>
              Enroll
            </a>
          )}
          {failed > 0 && <Do to={`${path}/retry`}>Retry the failed</Do>}
          <a class="button danger" href={`${path}/archive`}>
            Archive
          </a>
        </>
      )}
    </Head>
  );
}

function Figures({ of }: { of: Analytics }) {
  const { standings, contactsReached, contactsReplied } = of;
  return (
    <section class="card figures" aria-label="In figures" id="figures" data-live>
      <Figure label="enrolled">{numeral(of.enrolled)}</Figure>
      <Figure label="under way">{numeral(standings.ACTIVE)}</Figure>
      <Figure label="completed">{numeral(standings.COMPLETED)}</Figure>
      <Figure label="exited">{numeral(standings.EXITED)}</Figure>
      <Figure label="failed">{numeral(standings.FAILED)}</Figure>
      <Figure label="messages sent">{numeral(of.whole.sent)}</Figure>
      <Figure label="people who replied">{numeral(contactsReplied)}</Figure>
      <Figure label="reply rate">{percent(contactsReached === 0 ? null : contactsReplied / contactsReached)}</Figure>
    </section>
  );
}

function Standing({ of }: { of: Analytics }) {
  const { sequence, steps } = of.definition;
  const path = `/sequences/${spell("sequence", sequence.id)}`;
  const waiting = of.steps.filter((step) => step.waiting > 0);
  const notes = new Map(waiting.map((step) => [step.id, `${numeral(step.waiting)} here`]));
  return (
    <TreePicture
      of={growTree(steps, sequence.revision)}
      hrefOf={(step) => (step.kind === "condition_branch" ? null : `${path}/steps/${spell("step", step.id)}`)}
      notes={notes}
    />
  );
}

function Coming({ of, coming }: { of: Analytics; coming: Upcoming }) {
  const { sequence, steps } = of.definition;
  const known = new Map(steps.map((step) => [step.id, step]));
  const path = `/sequences/${spell("sequence", sequence.id)}/enrollments`;
  return (
    <div id="coming" data-live>
      {coming.items.length === 0 && (
        <p class="none">
          {sequence.status === "ACTIVE" ? "Nothing is due." : "Nothing is sent while this sequence does not run."}
        </p>
      )}
      <ol class="coming">
        {coming.items.map((row) => (
          <li>
            <a href={`${path}/${spell("enrollment", row.id)}`}>{row.displayName || spell("contact", row.contactId)}</a>
            <When at={row.wakeBy} relative />
            <small>
              {nameOf(row.stepId === null ? undefined : known.get(row.stepId))}
              {row.why !== null && `, waits for ${standOf(row)}`}
            </small>
          </li>
        ))}
      </ol>
      {coming.last !== null && <p class="hint">And more after these.</p>}
    </div>
  );
}

/** Knows how one sequence is shown: what it has come to, who stands where, and what comes next. */
import { spell } from "../../dialects/v1/ids";
import type { Sequence } from "../../domain/sequence";
import { growTree } from "../../domain/tree";
import type { Analytics } from "../../engine/analytics";
import type { Upcoming } from "../../engine/upcoming";
import { TreePicture } from "../builder/tree";
import { Badge, Do, Figure, Head, percent, Table, When } from "../kit/parts";
import { SequenceTabs } from "../kit/tabs";
import { DayChart, DayTable } from "./chart";
import { Funnel } from "./funnel";
import { numeral } from "./list";
import { nameOf, people, standOf } from "./words";

export interface OverviewProps {
  of: Analytics;
  coming: Upcoming;
  mayWrite: boolean;
}

export function SequenceOverview({ of, coming, mayWrite }: OverviewProps) {
  const { sequence } = of.definition;
  return (
    <>
      <div id="head" data-live>
        <SequenceHead of={sequence} mayWrite={mayWrite} failed={of.standings.FAILED} />
      </div>
      <SequenceTabs of={sequence.id} at="overview" />
      {sequence.description && <p class="description">{sequence.description}</p>}
      <NextThing of={of} mayWrite={mayWrite} />
      <Figures of={of} />
      <div class="columns">
        <section class="card">
          <h2>Day by day</h2>
          <DayChart of={of.days} />
          <DayTable of={of.days} />
        </section>
        <section class="card">
          <h2>Next</h2>
          <Coming of={of} coming={coming} />
        </section>
      </div>
      <section class="card">
        <h2>Who stands where</h2>
        <div id="standing" data-live>
          <Standing of={of} />
        </div>
      </section>
      {of.steps.length > 0 && (
        <>
          <h2 class="above">Step by step</h2>
          <Funnel of={of} />
        </>
      )}
    </>
  );
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
          <a class="button" href={`${path}/enroll`}>
            Enroll
          </a>
          {failed > 0 && <Do to={`${path}/retry`}>Retry the failed</Do>}
          <a class="button danger" href={`${path}/archive`}>
            Archive
          </a>
        </>
      )}
    </Head>
  );
}

/** What somebody would do now, where the sequence does nothing by itself yet. */
function NextThing({ of, mayWrite }: { of: Analytics; mayWrite: boolean }) {
  const { sequence, steps } = of.definition;
  const path = `/sequences/${spell("sequence", sequence.id)}`;
  const isEmpty = !steps.some(({ kind, deletedAt }) => kind !== "entry" && deletedAt === null);
  if (!mayWrite || sequence.status === "ARCHIVED") return null;
  if (isEmpty) {
    return (
      <p class="advice">
        This sequence has no step yet. <a href={`${path}/build`}>Add the first one</a>
      </p>
    );
  }
  if (of.enrolled === 0) {
    return (
      <p class="advice">
        Nobody is in this sequence yet. <a href={`${path}/enroll`}>Enroll people</a>
      </p>
    );
  }
  if (sequence.status === "ACTIVE" || of.standings.ACTIVE === 0) return null;
  return (
    <p class="advice">
      {people(of.standings.ACTIVE)} wait for this sequence to run. <a href={`${path}/activate`}>Activate it</a>
    </p>
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
  const runs = of.definition.sequence.status === "ACTIVE";
  return (
    <div id="coming" data-live>
      {coming.items.length === 0 ? (
        <p class="none">{runs ? "Nothing is due." : "Nothing is sent while this sequence does not run."}</p>
      ) : (
        <Table label="What comes next" heads={["When", "Who", "Step", "Waits for"]}>
          {coming.items.map((row) => (
            <tr>
              <td>
                <When at={row.wakeBy} relative />
              </td>
              <td>
                <a href={`/sequences/${spell("sequence", row.sequenceId)}/enrollments/${spell("enrollment", row.id)}`}>
                  {row.displayName ?? spell("contact", row.contactId)}
                </a>
              </td>
              <td>{nameOf(of.definition.steps.find(({ id }) => id === row.stepId))}</td>
              <td>{standOf(row)}</td>
            </tr>
          ))}
        </Table>
      )}
      {coming.last !== null && <p class="hint">And more after these.</p>}
    </div>
  );
}

/** Knows how the enrollments of a sequence are listed. */

import { spell } from "../../dialects/v1/ids";
import { STANDINGS, type Standing } from "../../domain/mirror";
import type { Sequence } from "../../domain/sequence";
import type { Step } from "../../domain/step";
import type { Shown } from "../../engine/enrollments";
import type { Paged } from "../../engine/page";
import { nameOf as calledIn } from "../kit/names";
import { Badge, Empty, Head, Pager, pathWith, Table, When } from "../kit/parts";
import { SequenceTabs } from "../kit/tabs";
import { nameOf, standOf } from "./words";

export interface EnrollmentsProps {
  sequence: Sequence;
  steps: readonly Step[];
  of: Paged<Shown>;
  asked: { status?: Standing | undefined; search?: string | undefined };
  mayWrite: boolean;
}

const NAMES: Record<Standing, string> = {
  ACTIVE: "Under way",
  COMPLETED: "Completed",
  EXITED: "Exited",
  FAILED: "Failed",
};

export function Enrollments({ sequence, steps, of, asked, mayWrite }: EnrollmentsProps) {
  const path = `/sequences/${spell("sequence", sequence.id)}`;
  const isBare = of.total === 0 && Object.values(asked).every((value) => value === undefined);
  const takesMore = mayWrite && sequence.status !== "ARCHIVED";
  return (
    <>
      <Head
        title={
          <>
            {sequence.name} <Badge of={sequence.status} />
          </>
        }
        crumbs={[["Sequences", "/"]]}
      >
        {takesMore && !isBare && (
          <a class="button primary" href={`${path}/enroll`}>
            Enroll
          </a>
        )}
      </Head>
      <SequenceTabs of={sequence.id} at="enrollments" />
      {isBare ? (
        <Empty title="Nobody is in this sequence yet">
          <p>Each contact that you enroll travels through the steps alone, at a pace of their own.</p>
          {takesMore && (
            <a class="button primary" href={`${path}/enroll`}>
              Enroll people
            </a>
          )}
        </Empty>
      ) : (
        <>
          <Filters path={`${path}/enrollments`} asked={asked} />
          <Rows of={of} steps={steps} path={path} />
        </>
      )}
      <Pager of={of} to={(page) => pathWith(`${path}/enrollments`, { ...asked, page })} />
    </>
  );
}

function Filters({ path, asked }: { path: string; asked: EnrollmentsProps["asked"] }) {
  return (
    <form method="get" action={path} class="filters" data-autosubmit="">
      <label>
        Status
        <select name="status">
          <option value="">All</option>
          {STANDINGS.map((one) => (
            <option value={one} selected={one === asked.status}>
              {NAMES[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Name or address
        <input type="search" name="search" value={asked.search ?? ""} maxlength={255} />
      </label>
      <button>Show</button>
    </form>
  );
}

function Rows({ of, steps, path }: { of: Paged<Shown>; steps: readonly Step[]; path: string }) {
  if (of.items.length === 0) {
    return (
      <Empty title="Nobody found">
        <p>A search looks at the 100 newest contacts that fit it: another word narrows it down.</p>
        <p>
          <a href={`${path}/enrollments`}>See them all</a>
        </p>
      </Empty>
    );
  }
  const known = new Map(steps.map((step) => [step.id, step]));
  return (
    <Table
      label="Enrollments"
      heads={["Contact", "On", "Status", "Stands at", "Waits for, or why it ended", "Next", "Enrolled"]}
      live="enrollments"
    >
      {of.items.map(({ row, contact }) => (
        <tr>
          <td class="name">
            <a href={`${path}/enrollments/${spell("enrollment", row.id)}`}>
              {contact ? calledIn(contact) : spell("contact", row.contactId)}
            </a>
          </td>
          <td>{row.platform.toLowerCase().replaceAll("_", " ")}</td>
          <td>
            <Badge of={row.state === "paused" ? "paused" : row.standing} />
          </td>
          <td>{row.stepId === null ? <span class="none">–</span> : nameOf(known.get(row.stepId))}</td>
          <td>{standOf(row)}</td>
          <td class="when">
            <When at={row.standing === "ACTIVE" ? row.dueAt : null} relative />
          </td>
          <td class="when">
            <When at={row.enrolledAt} relative />
          </td>
        </tr>
      ))}
    </Table>
  );
}

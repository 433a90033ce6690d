/** Knows the pages of imports: how far each is, and who was refused and why. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { showRefusal } from "../../dialects/v1/wire/bulk";
import { pageQuery } from "../../dialects/v1/wire/parse";
import type { BulkJob, RowRefusal } from "../../domain/bulk";
import { ok } from "../../domain/failure";
import { allows } from "../../domain/scope";
import * as bulk from "../../engine/bulk";
import type { Paged } from "../../engine/page";
import * as sequences from "../../engine/sequences";
import { page } from "../kit/page";
import { Badge, Empty, Figure, Head, Pager, pathWith, Table, When } from "../kit/parts";
import { pathOf } from "./who";

export function jobPath(job: number): string {
  return `/jobs/${spell("job", job)}`;
}

const isOver = ({ state }: BulkJob) => state === "done" || state === "failed";

export const jobs = new Hono<Front>()
  .get(
    "/jobs",
    page({
      scope: "sequences_read",
      query: z.object(pageQuery(25)),
      show: async ({ ctx, query }) => {
        const of = await bulk.list(ctx, query);
        const body = (
          <>
            <Head title="Imports" crumbs={[["Contacts", "/contacts"]]} />
            <Jobs of={of} />
          </>
        );
        return ok({ title: "Imports", section: "contacts", body });
      },
    }),
  )
  .get(
    "/jobs/:id",
    page({
      scope: "sequences_read",
      ids: { id: "job" },
      query: z.object(pageQuery(50)),
      show: async ({ ctx, caller, ids: { id }, query }) => {
        const found = await bulk.show(ctx, id);
        if (!found.ok) return found;
        const job = found.value;
        const [refused, sequence] = await Promise.all([
          bulk.refusals(ctx, id, query),
          sequences.show(ctx, job.sequenceId),
        ]);
        const title = `Import ${job.id}`;
        const body = (
          <>
            <Head
              title={title}
              crumbs={[
                ["Contacts", "/contacts"],
                ["Imports", "/jobs"],
              ]}
            >
              <a class="button" href={`/sequences/${spell("sequence", job.sequenceId)}/enrollments`}>
                Who is enrolled
              </a>
            </Head>
            <Progress of={job} sequence={sequence.ok ? sequence.value.sequence.name : null} />
            {refused.ok && <Refusals job={job} of={refused.value} mayOpen={allows(caller.scopes, "contacts_read")} />}
          </>
        );
        return ok({ title, section: "contacts", body });
      },
    }),
  );

const STATES: Record<BulkJob["state"], string> = {
  staging: "The rows are coming in.",
  queued: "It begins in a moment.",
  running: "People are being enrolled.",
  done: "All rows have been seen to.",
  failed: "It broke off: what had come in is not there any more. Import the rest again.",
};

/** Renewed until it is over, and then no more. */
function Progress({ of: job, sequence }: { of: BulkJob; sequence: string | null }) {
  const { id, total, enrolled, refused, state } = job;
  const done = enrolled + refused;
  return (
    <section class="card" id="progress" data-live={isOver(job) ? undefined : ""}>
      <h2>
        Into{" "}
        <a href={`/sequences/${spell("sequence", job.sequenceId)}`}>{sequence ?? spell("sequence", job.sequenceId)}</a>{" "}
        <Badge of={state} />
      </h2>
      <progress max={Math.max(1, total)} value={done} aria-label={`Rows of import ${id} that have been seen to`}>
        {done} of {total}
      </progress>
      <p role="status">{STATES[state]}</p>
      <div class="figures">
        <Figure label="rows">{total.toLocaleString("en")}</Figure>
        <Figure label="enrolled">{enrolled.toLocaleString("en")}</Figure>
        <Figure label="refused">{refused.toLocaleString("en")}</Figure>
        <Figure label="left">{(total - done).toLocaleString("en")}</Figure>
      </div>
      <p class="hint">
        Begun <When at={job.createdAt} />
        {job.finishedAt !== null && (
          <>
            , over <When at={job.finishedAt} />
          </>
        )}
      </p>
    </section>
  );
}

interface RefusalProps {
  job: BulkJob;
  of: Paged<RowRefusal>;
  mayOpen: boolean;
}

function Refusals({ job, of, mayOpen }: RefusalProps) {
  const live = isOver(job) ? undefined : "";
  return (
    <section id="refusals" data-live={live}>
      <h2 class="above">Who was refused</h2>
      {of.total === 0 && <p class="none">{isOver(job) ? "Nobody." : "Nobody so far."}</p>}
      {of.total > 0 && (
        <Table label="Refusals" heads={[<span class="number">Row</span>, "Address", "Why"]}>
          {of.items.map((refusal) => (
            <tr>
              <td class="number">{refusal.row}</td>
              <td>
                <Whom of={refusal} mayOpen={mayOpen} />
              </td>
              <td>{showRefusal(refusal).reason}</td>
            </tr>
          ))}
        </Table>
      )}
      <Pager of={of} to={(page) => pathWith(jobPath(job.id), { page })} />
    </section>
  );
}

function Whom({ of: { address, contactId }, mayOpen }: { of: RowRefusal; mayOpen: boolean }) {
  const words = address ?? (contactId === null ? null : spell("contact", contactId));
  if (words === null) return <span class="none">–</span>;
  return contactId !== null && mayOpen ? <a href={pathOf(contactId)}>{words}</a> : <span>{words}</span>;
}

function Jobs({ of }: { of: Paged<BulkJob> }) {
  if (of.total === 0)
    return (
      <Empty title="No import yet">
        <p>
          Open a sequence, choose <em>Enroll</em>, and paste addresses or import a CSV file. How far it is and who was
          refused stands here for a month.
        </p>
        <p>
          <a class="button primary" href="/">
            Choose a sequence
          </a>
        </p>
      </Empty>
    );
  const heads = ["Import", "State", "Sequence", "Rows", "Enrolled", "Refused", "Begun"];
  return (
    <>
      <Table label="Imports" heads={heads} live="imports" rests={of.items.every(isOver)}>
        {of.items.map((job) => (
          <tr>
            <td>
              <a href={jobPath(job.id)}>Import {job.id}</a>
            </td>
            <td>
              <Badge of={job.state} />
            </td>
            <td>
              <a href={`/sequences/${spell("sequence", job.sequenceId)}`}>{spell("sequence", job.sequenceId)}</a>
            </td>
            <td>{job.total.toLocaleString("en")}</td>
            <td>{job.enrolled.toLocaleString("en")}</td>
            <td>{job.refused.toLocaleString("en")}</td>
            <td>
              <When at={job.createdAt} />
            </td>
          </tr>
        ))}
      </Table>
      <Pager of={of} to={(page) => pathWith("/jobs", { page })} />
    </>
  );
}

/** Knows how the list of sequences looks, and what stands there before there is one. */
import { spell } from "../../dialects/v1/ids";
import { SEQUENCE_STATUSES, type SequenceStatus } from "../../domain/sequence";
import { MOST_LOOKED_AT, type Overview } from "../../engine/overviews";
import type { Paged } from "../../engine/page";
import { Badge, Do, Empty, Head, Pager, pathWith, percent, Table, When } from "../kit/parts";

export interface ListProps {
  of: Paged<Overview>;
  status: SequenceStatus | null;
  mayWrite: boolean;
}

export function SequenceList({ of, status, mayWrite }: ListProps) {
  const isBare = of.total === 0 && status === null && of.page === 1;
  return (
    <>
      <Head title="Sequences">
        {mayWrite && !isBare && (
          <a class="button primary" href="/sequences/new">
            New sequence
          </a>
        )}
      </Head>
      <Filter status={status} />
      {isBare ? <First mayWrite={mayWrite} /> : <Rows of={of} status={status} />}
      {status !== null && <p class="hint">Looked for among the {MOST_LOOKED_AT} sequences that were changed last.</p>}
      <Pager of={of} to={(page) => pathWith("/", { page, status })} />
    </>
  );
}

function Filter({ status }: { status: SequenceStatus | null }) {
  return (
    <nav class="choices" aria-label="By status">
      {[null, ...SEQUENCE_STATUSES].map((one) => (
        <a href={pathWith("/", { status: one })} aria-current={one === status ? "true" : undefined}>
          {one === null ? "All" : one.charAt(0) + one.slice(1).toLowerCase()}
        </a>
      ))}
    </nav>
  );
}

function Rows({ of, status }: { of: Paged<Overview>; status: SequenceStatus | null }) {
  if (of.items.length === 0) {
    return (
      <Empty title={status === null ? "No more sequences" : `No ${status.toLowerCase()} sequence`}>
        <p>
          <a href="/">See them all</a>
        </p>
      </Empty>
    );
  }
  const numbers = ["Under way", "Completed", "Exited", "Failed", "Reply rate"];
  const heads = ["Name", ...numbers.map((name) => <span class="number">{name}</span>), "Last change"];
  return (
    <Table label="Sequences" heads={heads} live="sequences">
      {of.items.map(({ sequence, standings, reached, replied }) => (
        <tr>
          <td class="name">
            <a href={`/sequences/${spell("sequence", sequence.id)}`}>{sequence.name}</a> <Badge of={sequence.status} />
          </td>
          <td class="number">
            <Numeral of={standings.ACTIVE} />
          </td>
          <td class="number">
            <Numeral of={standings.COMPLETED} />
          </td>
          <td class="number">
            <Numeral of={standings.EXITED} />
          </td>
          <td class="number">
            <Numeral of={standings.FAILED} />
          </td>
          <td class="number">{percent(reached === 0 ? null : replied / reached)}</td>
          <td class="when">
            <When at={sequence.updatedAt} relative />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function First({ mayWrite }: { mayWrite: boolean }) {
  return (
    <Empty title="No sequence yet">
      <p>
        A sequence is a list of messages that each contact gets one after the other, until they reply. It waits between
        them, asks whether they opened or answered, and goes on accordingly.
      </p>
      {mayWrite && (
        <div class="actions centred">
          <a class="button primary" href="/sequences/new">
            Make a sequence
          </a>
          <Do to="/sequences/sample">Start from a sample</Do>
        </div>
      )}
    </Empty>
  );
}

/** What is nothing steps back. */
export function Numeral({ of }: { of: number }) {
  return of === 0 ? <span class="none">0</span> : numeral(of);
}

export function numeral(n: number): string {
  return n.toLocaleString("en");
}

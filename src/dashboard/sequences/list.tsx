/** Knows how the list of sequences looks. */

import { spell } from "../../dialects/v1/ids";
import type { Paged } from "../../engine/page";
import type { LiveSequence } from "../../engine/sequences";
import { Badge, Empty, Head, Pager, pathWith, Table } from "../kit/parts";

export function SequenceList({ of }: { of: Paged<LiveSequence> }) {
  return (
    <>
      <Head title="Sequences" />
      {of.total === 0 ? (
        <Empty title="No sequence yet">
          <p>A sequence is a list of messages that each contact gets one after the other, until he replies.</p>
        </Empty>
      ) : (
        <Table label="Sequences" heads={["Name", "Status", "Under way"]} live="sequences">
          {of.items.map(({ sequence, live }) => (
            <tr>
              <td>
                <a href={`/sequences/${spell("sequence", sequence.id)}`}>{sequence.name}</a>
              </td>
              <td>
                <Badge of={sequence.status} />
              </td>
              <td class="number">{live}</td>
            </tr>
          ))}
        </Table>
      )}
      <Pager of={of} to={(page) => pathWith("/", { page })} />
    </>
  );
}

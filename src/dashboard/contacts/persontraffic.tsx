/** Knows what has passed between a contact and us: his journeys, the messages to him, and what came back. */
import { spell } from "../../dialects/v1/ids";
import { enrollmentOf } from "../../domain/message";
import type { NamedJourney } from "../../engine/journeysof";
import type { MessageRow } from "../../engine/messages";
import type { Paged } from "../../engine/page";
import type { ReplyRow } from "../../engine/replies";
import { Badge, Pager, pathWith, Table, When } from "../kit/parts";
import { pathOf, platformCalled } from "./who";

interface Listed {
  contact: number;
  /** Which page of each list is shown; the others stay where they are. */
  query: Record<string, number | undefined>;
}

export function Journeys({ of, contact, query }: Listed & { of: Paged<NamedJourney> }) {
  return (
    <section>
      <h2 class="above">Journeys</h2>
      {of.total === 0 ? (
        <p class="none">Not enrolled in any sequence so far.</p>
      ) : (
        <Table label="Journeys" heads={["Sequence", "Standing", "On", "Enrolled", "Next", "Ended"]} live="his-journeys">
          {of.items.map(({ row, sequence }) => (
            <tr>
              <td>
                <a href={journeyPath(row.sequenceId, row.id)}>{sequence}</a>
              </td>
              <td>
                <Badge of={row.state === "paused" ? "paused" : row.standing} />{" "}
                {row.state === "ended" && row.why !== "completed" && row.why && (
                  <span class="none">{row.why.replaceAll("_", " ")}</span>
                )}
              </td>
              <td>{platformCalled(row.platform)}</td>
              <td>
                <When at={row.enrolledAt} />
              </td>
              <td>
                <When at={row.standing === "ACTIVE" ? row.dueAt : null} relative />
              </td>
              <td>
                <When at={row.endedAt} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      <Pager of={of} to={(page) => pathWith(pathOf(contact), { ...query, journeys: page })} />
    </section>
  );
}

export function Messages({ of, contact, query }: Listed & { of: Paged<MessageRow> }) {
  return (
    <section>
      <h2 class="above">Messages</h2>
      {of.total === 0 ? (
        <p class="none">Nothing has been sent so far.</p>
      ) : (
        <Table label="Messages" heads={["Message", "Status", "On", "When"]} live="his-messages">
          {of.items.map((row) => (
            <tr>
              <td>
                <a href={`/messages/${spell("message", row.id)}`}>{row.subject || row.excerpt || "No longer kept"}</a>
                {row.subject && row.excerpt && <p class="hint">{row.excerpt}</p>}
                {row.error && <p class="fault">{row.error}</p>}
              </td>
              <td>
                <Badge of={newsOf(row)} />
              </td>
              <td>{platformCalled(row.platform)}</td>
              <td>
                <When at={row.at} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      <Pager of={of} to={(page) => pathWith(pathOf(contact), { ...query, messages: page })} />
    </section>
  );
}

/** The latest that is known of a message, the worst first. */
function newsOf(row: MessageRow): string {
  if (row.complainedAt !== null) return "complained";
  if (row.bouncedAt !== null) return "bounced";
  if (row.status !== "sent") return row.status;
  if (row.clickedAt !== null) return "clicked";
  if (row.openedAt !== null) return "opened";
  return row.deliveredAt !== null ? "delivered" : "sent";
}

export function Replies({ of, more, contact, query }: Listed & { of: readonly ReplyRow[]; more: boolean }) {
  const older = pathWith(pathOf(contact), { ...query, replies: of.at(-1)?.id });
  return (
    <section>
      <h2 class="above">Replies</h2>
      {of.length === 0 ? (
        <p class="none">Nothing has come back{query.replies ? " before" : " so far"}.</p>
      ) : (
        <Table label="Replies" heads={["Reply", "Meant", "On", "To", "When"]}>
          {of.map((row) => (
            <tr>
              <td>
                {row.subject && <strong>{row.subject}</strong>}
                <p class="said-by">{row.text.slice(0, LONGEST_SHOWN)}</p>
              </td>
              <td>{row.sentiment ? <Badge of={row.sentiment} /> : <Badge of={row.kind} />}</td>
              <td>{platformCalled(row.platform)}</td>
              <td>{row.answers === null ? <span class="none">–</span> : <Answered of={row.answers} />}</td>
              <td>
                <When at={row.receivedAt} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      {more && (
        <p class="pager">
          <a href={older}>Older replies</a>
        </p>
      )}
    </section>
  );
}

/** Characters of a reply: its rest is in the export. */
const LONGEST_SHOWN = 1000;

function Answered({ of }: { of: number }) {
  return <a href={`/messages/${spell("message", of)}`}>message of {spell("enrollment", enrollmentOf(of))}</a>;
}

export function journeyPath(sequence: number, enrollment: number): string {
  return `/sequences/${spell("sequence", sequence)}/enrollments/${spell("enrollment", enrollment)}`;
}

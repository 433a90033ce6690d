/** Knows how it looks what an endpoint was told: all of it, and one delivery with its calls and their answers. */
import { type DeliveryStatus, isWell } from "../../domain/webhook";
import type { Delivery, Shown } from "../../engine/deliveries";
import type { Paged } from "../../engine/page";
import type { WebhookRow } from "../../engine/webhooks";
import { Badge, Do, Empty, Head, Pager, pathWith, Table, When } from "../kit/parts";
import { lengthOf } from "../kit/when";
import { Called, Facts, Figures } from "./parts";
import { toDelivery, toWebhook, underWebhook } from "./paths";

interface ListProps {
  of: Paged<Delivery>;
  row: WebhookRow;
  status: DeliveryStatus | null;
  statuses: readonly DeliveryStatus[];
}

export function Deliveries({ of, row, status, statuses }: ListProps) {
  const to = toWebhook(row.id);
  return (
    <>
      <h2>Deliveries</h2>
      <form class="filters" action={to} data-autosubmit>
        <label>
          Status
          <select name="status">
            <option value="">All</option>
            {statuses.map((one) => (
              <option value={one} selected={one === status}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <button>Show</button>
      </form>
      {of.items.length === 0 ? (
        <Empty title={status === null ? "Nothing was told yet" : `Nothing is ${status}`}>
          <p>Deliveries of the last 30 days stand here, each with the calls that were made and what was answered.</p>
        </Empty>
      ) : (
        <Table
          label="Deliveries"
          heads={[<Figures>Number</Figures>, "Event", "Status", "Happened", <Figures>Calls</Figures>, "Answer"]}
          live="deliveries"
        >
          {of.items.map((one) => (
            <tr>
              <td class="number">{one.number}</td>
              <td>
                <a href={toDelivery(one)}>{one.type}</a>
              </td>
              <td>
                <Badge of={one.status} />
              </td>
              <td>
                <When at={one.at} />
              </td>
              <td class="number">{one.tries}</td>
              <td>{answerOf(one)}</td>
            </tr>
          ))}
        </Table>
      )}
      <Pager of={of} to={(page) => pathWith(to, { status, page })} />
    </>
  );
}

function answerOf({ attempts }: Delivery): string {
  const last = attempts.at(-1);
  if (last === undefined) return "–";
  return last.error ?? String(last.status ?? "–");
}

export function DeliveryPage({ of, row, mayWrite }: { of: Shown; row: WebhookRow; mayWrite: boolean }) {
  const { delivery, body } = of;
  return (
    <>
      <Head title={`${delivery.type}, number ${delivery.number}`} crumbs={underWebhook(row)}>
        {mayWrite && (
          <Do to={`${toDelivery(delivery)}/resend`} kind="primary">
            Send it again
          </Do>
        )}
      </Head>
      <section id="delivery" data-live aria-label="What became of it">
        <div class="card">
          <Facts
            of={[
              ["Status", <Badge of={delivery.status} />],
              ["Happened", <When at={delivery.at} />],
              ["Event", <code>{delivery.event}</code>],
              ["Next call", nextCall(delivery, row)],
            ]}
          />
        </div>
        <Attempts of={delivery} />
      </section>
      <div class="card">
        <h2>Body, as it would be sent now</h2>
        <pre>{indented(body)}</pre>
      </div>
    </>
  );
}

function nextCall({ status, dueAt }: Delivery, { pausedAt }: WebhookRow) {
  if (status !== "waiting") return null;
  if (pausedAt !== null) return "once the endpoint is resumed";
  return dueAt ? <Called at={dueAt} relative /> : "at once";
}

function Attempts({ of: { attempts, tries } }: { of: Delivery }) {
  if (attempts.length === 0) return null;
  return (
    <>
      <h2>Calls</h2>
      {tries > attempts.length && (
        <p class="hint">
          The last {attempts.length} of {tries}.
        </p>
      )}
      <Table label="Calls" heads={["When", "Answer", <Figures>Took</Figures>, "What it said"]}>
        {attempts.toReversed().map((one) => (
          <tr>
            <td>
              <Called at={one.at} />
            </td>
            <td>
              <span class={isWell(one) ? "badge delivered" : "badge failed"}>{one.status ?? "no answer"}</span>
            </td>
            <td class="number">{one.took < 1000 ? `${one.took} ms` : lengthOf(one.took)}</td>
            <td>
              {one.error && <p>{one.error}</p>}
              {one.excerpt && <pre>{one.excerpt}</pre>}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** The same on several lines; it is JSON that was written here. */
function indented(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2);
}

/** Knows how endpoints look: all of them, one with what it was told, and its secret. */
import { DELIVERY_STATUSES, type DeliveryStatus, LONGEST_OVERLAP, OVERLAP_HOURS } from "../../domain/webhook";
import type { Delivery } from "../../engine/deliveries";
import type { Paged } from "../../engine/page";
import type { Disclosed, WebhookRow } from "../../engine/webhooks";
import { Select, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Badge, Do, Empty, Figure, Form, Head, Table } from "../kit/parts";
import { useAround } from "../kit/shell";
import { Deliveries } from "./deliverypages";
import { Called, Facts, Figures, Once, Paused } from "./parts";
import { hostOf, toWebhook, underWebhook, WEBHOOKS } from "./paths";
import { wordsOf } from "./webhookform";

export function WebhookList({ of, mayWrite }: { of: WebhookRow[]; mayWrite: boolean }) {
  const make = mayWrite && (
    <a class="button primary" href="/webhooks/new">
      Add an endpoint
    </a>
  );
  return (
    <>
      <Head title="Webhooks">{of.length > 0 && make}</Head>
      {of.length === 0 ? (
        <Empty title="Nobody is told yet">
          <p>
            Name a URL of yours, and it is told what happens as it happens: who was enrolled, what was sent, who
            replied. Each call is signed and repeated until it is answered.
          </p>
          {make}
        </Empty>
      ) : (
        <Table
          label="Endpoints"
          heads={["Endpoint", "Status", "Told of", <Figures>Waiting</Figures>, <Figures>Failed</Figures>]}
          live="webhooks"
        >
          {of.map((row) => (
            <tr>
              <td>
                <a href={toWebhook(row.id)}>{row.url}</a>
                {row.description && <p class="hint">{row.description}</p>}
              </td>
              <td>
                <Standing of={row} />
              </td>
              <td>{row.events.includes("*") ? "Everything" : row.events.join(", ")}</td>
              <td class="number">{row.waiting.toLocaleString("en")}</td>
              <td class="number">{row.failed.toLocaleString("en")}</td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}

function Standing({ of: { pausedAt, failingSince } }: { of: WebhookRow }) {
  if (pausedAt !== null) return <Badge of="paused" />;
  if (failingSince === null) return <Badge of="active" />;
  return (
    <>
      <Badge of="failing" />
      <p class="hint">
        since <Called at={failingSince} />
      </p>
    </>
  );
}

interface OneProps {
  row: WebhookRow;
  told: Paged<Delivery>;
  status: DeliveryStatus | null;
  mayWrite: boolean;
}

export function WebhookPage({ row, told, status, mayWrite }: OneProps) {
  const to = toWebhook(row.id);
  return (
    <>
      <Head title={row.description ?? hostOf(row.url)} crumbs={WEBHOOKS}>
        {mayWrite && (
          <>
            <Do to={`${to}/test`} kind="primary">
              Send a test
            </Do>
            {row.pausedAt === null ? <Do to={`${to}/pause`}>Pause</Do> : <Do to={`${to}/resume`}>Resume</Do>}
            <a class="button" href={`${to}/edit`}>
              Edit
            </a>
            <a class="button" href={`${to}/rotate`}>
              New secret
            </a>
            <a class="button danger" href={`${to}/delete`}>
              Delete
            </a>
          </>
        )}
      </Head>
      <section id="standing" data-live aria-label="How it fares">
        <Paused at={row.pausedAt} why={row.pauseReason}>
          What happens meanwhile is kept and sent once it is resumed.
        </Paused>
        <div class="card">
          <div class="figures">
            <Figure label="waiting">{row.waiting.toLocaleString("en")}</Figure>
            <Figure label="delivered">{row.delivered.toLocaleString("en")}</Figure>
            <Figure label="given up">{row.failed.toLocaleString("en")}</Figure>
            {row.missed > 0 && <Figure label="missed">{row.missed.toLocaleString("en")}</Figure>}
          </div>
          <About row={row} />
        </div>
      </section>
      <Deliveries of={told} row={row} status={status} statuses={DELIVERY_STATUSES} />
    </>
  );
}

function About({ row }: { row: WebhookRow }) {
  const { now } = useAround();
  const overlaps = row.previousSealed !== null && (row.previousUntil ?? 0) > now.wall;
  return (
    <Facts
      of={[
        [
          "Status",
          <Badge of={row.pausedAt === null ? (row.failingSince === null ? "active" : "failing") : "paused"} />,
        ],
        ["URL", row.url],
        ["Told of", row.events.includes("*") ? "Everything" : row.events.join(", ")],
        ["Words of the body", wordsOf(row.dialect)],
        ["Failing since", row.failingSince === null ? null : <Called at={row.failingSince} />],
        ["The old secret signs until", overlaps ? <Called at={row.previousUntil} /> : null],
      ]}
    />
  );
}

/** The answer to a form that makes a secret. */
export function SecretPage({ of: { webhook, secret }, title }: { of: Disclosed; title: string }) {
  const { now } = useAround();
  const overlaps = webhook.previousSealed !== null && (webhook.previousUntil ?? 0) > now.wall;
  return (
    <>
      <Head title={title} crumbs={underWebhook(webhook)} />
      <Once label="The secret that signs its calls" secret={secret}>
        <p>
          By it your endpoint sees that a call comes from here: verify the headers <code>webhook-id</code>,{" "}
          <code>webhook-timestamp</code> and <code>webhook-signature</code> after{" "}
          <a href="https://www.standardwebhooks.com/" rel="noreferrer">
            Standard Webhooks
          </a>
          .
        </p>
        {overlaps && (
          <p>
            The old secret signs beside it until <Called at={webhook.previousUntil} />.
          </p>
        )}
        <a class="button primary" href={toWebhook(webhook.id)}>
          I have copied it
        </a>
      </Once>
    </>
  );
}

const OVERLAPS = [0, 1, OVERLAP_HOURS, LONGEST_OVERLAP].map((hours) => [String(hours), overlapInWords(hours)] as const);

function overlapInWords(hours: number): string {
  if (hours === 0) return "Not at all: it has leaked";
  if (hours === 1) return "An hour";
  return hours <= 24 ? `${hours} hours` : `${hours / 24} days`;
}

export function RotatePage({ row, faulty }: { row: WebhookRow; faulty?: Faulty | undefined }) {
  return (
    <>
      <Head title="Make a new secret" crumbs={underWebhook(row)} />
      <Trouble faulty={faulty} fields={["overlapHours"]} />
      <Form to={`${toWebhook(row.id)}/rotate`} class="card narrow">
        <p>Calls are signed by the new secret from now on, which the next page shows this once.</p>
        <Select
          name="overlapHours"
          label="How long the old one signs beside it"
          value={String(OVERLAP_HOURS)}
          options={OVERLAPS}
          hint="As long as that your endpoint may verify by either."
          faulty={faulty}
        />
        <div class="actions">
          <button class="primary">Make a new secret</button>
          <a class="button" href={toWebhook(row.id)}>
            Cancel
          </a>
        </div>
      </Form>
    </>
  );
}

/** Knows how mailboxes look: all of them, and one with its slots. */
import { dayOf } from "../../domain/seats";
import type { MailboxRow, ShownMailbox } from "../../engine/mailboxes";
import type { Paged } from "../../engine/page";
import { Badge, Do, Empty, Figure, Head, Pager, pathWith, Table, When } from "../kit/parts";
import { useAround } from "../kit/shell";
import { transportInWords } from "./mailboxform";
import { Facts, Figures, Paused } from "./parts";
import { MAILBOXES, toMailbox } from "./paths";
import { Ramp } from "./ramp";
import { spanInWords } from "./span";

export function MailboxList({ of, mayWrite }: { of: Paged<ShownMailbox>; mayWrite: boolean }) {
  const make = mayWrite && (
    <a class="button primary" href="/mailboxes/new">
      Add a mailbox
    </a>
  );
  return (
    <>
      <Head title="Mailboxes">{of.total > 0 && make}</Head>
      {of.total === 0 ? (
        <Empty title="No mailbox yet">
          <p>
            Without one, mails leave from the address of the workspace as they come. A mailbox has an address of its
            own, sends so many a day and so far apart, and warms up. Journeys are shared out among all that there are.
          </p>
          {make}
        </Empty>
      ) : (
        <Table label="Mailboxes" heads={["Address", "Status", "Sent today", <Figures>Waiting</Figures>]}>
          {of.items.map((one) => (
            <tr>
              <td>
                <a href={toMailbox(one.row.id)}>{one.row.email}</a>
                {one.row.name && <p class="hint">{one.row.name}</p>}
              </td>
              <td>
                <Badge of={one.row.pausedAt === null ? "active" : "paused"} />
                {one.row.pauseReason && <p class="hint">{one.row.pauseReason}</p>}
              </td>
              <td>
                <Sent of={one} />
              </td>
              <td class="number">{waitingAt(one)}</td>
            </tr>
          ))}
        </Table>
      )}
      <Pager of={of} to={(page) => pathWith("/mailboxes", { page })} />
    </>
  );
}

/** How much of the day's limit is gone. */
function Sent({ of }: { of: ShownMailbox }) {
  const { sentToday, limitToday, row } = of;
  return (
    <span class="sent">
      {sentToday !== null && limitToday !== null && (
        <progress
          max={limitToday}
          value={Math.min(sentToday, limitToday)}
          aria-label={`Sent today from ${row.email}`}
        />
      )}{" "}
      {sentInWords(of)}
    </span>
  );
}

function sentInWords({ sentToday, limitToday }: ShownMailbox): string {
  const limit = limitToday === null ? "" : ` of ${limitToday.toLocaleString("en")}`;
  return sentToday === null ? "–" : `${sentToday.toLocaleString("en")}${limit}`;
}

function waitingAt({ waiting }: ShownMailbox): string {
  return waiting === null ? "–" : waiting.reduce((sum, { n }) => sum + n, 0).toLocaleString("en");
}

interface OneProps {
  of: ShownMailbox;
  /** Null where that cannot be told. */
  free: number | null;
  mayWrite: boolean;
}

export function MailboxPage({ of, free, mayWrite }: OneProps) {
  const { row, sentToday, waiting } = of;
  const { now } = useAround();
  const to = toMailbox(row.id);
  const today = dayOf(now.journey, row.zone);
  const planned = new Map((waiting ?? []).map(({ day, n }) => [day, n]));
  planned.set(today, (planned.get(today) ?? 0) + (sentToday ?? 0));
  return (
    <>
      <Head title={row.email} crumbs={MAILBOXES}>
        {mayWrite && (
          <>
            {row.pausedAt === null ? <Do to={`${to}/pause`}>Pause</Do> : <Do to={`${to}/resume`}>Resume</Do>}
            <a class="button" href={`${to}/edit`}>
              Edit
            </a>
            <a class="button danger" href={`${to}/delete`}>
              Delete
            </a>
          </>
        )}
      </Head>
      <Paused at={row.pausedAt} why={row.pauseReason}>
        Mails that are to leave from it wait.
      </Paused>
      <div class="card">
        <div class="figures">
          <Figure label="sent today">{sentInWords(of)}</Figure>
          <Figure label="waiting for a slot">{waitingAt(of)}</Figure>
          <Figure label="next free slot">{nextSlot(row, free, now.journey)}</Figure>
        </div>
        <About row={row} />
      </div>
      <Ramp limits={row} today={today} planned={planned} />
    </>
  );
}

function nextSlot({ pausedAt }: MailboxRow, free: number | null, now: number) {
  if (pausedAt !== null) return "none while paused";
  if (free === null) return "–";
  return free <= now ? "now" : <When at={free} />;
}

function About({ row }: { row: MailboxRow }) {
  const { warmup } = row;
  return (
    <Facts
      of={[
        ["Status", <Badge of={row.pausedAt === null ? "active" : "paused"} />],
        ["Name", row.name],
        ["Answers go to", row.replyTo],
        ["Mails a day", row.daily === null ? "As many as come" : `${row.daily.toLocaleString("en")} at most`],
        ["Pace", row.rate === null ? "As they come" : `${spanInWords(row.rate)} at most`],
        ["Warm-up", warmup && `${warmup.start} on ${warmup.since}, and ${warmup.step} more each day`],
        ["Time zone", row.zone],
        ["Leaves by", transportInWords(row.transport)],
      ]}
    />
  );
}

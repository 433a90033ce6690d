/** Knows how a message looks that was sent: whom it went to, what became of it, and what it said. */
import type { Child } from "hono/jsx";
import { spell } from "../../dialects/v1/ids";
import type { Contact } from "../../domain/contact";
import { capital } from "../../domain/line";
import type { Content } from "../../domain/message";
import type { FullMessage, MessageRow } from "../../engine/messages";
import { Badge, Head, When } from "../kit/parts";
import { calledIn } from "./enrollment";

interface MessageProps {
  of: FullMessage;
  /** Null where he may not be seen, or was erased. */
  contact: Contact | null;
}

export function titleOf(row: MessageRow): string {
  return row.subject ?? "Message";
}

export function MessagePage({ of: { row, content }, contact }: MessageProps) {
  const sequence = `/sequences/${spell("sequence", row.sequenceId)}`;
  const journey = `${sequence}/enrollments/${spell("enrollment", row.enrollmentId)}`;
  return (
    <>
      <Head
        title={titleOf(row)}
        crumbs={[
          ["The sequence", sequence],
          [contact ? calledIn(contact) : "The enrollment", journey],
        ]}
      >
        <Badge of={row.status} />
      </Head>
      <div class="journey message">
        <Fate of={row} />
        <article class="card letter">
          <Envelope of={{ row, content }} contact={contact} />
          {content === null ? <Expired of={row} /> : <Body of={content} id={row.id} />}
        </article>
      </div>
    </>
  );
}

type Facts = (readonly [label: string, value: Child | null])[];

function Listed({ of: facts }: { of: Facts }) {
  return (
    <dl class="facts">
      {facts.map(([label, value]) =>
        value === null ? null : (
          <>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </>
        ),
      )}
    </dl>
  );
}

/** An instant that may not have come. */
function moment(at: number | null, words: Child = null): Child | null {
  if (at === null) return null;
  return (
    <>
      <When at={at} /> UTC {words}
    </>
  );
}

export function Fate({ of: row }: { of: MessageRow }) {
  const clicks = row.clicks ?? (row.clickedAt === null ? 0 : 1);
  return (
    <section class="card" aria-label="What became of it" id="message-fate" data-live="">
      <h2>What became of it</h2>
      <Listed
        of={[
          [row.status === "sent" ? "Sent" : capital(row.status), moment(row.at)],
          ["Attempts", row.attempts > 1 ? String(row.attempts) : null],
          ["Why", row.error && <span class="fault">{capital(row.error)}</span>],
          ["Delivered", moment(row.deliveredAt)],
          ["Opened", moment(row.openedAt)],
          ["Clicked", moment(row.clickedAt, clicks > 1 && <span class="hint">{clicks} links</span>)],
          ["Opened by a machine", moment(row.machineOpenedAt)],
          ["Clicked by a machine", moment(row.machineClickedAt)],
          ["Replied", moment(row.repliedAt, row.replySentiment && <Badge of={row.replySentiment} />)],
          ["Bounced", moment(row.bouncedAt)],
          ["Complained of", moment(row.complainedAt)],
          ["Unsubscribed by it", moment(row.unsubscribedAt)],
          ["The provider’s id", row.providerId && <code>{row.providerId}</code>],
        ]}
      />
      {row.openedAt === null && row.clickedAt === null && (
        <p class="hint">
          {tracked(row) ? "Nobody has opened it that we know of." : "Opens and clicks are not tracked."}
        </p>
      )}
    </section>
  );
}

/** Of mails that is known; on other platforms somebody may report it all the same. */
function tracked({ mailTracks, platform }: MessageRow): boolean {
  return platform !== "EMAIL" || (mailTracks ?? 0) > 0;
}

function Envelope({ of: { row, content }, contact }: MessageProps) {
  const { mail } = content ?? {};
  const from = mail ? named(mail.from.name, mail.from.address) : row.mailFrom;
  const who = content ? named(content.toName, content.to) : contact && calledIn(contact);
  const to = contact ? <a href={`/contacts/${spell("contact", contact.id)}`}>{who}</a> : who;
  return (
    <Listed
      of={[
        ["To", to],
        ["From", from],
        ["Reply to", mail?.from.replyTo ?? null],
        ["On", row.platform.toLowerCase()],
        ["Written", moment(content?.at ?? row.createdAt)],
        ["Subject", row.subject ?? content?.subject ?? null],
        ["Preview", content?.preheader ?? null],
      ]}
    />
  );
}

function named(name: string | null, address: string): string {
  return name === null || name === "" ? address : `${name} <${address}>`;
}

function Expired({ of: { excerpt } }: { of: MessageRow }) {
  return (
    <div class="expired">
      <p>The content of this message is no longer kept.</p>
      {excerpt && (
        <>
          <p class="hint">It began like this:</p>
          <blockquote>{excerpt}</blockquote>
        </>
      )}
    </div>
  );
}

function Body({ of: { body, format }, id }: { of: Content; id: number }) {
  if (format === "text") return <div class="written">{body}</div>;
  return (
    <>
      <iframe sandbox="" src={`/messages/${spell("message", id)}/html`} title="The message as it looked" />
      <p class="hint">
        Pictures from elsewhere are left out and links lead nowhere, so that looking at it counts as nothing. Hold the
        pointer over a link to see where it led.
      </p>
    </>
  );
}

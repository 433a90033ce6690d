/** Knows how what has happened looks: a line for each thing, the newest first, with what was said and answered. */
import { spell } from "../../dialects/v1/ids";
import { capital } from "../../domain/line";
import { excerptOf } from "../../domain/message";
import type { ReplyRow } from "../../engine/replies";
import { Badge, When } from "../kit/parts";
import type { Line } from "./history";

interface TimelineProps {
  of: Line[];
  replies: ReadonlyMap<string, ReplyRow>;
  /** Whether messages have pages for whoever looks. */
  links: boolean;
}

export function Timeline({ of: lines, replies, links }: TimelineProps) {
  return (
    <ol class="timeline">
      {lines.map((line) => (
        <Entry of={line} reply={line.reply === undefined ? null : (replies.get(line.reply) ?? null)} links={links} />
      ))}
    </ol>
  );
}

function Entry({ of: line, reply, links }: { of: Line; reply: ReplyRow | null; links: boolean }) {
  const { at, tone, title, detail, url, said, message } = line;
  return (
    <li class={tone}>
      <p class="title">
        {title} {reply?.sentiment && <Badge of={reply.sentiment} />}
      </p>
      <p class="hint">
        <When at={at} /> UTC
        {links && message !== undefined && (
          <>
            {" · "}
            <a href={`/messages/${spell("message", message)}`}>The message</a>
          </>
        )}
      </p>
      {detail && <p>{capital(detail)}</p>}
      {url && <code>{url}</code>}
      {said && <blockquote>{said}</blockquote>}
      {reply && reply.text !== "" && <Written of={reply} />}
    </li>
  );
}

/** A text that is longer is opened on demand, up to here. */
const LONGEST = 3000;

function Written({ of: { text, subject } }: { of: ReplyRow }) {
  const short = excerptOf(text);
  return (
    <>
      {subject && (
        <p>
          <span class="hint">Subject:</span> {subject}
        </p>
      )}
      {short === text ? (
        <blockquote class="heard">{text}</blockquote>
      ) : (
        <details>
          <summary>{short}</summary>
          <blockquote class="heard">
            {text.slice(0, LONGEST)}
            {text.length > LONGEST && " …"}
          </blockquote>
        </details>
      )}
    </>
  );
}

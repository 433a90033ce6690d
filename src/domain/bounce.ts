/** Knows what a mail server reports: that a mail did not arrive and whether it ever will, or that somebody complained of it. */
import { addressIn, type Incoming } from "./incoming";
import { plain } from "./outofoffice";

export type Report =
  /** Hard: there is nobody there, and there will not be. Soft: it may pass, or it is the sender's fault. */
  | { what: "bounce"; hard: boolean; recipient: string | null; reason: string }
  | { what: "complaint"; recipient: string | null }
  /** Of one that is still on its way, that arrived, or that was taken for spam and is not. */
  | { what: "nothing" };

type Fields = ReadonlyMap<string, string>;

const MOST_REASON = 500;
/** Of a report without a form, what is read. */
const MOST_PROSE = 20_000;

/** Null where a mail is no report at all. */
export function reportOf(mail: Incoming): Report | null {
  const part = (type: RegExp) => mail.parts.find((one) => type.test(one.type))?.text;
  const complaint = part(/^message\/feedback-report$/);
  if (complaint !== undefined) return complaintOf(fieldsOf(complaint));
  const delivery = part(/^message\/(?:global-)?delivery-status$/);
  if (delivery !== undefined) return deliveryOf(delivery);
  return isFromServer(mail) ? proseOf(mail) : null;
}

/** RFC 5965: only some types of feedback are complaints. */
function complaintOf(fields: Fields): Report {
  const type = (fields.get("feedback-type") ?? "").toLowerCase();
  if (!/^(?:abuse|fraud|miscategorized|virus)$/.test(type)) return { what: "nothing" };
  return { what: "complaint", recipient: addressIn(fields.get("original-rcpt-to") ?? fields.get("removal-recipient")) };
}

/** RFC 3464: a group of fields about the message, and one about each recipient; of ours there is one. */
function deliveryOf(text: string): Report {
  const groups = text
    .replace(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n/)
    .slice(0, 50)
    .map(fieldsOf);
  const about = groups.filter((group) => group.has("final-recipient") || group.has("action"));
  const failed = about.find((group) => /^failed\b/i.test(group.get("action") ?? ""));
  if (!failed) return { what: "nothing" };
  const diagnostic = (failed.get("diagnostic-code") ?? "").replace(/^[\w-]+;\s*/, "");
  const recipient = addressIn(failed.get("original-recipient")) ?? addressIn(failed.get("final-recipient"));
  const reason = `${failed.get("status") ?? ""} ${diagnostic}`.trim().slice(0, MOST_REASON);
  return { what: "bounce", hard: isHard(failed.get("status") ?? "", diagnostic), recipient, reason };
}

/** By their names in small letters; folded lines are joined. */
export function fieldsOf(block: string): Fields {
  const lines = block
    .replace(/\r\n?/g, "\n")
    .replace(/\n[ \t]+/g, " ")
    .split("\n");
  const fields = lines.flatMap((line) => {
    const at = line.indexOf(":");
    return at < 1 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const];
  });
  // Of several of a name, the first.
  return new Map(fields.reverse());
}

const SERVER = /^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|microsoftexchange\w*)@/i;
const FAILED =
  /undeliver|delayed|delivery (?:status notification|failure|has failed|report)|returned mail|failure notice|mail delivery (?:failed|system|subsystem)|message not delivered|nicht zustell|unzustellbar|non remis|echec de la remise|no se puede entregar|non recapitabile|mancato recapito|niet bezorg|onbestelbaar/;

function isFromServer({ from, returnPath, subject, headers }: Incoming): boolean {
  if (headers.has("x-failed-recipients")) return true;
  const unanswerable = returnPath === "" || returnPath === "<>" || SERVER.test(from);
  return (
    unanswerable &&
    (FAILED.test(plain(subject)) || (SERVER.test(from) && headers.get("auto-submitted") !== "auto-replied"))
  );
}

/** What it says of a mail that it has not given up. */
const STILL_TRYING =
  /\b(?:delayed|still (?:being retried|trying)|will (?:be|keep|continue) (?:retried|trying|to try)|do not need to resend|has not (?:yet )?been delivered|retry for|verzogert|noch nicht zugestellt)\b/;

/** A report without a form, such as qmail's and Exim's: by its words. */
function proseOf({ text, html, headers, subject }: Incoming): Report {
  const prose = (text ?? html ?? "").slice(0, MOST_PROSE);
  // What is below is the mail itself.
  const [own = ""] = prose.split(/^-{2,}.{0,20}(?:below this line|this is a copy|original message|returned message)/im);
  const words = plain(`${subject} ${own}`);
  if (STILL_TRYING.test(words) && !GIVEN_UP.test(words)) return { what: "nothing" };
  const recipient = addressIn(headers.get("x-failed-recipients")) ?? addressIn(own);
  if (recipient === null && !FAILED.test(words) && !CODE.test(words)) return { what: "nothing" };
  const [line = ""] = own.split("\n").filter((one) => CODE.test(one) || NOBODY.test(plain(one)));
  return { what: "bounce", hard: isHard("", own), recipient, reason: line.trim().slice(0, MOST_REASON) };
}

const GIVEN_UP = /\b(?:permanent|given up|giving up|gave up|could not be delivered|wasn't able to deliver)\b/;
/** An enhanced status (RFC 3463). */
const CODE = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])/;
const REPLY = /(?:^|[\s#;:(])([45])\d\d(?=[\s-])/;

const FULL =
  /quota|mailbox (?:is )?full|full mailbox|insufficient (?:system )?storage|out of (?:storage|space)|over ?limit/;
/** What was refused for what it says, whence it comes, or how often. */
const UNWANTED =
  /spam|blocked|block ?list|blacklist|denylist|reputation|policy|\bspf\b|\bdkim\b|\bdmarc\b|unsolicited|rate limit|too many|greylist|try again|temporar|content rejected|poor|abuse/;
const NOBODY =
  /user unknown|unknown (?:user|recipient|address|local)|no such (?:user|address|mailbox|recipient|person)|(?:does not|doesn't|do not) exist|not (?:a )?(?:known|valid) (?:user|mailbox|recipient)|(?:user|recipient|address|mailbox|account|email) ?(?:account)? (?:was |is |has been )?(?:not found|unavailable|disabled|deactivated|closed|inactive|unknown|rejected)|wasn't found|couldn't be found|invalid (?:recipient|mailbox|address|user)|no mailbox (?:here )?by that name|not our customer|no longer (?:available|in use|valid)|recipnotfound|host (?:or domain name )?not found|domain (?:does not exist|not found)|nxdomain/;

/**
 * Whether nobody is there, and nobody will be.
 * | status                                              |      |
 * | --------------------------------------------------- | ---- |
 * | 4.x.x                                               | soft |
 * | 5.2.2 full, 5.2.3 too long, 5.3.x, 5.6.x: passes    | soft |
 * | 5.1.7, 5.1.8, 5.7.x: the sender's fault             | soft |
 * | 5.4.x: hard where nobody is there, or a route fails | both |
 * | any other 5.x.x                                     | hard |
 */
export function isHard(status: string, diagnostic: string): boolean {
  const words = plain(diagnostic);
  // What the server said itself is closer to the truth than what another made of it.
  const code = CODE.exec(diagnostic) ?? CODE.exec(status);
  const vague = code === null || (code[2] === "0" && code[3] === "0");
  const kind = code?.[1] ?? REPLY.exec(diagnostic)?.[1];
  if (kind === "4" || FULL.test(words)) return false;
  if (vague) return NOBODY.test(words) || (kind === "5" && !UNWANTED.test(words));
  const [, , subject, detail] = code;
  switch (subject) {
    case "1":
      return detail !== "7" && detail !== "8";
    case "2":
      return detail !== "2" && detail !== "3";
    case "3":
    case "6":
      return false;
    case "4":
      return NOBODY.test(words) || ["1", "4", "310"].includes(detail ?? "");
    case "7":
      return false;
    default:
      return NOBODY.test(words) || !UNWANTED.test(words);
  }
}

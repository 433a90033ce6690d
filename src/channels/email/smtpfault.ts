/** Knows what a fault of SMTP means: whether to come again, to give up this recipient, or to mend the channel. */
import { causeOf } from "../../domain/fault";
import type { Outcome } from "../../domain/message";

/** What the library tells of a fault. */
interface Fault {
  message: string;
  /** Its own word for it. */
  code: string;
  /** Which command it was about, `CONN` before any, `API` where nothing was asked. */
  command: string;
  /** What the server answered, and its code; null where it said nothing. */
  response: string;
  status: number | null;
}

/**
 * | answered | 4xx | 5xx |
 * | --- | --- | --- |
 * | to a greeting, STARTTLS, AUTH, MAIL FROM | later | the channel |
 * | to RCPT TO, DATA, the mail | later | this mail |
 *
 * Without an answer: later, unless the mail had been told; then nobody knows. A server that speaks something else is the
 * channel's fault.
 */
export function outcomeOfFault(thrown: unknown, told: boolean): Outcome {
  const fault = faultOf(thrown);
  const reason = reasonOf(fault);
  if (fault.status === null) return unanswered(fault, reason, told);
  if (fault.status < 500) return { kind: "transient", reason };
  return { kind: isOfTheMail(fault) ? "permanent" : "broken", reason };
}

/** Who may not relay has not signed in, or may not send as he does: no recipient of his would be taken. */
const CHANNEL_STATUS = new Set([530, 534, 535, 538]);
const TOO_LARGE = 552;

function isOfTheMail({ command, status, response }: Fault): boolean {
  if (status === null || CHANNEL_STATUS.has(status)) return false;
  if (command === "MAIL FROM") return status === TOO_LARGE;
  if (command === "RCPT TO") return !/\brelay/i.test(response);
  return command === "DATA";
}

function unanswered({ code, command }: Fault, reason: string, told: boolean): Outcome {
  if (told) return { kind: "unknown", reason };
  if (code === "EENVELOPE" || code === "EMESSAGE") return { kind: "permanent", reason };
  const isForeign = code === "EPROTOCOL" && command === "CONN";
  return { kind: isForeign || code === "EAUTH" ? "broken" : "transient", reason };
}

const LONGEST = 300;

function reasonOf({ message, code, response, status }: Fault): string {
  const answered = code === "ETLS" ? "the mail server does not encrypt: it answered" : "the mail server answered";
  const said = status === null ? message : `${answered} ${response}`;
  return said.replace(/\s+/g, " ").slice(0, LONGEST);
}

function faultOf(thrown: unknown): Fault {
  const status = told(thrown, "responseCode");
  return {
    message: causeOf(thrown),
    code: String(told(thrown, "code") ?? ""),
    command: String(told(thrown, "command") ?? ""),
    response: String(told(thrown, "response") ?? ""),
    status: typeof status === "number" ? status : null,
  };
}

/** Nobody said anything, and it did not take too long either. */
export function isCut(thrown: unknown): boolean {
  return faultOf(thrown).status === null && !["ETIMEDOUT", "EPROTOCOL"].includes(faultOf(thrown).code);
}

function told(thrown: unknown, what: string): unknown {
  return thrown instanceof Error ? Reflect.get(thrown, what) : undefined;
}

/** Knows mailboxes as a resource: what they send by, how much, and what is only kept and shown of them. */
import { type Failure, type Result, refuse } from "../../../domain/failure";
import type { Row } from "../../../domain/listing";
import { create, type MailboxFields, remove, update } from "../../../engine/mailboxes";
import { resource } from "../resource";
import { defined, keptOf } from "../said";
import type { Values, Written } from "../table";
import { mailbox } from "../tables/mailing";

type Body = Written<typeof mailbox.attributes, typeof mailbox.relationships>;
type Said = Values<typeof mailbox.attributes>;

/** They are locked away, or, where nothing is sent by them, taken and forgotten. */
const SECRETS = ["password", "smtpPassword", "sendgridApiKey"];
/** They ask for a check before the mailbox is saved. */
const CHECKS = ["validateSend", "validateSync"] as const;
/** Together they are what it sends by, and how fast; what lacks of that is kept until it is said. */
const SERVER = ["smtpHost", "smtpPort", "smtpSsl", "smtpUsername", "sendMethod"] as const;
const PACE = ["sendThreshold", "sendPeriod"] as const;

export const mailboxes = resource({
  table: mailbox,
  scopes: { read: "channels_read", write: "channels_write" },
  links: ["user"],
  extras: ({ details }) => details,
  create: async (ctx, body) => {
    const { email } = body.attributes;
    const fault = faultIn(body) ?? (email ? null : BLANK);
    if (fault) return refuse(fault);
    const said = { userId: ctx.userId, ...fieldsOf(body, null), email: email ?? "" };
    return renamed(await create(ctx, said));
  },
  update: async (ctx, id, body, row) => {
    const fault = faultIn(body);
    return fault ? refuse(fault) : renamed(await update(ctx, id, fieldsOf(body, row)));
  },
  remove,
});

const BLANK: Failure = { kind: "blank", field: "email" };

function faultIn({ attributes, links }: Body): Failure | null {
  if (attributes.email === null) return BLANK;
  if (links.user === null) return { kind: "blank", field: "user" };
  const check = CHECKS.find((name) => attributes[name] === true);
  return check ? { kind: "bad_value", field: check, message: "cannot be asked for: no mailbox is connected" } : null;
}

/** `before` is the mailbox that is changed, as it is shown. */
function fieldsOf({ attributes, links }: Body, before: Row | null): MailboxFields {
  const known = ["email", "maxMailingsPerDay", "sendDisabled", ...SERVER, ...PACE, ...SECRETS, ...CHECKS];
  const { email, maxMailingsPerDay: daily, sendDisabled } = attributes;
  const { carried, details: server } = serverOf(attributes, before);
  const { rate, details: pace } = paceOf(attributes, before);
  return defined({
    email: email ?? undefined,
    userId: links.user ?? undefined,
    daily,
    rate,
    carried,
    pausedFor: sendDisabled === undefined ? undefined : sendDisabled ? "sending is disabled" : null,
    details: { ...keptOf(mailbox, attributes, known), ...server, ...pace },
  });
}

function isSaid(names: readonly (keyof Said)[], said: Said): boolean {
  return names.some((name) => said[name] !== undefined);
}

/** What is shown of these, with what is said now on top. */
function after<N extends keyof Said & string>(names: readonly N[], said: Said, before: Row | null): Pick<Said, N> {
  const now = names.map((name) => [name, said[name] === undefined ? (before?.[name] ?? null) : said[name]]);
  return Object.fromEntries(now) as Pick<Said, N>;
}

const nothing = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));

interface Server {
  carried?: MailboxFields["carried"];
  /** What is kept though nothing can be sent by it. */
  details?: Readonly<Record<string, unknown>>;
}

function serverOf(said: Said, before: Row | null): Server {
  const credential = said.smtpPassword ?? said.password ?? null;
  if (!isSaid([...SERVER, "username"], said) && credential === null) return {};
  const told = after(SERVER, said, before);
  const { smtpHost: host, smtpPort, smtpSsl, sendMethod } = told;
  if (!host || (sendMethod && sendMethod !== "smtp")) return { carried: null, details: told };
  const port = smtpPort ?? (smtpSsl ? TLS_PORT : SUBMISSION_PORT);
  const security = securityOf(smtpSsl, port);
  const transport = { kind: "smtp", host, port, security, username: usernameOf(said, before) } as const;
  return { carried: { transport, credential }, details: nothing(SERVER) };
}

/** The server's own; else the mailbox's, of which the server's is then a copy. */
function usernameOf(said: Said, before: Row | null): string | null {
  const now = after(["smtpUsername", "username"], said, before);
  const isCopy = said.smtpUsername === undefined && now.smtpUsername === (before?.username ?? null);
  return (isCopy ? null : now.smtpUsername) ?? now.username ?? null;
}

/** Usual ports: encrypted from the first byte, and once both sides have agreed to be (RFC 8314). */
const TLS_PORT = 465;
const SUBMISSION_PORT = 587;

/** On its usual ports SMTP is encrypted after a greeting in the clear, whatever is called SSL. */
function securityOf(ssl: boolean | null | undefined, port: number) {
  if (port === TLS_PORT) return "tls";
  if (ssl === false) return "optional";
  return ssl && port !== SUBMISSION_PORT && port !== 25 ? "tls" : "starttls";
}

function paceOf(said: Said, before: Row | null): Pick<MailboxFields, "rate" | "details"> {
  if (!isSaid(PACE, said)) return {};
  const told = after(PACE, said, before);
  const { sendThreshold: messages = null, sendPeriod: seconds = null } = told;
  if (messages === null || seconds === null) return { rate: null, details: told };
  return { rate: { messages, seconds }, details: nothing(PACE) };
}

/** The engine's names for what is called otherwise here. */
const NAMES = new Map([
  ["dailyLimit", "maxMailingsPerDay"],
  ["rate.messages", "sendThreshold"],
  ["rate.seconds", "sendPeriod"],
  ["transport.host", "smtpHost"],
]);

function renamed<T>(done: Result<T>): Result<T> {
  if (done.ok || done.failure.kind !== "bad_value") return done;
  return refuse({ ...done.failure, field: NAMES.get(done.failure.field) ?? done.failure.field });
}

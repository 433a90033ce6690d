/** Knows a transport of mails as v1 takes and shows it; its credentials are taken and never shown. */
import * as z from "zod";
import { spellAddress } from "../../../domain/mailaddress";
import { SECURITIES, type Sender, SUBMISSION_PORT, TLS_PORT, type Transport } from "../../../domain/transport";
import type { Carried } from "../../../engine/credentials";
import { oneLine, oneOf } from "./parse";

const smtp = z.object({
  kind: z.literal("smtp"),
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535).default(SUBMISSION_PORT),
  security: oneOf(SECURITIES).optional(),
  username: oneLine(320).optional(),
  password: oneLine(1000).optional(),
});
type Smtp = z.output<typeof smtp>;
const Cloudflare = z.object({ kind: z.literal("cloudflare") });
const Resend = z.object({ kind: z.literal("resend"), apiKey: oneLine(1000) });

/** Which of two fields that belong together is lacking. */
function lacks(name: "username" | "password", where: (said: Smtp) => boolean): z.core.CheckFn<Smtp> {
  return ({ value, issues }) => {
    if (!where(value) || value[name] !== undefined) return;
    issues.push({ code: "invalid_type", expected: "string", input: undefined, path: [name] });
  };
}
const hasPassword = ({ password }: Smtp) => password !== undefined;
const hasUsername = ({ username }: Smtp) => username !== undefined;

/** One that is changed, whose password may be the one that it has. */
export const NextCarriage = carriage(smtp.check(lacks("username", hasPassword)));

export const Carriage = carriage(smtp.check(lacks("username", hasPassword), lacks("password", hasUsername)));

function carriage(one: typeof smtp) {
  return z.discriminatedUnion("kind", [one, Cloudflare, Resend]).transform(carriedBy);
}

function carriedBy(said: Smtp | z.output<typeof Cloudflare> | z.output<typeof Resend>): Carried {
  switch (said.kind) {
    case "smtp": {
      const { kind, host, port, username = null, password = null } = said;
      const security = said.security ?? (port === TLS_PORT ? "tls" : "starttls");
      return { transport: { kind, host, port, security, username }, credential: password };
    }
    case "cloudflare":
      return { transport: { kind: said.kind }, credential: null };
    case "resend":
      return { transport: { kind: said.kind }, credential: said.apiKey };
  }
}

/** An address as servers read it. */
export const MailAddress = z.string().transform((text, ctx) => {
  const address = spellAddress(text.trim());
  if (address !== null) return address;
  ctx.issues.push({ code: "custom", input: text, message: "is no address that mail can be sent to" });
  return z.NEVER;
});

/** Whom mails come from. */
export const From = z
  .object({
    address: MailAddress,
    name: oneLine(200).nullable().default(null),
    replyTo: MailAddress.nullable().default(null),
  })
  .transform(({ address, name, replyTo }): Sender => ({ address, name, replyTo }));

const hasCredential = z.boolean();

export const ShownTransport = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("smtp"),
    host: z.string(),
    port: z.int(),
    security: z.enum(SECURITIES),
    username: z.string().nullable(),
    hasCredential,
  }),
  Cloudflare.extend({ hasCredential }),
  z.object({ kind: z.literal("resend"), hasCredential }),
]);

/** `hasCredential` is all that is ever told of the password or the key. */
export function showTransport(transport: Transport | null, sealed: string | null) {
  return transport === null ? null : { ...transport, hasCredential: sealed !== null };
}

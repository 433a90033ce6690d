/** Knows mailboxes as a resource. */
import { type Failure, refuse } from "../../../domain/failure";
import { create, type MailboxFields, remove, update } from "../../../engine/mailboxes";
import { resource } from "../resource";
import { defined, keptOf } from "../said";
import type { Written } from "../table";
import { mailbox } from "../tables/mailing";

type Body = Written<typeof mailbox.attributes, typeof mailbox.relationships>;

/** Nothing is kept that could be read in the clear, so what is secret is taken and forgotten, and nobody sends with it. */
const SECRETS = ["password", "smtpPassword", "sendgridApiKey"];
/** They ask for a check before the mailbox is saved. */
const CHECKS = ["validateSend", "validateSync"] as const;

export const mailboxes = resource({
  table: mailbox,
  scopes: { read: "channels_read", write: "channels_write" },
  links: ["user"],
  extras: ({ details }) => details,
  create: async (ctx, body) => {
    const { email } = body.attributes;
    const fault = faultIn(body) ?? (email ? null : BLANK);
    if (fault) return refuse(fault);
    return create(ctx, { userId: ctx.userId, ...fieldsOf(body), email: email ?? "" });
  },
  update: async (ctx, id, body) => {
    const fault = faultIn(body);
    return fault ? refuse(fault) : update(ctx, id, fieldsOf(body));
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

function fieldsOf({ attributes, links }: Body): MailboxFields {
  const details = keptOf(mailbox, attributes, ["email", ...SECRETS, ...CHECKS]);
  return defined({ email: attributes.email ?? undefined, userId: links.user ?? undefined, details });
}

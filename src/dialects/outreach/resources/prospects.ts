/** Knows prospects as a resource: they are contacts. What only sales know of one is kept among his custom fields. */
import { type Failure, ok, refuse } from "../../../domain/failure";
import { isTag, LONGEST_TAG, tagOf } from "../../../domain/tag";
import { isZone } from "../../../domain/zone";
import { type ContactPatch, update } from "../../../engine/contactedit";
import { create } from "../../../engine/contacts";
import { erase } from "../../../engine/erasure";
import { refusedTags } from "../../../engine/tags";
import { resource } from "../resource";
import { defined, keptOf, nullIn } from "../said";
import type { Values, Written } from "../table";
import { prospect } from "../tables/prospect";

type Body = Written<typeof prospect.attributes, typeof prospect.relationships>;
type Attributes = Values<typeof prospect.attributes>;

/** What has a place of its own; all other attributes are custom fields by their names. */
const OWN = [
  "emailOptedOut",
  "emails",
  "emailsOptStatus",
  "firstName",
  "lastName",
  "optedOut",
  "source",
  "tags",
  "timeZone",
];

export const prospects = resource({
  table: prospect,
  scopes: { read: "contacts_read", write: "contacts_write" },
  links: ["owner", "stage"],
  extras: ({ customFields }) => customFields,
  /** Without any address he is a contact on EMAIL all the same, who cannot be enrolled yet. */
  create: async (ctx, body) => {
    const fault = faultIn(body.attributes);
    if (fault) return refuse(fault);
    const { custom = {}, optsIn, emails = [], ...fields } = fieldsOf(body);
    const customFields = Object.fromEntries(Object.entries(custom).filter(([, value]) => value !== null));
    const subscribedAt = optsIn ? ctx.now.journey : null;
    const made = await create(ctx, { ...fields, platform: "EMAIL", emails, customFields, subscribedAt });
    return made.ok ? ok(made.value.id) : made;
  },
  update: async (ctx, id, body) => {
    const fault = faultIn(body.attributes);
    return fault ? refuse(fault) : update(ctx, id, fieldsOf(body));
  },
  remove: erase,
});

const STATUSES = ["opted_in", "opted_out", "null"];

/** As long as an address can be. */
const LONGEST_EMAIL = 320;

function faultIn(attributes: Attributes): Failure | null {
  const { emails, emailsOptStatus, tags, timeZone } = attributes;
  if (timeZone && !isZone(timeZone)) return bad("timeZone", "must be an IANA time zone, such as Europe/Berlin");
  if (emailsOptStatus && !STATUSES.includes(emailsOptStatus)) {
    return bad("emailsOptStatus", `must be one of ${STATUSES.map((word) => `"${word}"`).join(", ")}`);
  }
  if (emails?.some((email) => email.length > LONGEST_EMAIL)) return { kind: "bad_address", platform: "EMAIL" };
  if (tags && !tags.map(tagOf).every(isTag)) {
    return bad("tags", `must be texts on one line of 1 to ${LONGEST_TAG} characters`);
  }
  return refusedTags(tags ?? []) ?? nullIn(attributes, ["optedOut", "emailOptedOut"]);
}

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}

function fieldsOf({ attributes, links }: Body): ContactPatch {
  const { emails, firstName, lastName, source, tags, timeZone } = attributes;
  const custom = keptOf(prospect, attributes, OWN);
  return defined({
    ...optingOf(attributes),
    firstName,
    lastName,
    source,
    timezone: timeZone,
    emails: emails === null ? [] : emails,
    tags: tags === undefined ? undefined : [...new Set((tags ?? []).map(tagOf))],
    ownerId: links.owner,
    stageId: links.stage,
    custom: Object.keys(custom).length > 0 ? custom : undefined,
  });
}

/** Three names of one fact. Where they disagree, whoever opts out wins; a status of null says nothing. */
function optingOf({ optedOut, emailOptedOut, emailsOptStatus }: Attributes): Pick<ContactPatch, "optedOut" | "optsIn"> {
  if (optedOut || emailOptedOut || emailsOptStatus === "opted_out") return { optedOut: true };
  if (emailsOptStatus === "opted_in") return { optedOut: false, optsIn: true };
  return optedOut === false || emailOptedOut === false ? { optedOut: false } : {};
}

/** Knows a contact as v1 writes and reads him. */
import * as z from "zod";
import { addressOn, type Contact } from "../../../domain/contact";
import { addressKey } from "../../../domain/platform";
import { MOST_TAGS, tagOf } from "../../../domain/tag";
import { wordsOf } from "../../../domain/terms";
import { isZone } from "../../../domain/zone";
import { CustomFields } from "../../customfields";
import { spell } from "../ids";
import { oneLine, pageQuery, platformName, spelled, tag, text } from "./parse";
import { Instant } from "./shape";
import { instant, instantOrNull } from "./time";

const name = text(0, 255).nullable().optional();

export const plain = {
  displayName: name,
  firstName: name,
  lastName: name,
  avatarUrl: z.url("must be a URL").max(2000).nullable().optional(),
  email: z.email("must be an email address").max(320).nullable().optional(),
  timezone: z.string().refine(isZone, "must be an IANA time zone, such as Europe/Berlin").nullable().optional(),
  tags: z
    .array(tag)
    .max(MOST_TAGS)
    .transform((tags) => [...new Set(tags)])
    .optional(),
  customFields: CustomFields.optional(),
};

const platformId = oneLine(255).nullable().optional();

/** The name by which the client wrote the address, for errors about it. */
function fieldOf({ username, address }: { username?: string | undefined; address?: string | undefined }) {
  if (address !== undefined) return "address";
  return username !== undefined ? "username" : "email";
}

export const CreateContact = z
  .object({
    platform: platformName,
    username: oneLine(320).optional(),
    address: oneLine(320).optional(),
    platformId,
    ...plain,
  })
  .transform(({ username, address, ...rest }, ctx) => {
    const given = address ?? username ?? (rest.platform === "EMAIL" ? (rest.email ?? undefined) : undefined);
    if (given === undefined) {
      ctx.issues.push({ code: "invalid_type", expected: "string", input: undefined, path: ["username"] });
      return z.NEVER;
    }
    if (rest.platform === "EMAIL" && rest.email && addressKey("EMAIL", rest.email) !== addressKey("EMAIL", given)) {
      const message = "must be the same as the address on EMAIL";
      ctx.issues.push({ code: "custom", message, input: rest.email, path: ["email"] });
      return z.NEVER;
    }
    return { ...rest, address: given, sent: fieldOf({ username, address }) };
  });

export const UpdateContact = z
  .object({
    username: oneLine(320).optional(),
    address: oneLine(320).optional(),
    platformId,
    ...plain,
    optedOut: z.boolean().optional(),
  })
  .transform(({ username, address, ...rest }) => ({
    ...rest,
    address: address ?? username,
    sent: fieldOf({ username, address }),
  }));

const MOST_SEARCHED_WORDS = 5; // with MOST_TAGS_ASKED, fewer parameters than D1 binds
const MOST_TAGS_ASKED = 20;

export const ContactsQuery = z
  .object({
    search: z.string().max(255).default("").transform(wordsOf).pipe(z.array(z.string()).max(MOST_SEARCHED_WORDS)),
    platform: platformName.optional(),
    tags: z
      .string()
      .default("")
      .transform((tags) => tags.split(",").map(tagOf))
      .transform((tags) => tags.filter((one) => one !== ""))
      .pipe(z.array(z.string()).max(MOST_TAGS_ASKED)),
    ...pageQuery(50),
  })
  .transform(({ search, platform, tags, ...page }) => ({
    ...page,
    words: search,
    tags,
    platform: platform ?? null,
  }));

const said = z.string().nullable();

export const ShownContact = z
  .object({
    id: spelled("contact"),
    workspaceId: spelled("workspace"),
    platform: platformName,
    platformId: said,
    displayName: said,
    username: said,
    avatarUrl: said,
    firstName: said,
    lastName: said,
    email: said,
    timezone: said,
    tags: z.array(z.string()),
    customFields: z.record(z.string(), z.unknown()),
    optedOut: z.boolean(),
    lastSeenAt: Instant.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Contact" });

export function showContact(contact: Contact) {
  const own = addressOn(contact, contact.platform);
  return {
    id: spell("contact", contact.id),
    workspaceId: spell("workspace", contact.workspaceId),
    platform: contact.platform,
    platformId: own?.platformId ?? null,
    displayName: contact.displayName,
    username: own?.address ?? null,
    avatarUrl: contact.avatarUrl,
    firstName: contact.firstName,
    lastName: contact.lastName,
    email: addressOn(contact, "EMAIL")?.address ?? null,
    timezone: contact.timezone,
    tags: contact.tags,
    customFields: contact.customFields,
    optedOut: contact.optedOutAt !== null,
    lastSeenAt: instantOrNull(contact.lastSeenAt),
    createdAt: instant(contact.createdAt),
    updatedAt: instant(contact.updatedAt),
  };
}

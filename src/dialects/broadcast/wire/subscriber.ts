/** Knows a subscriber as Broadcast writes and reads him. */
import * as z from "zod";
import { addressOn, type Contact } from "../../../domain/contact";
import { isAddress } from "../../../domain/platform";
import type { ContactDraft } from "../../../engine/contacts";
import { CustomFields } from "../../customfields";
import { flag, optional, present, tagList, text, textOrNone } from "./parse";
import { instant, instantOrNull } from "./time";

const LONGEST_EMAIL = 320;

const email = present(LONGEST_EMAIL).refine((value) => isAddress("EMAIL", value), "is invalid");
const tags = tagList.refine((list) => list.length > 0, "can't be blank");

/** A date alone is its midnight in UTC. */
const subscribedAt = z
  .string()
  .pipe(z.union([z.iso.datetime({ offset: true }), z.iso.date()]))
  .transform((at) => Date.parse(at));

const person = {
  first_name: textOrNone(255).optional(),
  last_name: textOrNone(255).optional(),
  ip_address: textOrNone(45).optional(),
  is_active: optional(flag),
  source: textOrNone(255).optional(),
  subscribed_at: subscribedAt.nullable().optional(),
  tags: optional(tagList),
  custom_data: optional(CustomFields),
};

export const FindQuery = z.object({
  email: text(LONGEST_EMAIL).refine((value) => value.trim() !== "", "can't be blank"),
});
export const CreateSubscriber = z.object({ email, ...person });
export const UpdateSubscriber = z.object({ email: email.optional(), ...person });
/** The one at the top says whom, the one under `subscriber` what he is called from now on. */
export const UpdateByEmail = z.object({ email, "subscriber[email]": email.optional(), ...person });
export const Addressed = z.object({ email });
export const Tagged = z.object({ email, tags });

export function draftOf(body: z.output<z.ZodObject<typeof person>>): ContactDraft {
  return {
    firstName: body.first_name,
    lastName: body.last_name,
    ipAddress: body.ip_address,
    source: body.source,
    subscribedAt: body.subscribed_at,
    tags: body.tags,
    customFields: body.custom_data,
    inactive: body.is_active === undefined ? undefined : !body.is_active,
  };
}

export function showSubscriber(contact: Contact, mailedAt: number | null) {
  return {
    id: contact.id,
    email: addressOn(contact, "EMAIL")?.address ?? null,
    first_name: contact.firstName,
    last_name: contact.lastName,
    ip_address: contact.ipAddress,
    is_active: !contact.inactive,
    source: contact.source,
    subscribed_at: instant(contact.subscribedAt ?? contact.createdAt),
    unsubscribed_at: instantOrNull(contact.optedOutAt),
    last_email_sent_at: instantOrNull(mailedAt),
    created_at: instant(contact.createdAt),
    tags: contact.tags,
    custom_data: contact.customFields,
  };
}

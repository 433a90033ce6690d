/** Knows a suppression, an address that nobody writes to, as v1 writes and reads it. */
import * as z from "zod";
import { SUPPRESSION_REASONS } from "../../../domain/suppression";
import type { SuppressionRow } from "../../../engine/suppressions";
import { spell } from "../ids";
import { oneLine, oneOf, pageQuery, platformName, spelled } from "./parse";
import { Instant } from "./shape";
import { instant } from "./time";

const LONGEST_ADDRESS = 320;
/** In one request: each takes a hash, and all of them one batch. */
const MOST_AT_ONCE = 1000;

const address = oneLine(LONGEST_ADDRESS);
const reason = oneOf(SUPPRESSION_REASONS);

/** Put on the list by hand it is, unless told otherwise, somebody who asked for it. */
export const Suppress = z.object({ platform: platformName, address, reason: reason.default("opted_out") });

export const SuppressMany = z.object({ suppressions: z.array(Suppress).min(1).max(MOST_AT_ONCE) });

export const SuppressionsQuery = z
  .object({
    reason: reason.optional(),
    platform: platformName.optional(),
    address: address.optional(),
    ...pageQuery(50),
  })
  .transform(({ reason, platform, address, ...page }) => ({
    ...page,
    reason: reason ?? null,
    platform: platform ?? null,
    address: address ?? null,
  }));

const consent = oneOf(["true", "false"])
  .default("false")
  .transform((said) => said === "true");

export const LiftQuery = z.object({ consent });

export const LiftAddressQuery = z
  .object({ platform: platformName, address, reason: reason.optional(), consent })
  .transform(({ reason, ...named }) => ({ ...named, reason: reason ?? null }));

export const ShownSuppression = z
  .object({
    id: spelled("suppression"),
    platform: platformName.nullable(),
    address: z.string().nullable(),
    reason: z.enum(SUPPRESSION_REASONS),
    contactId: spelled("contact").nullable(),
    messageId: spelled("message").nullable(),
    createdAt: Instant,
  })
  .meta({ id: "Suppression" });

/** Without its address where whoever had it was erased. */
export function showSuppression(row: SuppressionRow) {
  return {
    id: spell("suppression", row.id),
    platform: row.platform,
    address: row.address,
    reason: row.reason,
    contactId: row.contactId === null ? null : spell("contact", row.contactId),
    messageId: row.messageId === null ? null : spell("message", row.messageId),
    createdAt: instant(row.createdAt),
  };
}

/** Knows why an address is not to be written to. */

/** What is known of an address, whoever has it; it ends transactional journeys too. */
export const BLOCKS = ["bounced", "complained"] as const;
export type Block = (typeof BLOCKS)[number];

/** An opt-out is a person's: it is known of all addresses that he has. */
export const SUPPRESSION_REASONS = [...BLOCKS, "opted_out"] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export function isBlock(reason: SuppressionReason): reason is Block {
  return reason !== "opted_out";
}

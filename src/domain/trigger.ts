/** Knows what enrolls a contact, or takes him out, without anybody calling for it. */

export const TRIGGER_KINDS = ["tag_added", "tag_removed", "segment", "move"] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

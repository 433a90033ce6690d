/** Knows what a category groups. */

export const CONTENT_TYPES = ["sequence", "template"] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

/** Whether a category groups content of that type. */
export function groups(
  { allowSequences, allowTemplates }: { allowSequences: boolean; allowTemplates: boolean },
  type: ContentType,
): boolean {
  switch (type) {
    case "sequence":
      return allowSequences;
    case "template":
      return allowTemplates;
  }
}

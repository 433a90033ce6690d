/** Knows the texts that a step may send: variants, of which each enrollment gets one. */
import { scatter } from "./chance";
import type { Tracks } from "./mail";
import type { Writer } from "./step";
import type { Format } from "./template";
import type { Journey } from "./time";

export interface Text {
  /** Liquid. */
  subject: string | null;
  /** Liquid. */
  body: string;
  format: Format;
}

/** A template as a step uses it. */
export interface Variant extends Text {
  id: number;
  templateId: number;
  /** Whether the template belongs to this step alone, so that an edit of the step may change it. */
  isPrivate: boolean;
  /** Whether it continues the thread of the message before, under that one's subject. */
  isReply: boolean;
  /** How often it is sent beside the others: one of weight 2 twice as often as one of weight 1. */
  weight: number;
  /** Only those that are enabled are sent. */
  enabledAt: Journey | null;
  /** What is to be seen of the mails that are made of it, whatever the sequence says. */
  tracks?: Tracks;
}

/** What a message was rendered from. */
export interface Origin {
  variant: number;
  template: number;
}

export const MOST_VARIANTS = 50;

/** The one that list dialects show as the text of the step. */
export function firstEnabled(variants: readonly Variant[]): Variant | null {
  return variants.find(({ enabledAt }) => enabledAt !== null) ?? null;
}

/** How much one variant may weigh; what says nothing of it makes all alike. */
export const MOST_WEIGHT = 100;
export const USUAL_WEIGHT = 1;

/** The one that an enrollment gets: always the same while the same are enabled and weigh the same, each as often as it weighs. */
export function variantFor({ id, variants }: Pick<Writer, "id" | "variants">, enrollment: number): Variant | null {
  const enabled = variants.filter(({ enabledAt }) => enabledAt !== null);
  const total = enabled.reduce((sum, { weight }) => sum + weight, 0);
  const drawn = scatter(`variant/${enrollment}/of/${id}`, total);
  let upTo = 0;
  for (const variant of enabled) {
    upTo += variant.weight;
    if (drawn < upTo) return variant;
  }
  return null;
}

/** The text that a step shows; none where no variant is enabled. What continues a thread has no subject of its own. */
export function shownText(variants: readonly Variant[]): { subject: string | null; body: string | null } {
  const first = firstEnabled(variants);
  return first ? { subject: first.isReply ? null : first.subject, body: first.body } : { subject: null, body: null };
}

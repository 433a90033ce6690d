/** Knows in whose words an endpoint is told what happened: ours, or those of the product that it was built for. */
import { asBroadcast, nameInBroadcast } from "./envelopes/broadcast";
import { asOurs } from "./envelopes/ours";
import { asOutreach, nameInOutreach } from "./envelopes/outreach";
import { type Happening, type HappeningType, type Pattern, TEST, typesOf } from "./happening";

export const WEBHOOK_DIALECTS = ["v1", "broadcast", "outreach"] as const;
export type WebhookDialect = (typeof WEBHOOK_DIALECTS)[number];

/** What an endpoint of a dialect can be told of what was asked for: not everything has a name in every product. */
export function heardBy(dialect: WebhookDialect, patterns: readonly Pattern[]): HappeningType[] {
  return typesOf(patterns).filter((type) => hasName(dialect, type));
}

function hasName(dialect: WebhookDialect, type: HappeningType): boolean {
  switch (dialect) {
    case "v1":
      return true;
    case "broadcast":
      return nameInBroadcast(type, null) !== null;
    case "outreach":
      return nameInOutreach(type) !== null;
  }
}

/** The body of a call, the same at every attempt while those whom it tells of are the same. */
export function bodyFor(dialect: WebhookDialect, happening: Happening): string {
  return JSON.stringify(envelopeFor(dialect, happening));
}

function envelopeFor(dialect: WebhookDialect, happening: Happening): object {
  if (happening.type === TEST) return asOurs(happening);
  switch (dialect) {
    case "v1":
      return asOurs(happening);
    case "broadcast":
      return asBroadcast(happening, happening.type);
    case "outreach":
      return asOutreach(happening, happening.type);
  }
}

/** Knows the platforms that messages travel on, and when two addresses on one are the same. */

export const PLATFORMS = [
  "TWITTER",
  "LINKEDIN",
  "INSTAGRAM",
  "FACEBOOK",
  "BLUESKY",
  "THREADS",
  "PINTEREST",
  "REDDIT",
  "TIKTOK",
  "YOUTUBE",
  "MASTODON",
  "SNAPCHAT",
  "TELEGRAM",
  "GOOGLE_BUSINESS",
  "WHATSAPP",
  "EMAIL",
  "SMS",
  "WEBHOOK",
] as const;

export type Platform = (typeof PLATFORMS)[number];

/** Nothing that would make two addresses of one, or another out of it, where it stands in a mail (RFC 5322, section 3.4). */
const WORD = String.raw`[^\s\p{Cc}\p{Cf}@<>()[\]\\,;:"]+`;
const EMAIL = new RegExp(String.raw`^${WORD}@${WORD}\.${WORD}$`, "u");

/** Whether a text can be an address on a platform at all; an email address by its form, a name by being there. */
export function isAddress(platform: Platform, address: string): boolean {
  const key = addressKey(platform, address);
  return platform === "EMAIL" ? EMAIL.test(key) : key !== "";
}

/** The form in which addresses are compared: users write `@Alice` and `alice`, `+1 (555) 01` and `+155501`. */
export function addressKey(platform: Platform, address: string): string {
  const trimmed = address.trim();
  if (platform === "WEBHOOK") return trimmed;
  if (platform === "EMAIL") return trimmed.toLowerCase();
  if ((platform === "SMS" || platform === "WHATSAPP") && /^\+?[\d\s().-]+$/.test(trimmed)) {
    return trimmed.replace(/[\s().-]/g, "");
  }
  return trimmed.replace(/^@/, "").toLowerCase();
}

/** Knows what a contact is called and how he is shown in a line: by name, by his addresses, by what keeps mail from him. */
import { spell } from "../../dialects/v1/ids";
import type { Address, Contact } from "../../domain/contact";
import { PLATFORMS, type Platform } from "../../domain/platform";
import type { Option } from "../kit/fields";
import { Badge, Form, pathWith } from "../kit/parts";

export function pathOf(contact: number, deeper = ""): string {
  return `/contacts/${spell("contact", contact)}${deeper}`;
}

const NAMES: Partial<Record<Platform, string>> = {
  TWITTER: "X (Twitter)",
  LINKEDIN: "LinkedIn",
  YOUTUBE: "YouTube",
  TIKTOK: "TikTok",
  GOOGLE_BUSINESS: "Google Business",
  WHATSAPP: "WhatsApp",
  EMAIL: "Email",
  SMS: "SMS",
};

export function platformCalled(platform: Platform): string {
  return NAMES[platform] ?? platform.charAt(0) + platform.slice(1).toLowerCase();
}

/** Email first, as most people are written to there. */
const ORDER = ["EMAIL", ...PLATFORMS.filter((one) => one !== "EMAIL")] as const;

export const PLATFORM_OPTIONS: readonly Option[] = ORDER.map((one) => [one, platformCalled(one)]);

interface EnrollProps {
  to: string;
  /** The field that says who, or into what. */
  who: [name: string, id: string];
  label: string;
  contact: Contact;
}

/** Enrolls at a press, on one of the platforms where he has an address. */
export function EnrollForm({ to, who: [name, id], label, contact }: EnrollProps) {
  const platforms = [...new Set(contact.addresses.map(({ platform }) => platform))];
  return (
    <Form to={to} class="beside">
      <input type="hidden" name={name} value={id} />
      <select name="platform" aria-label={label}>
        {platforms.map((platform) => (
          <option value={platform}>{platformCalled(platform)}</option>
        ))}
      </select>
      <button class="primary">Enroll</button>
    </Form>
  );
}

export function AddressLine({ of: { platform, address, blocked } }: { of: Address }) {
  return (
    <span class="address">
      <span class="on">{platformCalled(platform)}</span> {address} {blocked && <Badge of={blocked} />}
    </span>
  );
}

export function Tags({ of: tags }: { of: readonly string[] }) {
  return (
    <span class="tags">
      {tags.map((tag) => (
        <a class="tag" href={pathWith("/contacts", { tags: tag })}>
          {tag}
        </a>
      ))}
    </span>
  );
}

/** Nothing for whom everything may be written to. */
export function Standing({ of: { optedOutAt, inactive } }: { of: Contact }) {
  return (
    <>
      {optedOutAt !== null && <Badge of="opted out" />} {inactive && <Badge of="inactive" />}
    </>
  );
}

export function TagChoices({ of: tags }: { of: readonly string[] }) {
  return (
    <datalist id="tags-in-use">
      {tags.map((tag) => (
        <option value={tag} />
      ))}
    </datalist>
  );
}

/** Knows how a mail leaves by the account's own `send_email` binding. */
import { EmailMessage } from "cloudflare:email";
import { causeOf } from "../../domain/fault";
import type { Outcome } from "../../domain/message";
import type { Surroundings } from "../channel";
import { within } from "../deadline";
import type { Letter } from "./letter";
import { mimeOf } from "./mime";

type Kind = "transient" | "permanent" | "broken";

/** The codes that it documents. One that is not here says nothing about whether the mail was taken. */
const MEANING: Record<string, Kind> = {
  E_SENDER_NOT_VERIFIED: "broken",
  E_SENDER_DOMAIN_NOT_AVAILABLE: "broken",
  E_RATE_LIMIT_EXCEEDED: "transient",
  E_DAILY_LIMIT_EXCEEDED: "transient",
  E_INTERNAL_SERVER_ERROR: "transient",
  E_DELIVERY_FAILED: "transient",
  E_RECIPIENT_NOT_ALLOWED: "permanent",
  E_RECIPIENT_SUPPRESSED: "permanent",
  E_CONTENT_TOO_LARGE: "permanent",
  E_VALIDATION_ERROR: "permanent",
  E_FIELD_MISSING: "permanent",
};

/** What it says where it tells no code. */
const SAID: [said: RegExp, kind: Kind][] = [
  [/^email from .* not allowed|does not match mail from/, "broken"],
  [/^email to .* not allowed|not a verified address|could not parse email/, "permanent"],
];

export async function sendByCloudflare(letter: Letter, { mailer, deliveryTimeout }: Surroundings): Promise<Outcome> {
  if (mailer === null) return { kind: "broken", reason: "there is no send_email binding named MAIL" };
  const raw = new TextDecoder().decode(await mimeOf(letter));
  try {
    const sent = await within(
      deliveryTimeout,
      mailer.send(new EmailMessage(letter.from.address, letter.to.address, raw)),
    );
    return { kind: "delivered", providerId: sent?.messageId ?? letter.messageId };
  } catch (thrown) {
    const reason = causeOf(thrown);
    return { kind: kindOf(thrown, reason), reason };
  }
}

function kindOf(thrown: unknown, reason: string): Outcome["kind"] & (Kind | "unknown") {
  const code = thrown instanceof Error ? String(Reflect.get(thrown, "code") ?? "") : "";
  if (code.startsWith("E_HEADER")) return "permanent";
  return MEANING[code] ?? SAID.find(([said]) => said.test(reason))?.[1] ?? "unknown";
}

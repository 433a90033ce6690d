/** Knows how a mail leaves by the API of resend.com, which drops what it has had under the same key. */
import { causeOf } from "../../domain/fault";
import type { Outcome } from "../../domain/message";
import { HOUR } from "../../domain/time";
import { retryAfter } from "../call";
import type { Surroundings } from "../channel";
import { abortedAfter } from "../deadline";
import { type Correspondent, headersOf, type Letter } from "./letter";

/** It knows a key for 24 hours from when it first had it; an hour less, for the time that an attempt takes. */
export const RESEND_MEMORY = 23 * HOUR;

export interface Posted {
  letter: Letter;
  /** The same on every attempt, and nobody else's: several installations may share one account. */
  key: string;
  apiKey: string | null;
}

export async function sendByResend({ letter, key, apiKey }: Posted, surroundings: Surroundings): Promise<Outcome> {
  if (apiKey === null) return { kind: "broken", reason: "there is no key for the API of Resend" };
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json", "idempotency-key": key };
  try {
    return await abortedAfter(surroundings.deliveryTimeout, async (signal) => {
      const response = await fetch(`${surroundings.resendUrl}/emails`, {
        method: "POST",
        headers: { ...headers, "user-agent": "Dripline" },
        body: JSON.stringify(bodyOf(letter)),
        redirect: "manual",
        signal,
      });
      return outcomeOf(response, saidIn(await response.text()));
    });
  } catch (thrown) {
    // Nobody can tell one that never arrived from one whose answer was lost; the key makes the difference harmless.
    return { kind: "unknown", reason: causeOf(thrown) };
  }
}

/**
 * It writes a Message-ID of its own over ours. Programs put mails together by what these refer to alike, so the first of
 * a thread refers to the id that it would have had.
 */
function bodyOf(letter: Letter) {
  const { from, to, replyTo, subject, text, html, messageId, references } = letter;
  const thread = references.length === 0 ? { References: `<${messageId}>` } : {};
  return {
    from: named(from),
    to: [to.address],
    subject,
    text,
    ...(html === null ? {} : { html }),
    ...(replyTo === null ? {} : { reply_to: replyTo }),
    headers: { ...thread, ...headersOf(letter) },
  };
}

function named({ address, name }: Correspondent): string {
  return name === null ? address : `"${name.replace(/["\\]/g, "")}" <${address}>`;
}

interface Said {
  id: string | null;
  name: string;
  message: string;
}

function saidIn(body: string): Said {
  const said = parsed(body);
  const text = (what: string) => (typeof said[what] === "string" ? said[what] : null);
  return { id: text("id"), name: text("name") ?? "", message: text("message") ?? "" };
}

function parsed(body: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(body) };
  } catch {
    return {};
  }
}

const BROKEN = new Set([401, 403, 404, 405]);
const TRANSIENT = new Set([408, 425, 429]);
/** The key came with another mail, as after a change of settings: what came first was taken. */
const OTHER_MAIL = "invalid_idempotent_request";
const CHANNELS_FAULT = new Set(["invalid_from_address", "invalid_api_key", "missing_api_key"]);

function outcomeOf({ status, ok, headers }: Response, { id, name, message }: Said): Outcome {
  if (ok) return { kind: "delivered", providerId: id };
  const reason = `Resend answered ${status}${message === "" ? "" : `: ${message.slice(0, 300)}`}`;
  if (BROKEN.has(status) || CHANNELS_FAULT.has(name) || status < 400) return { kind: "broken", reason };
  if (name === OTHER_MAIL) return { kind: "unknown", reason };
  if (status === 409 || status >= 500 || TRANSIENT.has(status)) {
    return { kind: "transient", reason, retryAfter: retryAfter(headers) };
  }
  return { kind: "permanent", reason };
}

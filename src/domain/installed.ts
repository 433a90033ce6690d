/** Knows what carries mails, and from whom they come, where neither a workspace nor a mailbox says it. */
import { type Sender, SUBMISSION_PORT, TLS_PORT, type Transport } from "./transport";

export interface Installed {
  transport: Extract<Transport, { kind: "smtp" }> | null;
  /** Its password. */
  secret: string | null;
  sender: Sender | null;
  /** Where this service is reached from outside, without a slash at its end, if anybody has said it. */
  publicUrl?: string;
}

export const NOTHING_INSTALLED: Installed = { transport: null, secret: null, sender: null };

/** Null where it is none. smtps:// and port 465 are encrypted from the first byte, the others before anything is told. */
export function readSmtpUrl(url: string): Omit<Installed, "sender"> | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port: told, username, password, pathname, search, hash } = new URL(url);
  if (hostname === "" || !/^\/?$/.test(pathname) || search !== "" || hash !== "") return null;
  const port = told === "" ? (protocol === "smtps:" ? TLS_PORT : SUBMISSION_PORT) : Number(told);
  const security = protocol === "smtps:" || port === TLS_PORT ? "tls" : "starttls";
  try {
    const [host, user, secret] = [hostname, username, password].map(decodeURIComponent);
    if (!host || (user === "") !== (secret === "")) return null;
    return { transport: { kind: "smtp", host, port, security, username: user || null }, secret: secret || null };
  } catch {
    return null; // a % that begins no character
  }
}

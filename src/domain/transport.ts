/** Knows by what a mail can leave. Credentials are kept apart from it. */

/** `tls`: from the first byte; `starttls`: before anything is told; `optional`: where the server offers it. */
export const SECURITIES = ["tls", "starttls", "optional"] as const;
export type Security = (typeof SECURITIES)[number];

export type Transport =
  | { kind: "smtp"; host: string; port: number; security: Security; username: string | null }
  /** The account's own `send_email` binding. */
  | { kind: "cloudflare" }
  /** The API of resend.com. */
  | { kind: "resend" };

/** Whom mails come from. */
export interface Sender {
  address: string;
  name: string | null;
  /** Where answers go; null: to what tells them apart, or to the address itself. */
  replyTo: string | null;
}

/** The usual port of mail that is encrypted from the first byte (RFC 8314), and of mail that is handed in (RFC 6409). */
export const TLS_PORT = 465;
export const SUBMISSION_PORT = 587;

/** By which servers talk among themselves; the platform lets nothing out by it. */
const RELAY_PORT = 25;

/** Why a port may not be spoken to, or null. */
export function forbiddenPort(port: number, production: boolean): string | null {
  if (!production || port !== RELAY_PORT) return null;
  return `must not be ${RELAY_PORT}, by which the platform lets nothing out: take ${SUBMISSION_PORT} or ${TLS_PORT}`;
}

/** For whom a workspace's credentials are locked. */
export function ownerOf(workspaceId: number): string {
  return `workspace/${workspaceId}`;
}

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

/** For whom a workspace's credentials are locked. */
export function ownerOf(workspaceId: number): string {
  return `workspace/${workspaceId}`;
}

/** Knows messages as the channel of mails is handed them, and asks the mail servers what they have received. */
import { expect, inject } from "vitest";
import type { ChannelSettings, Outgoing, Surroundings } from "../../src/channels/channel";
import type { Mail } from "../../src/domain/mail";
import type { Content } from "../../src/domain/message";
import type { Security, Transport } from "../../src/domain/transport";
import type { Received } from "./mailserver";

export const SEAL = "0123456789abcdef01234567";

export const mail: Mail = {
  from: { address: "anna@sender.test", name: "Anna", replyTo: null },
  mailbox: null,
  token: `1-36865-${SEAL}`,
  messageId: `msg_36865.${SEAL}@sender.test`,
  references: [],
  unsubscribeUrl: `https://drip.test/t/u/1-36865-${SEAL}`,
  tracks: { opens: false, clicks: false },
  date: Date.UTC(2040, 0, 2, 9, 0, 0),
};

export const content: Content = {
  platform: "EMAIL",
  to: "alice@example.com",
  toName: "Alice",
  subject: "Hello",
  body: "Good day",
  format: "text",
  mail,
  at: 0,
};

export function outgoing(more: Partial<Content> = {}, its: Partial<Mail> = {}): Outgoing {
  const ids = { id: 36_865, workspaceId: 1, sequenceId: 1, stepId: 1, enrollmentId: 9, contactId: 1 };
  return { ...ids, transactional: false, content: { ...content, ...more, mail: { ...mail, ...its } } };
}

export const surroundings: Surroundings = {
  production: false,
  secret: "a secret that only the tests know of",
  publicUrl: "https://drip.test",
  replyDomain: "in.drip.test",
  mailer: null,
  resendUrl: "https://api.resend.test",
  deliveryTimeout: 1500,
};

export function smtp(port: number, more: Partial<Extract<Transport, { kind: "smtp" }>> = {}): Transport {
  const security: Security = "optional";
  return { kind: "smtp", host: "127.0.0.1", port, security, username: null, ...more };
}

export function by(transport: Transport | null, secret: string | null = null): ChannelSettings {
  return { url: null, secret, transport, sealed: null };
}

export async function received(to: string): Promise<Received[]> {
  const response = await fetch(`${inject("mailbox")}/received?to=${encodeURIComponent(to)}`);
  return response.json();
}

/** Waits for a moment at which no connection to the mail servers is open; where one was left open, there is none. */
export async function allClosed(): Promise<void> {
  const open = async (): Promise<number> => (await fetch(`${inject("mailbox")}/open`)).json();
  for (let tries = 0; tries < 500; tries++) {
    if ((await open()) === 0) return;
    await scheduler.wait(10);
  }
  expect("a connection was left open").toBeNull();
}

/** Knows how to have mails sent, and to find what was written on them. */
import type { Content } from "../../src/domain/message";
import { db, historyOf } from "./world";

/** Has a workspace's mails come from somebody, into the outbox. */
export async function sendAs(address: string, name: string | null = "Ada", workspace = 1): Promise<void> {
  await db()
    .prepare(
      `INSERT INTO channels (workspace_id, platform, kind, sender, created_at, updated_at) VALUES (?, 'EMAIL', 'outbox', ?, 1, 1)
       ON CONFLICT DO UPDATE SET sender = excluded.sender`,
    )
    .bind(workspace, JSON.stringify({ address, name, replyTo: null }))
    .run();
}

/** The mails that went out, in order. */
export async function mailsOf(enrollment: string): Promise<Content[]> {
  const entries = await historyOf(enrollment);
  return entries.flatMap((entry) => (entry.what === "message" && entry.status === "sent" ? [entry.content] : []));
}

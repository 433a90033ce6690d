/** Knows what carries the messages of a journey, and what its mails need beside. */
import { DEFAULT_CHANNEL, MAIL_CHANNEL } from "../channels/registry";
import type { Trip } from "../domain/enrollment";
import type { Post } from "../domain/mail";
import { sealedText } from "../domain/token";
import type { Settings } from "../env";
import { sealOf } from "../seal";
import type { StoredChannel, World } from "../storage/facts";

/** What carries a platform's messages where neither a workspace nor the installation has set anything. */
const UNSET: StoredChannel = {
  kind: DEFAULT_CHANNEL,
  url: null,
  secret: null,
  transport: null,
  sealed: null,
  pausedAt: null,
  pauseReason: null,
  updatedAt: 0,
};

/** Whether the workspace has set no channel itself. */
export function isUnset({ updatedAt }: StoredChannel): boolean {
  return updatedAt === UNSET.updatedAt;
}

/**
 * | the workspace's channel | carried by |
 * | --- | --- |
 * | set, to whatever but mail | it |
 * | mail by a transport | it |
 * | mail, without a transport | the installation's SMTP server |
 * | none, on EMAIL | the installation's SMTP server, if it has one |
 * | none | the outbox |
 */
export function carrierOf({ channel }: World, { platform }: Trip, { installed }: Settings): StoredChannel {
  const { transport, secret } = installed;
  if (channel !== null) return usesInstalled(channel) ? { ...channel, transport, secret } : channel;
  return platform === "EMAIL" && transport !== null ? { ...UNSET, kind: MAIL_CHANNEL, transport, secret } : UNSET;
}

function usesInstalled({ kind, transport }: StoredChannel): boolean {
  return kind === MAIL_CHANNEL && transport === null;
}

/** Nothing where the journey is on another platform. */
export async function postOf(
  { sender, tracks, showsLink }: World,
  { id, workspaceId, platform }: Trip,
  { secret, publicUrl, replyDomain, installed }: Settings,
): Promise<{ post?: Post }> {
  if (platform !== "EMAIL") return {};
  const seal = await sealOf(secret, sealedText(workspaceId, id));
  const from = sender ?? installed.sender;
  return { post: { seal, publicUrl, replyDomain, sender: from, box: null, tracks, showsLink } };
}

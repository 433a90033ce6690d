/** Knows what carries the messages of a journey, and what its mails need beside. */
import { DEFAULT_CHANNEL, MAIL_CHANNEL } from "../channels/registry";
import { hash } from "../domain/chance";
import type { Trip } from "../domain/enrollment";
import type { Box, Post } from "../domain/mail";
import { sealedText } from "../domain/token";
import { ownerOf, type Sender } from "../domain/transport";
import type { Settings } from "../env";
import { sealOf } from "../seal";
import type { StoredBox } from "../storage/boxes";
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
 * | none, or mail, and the mailbox has a transport of its own | that |
 * | set, to whatever but mail | it |
 * | mail by a transport | it |
 * | mail, without a transport | the installation's SMTP server |
 * | none, on EMAIL | the installation's SMTP server, if it has one |
 * | none | the outbox |
 */
export function carrierOf(world: World, { platform }: Trip, { installed }: Settings): StoredChannel {
  const { channel } = world;
  const own = ownCarrier(world);
  if (own !== null) return own;
  const { transport, secret } = installed;
  if (channel !== null) return usesInstalled(channel) ? { ...channel, transport, secret } : channel;
  return platform === "EMAIL" && transport !== null ? { ...UNSET, kind: MAIL_CHANNEL, transport, secret } : UNSET;
}

function usesInstalled({ kind, transport }: StoredChannel): boolean {
  return kind === MAIL_CHANNEL && transport === null;
}

/** The kinds of channel that mails go by however their mailbox would send them: somebody has set them for that. */
const OVERRULING = ["webhook", "outbox"];

/** The mailbox's own transport. Whether it is paused is another question: that holds back all that leaves from it. */
function ownCarrier({ channel, box, times }: World): StoredChannel | null {
  if (!box?.transport || (channel && OVERRULING.includes(channel.kind))) return null;
  const { transport, sealed, updatedAt } = box;
  const opened = sealed === null ? null : { owner: ownerOf(times.workspaceId), locked: sealed };
  const unpaused = { pausedAt: null, pauseReason: null };
  return {
    kind: MAIL_CHANNEL,
    url: null,
    secret: null,
    transport,
    sealed: opened,
    ...unpaused,
    updatedAt,
    mailbox: box.id,
  };
}

/** Nothing where the journey is on another platform. */
export async function postOf(
  { sender, tracks, showsLink, box }: World,
  { id, workspaceId, platform }: Trip,
  { secret, publicUrl, replyDomain, installed }: Settings,
): Promise<{ post?: Post }> {
  if (platform !== "EMAIL") return {};
  const seal = await sealOf(secret, sealedText(workspaceId, id));
  const from = box ? senderOf(box) : (sender ?? installed.sender);
  return { post: { seal, publicUrl, replyDomain, sender: from, box: box && boxOf(box), tracks, showsLink } };
}

function senderOf({ email, name, replyTo }: StoredBox): Sender {
  return { address: email, name, replyTo };
}

function boxOf({ id, email, pausedAt, pauseReason, limits, optOutSignature, updatedAt }: StoredBox): Box {
  const paused = pausedAt !== null;
  return { id, address: email, paused, reason: pauseReason, limits, optOutSignature, asOf: updatedAt };
}

/** By where it leads and whose account it is: one that is told anew, even with the same words, is taken for another. */
export function receiverOf({ kind, url, transport, sealed, secret }: StoredChannel): string {
  const account = sealed?.locked ?? secret ?? "";
  return `${kind}/${hash(JSON.stringify([url, transport, account])).toString(36)}`;
}

/** Knows what carries the messages of a journey, and what its mails need beside. */
import { DEFAULT_CHANNEL } from "../channels/registry";
import type { Trip } from "../domain/enrollment";
import type { Post } from "../domain/mail";
import { sealedText } from "../domain/token";
import type { Settings } from "../env";
import { sealOf } from "../seal";
import type { StoredChannel, World } from "../storage/facts";

/** What carries a platform's messages where nobody has set a channel. */
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

export function carrierOf({ channel }: World): StoredChannel {
  return channel ?? UNSET;
}

/** Nothing where the journey is on another platform. */
export async function postOf(
  { sender, tracks, showsLink }: World,
  { id, workspaceId, platform }: Trip,
  { secret, publicUrl, replyDomain }: Settings,
): Promise<{ post?: Post }> {
  if (platform !== "EMAIL") return {};
  const seal = await sealOf(secret, sealedText(workspaceId, id));
  return { post: { seal, publicUrl, replyDomain, sender, box: null, tracks, showsLink } };
}

/** Knows the keyed hash that stays of an address whose holder was erased, and who comes late by it. */
import { addressKey, type Platform } from "../domain/platform";
import type { InboundReply } from "../domain/reply";
import { wasErasedSince } from "../storage/erasure";
import type { Listed } from "../storage/suppressions";
import type { Context } from "./context";

interface Written {
  platform: Platform;
  address: string;
}

/** Addresses with their hashes: HMAC-SHA-256 over workspace, platform and address, which tells nothing without the secret. */
export async function veiled<A extends Written>(
  { workspaceId, secret }: Pick<Context, "workspaceId" | "secret">,
  addresses: readonly A[],
): Promise<(A & Listed)[]> {
  if (addresses.length === 0) return [];
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return Promise.all(
    addresses.map(async (one) => {
      const compared = addressKey(one.platform, one.address);
      const text = bytes.encode(`${workspaceId}\n${one.platform}\n${compared}`);
      const hash = new Uint8Array(await crypto.subtle.sign("HMAC", key, text)).toHex();
      return { ...one, address: one.address.trim(), key: compared, hash };
    }),
  );
}

/** The hash of a sender who was erased since he wrote, while only a queue held it: no words of his are kept. Else null. */
export async function forgottenSender(
  ctx: Context,
  { platform, from, receivedAt }: Pick<InboundReply, "platform" | "from" | "receivedAt">,
): Promise<string | null> {
  const [sender] = await veiled(ctx, [{ platform, address: from }]);
  if (!sender) return null;
  const late = await wasErasedSince(ctx.db, ctx.workspaceId, { hash: sender.hash, wall: receivedAt });
  return late ? sender.hash : null;
}

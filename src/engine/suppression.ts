/** Knows the keyed hash that stays of an address not to be written to. */
import type { Address } from "../domain/contact";
import { addressKey } from "../domain/platform";
import type { Context } from "./context";

/** HMAC-SHA-256 over workspace, platform and address, so that the hash tells nothing to who does not hold the secret. */
export async function suppressionHash(
  ctx: Context,
  { platform, address }: Pick<Address, "platform" | "address">,
): Promise<string> {
  const bytes = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(ctx.secret), algorithm, false, ["sign"]);
  const text = `${ctx.workspaceId}\n${platform}\n${addressKey(platform, address)}`;
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(text))).toHex();
}

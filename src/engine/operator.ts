/** Knows who the operator is: whoever has the installation's own token, which is no key of any workspace. */
import { digestOf } from "./keys";

const bytes = new TextEncoder();

/** Takes as long for one that is nearly right as for any other: compared are digests, which are all of one length. */
export async function isOperator(told: string, operator: string): Promise<boolean> {
  const [one, other] = await Promise.all([digestOf(told), digestOf(operator)]);
  return crypto.subtle.timingSafeEqual(bytes.encode(one), bytes.encode(other));
}

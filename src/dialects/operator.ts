/** Knows whether it is the operator of the service who asks: by a token that is a secret of the installation. */
import type { Http } from "./http";

const bytes = new TextEncoder();

/** Takes as long for a token that is nearly right as for any other, of whichever length. */
export async function isOperator(c: Http): Promise<boolean> {
  const right = c.var.doors.operator ?? null;
  const told = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (right === null || told === undefined) return false;
  const [one, other] = await Promise.all(
    [told, right].map((text) => crypto.subtle.digest("SHA-256", bytes.encode(text))),
  );
  return one !== undefined && other !== undefined && crypto.subtle.timingSafeEqual(one, other);
}

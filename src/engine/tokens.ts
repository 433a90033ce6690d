/** Knows OAuth tokens: given for a key, refreshed in pairs, and taken from whoever comes with one that was used up. */
import { ok, type Result, refuse } from "../domain/failure";
import { DAY, HOUR, SECOND } from "../domain/time";
import { type Database, sharedDatabase } from "../storage/database";
import { type Grantor, standingKey } from "../storage/keys";
import { findToken, insertPair, type NewPair, removeFamily, spend, type Token } from "../storage/tokens";
import type { Doors } from "./context";
import { digestOf } from "./keys";
import { beforeTry, MOST_TRIES } from "./tries";

/** All in wall milliseconds. */
const ACCESS = 2 * HOUR;
const REFRESH = 14 * DAY;
/** How long a spent refresh token may come again because the answer to it was lost. */
const GRACE = 30 * SECOND;

export interface Granted {
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
  scopes: string[];
  /** Wall time. */
  createdAt: number;
}

/** What the client came with is worth nothing: its secret, or the refresh token. */
export type Denial = { kind: "invalid_client" | "invalid_grant" };

type Asked = Pick<Doors, "bindings" | "now">;

/** The client's secret is an API key; the tokens act for its user, with its scopes, as long as it stands. */
export async function grant(asked: Asked, { secret }: { secret: string }): Promise<Result<Granted, Denial>> {
  const { db, wall } = doorsOf(asked);
  const key = await standingKey(db, { digest: await digestOf(secret) }, wall);
  if (!key) return refuse({ kind: "invalid_client" });
  const { pair, granted } = await newPair(key, crypto.randomUUID(), wall);
  await insertPair(db, pair);
  return ok(granted);
}

/**
 * A refresh token is good once. One that comes again is in two hands, and nobody can tell whose: the whole family is revoked
 * (RFC 9700, section 4.14). Only whoever may not have heard the answer asks again, soon, before anybody used what was given
 * for it: he is given another pair, and the refresh token that may have been lost is used up too.
 *
 * | the token                                     | what comes of it                |
 * | --------------------------------------------- | ------------------------------- |
 * | unknown, expired, or its key stands no more   | refused                         |
 * | not spent                                     | spent for a new pair            |
 * | spent just now, and what it was for is unused | the same, and that is used up   |
 * | spent otherwise                               | refused, and the family is gone |
 */
export async function refresh(
  asked: Asked,
  { refreshToken, secret }: { refreshToken: string; secret?: string | undefined },
): Promise<Result<Granted, Denial>> {
  const { db, wall } = doorsOf(asked);
  const client = secret === undefined ? null : await standingKey(db, { digest: await digestOf(secret) }, wall);
  if (secret !== undefined && !client) return refuse({ kind: "invalid_client" });
  const digest = await digestOf(refreshToken);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const token = await findToken(db, digest);
    if (token?.kind !== "refresh" || token.expiresAt <= wall) return refuse({ kind: "invalid_grant" });
    const key = await standingKey(db, { id: token.keyId }, wall);
    if (!key || (client && client.id !== key.id)) return refuse({ kind: "invalid_grant" });
    if (!(await mayBeSpent(db, token, wall))) {
      await removeFamily(db, token.family);
      return refuse({ kind: "invalid_grant" });
    }
    const { pair, granted } = await newPair(key, token.family, wall);
    if (await spend(db, token, pair)) return ok(granted);
  }
  return refuse({ kind: "invalid_grant" });
}

async function mayBeSpent(db: Database, { spentAt, successor }: Token, wall: number): Promise<boolean> {
  if (spentAt === null) return true;
  if (wall - spentAt > GRACE || successor === null) return false;
  const next = await findToken(db, successor);
  return next !== null && next.spentAt === null;
}

async function newPair(
  { id, workspaceId, scopes }: Grantor,
  family: string,
  at: number,
): Promise<{ pair: NewPair; granted: Granted }> {
  const [accessToken, refreshToken] = [newToken("access"), newToken("refresh")];
  const access = { digest: await digestOf(accessToken), expiresAt: at + ACCESS };
  const refresh = { digest: await digestOf(refreshToken), expiresAt: at + REFRESH };
  const pair = { workspaceId, family, keyId: id, access, refresh, at };
  return { pair, granted: { accessToken, refreshToken, expiresIn: ACCESS / SECOND, scopes, createdAt: at } };
}

function newToken(kind: string): string {
  return `drip_${kind}_${crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

/** Whoever comes with a token has yet to say whose he is. */
function doorsOf({ bindings, now }: Asked): { db: Database; wall: number } {
  return { db: sharedDatabase(bindings.DB), wall: now.wall };
}

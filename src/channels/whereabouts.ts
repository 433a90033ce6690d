/** Knows where the name of a host leads: one that stands for an address inside is as little called as that address. */
import { resolve4, resolve6 } from "node:dns/promises";
import { forbidden, isInside, LEADS_INSIDE } from "../domain/guard";
import type { Bounds } from "./channel";
import { within } from "./deadline";

/** The addresses of a name, asked for by their kinds: a name that has none of one has perhaps some of the other. */
export type Directory = (name: string) => Promise<string[]>[];

/** Why a host is not called; `transient` where it may be when it is asked for again. */
export interface Stray {
  kind: "broken" | "transient";
  reason: string;
}

/** In wall milliseconds: how long an answer is believed, and how long one is waited for. */
const BELIEVED = 60_000;
const PATIENCE = 2000;
const MOST_KNOWN = 1000;

const INSIDE: Stray = { kind: "broken", reason: LEADS_INSIDE };
const UNKNOWN: Stray = { kind: "transient", reason: "could not be looked up" };

const known = new Map<string, { at: number; inside: boolean }>();

/**
 * Why a host may not be called by what its name stands for, or null. Of a name that nobody can tell of it is tried again
 * later: whoever owns the name could else have the guard pass by not answering it. So where the directory itself is out of
 * reach, calls are late and none is lost; and the platform, which asks the same one, would hardly reach the host either.
 *
 * Whoever answers for the name may answer otherwise the next moment, and a call cannot be told which address to take: what
 * the platform connects to then is the platform's to refuse, from whose network nothing private is reached.
 */
export async function strayed(
  host: string,
  { production, directory = publicDirectory }: Bounds,
): Promise<Stray | null> {
  if (!production || isAddress(host)) return null;
  const now = Date.now();
  const last = known.get(host);
  if (last && now - last.at < BELIEVED) return last.inside ? INSIDE : null;
  const answers = await Promise.allSettled(directory(host).map((asked) => within(PATIENCE, asked)));
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const inside = found.some((address) => isInside(address.includes(":") ? `[${address}]` : address));
  // The directory tells of other names on the way, which lead nowhere by themselves.
  if (!inside && !found.some(isAddress)) return UNKNOWN;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(host, { at: now, inside });
  return inside ? INSIDE : null;
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || host.includes(":") || /^\d+(\.\d+){3}$/.test(host);
}

function publicDirectory(name: string): Promise<string[]>[] {
  return [resolve4(name), resolve6(name)];
}

/** The same of a URL, as it is spelled and as its name leads. */
export async function strayedUrl(url: string, bounds: Bounds): Promise<Stray | null> {
  const spelled = forbidden(url, bounds.production);
  const stray: Stray | null =
    spelled === null ? await strayed(new URL(url).hostname, bounds) : { kind: "broken", reason: spelled };
  return stray && { ...stray, reason: `the URL ${stray.reason}` };
}

/** Knows where the name of a host leads: one that stands for an address inside is as little called as that address. */
import { resolve4, resolve6 } from "node:dns/promises";
import { isInside, LEADS_INSIDE } from "../domain/guard";
import type { Bounds } from "./channel";
import { within } from "./deadline";

/** All addresses of a name. */
export type Directory = (name: string) => Promise<string[]>;

/** In wall milliseconds: how long an answer is believed, and how long one is waited for. */
const BELIEVED = 60_000;
const PATIENCE = 2000;
const MOST_KNOWN = 1000;

const known = new Map<string, { at: number; inside: boolean }>();

/**
 * Why the host of a URL may not be called by what its name stands for, or null. Whoever answers for the name may answer
 * otherwise the next time: what the platform connects to is the platform's to refuse. Where nobody answers, so will the call.
 */
export async function strayed(
  host: string,
  { production, directory = publicDirectory }: Bounds,
): Promise<string | null> {
  if (!production || isAddress(host)) return null;
  const now = Date.now();
  const last = known.get(host);
  if (last && now - last.at < BELIEVED) return last.inside ? LEADS_INSIDE : null;
  const addresses = await within(PATIENCE, directory(host)).catch(() => null);
  if (addresses === null) return null;
  const inside = addresses.some((address) => isInside(address.includes(":") ? `[${address}]` : address));
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(host, { at: now, inside });
  return inside ? LEADS_INSIDE : null;
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || host.includes(":") || /^\d+(\.\d+){3}$/.test(host);
}

/** A name that has no addresses of one kind has perhaps some of the other. */
async function publicDirectory(name: string): Promise<string[]> {
  const found = await Promise.allSettled([resolve4(name), resolve6(name)]);
  return found.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
}

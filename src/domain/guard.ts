/** Knows which addresses a customer's URL may not name: this machine, and the networks behind it. */

/** Why a URL may not be called, or null. What a name stands for is looked up when it is called. */
export function forbidden(url: string, production: boolean): string | null {
  if (!URL.canParse(url)) return "is malformed";
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return "must begin with https://";
  if (username !== "" || password !== "") return "must not carry credentials";
  if (!production) return null;
  if (protocol !== "https:") return "must begin with https://";
  return isInside(hostname) ? "names a loopback or private address" : null;
}

/** Why a server of that name may not be spoken to, or null. */
export function forbiddenHost(host: string, production: boolean): string | null {
  const spelled = spellHost(host);
  if (spelled === null) return "is no name of a host";
  return production && isInside(spelled) ? "names a loopback or private address" : null;
}

/** A name or an address of the network as it is to be called, so that what was looked at is what is called; null: neither. */
export function spellHost(host: string): string | null {
  if (/[\s/?#@%\\]/.test(host)) return null;
  const url = host.includes(":") ? `http://[${host.replace(/^\[(.*)\]$/, "$1")}]/` : `http://${host}/`;
  if (!URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  const name = hostname.replace(/\.$/, "");
  return name.startsWith("[") || /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name) ? name : null;
}

/** Of a name that is none of these itself. */
export const LEADS_INSIDE = "stands for a loopback or private address";

/** The URL parser has already made one spelling of all IPv4 forms (octal, hexadecimal, one number). */
export function isInside(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  if (host.startsWith("[")) return isInsideV6(host.slice(1, -1));
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  if (v4) return isInsideV4(v4.slice(1).map(Number));
  return host === "localhost" || /\.(localhost|local|internal|lan|home\.arpa)$/.test(host) || !host.includes(".");
}

/** The blocks of the IANA special-purpose registry that are not globally reachable. */
function isInsideV4([a = 0, b = 0, c = 0]: number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100 && b >= 64 && b <= 127) return true;
  if (a === 169 && b === 254) return true;
  if (a === 172 && b >= 16 && b <= 31) return true;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)))) return true;
  return (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) || (a === 203 && b === 0 && c === 113);
}

/** Only 2000::/3 is global; of that, documentation, 6to4, Teredo and what embeds an IPv4 address are refused too. */
function isInsideV6(host: string): boolean {
  const first = Number.parseInt(host.split(":")[0] || "0", 16);
  if (first < 0x2000 || first > 0x3fff) return true;
  if (first === 0x3fff) return true;
  return first === 0x2002 || /^2001:(0?:|db8:|:)/.test(host);
}

/** Knows what is meant by addresses that somebody pasted: a list of them, or the rows of a table. */
import type { Candidate, Entry } from "./candidate";
import { columnsOf } from "./columns";
import { csvReader } from "./csv";
import type { Failure } from "./failure";
import { isOneLine } from "./line";
import { addressKey, isAddress, type Platform } from "./platform";
import { MOST_TAGS } from "./tag";

const LONGEST_NAME = 255;
const LONGEST_ADDRESS = 320;

/** Whether a text begins with the names of columns: one of them must be for addresses, whatever the others are. */
export function isTable(text: string, platform: Platform): boolean {
  const [first = ""] = text.trimStart().split(/\r\n|\r|\n/, 1);
  const reader = csvReader(null);
  const read = [reader.push(`${first}\n`), reader.end()];
  const [header] = read.flatMap((some) => (some.ok ? some.value : []));
  return header?.cells.some((name) => columnsOf([name], { platform, mapping: {} }).ok) ?? false;
}

/** One a line, or parted by commas or semicolons; with a name before it where the address stands in angle brackets. */
export function listed(text: string, platform: Platform): Entry[] {
  const pieces = text.match(/(?:"[^"\r\n]*"|[^,;\r\n])+/g) ?? [];
  const said = pieces.map((piece) => piece.toWellFormed().replaceAll("\0", "").trim()).filter((piece) => piece !== "");
  return said.map((piece, i) => ({ row: i + 1, ...brought(piece, platform) }));
}

function brought(piece: string, platform: Platform): { candidate: Candidate } | { failure: Failure; address: string } {
  const bracket = piece.endsWith(">") ? piece.lastIndexOf("<") : -1;
  const [name, bracketed] =
    bracket < 0 ? ["", undefined] : [piece.slice(0, bracket).trim(), piece.slice(bracket + 1, -1)];
  const address = (bracketed ?? piece).trim();
  if (!isAddress(platform, address) || !isOneLine(address) || address.length > LONGEST_ADDRESS) {
    const failure: Failure = { kind: "bad_value", field: "address", message: `is no ${platform} address` };
    return { failure, address: address.slice(0, LONGEST_ADDRESS) };
  }
  const displayName =
    name
      .replace(/^"(.*)"$/s, "$1")
      .trim()
      .slice(0, LONGEST_NAME) || null;
  const nothing = { firstName: null, lastName: null, avatarUrl: null, timezone: null, tags: [], customFields: {} };
  const addresses = [{ platform, address, key: addressKey(platform, address), platformId: null }];
  return { candidate: { ...nothing, platform, addresses, displayName } };
}

/** With tags beside its own; a row that would have too many is refused. */
export function withTags(entry: Entry, tags: readonly string[]): Entry {
  if (!("candidate" in entry)) return entry;
  const { row, candidate } = entry;
  const all = [...new Set([...candidate.tags, ...tags])];
  if (all.length <= MOST_TAGS) return { row, candidate: { ...candidate, tags: all } };
  const failure: Failure = { kind: "bad_value", field: "tags", message: `must have at most ${MOST_TAGS} entries` };
  return { row, failure, address: candidate.addresses[0]?.address ?? null };
}

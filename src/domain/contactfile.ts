/** Knows how a file of contacts becomes rows to be enrolled: piece by piece, each row judged by itself. */
import { MOST_ROWS } from "./bulk";
import type { Candidate, Entry } from "./candidate";
import { type Column, type ColumnOptions, type Columns, columnsOf } from "./columns";
import { badFile, type CsvRecord, csvReader } from "./csv";
import { faultInCustomFields } from "./customfields";
import { type Failure, ok, type Result } from "./failure";
import { isOneLine } from "./line";
import { addressKey, isAddress } from "./platform";
import { isTag, MOST_TAGS, tagOf } from "./tag";
import { isZone } from "./zone";

export interface FileOptions extends ColumnOptions {
  /** Null: guessed from the header. */
  delimiter: string | null;
}

export interface Intake {
  push: (text: string) => Result<Entry[]>;
  end: () => Result<Entry[]>;
}

const LONGEST_NAME = 255;
const LONGEST_ADDRESS = 320;
const LONGEST_URL = 2000;

export function contactFile(options: FileOptions): Intake {
  const reader = csvReader(options.delimiter);
  let columns: Columns | null = null;
  let rows = 0;
  const take = (read: Result<CsvRecord[]>): Result<Entry[]> => {
    if (!read.ok) return read;
    let records = read.value;
    if (!columns) {
      const [header, ...rest] = records;
      if (!header) return ok([]);
      const known = columnsOf(header.cells, options);
      if (!known.ok) return known;
      columns = known.value;
      records = rest;
    }
    rows += records.length;
    if (rows > MOST_ROWS) return badFile(`has more than ${MOST_ROWS} rows`);
    const { columns: told, platform } = columns;
    return ok(records.map((record) => entryOf(record, told, platform)));
  };
  return {
    push: (text) => take(reader.push(text)),
    end: () => {
      const last = take(reader.end());
      return last.ok && rows === 0 ? badFile("has no rows below its header") : last;
    },
  };
}

function entryOf({ row, cells }: CsvRecord, columns: readonly Column[], platform: Candidate["platform"]): Entry {
  const candidate: Candidate = { platform, addresses: [], ...EMPTY, tags: [], customFields: {} };
  const failure = faultInLength(cells, columns) ?? firstFault(cells, columns, candidate);
  if (failure === null) return { row, candidate };
  return { row, failure, address: addressIn(cells, columns, platform) };
}

const EMPTY = { displayName: null, firstName: null, lastName: null, avatarUrl: null, timezone: null };

/** Cells missing at the end are empty; one too many tells that the others are not where they belong. */
function faultInLength(cells: readonly string[], columns: readonly Column[]): Failure | null {
  if (cells.slice(columns.length).every((cell) => cell.trim() === "")) return null;
  return bad("row", `has ${cells.length} cells, and there are ${columns.length} columns`);
}

function firstFault(cells: readonly string[], columns: readonly Column[], candidate: Candidate): Failure | null {
  for (const [i, column] of columns.entries()) {
    const value = (cells[i] ?? "").toWellFormed().trim();
    const fault = value === "" ? null : put(value, column, candidate);
    if (fault) return fault;
  }
  const { addresses, platform, customFields } = candidate;
  const own = addresses.findIndex((one) => one.platform === platform);
  const missing = columns.find((column) => column.to === "address" && column.platform === platform);
  if (own < 0) return { kind: "blank", field: missing?.name ?? "address" };
  candidate.addresses = [...addresses.slice(own, own + 1), ...addresses.filter((_, i) => i !== own)];
  return faultInCustomFields(customFields, Object.keys(customFields));
}

/** Puts a cell where it belongs, or tells why it cannot stand there. */
function put(value: string, column: Column, candidate: Candidate): Failure | null {
  switch (column.to) {
    case "nothing":
      return null;
    case "address": {
      const { platform } = column;
      const fits = isAddress(platform, value) && isOneLine(value) && value.length <= LONGEST_ADDRESS;
      if (!fits) return bad(column.name, `is no ${platform} address`);
      candidate.addresses.push({ platform, address: value, key: addressKey(platform, value), platformId: null });
      return null;
    }
    case "tags": {
      const tags = value.split(/[,;|\n]/).map(tagOf);
      candidate.tags = [...new Set(tags.filter((tag) => tag !== ""))];
      const fits = candidate.tags.length <= MOST_TAGS && candidate.tags.every(isTag);
      return fits ? null : bad(column.name, `has more than ${MOST_TAGS} tags, or one that is too long`);
    }
    case "custom":
      candidate.customFields[column.field] = value.replaceAll("\0", "");
      return null;
    case "text": {
      const fault = faultInText(value, column);
      candidate[column.field] = fault ? null : value.replaceAll("\0", "");
      return fault;
    }
  }
}

function faultInText(value: string, { field, name }: Extract<Column, { to: "text" }>): Failure | null {
  switch (field) {
    case "timezone":
      return isKnownZone(value) ? null : bad(name, "must be an IANA time zone, such as Europe/Berlin");
    case "avatarUrl":
      return URL.canParse(value) && value.length <= LONGEST_URL ? null : bad(name, "must be a URL");
    case "displayName":
    case "firstName":
    case "lastName":
      return value.length <= LONGEST_NAME ? null : bad(name, `must have at most ${LONGEST_NAME} characters`);
  }
}

/** To ask the runtime for a zone takes longer than all the rest of a row. */
const zones = new Map<string, boolean>();
const MOST_ZONES = 1000;

function isKnownZone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const told = isZone(name);
  if (zones.size < MOST_ZONES) zones.set(name, told);
  return told;
}

function addressIn(
  cells: readonly string[],
  columns: readonly Column[],
  platform: Candidate["platform"],
): string | null {
  const at = columns.findIndex((column) => column.to === "address" && column.platform === platform);
  return cells[at]?.trim().slice(0, LONGEST_ADDRESS) || null;
}

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}

/** Knows how a file of comma-separated values is read: piece by piece, as the pieces come. */
import { type Failure, ok, type Result, refuse } from "./failure";

export interface CsvRecord {
  /** As a spreadsheet numbers it: from 1, the empty ones counted too. */
  row: number;
  cells: string[];
}

export interface CsvReader {
  push: (text: string) => Result<CsvRecord[]>;
  end: () => Result<CsvRecord[]>;
}

export const DELIMITERS = [",", ";", "\t", "|"] as const;

/** Characters of one record; what is longer has a quote that nothing closes, and would be kept until the end of the file. */
const LONGEST_RECORD = 100_000;

export function badFile(message: string): { ok: false; failure: Failure } {
  return refuse({ kind: "bad_value", field: "body", message });
}

const tooLong = (row: number) =>
  badFile(`has more than ${LONGEST_RECORD} characters in row ${row}: is a quotation mark missing there?`);

/**
 * Reads RFC 4180 and what spreadsheets make of it: any ending of lines, none after the last one, a first line `sep=;`. The
 * delimiter is guessed from the first line unless it is given. Records without anything in them are passed over.
 */
export function csvReader(given: string | null): CsvReader {
  let head: string | null = "";
  let records: CsvReader | null = null;
  /** The first line must be there as a whole before it can tell the delimiter. */
  const begin = (text: string): Result<CsvRecord[]> => {
    head = null;
    const [first = ""] = text.split(/\r\n|\r|\n/, 1);
    const told = /^"?sep=(.)"?$/i.exec(first)?.[1];
    records = recordsOf(given ?? told ?? guessed(first), told === undefined ? 0 : 1);
    return records.push(told === undefined ? text : text.slice(first.length).replace(/^(\r\n|\r|\n)/, ""));
  };
  return {
    push: (text) => {
      if (records) return records.push(text);
      head = (head ?? "") + text;
      // A break at the very end may be the first half of one.
      if (/[\r\n](?=[\s\S])/.test(head)) return begin(head);
      return head.length > LONGEST_RECORD ? tooLong(1) : ok([]);
    },
    end: () => {
      const begun = head === null ? ok([]) : begin(head);
      const rest = begun.ok && records ? records.end() : begun;
      return begun.ok && rest.ok ? ok([...begun.value, ...rest.value]) : rest;
    },
  };
}

/** The one that stands most often outside quotation marks. */
function guessed(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  const counted = DELIMITERS.map((delimiter) => [delimiter, bare.split(delimiter).length] as const);
  return counted.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** Where the reader is: before a cell, within a bare one, between quotation marks, or after what may be the closing one. */
type Place = "start" | "bare" | "quoted" | "closing";

function recordsOf(delimiter: string, rowsBefore: number): CsvReader {
  let place: Place = "start";
  let cell = "";
  let cells: string[] = [];
  let length = 0;
  let row = rowsBefore;
  let afterReturn = false;

  const add = (text: string) => {
    cell += text;
    length += text.length;
  };
  const endCell = () => {
    cells.push(cell);
    cell = "";
    place = "start";
  };
  const endRecord = (to: CsvRecord[]) => {
    endCell();
    row += 1;
    if (cells.some((one) => one.trim() !== "")) to.push({ row, cells });
    cells = [];
    length = 0;
  };
  const isBreak = (char: string) => char === "\n" || char === "\r";

  /** Reads on from a place in the text; the place after what was read. */
  const read = (text: string, from: number, to: CsvRecord[]): number => {
    if (place === "quoted") {
      const mark = text.indexOf('"', from);
      add(text.slice(from, mark < 0 ? text.length : mark));
      if (mark >= 0) place = "closing";
      return mark < 0 ? text.length : mark + 1;
    }
    const char = text.charAt(from);
    const halfBreak = afterReturn && char === "\n";
    afterReturn = false;
    if (halfBreak) return from + 1;
    if (char === '"' && place !== "bare") {
      if (place === "closing") add(char);
      place = "quoted";
      return from + 1;
    }
    if (char === delimiter) {
      endCell();
      return from + 1;
    }
    if (isBreak(char)) {
      endRecord(to);
      afterReturn = char === "\r";
      return from + 1;
    }
    place = "bare";
    let end = from + 1;
    while (end < text.length && text.charAt(end) !== delimiter && !isBreak(text.charAt(end))) end += 1;
    add(text.slice(from, end));
    return end;
  };

  return {
    push: (text) => {
      const found: CsvRecord[] = [];
      for (let at = 0; at < text.length; ) {
        at = read(text, at, found);
        if (length > LONGEST_RECORD || cells.length > LONGEST_RECORD) return tooLong(row + 1);
      }
      return ok(found);
    },
    end: () => {
      if (place === "quoted") return badFile(`opens a quotation mark in row ${row + 1} and does not close it`);
      const found: CsvRecord[] = [];
      if (cells.length > 0 || cell !== "") endRecord(found);
      return ok(found);
    },
  };
}

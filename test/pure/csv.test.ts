import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvReader } from "../../src/domain/csv";

/** All cells of a file that comes in pieces of so many characters; or why it was refused. */
function read(text: string, { size = text.length || 1, delimiter = null as string | null } = {}) {
  const reader = csvReader(delimiter);
  const found: [number, string[]][] = [];
  for (let i = 0; i < text.length; i += size) {
    const some = reader.push(text.slice(i, i + size));
    if (!some.ok) return some.failure;
    found.push(...some.value.map(({ row, cells }): [number, string[]] => [row, cells]));
  }
  const last = reader.end();
  return last.ok ? [...found, ...last.value.map(({ row, cells }): [number, string[]] => [row, cells])] : last.failure;
}

describe("a file is read alike however it comes in pieces", () => {
  test.each<[string, string, [number, string[]][]]>([
    ["nothing", "", []],
    ["one cell", "a", [[1, ["a"]]]],
    ["a break at the end", "a,b\n", [[1, ["a", "b"]]]],
    [
      "lines end as on Windows",
      "a,b\r\n1,2\r\n",
      [
        [1, ["a", "b"]],
        [2, ["1", "2"]],
      ],
    ],
    [
      "lines end as on old Macs",
      "a,b\r1,2",
      [
        [1, ["a", "b"]],
        [2, ["1", "2"]],
      ],
    ],
    ["a delimiter between quotation marks", '"a,b",c', [[1, ["a,b", "c"]]]],
    [
      "a break between quotation marks",
      'x,y\n"1\r\n2",3\n4,5',
      [
        [1, ["x", "y"]],
        [2, ["1\r\n2", "3"]],
        [3, ["4", "5"]],
      ],
    ],
    ["a quotation mark between quotation marks", '"say ""hi""",b', [[1, ['say "hi"', "b"]]]],
    ["nothing between quotation marks", '"",b', [[1, ["", "b"]]]],
    ["a quotation mark within a bare cell", 'a 5" nail,b', [[1, ['a 5" nail', "b"]]]],
    ["text behind the closing quotation mark", '"a"b,c', [[1, ["ab", "c"]]]],
    ["empty cells at both ends", ",a,", [[1, ["", "a", ""]]]],
    [
      "empty lines are passed over, and counted",
      "a,b\n\n,\n1,2",
      [
        [1, ["a", "b"]],
        [4, ["1", "2"]],
      ],
    ],
    [
      "semicolons, as where commas are in numbers",
      "a;b\n1,5;2",
      [
        [1, ["a", "b"]],
        [2, ["1,5", "2"]],
      ],
    ],
    [
      "tabs",
      "a\tb\n1\t2",
      [
        [1, ["a", "b"]],
        [2, ["1", "2"]],
      ],
    ],
    [
      "a delimiter in a quoted name does not count",
      '"a,b,c";d\n1;2',
      [
        [1, ["a,b,c", "d"]],
        [2, ["1", "2"]],
      ],
    ],
    [
      "the delimiter that a spreadsheet names",
      "sep=|\na,b|c\n1|2",
      [
        [2, ["a,b", "c"]],
        [3, ["1", "2"]],
      ],
    ],
  ])("%s", (_, text, cells) => {
    for (const size of [1, 2, 3, 1000]) expect([size, read(text, { size })]).toEqual([size, cells]);
  });

  test("whatever is written is read back, in pieces of any size", () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ab,;\t"\r\n x') });
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (table, size) => {
        const text = table.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(",")).join("\r\n");
        const shown = table.flatMap((row, i) => (row.some((one) => one.trim() !== "") ? [[i + 1, row]] : []));
        expect(read(text, { size, delimiter: "," })).toEqual(shown);
      }),
    );
  });
});

describe("a file that is none is refused, and not kept", () => {
  test("a quotation mark that nothing closes", () => {
    expect(read('a,b\n"1,2\n3,4\n')).toMatchObject({ message: expect.stringContaining("in row 2") });
  });

  test("and neither is the rest of the file read into one cell", () => {
    const reader = csvReader(",");
    const piece = `"${"x".repeat(60_000)}`;
    expect(reader.push(piece).ok).toBe(true);
    expect(reader.push("x".repeat(60_000))).toMatchObject({ ok: false, failure: { kind: "bad_value", field: "body" } });
  });

  test("a first line without an end", () => {
    expect(csvReader(null).push("x".repeat(100_001))).toMatchObject({ ok: false });
  });
});

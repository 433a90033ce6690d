import { describe, expect, test } from "vitest";
import { assign, columnsOf, fieldOf } from "../../src/domain/columns";
import { isTable, listed, withTags } from "../../src/domain/pasted";
import type { Platform } from "../../src/domain/platform";

const said = (text: string, platform: Platform = "EMAIL") =>
  listed(text, platform).map((entry) =>
    "candidate" in entry
      ? [entry.row, entry.candidate.addresses[0]?.address, entry.candidate.displayName]
      : [entry.row, "failure" in entry ? entry.failure.kind : null],
  );

describe("a pasted list", () => {
  test.each<[string, string, unknown[]]>([
    [
      "one a line -> each",
      "a@x.test\nb@x.test\r\n",
      [
        [1, "a@x.test", null],
        [2, "b@x.test", null],
      ],
    ],
    [
      "commas and semicolons -> each",
      "a@x.test, b@x.test; c@x.test",
      [
        [1, "a@x.test", null],
        [2, "b@x.test", null],
        [3, "c@x.test", null],
      ],
    ],
    ["a name before the brackets -> his", "Ada Lovelace <ada@x.test>", [[1, "ada@x.test", "Ada Lovelace"]]],
    [
      "a quoted name with a comma -> one",
      '"Lovelace, Ada" <ada@x.test>, b@x.test',
      [
        [1, "ada@x.test", "Lovelace, Ada"],
        [2, "b@x.test", null],
      ],
    ],
    [
      "a quotation mark that nothing closes -> harms no other line",
      'a"b@x.test\nc@x.test',
      [
        [1, "bad_value"],
        [2, "c@x.test", null],
      ],
    ],
    ["empty lines -> passed over", "\n\n a@x.test \n,\n", [[1, "a@x.test", null]]],
    [
      "what is no address -> refused by itself",
      "nonsense\na@x.test",
      [
        [1, "bad_value"],
        [2, "a@x.test", null],
      ],
    ],
    ["nothing -> nobody", " \n", []],
    ["a line of blanks between two words -> refused at once", `ada${" ".repeat(300_000)}b`, [[1, "bad_value"]]],
    ["brackets within brackets -> the last count", "a <b <c@x.test>", [[1, "c@x.test", "a <b"]]],
    ["half a letter -> made whole", "a\ud800@x.test", [[1, "a\ufffd@x.test", null]]],
  ])("%s", (_, text, entries) => expect(said(text)).toEqual(entries));

  test("a number with blanks on SMS -> one address", () => {
    expect(said("+1 (555) 01\n+1 555 02", "SMS")).toEqual([
      [1, "+1 (555) 01", null],
      [2, "+1 555 02", null],
    ]);
  });

  test("too long an address -> refused, and told no longer than it may be", () => {
    const [entry] = listed(`${"a".repeat(400)}@x.test`, "EMAIL");
    expect(entry && "address" in entry && entry.address?.length).toBe(320);
  });
});

describe("a table", () => {
  test.each<[string, Platform, boolean]>([
    ["email,name\na@x.test,Ada", "EMAIL", true],
    ["\n  Email;Name\n", "EMAIL", true],
    ["email", "EMAIL", true],
    ["email,email", "EMAIL", true],
    ["a@x.test, b@x.test", "EMAIL", false],
    ["Ada <a@x.test>", "EMAIL", false],
    ["name,city\nAda,Berlin", "EMAIL", false],
    ["username\nada", "TWITTER", true],
    ["ada", "TWITTER", false],
    ["", "EMAIL", false],
    ['"', "EMAIL", false],
  ])("%j on %s -> %s", (text, platform, table) => expect(isTable(text, platform)).toBe(table));
});

describe("tags for all", () => {
  const [entry] = listed("a@x.test", "EMAIL");
  if (!entry || !("candidate" in entry)) throw new Error("nobody");
  const own = { ...entry, candidate: { ...entry.candidate, tags: ["own"] } };

  test("beside his own -> each once", () => {
    expect(withTags(own, ["own", "new"])).toMatchObject({ candidate: { tags: ["own", "new"] } });
  });

  test("more than one may have -> refused", () => {
    const many = Array.from({ length: 100 }, (_, i) => `t${i}`);
    expect(withTags(own, many)).toMatchObject({ failure: { field: "tags" }, address: "a@x.test" });
  });

  test("who is there already, or refused -> as he is", () => {
    expect(withTags({ row: 1, contact: 7 }, ["new"])).toEqual({ row: 1, contact: 7 });
  });
});

describe("what columns become", () => {
  const header = ["E-Mail", "Name", "City", "tags", "tz", "twitter", ""];

  test("said back as a mapping -> the same columns", () => {
    const told = assign(header, { platform: "EMAIL", mapping: {} });
    const columns = told.ok ? told.value : [];
    const mapping = Object.fromEntries(columns.map((column) => [column.name, fieldOf(column)]));
    expect(Object.values(mapping)).toEqual([
      "email",
      "displayName",
      "customFields.City",
      "tags",
      "timezone",
      "twitter",
      "ignore",
    ]);
    expect(assign(header, { platform: "EMAIL", mapping })).toEqual(told);
  });

  test("no address among them -> told all the same, and still no file of contacts", () => {
    const options = { platform: "EMAIL", mapping: {} } as const;
    expect(assign(["Name"], options)).toMatchObject({ ok: true });
    expect(columnsOf(["Name"], options)).toMatchObject({ ok: false });
  });
});

import { describe, expect, test } from "vitest";
import type { Entry } from "../../src/domain/candidate";
import { contactFile, type FileOptions } from "../../src/domain/contactfile";
import type { Failure } from "../../src/domain/failure";

function take(text: string, options: Partial<FileOptions> = {}): Entry[] | Failure {
  const file = contactFile({ platform: null, mapping: {}, delimiter: null, ...options });
  const [some, rest] = [file.push(text), file.end()];
  if (!some.ok) return some.failure;
  return rest.ok ? [...some.value, ...rest.value] : rest.failure;
}

/** What a row says of somebody, without what it leaves out. */
function said(text: string, options: Partial<FileOptions> = {}): unknown {
  const taken = take(text, options);
  if (!Array.isArray(taken)) return taken;
  return taken.map((entry) => {
    if (!("candidate" in entry)) return entry;
    const { addresses, ...rest } = entry.candidate;
    const kept = Object.entries(rest).filter(([, value]) => value !== null && JSON.stringify(value).length > 2);
    return { ...Object.fromEntries(kept), at: addresses.map((one) => `${one.platform} ${one.key}`) };
  });
}

describe("columns are known by their names", () => {
  test.each<[string, string, object]>([
    ["email", "ann@x.test", { at: ["EMAIL ann@x.test"] }],
    ["E-Mail", "Ann@X.test ", { at: ["EMAIL ann@x.test"] }],
    ["Mail", "ann@x.test", { at: ["EMAIL ann@x.test"] }],
    ["Email Address", "ann@x.test", { at: ["EMAIL ann@x.test"] }],
    ["email,First Name,surname", "a@x.test,Ann,Ash", { at: ["EMAIL a@x.test"], firstName: "Ann", lastName: "Ash" }],
    ["email,given name,LAST_NAME", "a@x.test,Ann,Ash", { at: ["EMAIL a@x.test"], firstName: "Ann", lastName: "Ash" }],
    ["email,Name", "a@x.test,Ann Ash", { at: ["EMAIL a@x.test"], displayName: "Ann Ash" }],
    ["email,Time zone", "a@x.test,Europe/Berlin", { at: ["EMAIL a@x.test"], timezone: "Europe/Berlin" }],
    ["email,tags", 'a@x.test,"vip; lead,vip"', { at: ["EMAIL a@x.test"], tags: ["vip", "lead"] }],
    [
      "email,Company Name,Job title,phone",
      "a@x.test,Acme,CEO,+1 555",
      { at: ["EMAIL a@x.test"], customFields: { company: "Acme", title: "CEO", phone: "+1 555" } },
    ],
    ["email,Favourite colour", "a@x.test,red", { at: ["EMAIL a@x.test"], customFields: { Favourite_colour: "red" } }],
    ["email,e-mail", "a@x.test,b@x.test", { at: ["EMAIL a@x.test"], customFields: { "e-mail": "b@x.test" } }],
    ["twitter", "@Ann", { platform: "TWITTER", at: ["TWITTER ann"] }],
    ["Twitter handle,email", "@Ann,a@x.test", { at: ["EMAIL a@x.test", "TWITTER ann"] }],
    ["email,,x", "a@x.test,lost,1", { at: ["EMAIL a@x.test"], customFields: { x: "1" } }],
  ])("%s", (header, row, contact) => {
    expect(said(`${header}\n${row}`)).toEqual([{ platform: "EMAIL", ...contact }]);
  });

  test("what somebody goes by on the platform that was asked for", () => {
    expect(said("handle,email\n@ann,a@x.test", { platform: "TWITTER" })).toEqual([
      { platform: "TWITTER", at: ["TWITTER ann", "EMAIL a@x.test"] },
    ]);
    expect(said("Phone,name\n+1 (555) 01,Ann", { platform: "SMS" })).toEqual([
      { platform: "SMS", at: ["SMS +155501"], displayName: "Ann" },
    ]);
  });
});

describe("columns are what a mapping says", () => {
  test("in place of what they are called", () => {
    const mapping = { mail: "ignore", Kontakt: "email", Vorname: "firstName", name: "customFields.nick" };
    expect(said("mail,Kontakt,Vorname,name\nb@x.test,a@x.test,Ann,Annie", { mapping })).toEqual([
      { platform: "EMAIL", at: ["EMAIL a@x.test"], firstName: "Ann", customFields: { nick: "Annie" } },
    ]);
  });

  test.each<[string, string, Record<string, string>, string]>([
    ["a column that is not there", "email", { Mail: "email" }, "names the column Mail, which is not there"],
    ["a field that is none", "email,x", { x: "nonsense" }, "names the field nonsense, which contacts do not have"],
    ["a custom field with a space", "email,x", { x: "customFields.a b" }, "names the field customFields.a b"],
    ["one field twice", "a,b", { a: "email", b: "email" }, "has two columns for the same as b"],
  ])("refused: %s", (_, header, mapping, message) => {
    expect(take(`${header}\n1,2`, { mapping })).toMatchObject({
      field: "mapping",
      message: expect.stringContaining(message),
    });
  });
});

test.each<[string, string, Partial<FileOptions>, string]>([
  ["nothing at all", "", {}, "has no rows below its header"],
  ["a header alone", "email\n", {}, "has no rows below its header"],
  ["no column with an address", "name,city\nAnn,Rome", {}, "has no column with an address"],
  ["none on the platform that was asked for", "email\na@x.test", { platform: "TWITTER" }, "on TWITTER"],
  ["two columns of one name", "email,email\na@x.test,b@x.test", {}, "has two columns named email"],
  ["more rows than a job takes", `email\n${"a@x.test\n".repeat(50_001)}`, {}, "has more than 50000 rows"],
])("a file is refused: %s", (_, text, options, message) => {
  expect(take(text, options)).toMatchObject({ field: "body", message: expect.stringContaining(message) });
});

test.each<[string, string, object]>([
  ["no address", ",Ann,", { kind: "blank", field: "email" }],
  ["a malformed address", "ann,Ann,", { kind: "bad_value", field: "email", message: "is no EMAIL address" }],
  ["two addresses in one", "a@x.test <b@x.test>,,", { kind: "bad_value", field: "email" }],
  ["no time zone", "a@x.test,,Berlin", { kind: "bad_value", field: "tz" }],
  ["a name that is too long", `a@x.test,${"x".repeat(256)},`, { kind: "bad_value", field: "name" }],
  ["a cell too many", "a@x.test,Ann,UTC,more", { kind: "bad_value", field: "row" }],
])("a row is refused by itself: %s", (_, row, failure) => {
  const taken = take(`email,name,tz\n${row}\nok@x.test`);
  const [first, second] = Array.isArray(taken) ? taken : [];
  expect(second).toMatchObject({ row: 3, candidate: { addresses: [{ key: "ok@x.test" }] } });
  expect(first).toMatchObject({ row: 2, failure });
});

test("custom fields are as long as one contact's may be, all together", () => {
  const cells = Array.from({ length: 6 }, () => "x".repeat(2000));
  const taken = take(`email,a,b,c,d,e,f\na@x.test,${cells.join(",")}`);
  expect(taken).toMatchObject([{ row: 2, failure: { kind: "bad_value" }, address: "a@x.test" }]);
});

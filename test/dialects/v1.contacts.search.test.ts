import { beforeAll, describe, expect, test } from "vitest";
import { api, begin, type Json } from "../support/world";

const PEOPLE = [
  { platform: "TWITTER", username: "alice", displayName: "Alice Example", tags: ["vip", "new"] },
  { platform: "TWITTER", username: "@Bob_B", displayName: "Bob Alister", tags: ["vip"] },
  { platform: "EMAIL", email: "carol@mail.example", firstName: "Carol", lastName: "von Ähren", tags: ["new"] },
  { platform: "LINKEDIN", username: "dave", email: "d.alton@corp.example", tags: ["vip", "new", "late"] },
  { platform: "SMS", username: "+49 30 1234", displayName: "100%_sure O'Neil" },
];

const ids: string[] = [];

beforeAll(async () => {
  await begin();
  for (const person of PEOPLE) ids.push((await api("POST", "/v1/contacts", person)).body.contact.id);
});

async function list(query: string): Promise<Json> {
  const { status, body } = await api("GET", `/v1/contacts${query}`);
  expect(status).toBe(200);
  return body;
}

/** Alice, Bob, Carol, Dave and O'Neil, in the order of the list. */
const initials = (contacts: Json[]) => contacts.map(({ id }) => "ABCDO"[ids.indexOf(id)] ?? "?").join("");

/** The initials of those found, in the order of creation; their number must be the total. */
async function found(query: string): Promise<string> {
  const { contacts, pagination } = await list(query);
  expect(pagination).toEqual({ page: 1, limit: 50, total: contacts.length, totalPages: contacts.length ? 1 : 0 });
  return initials(contacts).split("").reverse().join("");
}

test("all contacts are listed, newest first, 50 a page by default", async () => {
  const { contacts, pagination } = await list("");
  expect(initials(contacts)).toBe("ODCBA");
  expect(pagination).toEqual({ page: 1, limit: 50, total: 5, totalPages: 1 });
  expect(contacts[4]).toEqual((await api("GET", `/v1/contacts/${ids[0]}`)).body.contact);
});

test("pages cut the list without loss or repetition, and a page beyond the last is empty", async () => {
  const page = async (n: number) => {
    const { contacts, pagination } = await list(`?limit=2&page=${n}`);
    expect(pagination).toEqual({ page: n, limit: 2, total: 5, totalPages: 3 });
    return initials(contacts);
  };
  expect([await page(1), await page(2), await page(3), await page(4)]).toEqual(["OD", "CB", "A", ""]);
});

describe("search finds the beginnings of words in names and addresses", () => {
  test.each([
    ["al", "AB", "of a name, of a username"],
    ["AL", "AB", "in any case"],
    ["alice", "A", "a whole word"],
    ["lice", "", "no middle of a word"],
    ["ali ex", "A", "several words, each of which must begin one"],
    ["ex ali", "A", "in any order"],
    ["ali carol", "", "and not one of them alone"],
    ["bob_", "B", "an underscore is no wildcard"],
    ["@bob", "B", "an @ in front is no matter"],
    ["car", "C", "of a first name"],
    ["ähr", "C", "with an umlaut"],
    ["ÄHR", "C", "with a capital umlaut"],
    ["carol@mail.example", "C", "a whole email"],
    ["d.alton", "D", "a second address"],
    ["corp", "D", "of an email's domain"],
    ["%", "", "a percent sign is no wildcard"],
    ["100%", "O", "and can be looked for"],
    ["o'n", "O", "quotes too"],
    ["+4930", "O", "a number without its spaces"],
  ])("%j finds %j: %s", async (search, who) => {
    expect(await found(`?search=${encodeURIComponent(search)}`)).toBe(who);
  });

  test.each(["", "%20%20", "@"])("a search for nothing (%j) finds all", async (search) => {
    expect(await found(`?search=${search}`)).toBe("ABCDO");
  });
});

describe("filters", () => {
  test.each([
    ["?tags=vip", "ABD"],
    ["?tags=vip,new", "AD"],
    ["?tags=new,vip,late", "D"],
    ["?tags=%20vip%20,", "ABD"],
    ["?tags=VIP", ""],
    ["?tags=vi", ""],
    ["?platform=TWITTER", "AB"],
    ["?platform=EMAIL", "CD"],
    ["?platform=YOUTUBE", ""],
    ["?platform=TWITTER&tags=new", "A"],
    ["?search=al&tags=vip&platform=TWITTER", "AB"],
    ["?search=al&tags=new", "A"],
  ])("%s finds %j", async (query, who) => {
    expect(await found(query)).toBe(who);
  });

  test("a filtered list is paged by its own total", async () => {
    const { contacts, pagination } = await list("?tags=vip&limit=2&page=2");
    expect(initials(contacts)).toBe("A");
    expect(pagination).toEqual({ page: 2, limit: 2, total: 3, totalPages: 2 });
  });
});

describe("what a contact is found by follows what he is", () => {
  test("after a change, by the new words, tags and addresses, and no longer by the old ones", async () => {
    const made = await api("POST", "/v1/contacts", { platform: "REDDIT", username: "zora", tags: ["old"] });
    const id = made.body.contact.id;
    await api("PATCH", `/v1/contacts/${id}`, { username: "yves", displayName: "Xenia", tags: ["fresh"] });
    for (const query of ["?search=zora", "?tags=old"]) expect((await list(query)).contacts).toEqual([]);
    for (const query of ["?search=yves", "?search=xen", "?tags=fresh", "?platform=REDDIT"]) {
      expect((await list(query)).contacts.map((contact: Json) => contact.id)).toEqual([id]);
    }
    await api("DELETE", `/v1/contacts/${id}`);
  });

  test("after deletion, by nothing, and the total is one less", async () => {
    const { id } = (await api("POST", "/v1/contacts", { platform: "REDDIT", username: "wim", tags: ["gone"] })).body
      .contact;
    expect((await list("")).pagination.total).toBe(6);
    await api("DELETE", `/v1/contacts/${id}`);
    for (const query of ["?search=wim", "?tags=gone", "?platform=REDDIT"])
      expect((await list(query)).contacts).toEqual([]);
    expect((await list("")).pagination.total).toBe(5);
  });
});

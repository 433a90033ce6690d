import { beforeEach, describe, expect, test } from "vitest";
import { visitor } from "../support/browse";
import { send } from "../support/request";
import {
  api,
  begin,
  drain,
  enroll,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
  settle,
  travel,
} from "../support/world";

beforeEach(begin);

const HARM = "<img src=x onerror=alert(1)>";
const person = { platform: "EMAIL", username: "ada@x.test", displayName: "Ada", tags: ["vip"] };

async function stored(id: string): Promise<Json> {
  return (await api("GET", `/v1/contacts/${id}`)).body.contact;
}

async function keyWith(scopes: string[]): Promise<string> {
  const user = (await api("GET", "/v1/users")).body.users[0].id;
  return (await api("POST", `/v1/users/${user}/keys`, { name: "Narrow", scopes })).body.key.key;
}

describe("the list", () => {
  test("nobody yet -> says how people come in", async () => {
    const ada = await visitor();
    expect((await ada.get("/contacts")).text).toContain("People come in with the sequence they are for");
  });

  test("found by the beginnings of words, platform and tags, with the journeys under way", async () => {
    const { sequence } = await makeDrip([24]);
    const [id] = [
      await makeContact({ ...person, displayName: "Ada Byron" }),
      await makeContact({ displayName: "Grace" }),
    ];
    await enroll(sequence, id, "EMAIL");
    const ada = await visitor();
    for (const query of ["search=byr", "search=ada%40", "platform=EMAIL", "tags=vip", "search=&platform=EMAIL&tags="]) {
      const { text } = await ada.get(`/contacts?${query}`);
      expect(text, query).toMatch(/Ada Byron Email ada@x\.test vip 1/);
      expect(text).not.toContain("Grace");
    }
    expect((await ada.get("/contacts?search=nobody")).text).toContain("Nobody fits");
    expect((await ada.get("/contacts?search=ada&limit=1&page=2")).html).toContain("search=ada&amp;page=1");
  });

  test.each(["platform=MOON", "page=0", "limit=1000", "search=a+b+c+d+e+f"])("%s -> 400", async (query) => {
    expect((await (await visitor()).get(`/contacts?${query}`)).status).toBe(400);
  });
});

describe("making and changing one", () => {
  const rows = { "platform[]": ["TWITTER", "EMAIL", "EMAIL"], "address[]": ["@ada", "ada@x.test", ""] };

  test("all fields -> stand as they were entered", async () => {
    const ada = await visitor();
    await ada.get("/contacts/new");
    const page = await ada.submit("/contacts", {
      ...rows,
      ...{ displayName: HARM, firstName: "Ada", lastName: "", timezone: "Europe/Berlin", tags: "vip, berlin ,vip" },
      ...{ "custom[]": ["company", "", "empty"], "value[]": ["Analytical", "", ""] },
    });
    expect(page.path).toMatch(/^\/contacts\/contact_\d+$/);
    expect(page.html).not.toContain(HARM);
    expect(page.text).toContain(HARM);
    expect(await stored(page.path.slice("/contacts/".length))).toMatchObject({
      ...{
        platform: "TWITTER",
        username: "@ada",
        email: "ada@x.test",
        displayName: HARM,
        firstName: "Ada",
        lastName: null,
      },
      ...{ timezone: "Europe/Berlin", tags: ["vip", "berlin"], customFields: { company: "Analytical" } },
    });
  });

  test.each<[string, Record<string, string | string[]>, string]>([
    ["no address", { "address[]": ["", ""] }, "This must not be empty"],
    ["an address that is none", { "address[]": ["@ada", "nonsense"] }, "This is no address on Email"],
    ["an address of two lines", { "address[]": ["a\nb"] }, "This is no address on X (Twitter)"],
    ["too long an address", { "address[]": ["a".repeat(321)] }, "This is no address on X (Twitter)"],
    ["a platform that is none", { "platform[]": ["MOON"] }, "must be one of"],
    ["a zone that is none", { timezone: "Mars/Base" }, "must be an IANA time zone"],
    ["a picture that is no link", { avatarUrl: "nonsense" }, "must be a URL"],
    ["too long a name", { displayName: "x".repeat(256) }, "at most 255 characters"],
    ["a field without a name", { "custom[]": [""], "value[]": ["x"] }, "This must have a name without dots and spaces"],
    ["a field with a dot", { "custom[]": ["a.b"], "value[]": ["x"] }, "This must have a name without dots and spaces"],
    ["a field twice", { "custom[]": ["a", "a"], "value[]": ["1", "2"] }, "This stands in a row before already"],
    ["too many tags", { tags: Array.from({ length: 101 }, (_, i) => i).join(",") }, "at most 100 entries"],
    ["too much in the fields", { "custom[]": ["a"], "value[]": ["x".repeat(11_000)] }, "is too long"],
    [
      "too many addresses",
      { "platform[]": Array(41).fill("TWITTER"), "address[]": Array.from({ length: 41 }, (_, i) => `p${i}`) },
      "at most 40 entries",
    ],
    ["more rows than a form has", { "address[]": Array(201).fill("") }, "at most 200 entries"],
  ])("%s -> said where it is, with all that was entered", async (_, fields, message) => {
    const ada = await visitor();
    await ada.get("/contacts/new");
    const page = await ada.submit("/contacts", { ...rows, firstName: "Kept", ...fields });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining(message)]);
    expect(page.html).toContain('value="Kept"');
    expect((await api("GET", "/v1/contacts")).body.contacts).toEqual([]);
  });

  test("an address that somebody else has -> said in its row", async () => {
    await makeContact({ platform: "EMAIL", username: "taken@x.test" });
    const ada = await visitor();
    await ada.get("/contacts/new");
    const page = await ada.submit("/contacts", { ...rows, "address[]": ["@ada", "TAKEN@x.test"] });
    expect(page.html).toMatch(/value="TAKEN@x.test"[^>]*aria-invalid="true"/);
    expect(page.text).toContain("This belongs to another contact");
  });

  test("changed -> what is emptied goes, and values that are no texts stay what they are", async () => {
    const custom = { n: 3, list: [1, { a: "b" }], gone: "x", lines: " one\ntwo " };
    const id = await makeContact({ username: "ada", email: "ada@x.test", displayName: "Ada", customFields: custom });
    const ada = await visitor();
    const { html } = await ada.get(`/contacts/${id}/edit`);
    expect(html).toContain('value="[1,{&quot;a&quot;:&quot;b&quot;}]"');
    const page = await ada.submit(`/contacts/${id}/edit`, {
      ...{ displayName: "", "platform[]": ["EMAIL", "SMS", "TWITTER"], "address[]": ["new@x.test", "+49 1", "ada"] },
      "custom[]": ["n", "list", "gone", "lines", "more"],
      "value[]": ["3", '[1,{"a":"b"}]', "", " one\r\ntwo ", "5"],
    });
    expect([page.path, page.text]).toEqual([`/contacts/${id}`, expect.stringContaining("Saved.")]);
    const after = await stored(id);
    expect(after).toMatchObject({ displayName: null, username: "ada", email: "new@x.test", platform: "TWITTER" });
    expect(after.customFields).toEqual({ n: 3, list: [1, { a: "b" }], lines: " one\ntwo ", more: "5" });
    expect(page.text).toContain("SMS +49 1");
  });

  test("changed by somebody else since he was shown -> nothing is saved", async () => {
    const id = await makeContact({ username: "ada" });
    const ada = await visitor();
    const { html } = await ada.get(`/contacts/${id}/edit`);
    const seen = /name="seen" value="(\d+)"/.exec(html)?.[1] ?? "";
    travel(1000);
    await api("PATCH", `/v1/contacts/${id}`, { customFields: { fresh: 1 } });
    const fields = { seen, displayName: "Ada", "platform[]": ["TWITTER"], "address[]": ["ada"] };
    const told = await ada.submit(`/contacts/${id}/edit`, fields);
    expect([told.status, told.text]).toEqual([409, expect.stringContaining("Somebody has changed this")]);
    expect(await stored(id)).toMatchObject({ displayName: null, customFields: { fresh: 1 } });
  });

  test("without an address where he was made -> refused, and he keeps what he has", async () => {
    const id = await makeContact({ username: "ada", email: "ada@x.test" });
    const ada = await visitor();
    await ada.get(`/contacts/${id}/edit`);
    const page = await ada.submit(`/contacts/${id}/edit`, { "platform[]": ["EMAIL"], "address[]": ["ada@x.test"] });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining("must keep one on TWITTER")]);
    expect(await stored(id)).toMatchObject({ username: "ada" });
  });
});

describe("one contact", () => {
  test("tags come and go", async () => {
    const id = await makeContact(person);
    const ada = await visitor();
    await ada.get(`/contacts/${id}`);
    await ada.submit(`/contacts/${id}/tag`, { tags: `berlin, ${HARM}` });
    const page = await ada.submit(`/contacts/${id}/untag`, { tag: "vip" });
    expect(page.html).not.toContain(HARM);
    expect((await stored(id)).tags).toEqual(["berlin", HARM]);
    expect((await ada.submit(`/contacts/${id}/tag`, { tags: " , " })).text).toContain("tags must not be empty");
  });

  test("opted out, after it was said what that ends -> his journey ends; lifted -> may be written to", async () => {
    const { sequence } = await makeDrip([24]);
    const id = await makeContact(person);
    await enroll(sequence, id, "EMAIL");
    const ada = await visitor();
    expect((await ada.get(`/contacts/${id}/opt-out`)).text).toContain("The journey that is under way ends.");
    expect((await stored(id)).optedOut).toBe(false);
    expect((await ada.submit(`/contacts/${id}/opt-out`)).text).toContain("opted out Since");
    await drain();
    await settle();
    expect((await ada.get(`/contacts/${id}`)).text).toMatch(/Drip exited opted out/);
    await ada.get(`/contacts/${id}/opt-in`);
    expect((await ada.submit(`/contacts/${id}/opt-in`)).text).toContain("Yes: sequences may enroll");
  });

  test("inactive and active again", async () => {
    const id = await makeContact(person);
    const ada = await visitor();
    await ada.get(`/contacts/${id}/deactivate`);
    expect((await ada.submit(`/contacts/${id}/deactivate`)).text).toContain("No sequence enrolls or writes");
    expect((await ada.submit(`/contacts/${id}/activate`)).text).toContain("Yes: sequences may enroll");
  });

  test("an address that bounced -> shown with why, and lifted", async () => {
    const id = await makeContact(person);
    await api("POST", "/v1/suppressions", { platform: "EMAIL", address: "ada@x.test", reason: "bounced" });
    const ada = await visitor();
    expect((await ada.get(`/contacts/${id}`)).text).toContain("did not take a message");
    const lifted = await ada.submit(`/contacts/${id}/lift`, { platform: "EMAIL", address: "ada@x.test" });
    expect(lifted.text).not.toContain("did not take a message");
    expect((await ada.submit(`/contacts/${id}/lift`, { platform: "EMAIL", address: "ada@x.test" })).text).toContain(
      "Suppression not found",
    );
  });

  test("his journeys, messages and replies stand on his page, and lead on", async () => {
    const { sequence } = await makeDrip([0, 24], { name: HARM });
    const id = await makeContact({ username: "ada" });
    const enrollment = await enroll(sequence, id);
    await settle();
    await api("POST", "/v1/replies", { platform: "TWITTER", from: "ada", text: `${HARM} yes` });
    await settle();
    const ada = await visitor();
    const { html, text } = await ada.get(`/contacts/${id}`);
    expect(html).not.toContain(HARM);
    expect(html).toContain(`href="/sequences/${sequence}/enrollments/${enrollment}"`);
    expect(html).toMatch(/href="\/messages\/msg_\d+"/);
    expect(text).toContain(`${HARM} yes`);
  });

  test("what the key may not read is left out, and what it may not do is not offered", async () => {
    const id = await makeContact(person);
    const ada = await visitor(await keyWith(["contacts_read"]));
    const { text } = await ada.get(`/contacts/${id}`);
    for (const word of ["Journeys", "Messages", "Replies", "Enroll", "Delete", "Export", "Opt out"])
      expect(text.replace("Dead letters", "")).not.toContain(word);
    for (const path of ["edit", "delete", "opt-out", "enroll", "export"])
      expect((await ada.get(`/contacts/${id}/${path}`)).status, path).toBe(403);
    expect((await ada.submit(`/contacts/${id}/delete`)).status).toBe(403);
    expect((await stored(id)).displayName).toBe("Ada");
  });

  test("exported as a document that holds what he is", async () => {
    const id = await makeContact(person);
    const ada = await visitor();
    const sent = await ada.get(`/contacts/${id}/export`);
    expect(sent.headers.get("content-disposition")).toBe(`attachment; filename="${id}.json"`);
    expect(JSON.parse(sent.html).contact.displayName).toBe("Ada");
    expect((await ada.get("/contacts/contact_999/export")).status).toBe(404);
  });

  test("deleted, after it was said what that erases -> is nowhere", async () => {
    const id = await makeContact(person);
    const ada = await visitor();
    expect((await ada.get(`/contacts/${id}/delete`)).text).toContain("the texts of all messages and replies");
    const page = await ada.submit(`/contacts/${id}/delete`);
    expect([page.path, page.text]).toEqual(["/contacts", expect.stringContaining("Deleted.")]);
    expect((await ada.get(`/contacts/${id}`)).status).toBe(404);
  });

  test.each(["", "/edit", "/enroll", "/delete", "/opt-out", "/opt-in", "/deactivate", "/export"])(
    "of another workspace, at %j -> as one that never was",
    async (deeper) => {
      const id = await makeContact(person);
      const other = await visitor(OTHER_KEY);
      expect((await other.get(`/contacts/${id}${deeper}`)).status).toBe(404);
      expect((await other.get(`/contacts/contact_0${deeper}`)).status).toBe(404);
      expect((await other.get(`/contacts/seq_1${deeper}`)).status).toBe(400);
    },
  );

  test("changed from another workspace, or by a forged form -> nothing changes", async () => {
    const id = await makeContact(person);
    const other = await visitor(OTHER_KEY);
    await other.get("/contacts");
    const forged = await visitor();
    for (const deed of ["tag", "untag", "opt-out", "deactivate", "delete", "lift", "edit", "enroll"]) {
      await other.submit(`/contacts/${id}/${deed}`, { tags: "new", tag: "vip" });
      await forged.submit(`/contacts/${id}/${deed}`, { tags: "new", tag: "vip", csrf: "made up" });
    }
    expect(await stored(id)).toMatchObject({ tags: ["vip"], optedOut: false, displayName: "Ada" });
  });
});

describe("enrolling from there", () => {
  test("a running sequence, found by a part of its name -> his journey", async () => {
    const { sequence } = await makeDrip([24], { name: "Über uns" });
    await makeDrip([24], { name: "Sleeping", status: "PAUSED" });
    const id = await makeContact(person);
    const ada = await visitor();
    const { text } = await ada.get(`/contacts/${id}/enroll`);
    expect(text).toContain("Über uns");
    expect(text).not.toContain("Sleeping");
    expect((await ada.get(`/contacts/${id}/enroll?search=zzz`)).text).toContain("No active sequence has that");
    expect((await ada.get(`/contacts/${id}/enroll?search=%C3%BCBER`)).text).toContain("Über uns");
    const page = await ada.submit(`/contacts/${id}/enroll`, { sequence, platform: "EMAIL" });
    expect(page.path).toMatch(new RegExp(`^/sequences/${sequence}/enrollments/enroll_`));
    await ada.get(`/contacts/${id}/enroll`);
    const again = await ada.submit(`/contacts/${id}/enroll`, { sequence, platform: "EMAIL" });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining("already enrolled in this sequence")]);
  });

  test.each<[string, Record<string, string>]>([
    ["no address on Bluesky", { platform: "BLUESKY" }],
    ["a platform that is none", { platform: "MOON" }],
    ["a sequence that never was", { sequence: "seq_1", platform: "EMAIL" }],
    ["a malformed id", { sequence: "12", platform: "EMAIL" }],
  ])("%s -> refused in words, and nobody is enrolled", async (_, fields) => {
    const { sequence } = await makeDrip([24]);
    const id = await makeContact(person);
    const ada = await visitor();
    await ada.get(`/contacts/${id}/enroll`);
    const page = await ada.submit(`/contacts/${id}/enroll`, { sequence, ...fields });
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.html).toContain('class="said refused"');
    expect((await send("GET", `/v1/sequences/${sequence}/enrollments`)).body.enrollments).toEqual([]);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { type Visitor, visitor } from "../support/browse";
import { send } from "../support/request";
import { api, begin, drain, type Json, makeContact, makeDrip, OTHER_KEY } from "../support/world";

beforeEach(begin);

const HARM = "<img src=x onerror=alert(1)>";
const KEY = "0198-page";

async function live(sequence: string): Promise<string[]> {
  const { enrollments } = (await api("GET", `/v1/sequences/${sequence}/enrollments`)).body;
  return enrollments.map(({ contact }: Json) => contact.username).sort();
}

async function jobs(): Promise<Json[]> {
  return (await api("GET", "/v1/jobs")).body.jobs;
}

async function keyWith(scopes: string[]): Promise<string> {
  const user = (await api("GET", "/v1/users")).body.users[0].id;
  return (await api("POST", `/v1/users/${user}/keys`, { name: "Narrow", scopes })).body.key.key;
}

/** Sends a file as the page's script does, with the token that stands in its page. */
async function sendFile(who: Visitor, path: string, body: string, headers: Record<string, string> = {}) {
  const { html } = await who.get("/contacts/new");
  const token = /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? "";
  const cookie = [...who.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const own = { "content-type": "text/csv", "x-dripline-csrf": token, cookie };
  return send("POST", path, { key: null, body, headers: { ...own, ...headers } });
}

describe("one contact, from the sequence's page", () => {
  test("searched and enrolled -> his journey; again -> refused in words", async () => {
    const { sequence } = await makeDrip([24]);
    await makeContact({ platform: "EMAIL", username: "ada@x.test", displayName: HARM, firstName: "Ada" });
    const ada = await visitor();
    const page = await ada.get(`/sequences/${sequence}/enroll?search=ada`);
    expect(page.html).not.toContain(HARM);
    const contact = /name="contact" value="(contact_\d+)"/.exec(page.html)?.[1] ?? "";
    const done = await ada.submit(`/sequences/${sequence}/enroll?search=ada`, { contact, platform: "EMAIL" });
    expect(done.path).toMatch(new RegExp(`^/sequences/${sequence}/enrollments/enroll_`));
    expect(await live(sequence)).toEqual(["ada@x.test"]);
    await ada.get(`/sequences/${sequence}/enroll?search=ada`);
    const again = await ada.submit(`/sequences/${sequence}/enroll?search=ada`, { contact, platform: "EMAIL" });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining("already enrolled")]);
    expect((await ada.get(`/sequences/${sequence}/enroll?search=nobody`)).text).toContain("Nobody fits");
  });

  test("a sequence that is paused, archived, or of another workspace -> says so", async () => {
    const ada = await visitor();
    const [paused, archived] = [await makeDrip([24], { status: "PAUSED" }), await makeDrip([24])];
    await api("DELETE", `/v1/sequences/${archived.sequence}`);
    expect((await ada.get(`/sequences/${paused.sequence}/enroll`)).text).toContain("waits until it is");
    expect((await ada.get(`/sequences/${archived.sequence}/enroll`)).text).toContain("takes nobody in any more");
    const other = await visitor(OTHER_KEY);
    expect((await other.get(`/sequences/${paused.sequence}/enroll`)).status).toBe(404);
    expect((await other.get("/sequences/contact_1/enroll")).status).toBe(400);
  });
});

describe("many, pasted", () => {
  const form = { platform: "EMAIL", key: KEY };

  test("a list -> a job that tells who came in and who did not, by rows and in words", async () => {
    const { sequence } = await makeDrip([24]);
    const ada = await visitor();
    await ada.get(`/sequences/${sequence}/enroll`);
    const list = `Ada Lovelace <ada@x.test>\n${HARM}\ngrace@x.test, ada@x.test`;
    const begun = await ada.submit(`/sequences/${sequence}/enroll/many`, { ...form, list, tags: "fair, berlin" });
    expect(begun.path).toMatch(/^\/jobs\/job_\d+$/);
    expect(begun.html).toMatch(/id="progress" data-live/);
    expect(begun.text).toContain("4 rows 0 enrolled 0 refused 4 left");
    await drain();
    const over = await ada.get(begun.path);
    expect(over.html).not.toContain("data-live");
    expect(over.html).not.toContain(HARM);
    expect(over.text).toContain("4 rows 2 enrolled 2 refused 0 left");
    expect(over.text).toContain("2 img src=x onerror=alert(1) address is no EMAIL address");
    expect(over.text).toContain("4 ada@x.test The contact is in an earlier row already");
    expect((await ada.get(`${begun.path}?limit=1&page=2`)).text).toContain("Page 2 of 2");
    expect(await live(sequence)).toEqual(["ada@x.test", "grace@x.test"]);
    const [who] = (await api("GET", "/v1/contacts?search=ada")).body.contacts;
    expect(who).toMatchObject({ displayName: "Ada Lovelace", tags: ["fair", "berlin"] });
    expect((await ada.get("/jobs")).text).toContain("done");
  });

  test("rows of a table, and who is there already is written to where that is ticked", async () => {
    const { sequence } = await makeDrip([24]);
    await makeContact({ platform: "EMAIL", username: "ada@x.test", displayName: "Old" });
    const ada = await visitor();
    await ada.get(`/sequences/${sequence}/enroll`);
    const list = "\nName;E-Mail;City\nAda;ada@x.test;London\n";
    await ada.submit(`/sequences/${sequence}/enroll/many`, { ...form, list, tags: "new", updateExisting: "on" });
    await drain();
    const [who] = (await api("GET", "/v1/contacts?search=ada")).body.contacts;
    expect(who).toMatchObject({ displayName: "Ada", tags: ["new"], customFields: { City: "London" } });
    expect(await live(sequence)).toEqual(["ada@x.test"]);
  });

  test("pressed twice -> one job; another list from the same page -> another", async () => {
    const { sequence } = await makeDrip([24]);
    const ada = await visitor();
    await ada.get(`/sequences/${sequence}/enroll`);
    const paste = (list: string) => ada.submit(`/sequences/${sequence}/enroll/many`, { ...form, list });
    const paths = [(await paste("a@x.test")).path, (await paste("a@x.test")).path, (await paste("b@x.test")).path];
    expect([paths[1] === paths[0], paths[2] === paths[0]]).toEqual([true, false]);
    expect(await jobs()).toHaveLength(2);
  });

  test.each<[string, Record<string, string>, string]>([
    ["nothing", { list: " \n" }, " must not be empty"],
    ["no list at all", {}, "list is required"],
    ["a header and no rows", { list: "email\n" }, "has no rows below its header"],
    ["two columns of one name", { list: "email,email\na@x.test,b@x.test" }, "has two columns named email"],
    ["a platform that is none", { list: "a@x.test", platform: "MOON" }, " must be one of"],
    ["too long a tag", { list: "a@x.test", tags: "x".repeat(101) }, "at most 100 characters"],
    ["a key that is none", { list: "a@x.test", key: "a b" }, "key must be that of the page"],
    ["more rows than a job takes", { list: "a@x.test\n".repeat(50_001) }, "more than 50000 rows"],
  ])("%s -> refused, and nobody is enrolled", async (_, fields, message) => {
    const { sequence } = await makeDrip([24]);
    const ada = await visitor();
    await ada.get(`/sequences/${sequence}/enroll`);
    const page = await ada.submit(`/sequences/${sequence}/enroll/many`, { ...form, ...fields });
    expect(page.text).toContain(message);
    await drain();
    expect(await live(sequence)).toEqual([]);
  });

  test("by a key that may not make contacts, by a forged form, or from another workspace -> refused", async () => {
    const { sequence } = await makeDrip([24]);
    const path = `/sequences/${sequence}/enroll/many`;
    const narrow = await visitor(await keyWith(["sequences_write", "sequences_read"]));
    expect((await narrow.get(`/sequences/${sequence}/enroll`)).text).not.toContain("Many at once");
    const lacking = await narrow.submit(path, { ...form, list: "a@x.test" });
    expect([lacking.status, lacking.text]).toEqual([403, expect.stringContaining("contacts_write")]);
    const forged = await (await visitor()).submit(path, { ...form, list: "a@x.test", csrf: "made up" });
    expect(forged.status).toBe(403);
    const other = await visitor(OTHER_KEY);
    await other.get("/contacts/new");
    expect((await other.submit(path, { ...form, list: "a@x.test" })).text).toContain("Sequence not found");
    expect(await jobs()).toEqual([]);
  });
});

describe("a file", () => {
  const csv = `Name,E-Mail,Firm\n${HARM},ada@x.test,X\nGrace,nonsense,Y\n`;
  const query = (more: Record<string, string> = {}) =>
    new URLSearchParams({ platform: "EMAIL", mapping: "{}", key: KEY, ...more });

  test("looked at -> what each column becomes, and which rows would be refused", async () => {
    const { sequence } = await makeDrip([24]);
    const ada = await visitor();
    const look = (text: string, mapping = "{}") =>
      sendFile(ada, `/sequences/${sequence}/enroll/preview?${query({ mapping })}`, text);
    const { status, text } = await look(csv);
    expect(status).toBe(200);
    expect(text).not.toContain(HARM);
    for (const part of ['value="displayName" selected', 'value="email" selected', 'value="customFields.Firm" selected'])
      expect(text).toContain(part);
    expect(text).toContain("Row 3: E-Mail is no EMAIL address");
    expect((await look("Name,City\nAda,London\n")).text).toContain("The file has no column with an address on EMAIL");
    const twice = await look(csv, '{"Name":"email","E-Mail":"email"}');
    expect(twice.text).toContain("The choice has two columns for the same as");
    expect((await look("")).text).toContain("The file is empty");
    expect((await look('a,"b\n')).text).toContain('class="fault"');
    expect(await jobs()).toEqual([]);
  });

  test("sent -> a job, with its mapping and tags; sent again -> the same one", async () => {
    const { sequence } = await makeDrip([24]);
    const ada = await visitor();
    const mapping = JSON.stringify({ Firm: "customFields.company" });
    const path = `/sequences/${sequence}/enroll/file?${query({ mapping, tags: "fair", updateExisting: "true" })}`;
    const [first, second] = [await sendFile(ada, path, csv), await sendFile(ada, path, csv)];
    expect(first.body.to).toMatch(/^\/jobs\/job_\d+$/);
    expect(second.body).toEqual(first.body);
    await drain();
    expect((await ada.get(first.body.to)).text).toContain("2 rows 1 enrolled 1 refused 0 left");
    const [who] = (await api("GET", "/v1/contacts?search=ada")).body.contacts;
    expect(who).toMatchObject({ displayName: HARM, tags: ["fair"], customFields: { company: "X" } });
  });

  test.each<[string, Record<string, string>, string, Record<string, string>, number, string]>([
    ["no token", {}, csv, { "x-dripline-csrf": "" }, 403, "Open this page again"],
    ["a token that is made up", {}, csv, { "x-dripline-csrf": "made up" }, 403, "Open this page again"],
    ["a page of others", {}, csv, { origin: "https://evil.test" }, 403, "Open this page again"],
    ["nobody signed in", {}, csv, { cookie: "" }, 401, "signed out"],
    ["a form in place of a file", {}, csv, { "content-type": "text/plain" }, 415, "no file of the right type"],
    ["a mapping that is none", { mapping: "[" }, csv, {}, 400, "mapping must be a JSON object"],
    ["a mapping to what contacts have not", { mapping: '{"Name":"shoe"}' }, csv, {}, 400, "names the field shoe"],
    ["a platform that is none", { platform: "MOON" }, csv, {}, 400, "platform must be one of"],
    ["no key", { key: "" }, csv, {}, 400, "key"],
    ["an empty file", {}, "", {}, 400, "The file has no rows"],
    ["no address in it", {}, "Name\nAda\n", {}, 400, "The file has no column with an address"],
  ])("%s -> refused in words, and nothing is begun", async (_, more, body, headers, status, message) => {
    const { sequence } = await makeDrip([24]);
    const ada = await visitor();
    const answer = await sendFile(ada, `/sequences/${sequence}/enroll/file?${query(more)}`, body, headers);
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)]);
    expect(await jobs()).toEqual([]);
  });

  test("for another workspace's sequence, or without the scope -> refused", async () => {
    const { sequence } = await makeDrip([24]);
    const path = `/sequences/${sequence}/enroll/file?${query()}`;
    expect((await sendFile(await visitor(OTHER_KEY), path, csv)).status).toBe(404);
    const narrow = await visitor(await keyWith(["contacts_write"]));
    expect((await sendFile(narrow, path, csv)).status).toBe(403);
    expect(await jobs()).toEqual([]);
  });
});

test("imports of another workspace -> as if they never were", async () => {
  const { sequence } = await makeDrip([24]);
  const ada = await visitor();
  expect((await ada.get("/jobs")).text).toContain("No import yet");
  await ada.get(`/sequences/${sequence}/enroll`);
  const { path } = await ada.submit(`/sequences/${sequence}/enroll/many`, {
    platform: "EMAIL",
    key: KEY,
    list: "a@x.test",
  });
  const other = await visitor(OTHER_KEY);
  expect([(await other.get(path)).status, (await other.get("/jobs/job_x!")).status]).toEqual([404, 400]);
  expect((await other.get("/jobs")).text).toContain("No import yet");
  const narrow = await visitor(await keyWith(["contacts_read"]));
  expect((await narrow.get(path)).status).toBe(403);
});

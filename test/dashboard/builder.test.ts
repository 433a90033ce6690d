/** The pages on which a sequence is built. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Visitor, visitor } from "../support/browse";
import { send } from "../support/request";
import { begin, KEY, OTHER_KEY } from "../support/world";

beforeEach(begin);

const EVIL = "<img src=x onerror=alert(1)>";

async function sequence(name = "Welcome"): Promise<string> {
  return (await send("POST", "/v1/sequences", { body: { name } })).body.sequence.id;
}

/** The ids of the steps as they stand in the picture, and where one may be added. */
function drawn(html: string) {
  const steps = [...html.matchAll(/data-step="(step_\d+)"/g)].map(([, id]) => id ?? "");
  const spots = [...html.matchAll(/data-under="(step_\d+)"/g)].map(([, id]) => id ?? "");
  return { steps, spots };
}

async function add(ada: Visitor, seq: string, under: string, fields: Record<string, string>) {
  const path = `/sequences/${seq}/steps/new?under=${under}&kind=${fields.kind}`;
  const form = await ada.get(path);
  expect(form.status).toBe(200);
  return ada.submit(path, fields);
}

/** The place at the head of an empty sequence. */
async function headOf(ada: Visitor, seq: string): Promise<string> {
  const { html } = await ada.get(`/sequences/${seq}/build`);
  return /steps\/new\?under=(step_\d+)/.exec(html)?.[1] ?? "";
}

const KINDS: [string, Record<string, string>, RegExp][] = [
  [
    "message",
    { subject: "Hi", preheader: "There", messageTemplate: "Hello {{ contact.firstName }}", format: "html" },
    /Hi/,
  ],
  ["delay", { delay: "2", delayUnit: "days" }, /2 d/],
  ["delay_until_time", { time: "08:30", timeZone: "Europe/Berlin" }, /08:30, Europe\/Berlin/],
  [
    "condition",
    { asks: "clicked", which: "previous", waitUpTo: "1", waitUpToUnit: "days" },
    /Has clicked the message before/,
  ],
  ["condition", { asks: "reply" }, /Has replied\?/],
  ["condition", { asks: "tag", tag: "vip" }, /Has the tag vip/],
  ["condition", { asks: "contact", field: "customFields.city", op: "is", value: "Bonn" }, /CustomFields.city is/],
  ["add_tag", { tags: "warm\r\nnew" }, /warm, new/],
  ["remove_tag", { tags: "cold" }, /cold/],
  ["deactivate_contact", {}, /No more messages/],
  ["http_request", { url: "https://example.com/x", headers: "X-One: 1", messageTemplate: "{}" }, /POST https/],
  ["task", { type: "call", note: "Ring twice", autoskip: "3", autoskipUnit: "days" }, /Ring twice/],
];

describe("steps", () => {
  test.each(KINDS)(
    "a %s is added, shown, opened, and saved as it is without a change: %j",
    async (kind, fields, told) => {
      const [ada, seq] = [await visitor(), await sequence()];
      const built = await add(ada, seq, await headOf(ada, seq), { kind, ...fields });
      expect(built.path).toMatch(/\/build\?at=step_\d+$/);
      expect(built.text).toContain("Added");
      expect(built.html.replaceAll(/<[^>]*>/g, " ")).toMatch(told);
      const { steps } = drawn(built.html);
      const path = `/sequences/${seq}/steps/${steps[0]}`;
      expect((await ada.get(path)).status).toBe(200);
      // What the page shows is what a browser would send.
      const saved = await ada.submit(path, { kind, ...fields });
      expect(saved.text).toContain("Saved");
      expect(drawn(saved.html).steps).toEqual(steps);
    },
  );

  test("a move leads to another sequence, never to its own", async () => {
    const [ada, seq, other] = [await visitor(), await sequence(), await sequence("Onboarding")];
    const head = await headOf(ada, seq);
    const own = await add(ada, seq, head, { kind: "move_to_sequence", sequenceId: seq });
    expect([own.status, own.text.includes("must be another sequence than its own")]).toEqual([400, true]);
    const built = await add(ada, seq, head, { kind: "move_to_sequence", sequenceId: other });
    expect(built.text).toContain("Added");
    // Nothing may come after it.
    expect(drawn(built.html).spots).toEqual([head]);
  });

  test.each([
    [{ kind: "message", messageTemplate: "" }, "Text must not be empty"],
    [{ kind: "message", messageTemplate: "a\r\n{{ b | nope }}" }, "(line 2, column 1)"],
    [{ kind: "message", messageTemplate: "a", subject: "{{" }, "Subject is not a valid template"],
    [{ kind: "delay", delay: "-1" }, "How long must be a whole number"],
    [{ kind: "delay", delay: "999999999", delayUnit: "weeks" }, "How long must be a whole number of seconds"],
    [{ kind: "delay", delay: "1", delayUnit: "years" }, "delayUnit must be one of"],
    [{ kind: "delay_until_time", time: "25:00" }, "must be a time of day"],
    [{ kind: "delay_until_time", time: "08:00", timeZone: "Mars/Base" }, "IANA"],
    [{ kind: "condition", asks: "tag", tag: " " }, "Tag must not be empty"],
    [{ kind: "condition", asks: "contact", field: "shoe", value: "1" }, "Field must be a field of contacts"],
    [{ kind: "condition", asks: "contact", field: "email", op: "is" }, "With must not be empty"],
    [{ kind: "condition", asks: "luck" }, "must be one of"],
    [{ kind: "add_tag", tags: " \r\n" }, "Tags must not be empty"],
    [{ kind: "http_request", url: "ftp://x" }, "Address must begin with https://"],
    [{ kind: "http_request", url: "https://x", headers: "no colon" }, "Headers must be one on each line"],
    [{ kind: "http_request", url: "https://x", headers: "Host: y" }, "cannot hold"],
    [{ kind: "entry" }, "kind"],
  ] as [Record<string, string>, string][])(
    "a form that says %j -> told where it is wrong: %s",
    async (fields, told) => {
      const [ada, seq] = [await visitor(), await sequence()];
      const path = `/sequences/${seq}/steps/new?under=${await headOf(ada, seq)}&kind=${fields.kind === "entry" ? "delay" : fields.kind}`;
      const again = await ada.submit(path, fields);
      expect(again.status).toBe(400);
      expect(again.text).toContain(told);
      expect(await headOf(ada, seq)).not.toBe("");
    },
  );

  test("a broken template -> its line is shown, and what was written stays", async () => {
    const [ada, seq] = [await visitor(), await sequence()];
    const path = `/sequences/${seq}/steps/new?under=${await headOf(ada, seq)}&kind=message`;
    const again = await ada.submit(path, { kind: "message", messageTemplate: `one\n${EVIL} {{ b | nope }}` });
    expect(again.html).toContain('data-line="2"');
    expect(again.html).toMatch(/<pre class="broken">2 \| &lt;img/);
    expect(again.html).not.toContain("<img");
  });

  test("branches: added into each, moved out by a button, deleted with all they hold only where told so", async () => {
    const [ada, seq] = [await visitor(), await sequence()];
    const forked = await add(ada, seq, await headOf(ada, seq), { kind: "condition", asks: "reply" });
    const [entry = "", yes = "", no = "", after] = drawn(forked.html).spots;
    const [condition = ""] = drawn(forked.html).steps;
    expect(after).toBe(condition);
    await add(ada, seq, yes, { kind: "add_tag", tags: "yes" });
    const both = await add(ada, seq, no, { kind: "add_tag", tags: "no" });
    const [, tagged = "", untagged = ""] = drawn(both.html).steps;
    const moved = await ada.submit(`/sequences/${seq}/steps/${untagged}/move`, { under: entry });
    expect(drawn(moved.html).steps).toEqual([untagged, condition, tagged]);
    const into = await ada.submit(`/sequences/${seq}/steps/${condition}/move`, { under: yes });
    expect(into.text).toContain("cannot be moved into its own branches");
    const asked = await ada.get(`/sequences/${seq}/steps/${condition}/delete`);
    expect(asked.text).toContain("the step in its branches");
    expect((await ada.submit(`/sequences/${seq}/steps/${condition}/delete`)).text).toContain(
      "has steps in its branches",
    );
    const rest = await ada.submit(`/sequences/${seq}/steps/${condition}/delete`, { branches: "on" });
    expect(drawn(rest.html).steps).toEqual([untagged]);
  });

  test("a change under people on their way -> what it does is told before it is done", async () => {
    const [ada, seq] = [await visitor(), await sequence()];
    await send("POST", `/v1/sequences/${seq}/steps`, { body: { messageTemplate: "One", delayHours: 48 } });
    await send("POST", `/v1/sequences/${seq}/steps`, { body: { messageTemplate: "Two", delayHours: 1 } });
    await send("PATCH", `/v1/sequences/${seq}`, { body: { status: "ACTIVE" } });
    const body = { platform: "EMAIL", username: "ada@example.com", displayName: EVIL };
    const { id } = (await send("POST", "/v1/contacts", { body })).body.contact;
    await send("POST", `/v1/sequences/${seq}/enrollments`, { body: { contactId: id, platform: "EMAIL" } });
    const [one = "", two = ""] = drawn((await ada.get(`/sequences/${seq}/build`)).html).steps;
    const path = `/sequences/${seq}/steps/${one}`;
    const fields = { kind: "message", messageTemplate: "One", delay: "0" };
    const tried = await ada.submit(path, { ...fields, go: "try" });
    expect(tried.text).toContain("1 contact is under way. This touches 1 of them: 1 message falls due at once.");
    expect((await send("GET", `/v1/sequences/${seq}/steps`)).body.steps[0].delayHours).toBe(48);
    const asked = await ada.submit(`/sequences/${seq}/steps/${two}/move`, { under: await headAbove(ada, seq) });
    expect(asked.text).toContain("1 contact is under way");
    expect((await send("GET", `/v1/sequences/${seq}/steps`)).body.steps[0].messageTemplate).toBe("One");
    const sure = await ada.submit(`/sequences/${seq}/steps/${two}/move`, {
      under: await headAbove(ada, seq),
      sure: "on",
    });
    expect(drawn(sure.html).steps).toEqual([two, one]);
    expect((await ada.get(`/sequences/${seq}/steps/${two}/delete`)).text).toContain("1 contact is under way");
  });
});

async function headAbove(ada: Visitor, seq: string): Promise<string> {
  return drawn((await ada.get(`/sequences/${seq}/build`)).html).spots[0] ?? "";
}

describe("texts", () => {
  test("are added, weighed, switched off and deleted, and one always stays", async () => {
    const [ada, seq] = [await visitor(), await sequence()];
    const fields = { kind: "message", messageTemplate: "First" };
    const built = await add(ada, seq, await headOf(ada, seq), fields);
    const path = `/sequences/${seq}/steps/${drawn(built.html).steps[0]}`;
    const more = { messageTemplate: `Second ${EVIL}`, format: "html", weight: "3", enabled: "on" };
    const two = await ada.submit(`${path}/variants/new`, more);
    expect(two.text).toContain("25 %");
    expect(two.text).toContain("75 %");
    expect(two.html).not.toContain("<img");
    const [first = "", second = ""] = [...new Set(two.html.match(/variant_\d+/g))];
    expect((await ada.submit(`${path}/variants/${second}/weight`, { weight: "1" })).text).toContain("50 %");
    expect((await ada.submit(`${path}/variants/${second}/weight`, { weight: "101" })).text).toContain("at most 100");
    expect((await ada.get(`${path}/variants/${second}`)).text).toContain("Second <img");
    const off = await ada.submit(`${path}/variants/${first}/switch`, { on: "" });
    expect(off.text).toContain("100 %");
    expect((await ada.submit(`${path}/variants/${second}/delete`)).text).toContain("sends no other variant");
    expect((await ada.submit(`${path}/variants/${second}`, { messageTemplate: "{{" })).status).toBe(400);
    expect((await ada.submit(`${path}/variants/${first}/delete`)).text).toContain("Deleted the text");
    const variants = (await send("GET", `/v1${path}/variants`)).body.variants;
    expect(variants).toHaveLength(1);
  });

  test("a look: for a contact that is found, for nobody found, and a fault at its place; nothing in it runs", async () => {
    const [ada, seq] = [await visitor(), await sequence()];
    const body = { platform: "EMAIL", username: "ada@example.com", firstName: "Ada", displayName: EVIL };
    await send("POST", "/v1/contacts", { body });
    await ada.get(`/sequences/${seq}/schedule/new`);
    const look = (fields: Record<string, string>) => ada.submit(`/sequences/${seq}/look`, fields);
    const known = await look({
      messageTemplate: "Dear {{ contact.firstName }}",
      whom: "ada@",
      subject: "{{ first_name }}!",
    });
    expect([known.status, known.text]).toEqual([200, expect.stringContaining("Dear Ada")]);
    expect(known.text).toContain("Ada!");
    expect(known.html).not.toContain("<img");
    expect(known.headers.get("content-security-policy")).toContain("sandbox");
    expect(known.headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect((await look({ messageTemplate: "Dear {{ contact.firstName }}", whom: "zoe" })).text).toContain(
      "Nobody is found by “zoe”",
    );
    expect((await look({ messageTemplate: "x\n  {{ a | nope }}" })).text).toContain("in line 2, column 3");
    expect((await look({ messageTemplate: EVIL, format: "html" })).html).not.toContain("<img");
    expect((await look({})).status).toBe(200);
  });
});

describe("schedules", () => {
  test("one is made, chosen after it is told what that does, changed, and kept while it is in use", async () => {
    const [ada, seq] = [await visitor(), await sequence()];
    const path = `/sequences/${seq}/schedule`;
    await ada.get(`${path}/new`);
    const made = await ada.submit(`${path}/new`, {
      name: EVIL,
      zone: "Europe/Berlin",
      day1: "9-12, 13:30 – 24:00",
      holidays: "2040-12-25",
    });
    const id = /choose=(sched_\d+)$/.exec(made.path)?.[1] ?? "";
    expect(made.html).toContain("Monday 09:00–12:00, 13:30–24:00");
    expect(made.html).not.toContain("<img");
    expect((await ada.submit(path, { scheduleId: id, scheduleIntervalType: "schedule", go: "try" })).text).toContain(
      "Nobody is under way",
    );
    expect((await send("GET", `/v1/sequences/${seq}`)).body.sequence.scheduleId).toBeNull();
    await ada.submit(path, { scheduleId: id, scheduleIntervalType: "schedule" });
    expect((await send("GET", `/v1/sequences/${seq}`)).body.sequence).toMatchObject({
      scheduleId: id,
      scheduleIntervalType: "schedule",
    });
    expect((await ada.submit(`${path}/${id}`, { name: "Late", day7: "20:00-22:00" })).text).toContain("Saved");
    expect((await send("GET", `/v1/schedules/${id}`)).body.schedule).toMatchObject({
      timezone: null,
      openings: [{ day: 7, from: "20:00", to: "22:00" }],
    });
    expect((await ada.submit(`${path}/${id}/delete`)).text).toContain("keeps to this schedule");
    await ada.submit(path, { scheduleId: "", scheduleIntervalType: "calendar" });
    expect((await ada.submit(`${path}/${id}/delete`)).text).toContain("Deleted the schedule");
  });

  test.each([
    [{ name: "", day1: "9-17" }, "Name must not be empty"],
    [{ name: "x", day2: "17-9" }, "Tuesday must be times"],
    [{ name: "x", day3: "soon" }, "Wednesday must be times"],
    [{ name: "x", day1: "9-17", zone: "Berlin" }, "Time zone must be an IANA"],
    [{ name: "x", day1: "9-17", holidays: "2040-02-30" }, "Closed on must be days"],
    [{ name: "x" }, "openings must not be empty"],
  ] as [Record<string, string>, string][])("a form that says %j -> %s", async (fields, told) => {
    const [ada, seq] = [await visitor(), await sequence()];
    await ada.get(`/sequences/${seq}/schedule/new`);
    const again = await ada.submit(`/sequences/${seq}/schedule/new`, fields);
    expect([again.status, again.text]).toEqual([400, expect.stringContaining(told)]);
  });
});

describe("who may", () => {
  const PAGES = ["build", "schedule"];

  test.each([
    ["locked", { locked: true }, "locked"],
    ["archived", { status: "ARCHIVED" }, "archived"],
  ])("a %s sequence -> is shown, says why, and has nothing to press", async (_, change, told) => {
    const [ada, seq] = [await visitor(), await sequence()];
    const { id } = (
      await send("POST", `/v1/sequences/${seq}/steps`, { body: { messageTemplate: EVIL, delayHours: 1 } })
    ).body.step;
    await send("PATCH", `/v1/sequences/${seq}`, { body: change });
    for (const page of [...PAGES, `steps/${id}`]) {
      const seen = await ada.get(`/sequences/${seq}/${page}`);
      expect([seen.status, seen.text]).toEqual([200, expect.stringContaining(told)]);
      expect(seen.html.replaceAll(/<form[^>]*sign-out[\s\S]*?<\/form>/g, "")).not.toMatch(/<form|<button|steps\/new/);
      expect(seen.html).not.toContain("<img");
    }
  });

  test("a key that only reads -> sees all and changes nothing", async () => {
    const seq = await sequence();
    const { id } = (await send("POST", `/v1/sequences/${seq}/steps`, { body: { messageTemplate: "x", delayHours: 1 } }))
      .body.step;
    const user = (await send("GET", "/v1/users")).body.users[0].id;
    const body = { name: "Reader", scopes: ["sequences_read"] };
    const { key } = (await send("POST", `/v1/users/${user}/keys`, { body })).body.key;
    const reader = await visitor(key);
    expect((await reader.get(`/sequences/${seq}/build`)).text).toContain("not change them");
    expect((await reader.get(`/sequences/${seq}/steps/${id}/delete`)).status).toBe(403);
    expect((await reader.submit(`/sequences/${seq}/steps/${id}/delete`)).status).toBe(403);
    expect(
      (await reader.submit(`/sequences/${seq}/steps/${id}`, { kind: "message", messageTemplate: "y" })).status,
    ).toBe(403);
  });

  test("another workspace's ids, wrong ones, and no form of ours -> nothing is there, and nothing is done", async () => {
    const [seq, ada, eve] = [await sequence(), await visitor(KEY), await visitor(OTHER_KEY)];
    const { id } = (await send("POST", `/v1/sequences/${seq}/steps`, { body: { messageTemplate: "x", delayHours: 1 } }))
      .body.step;
    const own = (await send("POST", "/v1/sequences", { key: OTHER_KEY, body: { name: "Hers" } })).body.sequence.id;
    for (const page of ["build", "schedule", `steps/${id}`, `steps/${id}/delete`, `steps/${id}/variants/new`])
      expect((await eve.get(`/sequences/${seq}/${page}`)).status).toBe(404);
    expect((await eve.get(`/sequences/${own}/steps/${id}`)).status).toBe(404);
    await eve.get(`/sequences/${own}/schedule/new`);
    const stolen = await eve.submit(`/sequences/${own}/steps/${id}`, { kind: "message", messageTemplate: "mine" });
    expect(stolen.text).toContain("Step not found");
    expect((await ada.get(`/sequences/${seq}/steps/step_99999`)).status).toBe(404);
    expect((await ada.get(`/sequences/${seq}/steps/nonsense`)).status).toBe(400);
    expect((await ada.get(`/sequences/${seq}/steps/new?under=${id}&kind=entry`)).status).toBe(400);
    expect((await ada.get(`/sequences/${seq}/steps/new`)).status).toBe(400);
    const forged = await ada.submit(`/sequences/${seq}/steps/${id}/delete`, { csrf: "forged" });
    expect(forged.status).toBe(403);
    expect((await send("GET", `/v1/sequences/${seq}/steps`)).body.steps).toHaveLength(1);
  });
});

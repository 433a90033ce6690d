/** The timetable of a sequence by zone: what is asked for in the address, what is shown, and what is said where it is wrong. */
import { beforeEach, describe, expect, test } from "vitest";
import { visitor } from "../support/browse";
import { faults, resetCounts } from "../support/faults";
import { chain, makeSequence, plant } from "../support/tree";
import { makeUser } from "../support/users";
import { api, begin, makeContact, makeDrip, OTHER_KEY } from "../support/world";

beforeEach(begin);

const EVIL = "<img src=x onerror=alert(1)>";

/** Messages while offices are open by the contact's own clock. */
async function inOfficeHours(): Promise<string> {
  const openings = [1, 2, 3, 4, 5].map((day) => ({ day, from: "09:00", to: "17:00" }));
  const made = await api("POST", "/v1/schedules", { name: "Office", zone: null, openings, holidays: [] });
  return (await makeDrip([0, 72], { scheduleId: made.body.schedule.id, status: "DRAFT" })).sequence;
}

const look = async (sequence: string, query = "", key?: string) =>
  (await visitor(key)).get(`/sequences/${sequence}/simulate${query}`);

describe("a timetable", () => {
  test("three zones side by side, each by its own clock and in UTC, and why then", async () => {
    const { text, status, html } = await look(await inOfficeHours(), "?start=2040-01-06T00:30");
    expect(status).toBe(200);
    expect(text).toContain("Somebody made up, enrolled 6 Jan 2040, 00:30 UTC");
    // A Friday evening there, a Friday night here, a Friday morning yonder.
    expect(text).toMatch(/Message 1 Los Angeles Thu 5 Jan, 16:30 6 Jan, 00:30 UTC/);
    expect(text).toMatch(/Berlin Fri 6 Jan, 09:00 6 Jan, 08:00 UTC when the window opens/);
    expect(text).toMatch(/Tokyo Fri 6 Jan, 09:30 6 Jan, 00:30 UTC/);
    expect(text).toMatch(
      /when its delay is over: Mon 9 Jan|when its delay is over: Sun 8 Jan, 16:30 when the window opens/,
    );
    expect(text).toMatch(/What it takes for granted .* The sequence is active, though it is DRAFT now\./);
    expect(html).toContain("<circle");
    expect(html.length).toBeLessThan(100_000);
  });

  test("zones of one's own choice, a platform, and the text that can be opened", async () => {
    const sequence = await inOfficeHours();
    const { text, html } = await look(sequence, "?zone=Asia/Kathmandu&zone2=America/St_Johns&platform=SMS");
    expect(text).toMatch(/Kathmandu .* St Johns/);
    expect(text).not.toContain("Berlin Mon");
    expect(html).toMatch(/<details><summary>What it says<\/summary>.*<pre>Message 1/s);
    expect(html).toContain('value="Asia/Kathmandu"');
  });

  test("of a contact, found by his name: his zone, his words, and no harm", async () => {
    const { sequence, steps } = await makeDrip([0]);
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[0]}`, {
      messageTemplate: "Hi {{ contact.displayName }}",
    });
    const contact = await makeContact({ displayName: EVIL, firstName: "Grace", timezone: "Asia/Tokyo" });
    for (const query of ["?who=grace", `?contact=${contact}`]) {
      const { text, html } = await look(sequence, query);
      expect(text).toContain(`${EVIL}, enrolled`);
      expect(text).toMatch(/Asia\/Tokyo Mon 2 Jan, 18:00 2 Jan, 09:00 UTC/);
      expect(text).toContain(`Hi ${EVIL}`);
      expect(html).not.toContain("<img");
    }
  });

  test("several fit -> which one is asked, and each is a link", async () => {
    const { sequence } = await makeDrip([0]);
    const [one, other] = [await makeContact({ firstName: "Ada" }), await makeContact({ firstName: "Ada" })];
    const { text, html } = await look(sequence, "?who=ada&zone=UTC");
    expect(text).toContain("Several fit. Which one?");
    for (const contact of [one, other]) expect(html).toContain(`?zone=UTC&amp;contact=${contact}`);
    expect(text).not.toContain("What it takes for granted");
  });

  test("both ways from a condition, or the one that is asked for", async () => {
    const id = await makeSequence("Forked");
    const mail = (label: string) => ({ action: "send_email", label, subject: label, body: `<p>${label}</p>` });
    const asked = { action: "condition", label: "Read it?", condition_setting: "any_email_opened" };
    const { id: condition, yes, no } = await plant(id, asked);
    await chain(id, [mail("To readers")], yes);
    await chain(id, [mail("To others")], no);
    const both = await look(`seq_${id}`, "?zone=UTC");
    expect(both.text).toMatch(/Read it\? Yes Only this way .* To readers .* No Only this way .* To others/);
    expect(both.html).toContain(`?zone=UTC&amp;no=step_${condition}`);
    const one = await look(`seq_${id}`, `?zone=UTC&no=step_${condition}`);
    expect(one.text).toContain("Show both ways");
    expect(one.text).not.toContain("To readers");
  });

  test("as much as fits, and no more, however much there is", async () => {
    const id = await makeSequence("Endless");
    const texts = Array.from({ length: 45 }, (_, i) => ({
      ...{ action: "send_email", label: `Mail ${i + 1}`, subject: EVIL.repeat(5), body: "<p>word </p>".repeat(2000) },
    }));
    await chain(id, texts);
    const { html, text } = await look(`seq_${id}`);
    expect(html.length).toBeLessThan(100_000);
    expect(text).toContain("There is more than fits here");
    expect(html).not.toContain("<img");
  });

  test("three zones cost hardly more than one, and no object is asked", async () => {
    const sequence = await inOfficeHours();
    const ada = await visitor();
    faults.objectsDown = true;
    const statements = async (query: string) => {
      await ada.get(`/sequences/${sequence}/simulate${query}`);
      resetCounts();
      expect((await ada.get(`/sequences/${sequence}/simulate${query}`)).status).toBe(200);
      return faults.statements.length;
    };
    expect(await statements("")).toBe(await statements("?zone=UTC"));
  });
});

describe("what is wrong is said", () => {
  test.each([
    ["?zone2=Nowhere", "zone2", "This is no time zone"],
    ["?zone=%3Cimg%20src=x%20onerror=alert(1)%3E", "zone", "This is no time zone"],
    ["?start=tomorrow", "start", "This is no date and time"],
    ["?start=2500-01-01T00:00", "start", "This must be a day between 1970 and 2200"],
    ["?platform=PIGEON", "platform", "This must be one of"],
    ["?who=nobody", "who", "Nobody is found by that"],
    ["?contact=contact_999999", "who", "That contact is not there any more"],
  ])("%s -> at its field", async (query, field, words) => {
    const { sequence } = await makeDrip([0]);
    const { status, html, text } = await look(sequence, query);
    expect(status).toBe(400);
    expect(html).toMatch(new RegExp(`id="${field}-fault"`));
    expect(text).toContain(words);
    expect(html).not.toContain("<img");
  });

  test.each(["?contact=12", "?yes=step_999999", "?no=12"])(
    "%s, which nobody enters -> above the form",
    async (query) => {
      const { sequence } = await makeDrip([0]);
      const { status, html } = await look(sequence, query);
      expect(status).toBe(400);
      expect(html).toMatch(/<p class="said refused" role="alert">/);
    },
  );

  test("no steps -> what to do; archived -> that there is nothing to tell", async () => {
    const { sequence } = await makeDrip([], { status: "DRAFT" });
    const empty = await look(sequence);
    expect(empty.text).toContain("No steps to simulate yet");
    expect(empty.html).toContain(`href="/sequences/${sequence}/build"`);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ARCHIVED" });
    expect((await look(sequence)).text).toContain("This sequence is archived");
  });

  test("others' sequences and contacts, ids that are none, and keys that may not", async () => {
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    expect((await look(sequence, "", OTHER_KEY)).status).toBe(404);
    expect((await look("seq_999999")).status).toBe(404);
    expect((await look("12")).status).toBe(400);
    const theirs = (await api("POST", "/v1/sequences", { name: "Theirs" }, OTHER_KEY)).body.sequence.id;
    await api("POST", `/v1/sequences/${theirs}/steps`, { messageTemplate: "Hi", delayHours: 0 }, OTHER_KEY);
    expect((await look(theirs, `?contact=${contact}`, OTHER_KEY)).text).toContain("not there any more");
    const { key } = await makeUser({ scopes: ["sequences_read"] });
    const page = await look(sequence, "", key);
    expect([page.status, page.html.includes('name="who"')]).toEqual([200, false]);
    expect((await look(sequence, `?contact=${contact}`, key)).status).toBe(403);
    expect((await look(sequence, "", (await makeUser({ scopes: ["contacts_read"] })).key)).status).toBe(403);
  });
});

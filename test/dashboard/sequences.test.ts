/** The pages of sequences: how they are made, listed, looked at, changed, and turned on and off. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Visitor, visitor } from "../support/browse";
import { faults, resetCounts } from "../support/faults";
import { makeUser } from "../support/users";
import {
  api,
  begin,
  DAY,
  db,
  enroll,
  HOUR,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
  pass,
  settle,
  stateOf,
} from "../support/world";

beforeEach(begin);

const EVIL = '<img src=x onerror="alert(1)">';

async function sequenceOf(id: string): Promise<Json> {
  return (await api("GET", `/v1/sequences/${id}`)).body.sequence;
}

/** The settings as the page shows them, to be sent back with a change. */
function fieldsIn(html: string): Record<string, string> {
  const form = /<form method="post" action="[^"]*\/settings">.*?<\/form>/s.exec(html)?.[0] ?? "";
  const inputs = [...form.matchAll(/<input\b[^>]*>/g)].map(([tag]) => ({
    name: /name="([^"]*)"/.exec(tag)?.[1] ?? "",
    value: /value="([^"]*)"/.exec(tag)?.[1] ?? "on",
    sent: !tag.includes('type="checkbox"') || /\bchecked\b/.test(tag),
  }));
  const selects = [...form.matchAll(/<select\b[^>]*name="([^"]*)".*?<\/select>/gs)].map(([all, name = ""]) => ({
    name,
    value: /<option value="([^"]*)" selected/.exec(all)?.[1] ?? "",
    sent: true,
  }));
  const texts = [...form.matchAll(/<textarea\b[^>]*name="([^"]*)"[^>]*>(.*?)<\/textarea>/gs)].map(
    ([, name = "", value = ""]) => ({ name, value, sent: true }),
  );
  const sent = [...inputs, ...selects, ...texts].filter((field) => field.sent && field.name !== "csrf");
  return Object.fromEntries(sent.map(({ name, value }) => [name, value]));
}

describe("the list", () => {
  test("nothing yet -> offers to make one, and a sample", async () => {
    const ada = await visitor();
    const { text, html } = await ada.get("/");
    expect(text).toContain("No sequence yet");
    expect(html).toContain('href="/sequences/new"');
    expect(html).toContain('action="/sequences/sample"');
  });

  test("each with its status, its counts and its reply rate", async () => {
    const { sequence } = await makeDrip([0, 24], { name: "Counted" });
    await makeDrip([1], { name: "Resting", status: "PAUSED" });
    const [one] = [await enroll(sequence, await makeContact({ username: "replier" })), await enroll(sequence)];
    await settle();
    await api("POST", "/v1/replies", { platform: "TWITTER", from: "replier", text: "Yes" });
    await settle();
    expect((await stateOf(one)).phase.is).toBe("ended");
    const { text } = await (await visitor()).get("/");
    expect(text).toContain("Counted active 1 0 1 0 50 %");
    expect(text).toContain("Resting paused 0 0 0 0 –");
  });

  test.each([
    ["ACTIVE", ["Runs"], ["Rests", "Gone"]],
    ["PAUSED", ["Rests"], ["Runs", "Gone"]],
    ["ARCHIVED", ["Gone"], ["Runs", "Rests"]],
    ["", ["Runs", "Rests"], ["Gone"]],
  ])("filtered by the status %j", async (status, there, absent) => {
    await makeDrip([1], { name: "Runs" });
    await makeDrip([1], { name: "Rests", status: "PAUSED" });
    await makeDrip([1], { name: "Gone", status: "ARCHIVED" });
    const { text } = await (await visitor()).get(`/?status=${status}`);
    for (const name of there) expect(text).toContain(name);
    for (const name of absent) expect(text).not.toContain(name);
  });

  test("a status that there is not, a page that there is not", async () => {
    await makeDrip([1], { name: "Runs" });
    const ada = await visitor();
    expect((await ada.get("/?status=RUNNING")).status).toBe(400);
    expect((await ada.get("/?page=x")).status).toBe(400);
    expect((await ada.get("/?page=9")).text).toContain("No more sequences");
    expect((await ada.get("/?status=DRAFT")).text).toContain("No draft sequence");
  });

  test("private ones of others are not there, in no filter", async () => {
    const other = await makeUser();
    await api("POST", "/v1/sequences", { name: "Hidden", shareType: "private" }, other.key);
    const ada = await visitor();
    for (const path of ["/", "/?status=DRAFT"]) expect((await ada.get(path)).text).not.toContain("Hidden");
    expect((await (await visitor(other.key)).get("/?status=DRAFT")).text).toContain("Hidden");
  });

  test("costs the same however many were sent, and a filter looks through a bounded part", async () => {
    const { sequence } = await makeDrip([0]);
    const ada = await visitor();
    const costOf = async (path: string) => {
      await ada.get(path);
      resetCounts();
      await ada.get(path);
      return faults.rowsRead;
    };
    await makeContact({ displayName: "Grace Hopper" });
    const pages = ["/", `/sequences/${sequence}`, `/sequences/${sequence}/enrollments?search=grace`];
    const costs = async () => {
      const rows: number[] = [];
      for (const path of pages) rows.push(await costOf(path));
      return rows;
    };
    const few = await costs();
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, enrolled_at, version)
         SELECT 1, ?, 1000000 + i, 'TWITTER', 'ended', 'COMPLETED', 2e12, 1 FROM n`,
      )
      .bind(Number(sequence.slice(4)))
      .run();
    const many = await costs();
    for (const [i, rows] of few.entries()) expect((many[i] ?? 0) - rows).toBeLessThan(20);
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         INSERT INTO sequences (workspace_id, name, status, primary_reply_action, rules, owner_id, creator_id, updater_id, created_at, updated_at)
         SELECT 1, 'S' || i, 'DRAFT', 'finish', '{"match":"all","conditions":[]}', 1, 1, 1, 1, i FROM n`,
      )
      .run();
    expect(await costOf("/?status=PAUSED")).toBeLessThan(510);
    expect(await costOf("/?status=DRAFT")).toBeLessThan(700);
    expect(await costOf("/")).toBeLessThan(200);
  });
});

describe("making one", () => {
  test("by its name -> a draft, and on to its steps", async () => {
    const ada = await visitor();
    await ada.get("/sequences/new");
    const { path } = await ada.submit("/sequences", { name: ` Trial ${EVIL}`, description: "What for" });
    const id = /^\/sequences\/(seq_\d+)\/build$/.exec(path)?.[1] ?? "";
    expect(await sequenceOf(id)).toMatchObject({ name: `Trial ${EVIL}`, status: "DRAFT", exitOnReply: true });
    for (const page of ["/", `/sequences/${id}`, `/sequences/${id}/settings`, `/sequences/${id}/archive`]) {
      const { html, status } = await ada.get(page);
      expect([page, status, html.includes("<img")]).toEqual([page, 200, false]);
    }
  });

  test.each([
    ["no name", { name: " " }, "Name must not be empty"],
    ["a name too long", { name: "x".repeat(256) }, "Name must have at most 255 characters"],
    ["a description too long", { name: "Kept", description: "x".repeat(1025) }, "must have at most 1024 characters"],
  ])("%s -> the form once more, with what is wrong", async (_, fields, fault) => {
    const ada = await visitor();
    await ada.get("/sequences/new");
    const seen = await ada.submit("/sequences", fields);
    expect([seen.status, seen.text]).toEqual([400, expect.stringContaining(fault)]);
    expect(seen.html).toContain(`value="${fields.name}"`);
    expect((await ada.get("/")).text).toContain("No sequence yet");
  });

  test("a form that came from elsewhere makes nothing", async () => {
    const ada = await visitor();
    for (const path of ["/sequences", "/sequences/sample"]) {
      expect((await ada.submit(path, { name: "Forged", csrf: "made up" })).status).toBe(403);
    }
    expect((await ada.get("/")).text).toContain("No sequence yet");
  });

  test("a key that may only read sees no way to make one, and makes none", async () => {
    const { key } = await makeUser({ scopes: ["sequences_read"] });
    const { sequence } = await makeDrip([1], { status: "PAUSED" });
    const reader = await visitor(key);
    for (const path of ["/", `/sequences/${sequence}`, `/sequences/${sequence}/settings`]) {
      const { status, html } = await reader.get(path);
      expect([status, /sequences\/new|\/activate"|\/archive"|>Save|\/duplicate"/.test(html)]).toEqual([200, false]);
    }
    for (const path of ["activate", "pause", "archive"]) {
      expect((await reader.get(`/sequences/${sequence}/${path}`)).status).toBe(403);
      await reader.get("/");
      await reader.submit(`/sequences/${sequence}/${path}`);
    }
    expect((await reader.get("/sequences/new")).status).toBe(403);
    await reader.get("/");
    expect((await reader.submit("/sequences", { name: "Mine" })).status).toBe(403);
    expect((await sequenceOf(sequence)).status).toBe("PAUSED");
  });
});

describe("the sample", () => {
  test("pressed once, twice, and twice at the same time -> it is there once, whole, and can be walked", async () => {
    const ada = await visitor();
    const { path, text } = await ada.submit("/sequences/sample");
    expect(text).toContain("Sample: a warm welcome draft");
    expect((await ada.submit("/sequences/sample")).path).toBe(path);
    const id = path.split("/").at(-1) ?? "";
    const { steps } = await sequenceOf(id);
    expect(steps.map(({ messageTemplate }: Json) => messageTemplate.slice(0, 3))).toEqual(["Hi ", "Hi ", "Hi ", "Hi "]);
    await api("PATCH", `/v1/sequences/${id}`, { status: "ACTIVE" });
    const enrollment = await enroll(id, await makeContact({ firstName: "Grace" }));
    await settle();
    await pass(8 * DAY, DAY);
    const shown = (await api("GET", `/v1/sequences/${id}/enrollments/${enrollment}`)).body.enrollment;
    const sent = shown.history.filter(({ event }: Json) => event === "message_sent");
    expect(sent.map(({ excerpt }: Json) => /^Hi Grace,\s+(\w+)/.exec(excerpt)?.[1])).toEqual(["thank", "our", "we"]);
    expect(shown.status).toBe("COMPLETED");
    const after = (await (await visitor()).get(path)).text;
    expect(after).toMatch(
      /Did they open it\? Condition 1 .* Yes Branch 0 .* The next step Message 0 .* No Branch 1 .* Another try Message 1/,
    );
  });

  test("asked for twice at the same time -> the older one stays", async () => {
    const [ada, grace] = [await visitor(), await visitor()];
    const [one, two] = await Promise.all([ada.submit("/sequences/sample"), grace.submit("/sequences/sample")]);
    expect(one.path).toBe(two.path);
    const { body } = await api("GET", "/v1/sequences");
    expect(body.sequences).toHaveLength(1);
  });
});

describe("one sequence", () => {
  test("its figures, who stands where, and what comes next", async () => {
    const { sequence } = await makeDrip([0, 24], { name: "Looked at" });
    await enroll(sequence, await makeContact({ displayName: EVIL }));
    await enroll(sequence);
    await settle();
    const { text, html } = await (await visitor()).get(`/sequences/${sequence}`);
    expect(text).toContain(
      "2 enrolled 2 under way 0 completed 0 exited 0 failed 2 messages sent 0 people who replied 0 %",
    );
    expect(html).toContain("2 here");
    expect(text).toContain(`${EVIL} in 23 h 59 min Message 2`);
    expect(html).not.toContain("<img");
    expect(html).toMatch(/<desc[^>]*>From 2039-12-20 to 2040-01-02: 2 enrolled, 2 sent, 0 replied\.<\/desc>/);
    expect(text).toContain("2040-01-02 2 2 0 0 0 0 0 0");
  });

  test("a draft without steps -> leads to them; with steps and nobody in it -> to enrolling", async () => {
    const ada = await visitor();
    const { body } = await api("POST", "/v1/sequences", { name: "Bare" });
    expect((await ada.get(`/sequences/${body.sequence.id}`)).text).toContain(
      "It has no step yet. open Add the first step Nobody is in it yet. open Enroll people",
    );
    const { sequence } = await makeDrip([1], { status: "DRAFT" });
    expect((await ada.get(`/sequences/${sequence}`)).text).toContain(
      "It has 1 step. done Look at them Nobody is in it yet. open",
    );
  });

  test("paused with somebody in it -> says who waits; archived -> asks for nothing", async () => {
    const { sequence } = await makeDrip([1]);
    await enroll(sequence);
    await settle();
    const ada = await visitor();
    expect((await ada.get(`/sequences/${sequence}`)).text).not.toContain("Until it runs");
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    expect((await ada.get(`/sequences/${sequence}`)).text).toContain(
      "1 person waits for this sequence to run. Activate it",
    );
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ARCHIVED" });
    expect((await ada.get(`/sequences/${sequence}`)).text).not.toMatch(/waits for this|Until it runs/);
  });

  test("those who failed are taken up again", async () => {
    const { sequence } = await makeDrip([0]);
    const failed = await enroll(sequence, await makeContact({ username: "fail" }), "TWITTER");
    await db()
      .prepare("UPDATE enrollments SET standing = 'FAILED', state = 'ended', why = 'failed', ended_at = 1 WHERE id = ?")
      .bind(Number(failed.slice(7)))
      .run();
    const ada = await visitor();
    expect((await ada.get(`/sequences/${sequence}`)).html).toContain(`action="/sequences/${sequence}/retry"`);
    expect((await ada.submit(`/sequences/${sequence}/retry`)).text).toContain("taken up again");
  });

  test.each(["", "/enrollments", "/settings", "/activate", "/pause", "/archive"])(
    "seq_x%s of others, malformed, or never given out -> not there",
    async (page) => {
      const foreign = (await api("POST", "/v1/sequences", { name: "Theirs" }, OTHER_KEY)).body.sequence.id;
      const ada = await visitor();
      for (const id of [foreign, "seq_999999", "seq_abc"]) {
        expect((await ada.get(`/sequences/${id}${page}`)).status).toBe(404);
      }
      expect((await ada.get(`/sequences/12${page}`)).status).toBe(400);
      await ada.get("/");
      for (const deed of ["activate", "archive", "retry", "settings", "duplicate"]) {
        await ada.submit(`/sequences/${foreign}/${deed}`, { copyName: "Stolen", name: "Stolen" });
        await ada.get("/");
      }
      const theirs = await api("GET", "/v1/sequences", undefined, OTHER_KEY);
      expect(theirs.body.sequences).toMatchObject([{ name: "Theirs", status: "DRAFT" }]);
    },
  );
});

describe("who is in it", () => {
  test("nobody -> leads to enrolling", async () => {
    const { sequence } = await makeDrip([1]);
    const { html } = await (await visitor()).get(`/sequences/${sequence}/enrollments`);
    expect(html).toContain("Nobody is in this sequence yet");
    expect(html).toContain(`href="/sequences/${sequence}/enroll"`);
  });

  test("by status, by name, and by pages", async () => {
    const { sequence } = await makeDrip([0, 24], { name: "Long" });
    const evil = await enroll(sequence, await makeContact({ displayName: EVIL, firstName: "Evelyn" }));
    const other = await enroll(sequence, await makeContact({ displayName: "Grace Hopper" }));
    await makeContact({ displayName: "Grace Elsewhere" });
    await settle();
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${other}`);
    const path = `/sequences/${sequence}/enrollments`;
    const ada = await visitor();
    const all = await ada.get(path);
    expect(all.html).toContain(`href="${path}/${evil}"`);
    expect(all.html).not.toContain("<img");
    expect(all.text).toContain(`${EVIL} twitter active Message 2 its delay in 23 h 59 min`);
    expect(all.text).toContain("Grace Hopper twitter exited – removed by hand –");
    const seen = async (query: string) => {
      const { text } = await ada.get(`${path}?${query}`);
      return [text.includes(EVIL), text.includes("Grace Hopper")];
    };
    expect(await seen("status=ACTIVE")).toEqual([true, false]);
    expect(await seen("status=EXITED")).toEqual([false, true]);
    expect(await seen("search=gra")).toEqual([false, true]);
    expect(await seen("search=Evel&status=ACTIVE")).toEqual([true, false]);
    expect(await seen("search=gra&status=ACTIVE")).toEqual([false, false]);
    expect(await seen("limit=1")).toEqual([false, true]);
    expect(await seen("limit=1&page=2")).toEqual([true, false]);
    expect((await ada.get(`${path}?status=LIVE`)).status).toBe(400);
    expect((await ada.get(`${path}?search=${"x".repeat(256)}`)).status).toBe(400);
  });
});

describe("settings", () => {
  async function settingsOf(ada: Visitor, sequence: string) {
    const { html } = await ada.get(`/sequences/${sequence}/settings`);
    return fieldsIn(html);
  }

  test("saved as they are shown -> nothing changes", async () => {
    const { sequence } = await makeDrip([1], {
      ...{ name: "Kept", primaryReplyAction: "pause", primaryReplyPauseDuration: 5400, replyScope: "domain" },
      ...{ initTag: "vip", throttleCapacity: 7, throttlePaused: true, transactional: true, shareType: "read_only" },
    });
    const before = await sequenceOf(sequence);
    const ada = await visitor();
    const fields = await settingsOf(ada, sequence);
    expect(fields).toMatchObject({ primaryReplyPause: "90", primaryReplyUnit: "minutes", throttleMaxAdds: "" });
    const { text } = await ada.submit(`/sequences/${sequence}/settings`, fields);
    expect(text).toContain("Saved.");
    expect({ ...(await sequenceOf(sequence)), updatedAt: before.updatedAt }).toEqual(before);
  });

  test("each changed -> each as v1 shows it", async () => {
    const { sequence } = await makeDrip([1], { name: "Old" });
    const rules = { match: "all", conditions: [{ field: "tags", op: "contains", value: "vip" }] };
    const segment = (await api("POST", "/v1/segments", { name: "VIPs", rules })).body.segment.id;
    const ada = await visitor();
    const fields = await settingsOf(ada, sequence);
    await ada.submit(`/sequences/${sequence}/settings`, {
      ...fields,
      ...{
        name: "New",
        description: "Said",
        primaryReplyAction: "pause",
        primaryReplyPause: "3",
        primaryReplyUnit: "days",
      },
      ...{ secondaryReplyAction: "continue", replyScope: "domain", reenroll: "never", initTag: " VIP ", locked: "on" },
      ...{
        initSegmentId: segment,
        throttleCapacity: "5",
        throttleMaxAdds: "20",
        transactional: "on",
        shareType: "read_only",
      },
    });
    expect(await sequenceOf(sequence)).toMatchObject({
      ...{ name: "New", primaryReplyAction: "pause", primaryReplyPauseDuration: 259_200, exitOnReply: false },
      ...{ secondaryReplyAction: "continue", replyScope: "domain", reenroll: "never", initSegmentId: segment },
      ...{ throttleCapacity: 5, throttleMaxAddsPerDay: 20, transactional: true, locked: true, shareType: "read_only" },
    });
    expect(await settingsOf(ada, sequence)).toMatchObject({ name: "New", description: "Said", initSegmentId: segment });
    await ada.submit(`/sequences/${sequence}/settings`, {
      ...(await settingsOf(ada, sequence)),
      throttleCapacity: "",
      initTag: "",
      initSegmentId: "",
    });
    expect(await sequenceOf(sequence)).toMatchObject({ throttleCapacity: null, initTag: null, initSegmentId: null });
  });

  test.each([
    ["name", " ", "Name must not be empty"],
    ["primaryReplyPause", "soon", "Ends after must be a whole number"],
    ["primaryReplyPause", "99999999", "Ends after must be a year at most"],
    ["primaryReplyAction", "stop", "must be one of finish, continue, pause"],
    ["throttleCapacity", "0", "must be at least 1"],
    ["throttleMaxAdds", "-3", "must be a whole number"],
    ["throttleMaxAdds", "1000001", "must be at most 1000000"],
    ["initTag", "two\nlines", "Enroll whoever is given this tag must be one line"],
    ["initSegmentId", "segment_999", "is no segment"],
    ["initSegmentId", "everybody", "is not a valid segment id"],
    ["shareType", "public", "must be one of"],
  ])("%s: %j -> told at its field, all else as it was entered", async (name, value, fault) => {
    const { sequence } = await makeDrip([1], { name: "Kept" });
    const before = await sequenceOf(sequence);
    const ada = await visitor();
    const fields = await settingsOf(ada, sequence);
    const entered = { ...fields, description: "Just entered", primaryReplyUnit: "days", [name]: value };
    const seen = await ada.submit(`/sequences/${sequence}/settings`, entered);
    expect([seen.status, seen.text]).toEqual([400, expect.stringContaining(fault)]);
    expect(seen.html).toContain("Just entered");
    expect(await sequenceOf(sequence)).toEqual(before);
  });

  test("of somebody else's that may only be read -> shown, and not changed", async () => {
    const owner = await makeUser();
    const made = await api("POST", "/v1/sequences", { name: "Theirs", shareType: "read_only" }, owner.key);
    const path = `/sequences/${made.body.sequence.id}`;
    const ada = await visitor();
    const { text, html } = await ada.get(`${path}/settings`);
    expect(text).toContain("Only its owner may change this sequence");
    expect(html).toContain('<fieldset class="bare" disabled');
    const seen = await ada.submit(`${path}/settings`, { ...fieldsIn(html), name: "Mine" });
    expect([seen.status, seen.text]).toEqual([403, expect.stringContaining("Only its owner may change the sequence")]);
    expect((await ada.get(`${path}/archive`)).status).toBe(403);
  });

  test("changed by somebody else since they were shown -> nothing is saved, and saving once more saves", async () => {
    const { sequence } = await makeDrip([1], { name: "Old" });
    const ada = await visitor();
    const fields = await settingsOf(ada, sequence);
    await api("PATCH", `/v1/sequences/${sequence}`, { locked: true });
    const told = await ada.submit(`/sequences/${sequence}/settings`, { ...fields, name: "New" });
    expect([told.status, told.text]).toEqual([409, expect.stringContaining("Somebody has changed this")]);
    expect(await sequenceOf(sequence)).toMatchObject({ name: "Old", locked: true });
    await ada.submit(`/sequences/${sequence}/settings`, fieldsIn(told.html));
    expect(await sequenceOf(sequence)).toMatchObject({ name: "New", locked: false });
  });

  test("a copy that is refused -> leaves the settings as they stand", async () => {
    const { sequence } = await makeDrip([1], { name: "Kept", throttleCapacity: 7 });
    const ada = await visitor();
    await ada.get(`/sequences/${sequence}/settings`);
    const told = await ada.submit(`/sequences/${sequence}/duplicate`, { copyName: " " });
    expect(fieldsIn(told.html)).toMatchObject({ name: "Kept", throttleCapacity: "7" });
  });

  test("a copy -> a draft of its own name", async () => {
    const { sequence } = await makeDrip([1, 2], { name: "Original" });
    const ada = await visitor();
    await ada.get(`/sequences/${sequence}/settings`);
    expect((await ada.submit(`/sequences/${sequence}/duplicate`, { copyName: " " })).text).toContain(
      "Name of the copy must not be empty",
    );
    const { path } = await ada.submit(`/sequences/${sequence}/duplicate`, { copyName: "Twin" });
    const copy = await sequenceOf(path.split("/").at(-1) ?? "");
    expect(copy).toMatchObject({ name: "Twin", status: "DRAFT", parentSequenceId: sequence });
    expect(copy.steps).toHaveLength(2);
  });
});

describe("turning it on and off", () => {
  test("activating one without steps -> says what is missing, and does it not", async () => {
    const id = (await api("POST", "/v1/sequences", { name: "Bare" })).body.sequence.id;
    const ada = await visitor();
    const asked = await ada.get(`/sequences/${id}/activate`);
    expect(asked.text).toContain("It has no step yet");
    expect(asked.html).not.toContain(`action="/sequences/${id}/activate"`);
    const done = await ada.submit(`/sequences/${id}/activate`);
    expect([done.status, done.text]).toEqual([400, expect.stringContaining("It has no step yet")]);
    expect((await sequenceOf(id)).status).toBe("DRAFT");
  });

  test("activating -> says how many go on and what goes out at once, and looking does nothing", async () => {
    const { sequence } = await makeDrip([0, 24], { status: "PAUSED" });
    await enroll(sequence);
    await enroll(sequence);
    await settle();
    await pass(HOUR);
    const ada = await visitor();
    const asked = await ada.get(`/sequences/${sequence}/activate`);
    expect(asked.text).toContain("2 people in it will go on. 2 messages will go out at once");
    expect((await sequenceOf(sequence)).status).toBe("PAUSED");
    const done = await ada.submit(`/sequences/${sequence}/activate`);
    expect([done.path, done.text]).toEqual([`/sequences/${sequence}`, expect.stringContaining("It runs")]);
    await settle();
    expect((await ada.get(`/sequences/${sequence}`)).text).toContain("2 messages sent");
    expect((await ada.get(`/sequences/${sequence}/activate`)).text).toContain("This sequence runs already");
  });

  test("pausing, archiving -> each says whom it touches, and does it", async () => {
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    const ada = await visitor();
    expect((await ada.get(`/sequences/${sequence}/pause`)).text).toContain("1 person will keep their places");
    await ada.submit(`/sequences/${sequence}/pause`);
    expect((await sequenceOf(sequence)).status).toBe("PAUSED");
    expect((await ada.get(`/sequences/${sequence}/pause`)).text).toContain("This sequence does not run");
    expect((await ada.get(`/sequences/${sequence}/archive`)).text).toContain(
      "1 person will stop getting messages, for good",
    );
    await ada.submit(`/sequences/${sequence}/archive`);
    await settle();
    expect((await stateOf(enrollment)).phase).toMatchObject({ is: "ended", why: "archived" });
    const after = await ada.get(`/sequences/${sequence}`);
    expect(after.text).toContain("archived");
    expect(after.html).not.toContain(`/sequences/${sequence}/enroll"`);
  });

  test("a form that came from elsewhere turns nothing", async () => {
    const { sequence } = await makeDrip([1]);
    const ada = await visitor();
    for (const deed of ["pause", "archive", "settings", "duplicate", "retry"]) {
      expect((await ada.submit(`/sequences/${sequence}/${deed}`, { csrf: "made up" })).status).toBe(403);
    }
    expect((await sequenceOf(sequence)).status).toBe("ACTIVE");
  });
});

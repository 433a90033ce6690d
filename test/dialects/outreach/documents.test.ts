/** Documents as the vendor describes them: every attribute there, linkage by kind, and links that lead somewhere. */
import { beforeAll, describe, expect, test } from "vitest";
import { keyFor } from "../../support/broadcast";
import { fillCatalogue } from "../../support/catalogue";
import { faultsIn } from "../../support/described";
import { call, idsOf } from "../../support/outreach";
import { begin, type Json, OTHER_KEY } from "../../support/world";

const PLURALS = [
  "sequences",
  "sequenceSteps",
  "sequenceStates",
  "templates",
  "sequenceTemplates",
  "prospects",
  "stages",
  "mailings",
  "mailboxes",
  "users",
  "contentCategories",
  "contentCategoryMemberships",
  "rulesets",
  "tasks",
  "calls",
  "taskPriorities",
];
const ORIGIN = "https://dripline.test/api/v2";

beforeAll(async () => {
  await begin();
  await fillCatalogue();
});

async function show(path: string): Promise<Json> {
  const { status, body } = await call("GET", path);
  if (status !== 200) throw new Error(`${path}: ${status}`);
  return body.data;
}

describe("what the vendor describes", () => {
  test.each(PLURALS)("%s, in a list and alone, with all that is included", async (plural) => {
    const { body } = await call("GET", `/${plural}?provideAuthorizationMeta=true`);
    expect(body.data.length).toBeGreaterThan(1);
    expect(await faultsIn(body)).toEqual([]);
    const alone = await call("GET", `/${plural}/${body.data[0].id}`);
    expect(await faultsIn(alone.body)).toEqual([]);
    const { meta: _, ...listed } = body.data[0];
    expect(alone.body.data).toEqual(listed);
  });

  test.each(PLURALS)("every link of %s leads to what it says", async (plural) => {
    for (const { links, relationships } of await show(`/${plural}`)) {
      expect((await call("GET", links.self.replace(ORIGIN, ""))).status).toBe(200);
      for (const [name, { data, links }] of Object.entries<Json>(relationships)) {
        if (!links) continue;
        const related = await idsOf(links.related.replace(ORIGIN, ""));
        if (data) expect([name, related]).toEqual([name, data.map(({ id }: Json) => id)]);
      }
    }
  });

  test("custom fields are told of by name", async () => {
    const [{ type, meta }] = await show("/types");
    expect([type, Object.keys(meta.validations).length]).toEqual(["prospect", 150]);
    expect(meta.validations.custom1).toEqual({ type: "string", required: false, label: "custom1", definition: null });
  });
});

describe("what is known", () => {
  test("of a sequence", async () => {
    const { attributes, relationships } = await show("/sequences/101");
    expect(attributes).toMatchObject({
      enabled: true,
      enabledAt: "2040-01-02T09:05:00.000Z",
      sequenceStepCount: 3,
      automationPercentage: 1,
      durationInDays: 2, // 60 s, a day in a branch, an hour, 40 s
      lastUsedAt: "2040-01-02T15:50:00.000Z",
      deliverCount: 2,
      throttleMaxAddsPerDay: 50,
      primaryReplyAction: "finish",
      finishOnReply: true,
      openCount: 1,
    });
    expect(relationships.owner).toEqual({ data: { type: "user", id: 11 } });
    expect(relationships.sequenceSteps.data.map(({ id }: Json) => id)).toEqual([202, 207, 208]);
    expect(relationships.mailings).toEqual({
      links: { related: `${ORIGIN}/mailings?filter%5Bsequence%5D%5Bid%5D=101` },
    });
  });

  test("of steps: their numbers in pre-order, and the delays before them", async () => {
    const steps = await show("/sequenceSteps?filter[sequence][id]=101&sort=order");
    expect(
      steps.map(({ attributes: { displayName, interval, stepType } }: Json) => [displayName, interval, stepType]),
    ).toEqual([
      ["Step #1 (Auto Email)", 60, "auto_email"],
      ["Step #2 (Auto Email)", 86_400, "auto_email"],
      ["Step #3 (Auto Email)", 3640, "auto_email"],
    ]);
  });

  test("of prospects: what only sales know is kept among the custom fields", async () => {
    const { attributes, relationships } = await show("/prospects/301");
    expect(attributes).toMatchObject({
      emails: ["Cy@Acme.example"],
      name: "Cy Cole",
      title: "CEO",
      custom7: "x",
      custom8: null,
    });
    expect(attributes).toMatchObject({ timeZone: "Asia/Tokyo", optedOut: false, emailsOptStatus: null });
    expect(relationships.activeSequenceStates.meta).toEqual({ count: 2 });
    expect((await show("/prospects/302")).attributes).toMatchObject({ optedOut: true, emailsOptStatus: "opted_out" });
  });

  test("of mailings and users", async () => {
    expect((await show(`/mailings/${401 * 4096 + 1}`)).attributes).toMatchObject({ state: "opened", retryCount: 0 });
    expect((await show(`/mailings/${402 * 4096 + 1}`)).attributes).toMatchObject({
      state: "failed",
      errorReason: "550",
    });
    expect((await show("/users/12")).attributes).toMatchObject({ firstName: "Bo", locked: true, custom5: null });
  });

  test.each([
    [401, "active", 101, 301, 202],
    [402, "pending", 102, 301, 210],
    [403, "opted_out", 101, 302, 202],
    [404, "finished", 101, 303, null],
    [405, "finished", null, 303, null],
    [406, "finished", 104, null, null],
    [407, "paused", 104, 302, null],
    [408, "disabled", 102, 303, 210],
    [409, "failed", 104, 303, null],
  ])("state %i is %s, of sequence %s and prospect %s, at step %s", async (id, state, sequence, prospect, step) => {
    const { attributes, relationships } = await show(`/sequenceStates/${id}`);
    const to = (name: string) => relationships[name].data?.id ?? null;
    expect([attributes.state, to("sequence"), to("prospect"), to("sequenceStep")]).toEqual([
      state,
      sequence,
      prospect,
      step,
    ]);
  });
});

describe("as much as is asked for", () => {
  test("what is included comes once, and not what is there already", async () => {
    const { body } = await call(
      "GET",
      "/sequenceStates?include=sequence.owner,prospect,prospect.owner,sequenceStep.sequence",
    );
    expect(await faultsIn(body)).toEqual([]);
    const along = body.included.map(({ type, id }: Json) => `${type} ${id}`).sort();
    expect(along).toEqual([
      ...["prospect 301", "prospect 302", "prospect 303"],
      ...["sequence 101", "sequence 102", "sequence 104", "sequenceStep 202", "sequenceStep 210", "user 11", "user 12"],
    ]);
    const self = await call("GET", "/sequenceSteps/202?include=sequence.sequenceSteps");
    expect(self.body.included.map(({ id }: Json) => id)).toEqual([101, 207, 208]);
    expect((await call("GET", "/sequences/101?include=")).body.included).toBeUndefined();
    expect((await call("GET", "/sequences/101?include=ruleset")).body.included).toEqual([]);
  });

  test("few attributes, of each type by itself; the linkage stays", async () => {
    const { body } = await call("GET", "/sequences/101?fields[sequence]=name,owner&fields[user]=&include=owner");
    expect(body.data.attributes).toEqual({ name: "Alpha" });
    expect(body.data.relationships.sequenceSteps.data).toHaveLength(3);
    expect(body.included[0].attributes).toEqual({});
    expect(await faultsIn(body, { sparse: true })).toEqual([]);
    const twice = await call("GET", "/sequences/101?fields[sequence]=name&fields[sequence]=locked");
    expect(twice.body.data.attributes).toEqual({ locked: false });
  });

  test("what the caller may do to each", async () => {
    const rights = async (key?: string) => {
      const { body } = await call("GET", "/sequences?provideAuthorizationMeta=true&include=owner", undefined, key);
      return [...body.data, body.included[0]].map(({ id, meta }: Json) => [id, meta.canWrite, meta.canDelete]);
    };
    const mine = [101, 103, 104].map((id) => [id, true, true]);
    expect((await rights()).slice(0, 4)).toEqual([mine[0], [102, false, false], mine[1], mine[2]]);
    expect((await rights()).at(-1)).toEqual([11, true, false]);
    const reader = await keyFor(["sequences_read", "users_read"]);
    expect((await rights(reader)).every(([, write, remove]) => !write && !remove)).toBe(true);
  });
});

describe("what is not to be had", () => {
  const errorOf = async (...request: Parameters<typeof call>) => {
    const { status, body } = await call(...request);
    return [status, body.errors[0].id, body.errors[0].detail];
  };

  test("without a key, or a scope", async () => {
    expect(await errorOf("GET", "/sequences", undefined, null)).toEqual([
      401,
      "unauthorized",
      "A valid access token is required.",
    ]);
    expect((await errorOf("GET", "/nowhere", undefined, "vb_live_nobody"))[0]).toBe(401);
    const reader = await keyFor(["sequences_read"]);
    const lacks = (scope: string) => [
      403,
      "unauthorizedOauthScope",
      `Your authorization does not include the required scope '${scope}'.`,
    ];
    expect(await errorOf("GET", "/prospects", undefined, reader)).toEqual(lacks("prospects.read"));
    expect(await errorOf("POST", "/sequences", {}, reader)).toEqual(lacks("sequences.write"));
    expect(await errorOf("DELETE", "/sequences/101", undefined, reader)).toEqual(lacks("sequences.delete"));
    expect(await errorOf("GET", "/sequenceStates?include=prospect", undefined, reader)).toEqual(
      lacks("prospects.read"),
    );
    expect((await call("GET", "/sequences/101/sequenceSteps", undefined, reader)).status).toBe(200);
  });

  test("what leads to any type is found, and shows nothing to whom the scope for that type lacks", async () => {
    const reader = await keyFor(["sequences_read"]);
    const { body } = await call("GET", "/tasks?include=subject");
    const [task] = body.data;
    const subject = task.relationships.subject.data;
    expect(body.included).toContainEqual(expect.objectContaining(subject));
    expect(await show(`/tasks/${task.id}/subject`)).toMatchObject(subject);
    expect((await call("GET", "/tasks?include=subject", undefined, reader)).body.included).toEqual([]);
    expect(await errorOf("GET", `/tasks/${task.id}/subject`, undefined, reader)).toEqual([
      403,
      "unauthorizedOauthScope",
      "Your authorization does not include the required scope 'prospects.read'.",
    ]);
  });

  test.each([
    "/sequences/105",
    "/sequences/106",
    "/sequences/999",
    "/sequences/one",
    "/sequences/101.5",
    "/sequences/-1",
  ])("%s", async (path) => {
    const id = path.split("/")[2];
    expect(await errorOf("GET", path)).toEqual([404, "resourceNotFound", `Could not find 'sequence' with ID '${id}'.`]);
  });

  test.each([
    ["GET", "/sequenceStates/410", 404],
    ["GET", "/sequenceStates/411", 404], // of a private sequence
    ["GET", "/prospects/304", 404],
    ["GET", "/sequenceSteps/211", 404],
    ["GET", "/nowhere", 404],
    ["GET", "/sequences/101/nothing", 404],
    ["POST", "/sequences/101/actions/fly", 404],
    ["POST", "/nowhere/1/actions/fly", 404],
    ["GET", "/sequences/101/actions/activate", 405],
    ["PUT", "/sequences", 405],
    ["DELETE", "/sequences", 405],
    ["PUT", "/sequences/101", 405],
    ["PATCH", "/sequenceStates/401", 405],
    ["DELETE", "/sequenceSteps/202", 405],
    ["POST", "/mailings", 405],
    ["DELETE", "/users/11", 405],
    ["POST", "/mailboxes/4/actions/testSend", 404],
    ["DELETE", "/sequences/102", 403], // its owner's alone to change
    ["POST", "/sequences/102/actions/activate", 403],
    ["GET", "/", 404],
  ])("%s %s: %i", async (method, path, status) => {
    const answer = await call(method, path);
    expect([answer.status, Object.keys(answer.body)]).toEqual([status, ["errors"]]);
  });

  test("by another workspace", async () => {
    for (const plural of PLURALS.filter((one) => !["users", "taskPriorities"].includes(one))) {
      expect((await call("GET", `/${plural}`, undefined, OTHER_KEY)).body.data).toEqual([]);
    }
    expect((await call("GET", "/sequenceStates/401", undefined, OTHER_KEY)).status).toBe(404);
    expect((await call("GET", "/users/11", undefined, OTHER_KEY)).status).toBe(404);
  });
});

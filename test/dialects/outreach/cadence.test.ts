/** What the engine knows of cadences, made and seen through `/api/v2` alone: who may be enrolled, when, and what is counted. */
import { beforeEach, describe, expect, test } from "vitest";
import { call, doc, make } from "../../support/outreach";
import { makeUser } from "../../support/users";
import { api, begin, DAY, HOUR, type Json, KEY, pass, START, settle } from "../../support/world";

beforeEach(begin);

type Linked = Record<string, [string, number]>;

let people = 0;

async function prospect(attributes: Json = {}): Promise<number> {
  people += 1;
  return (await make("prospect", { emails: [`p${people}@example.com`], ...attributes })).id;
}

/** A running sequence that writes at once and, a day later, asks for a call. */
async function cadence(attributes: Json = {}, linked: Linked = {}): Promise<{ sequence: number; steps: number[] }> {
  const sequence = (await make("sequence", { name: "Cadence", ...attributes }, linked)).id;
  const steps = [await mail(sequence, {}), await step(sequence, { stepType: "call", interval: 86_400 })];
  await call("POST", `/sequences/${sequence}/actions/activate`);
  return { sequence, steps };
}

const step = async (sequence: number, attributes: Json) =>
  (await make("sequenceStep", attributes, { sequence: ["sequence", sequence] })).id;

async function mail(sequence: number, attributes: Json): Promise<number> {
  const made = await step(sequence, { stepType: "auto_email", interval: 0, ...attributes });
  const template = (await make("template", { name: "Hello", bodyHtml: "Hello" })).id;
  await make("sequenceTemplate", {}, { sequenceStep: ["sequenceStep", made], template: ["template", template] });
  return made;
}

const enroll = (sequence: number, who: number) =>
  call(
    "POST",
    "/sequenceStates",
    doc("sequenceState", {}, { prospect: ["prospect", who], sequence: ["sequence", sequence] }),
  );

async function enrolled(sequence: number, who: number): Promise<number> {
  const { status, body } = await enroll(sequence, who);
  if (status !== 201) throw new Error(`not enrolled: ${JSON.stringify(body)}`);
  return body.data.id;
}

const show = async (path: string) => (await call("GET", path)).body.data.attributes;
const stateOf = async (id: number) => (await show(`/sequenceStates/${id}`)).state;

/** Why somebody was not enrolled. */
async function refusal(sequence: number, who: number): Promise<Json> {
  const { status, body } = await enroll(sequence, who);
  return { status, detail: body.errors[0].detail };
}

describe("who may be enrolled", () => {
  test("a ruleset decides, by what it says through this API", async () => {
    const rules = {
      permitDuplicateProspects: "allow",
      sequenceExclusivity: "all_sequences",
      minimumProspectTouchedInterval: 7200,
      emailOptOutAction: "allow",
    };
    const ruleset = async (attributes: Json): Promise<Linked> => ({
      ruleset: ["ruleset", (await make("ruleset", { name: "R", ...attributes })).id],
    });
    const open = (await cadence()).sequence;
    const again = (await cadence({}, await ruleset({ permitDuplicateProspects: rules.permitDuplicateProspects })))
      .sequence;
    const exclusive = (await cadence({}, await ruleset({ sequenceExclusivity: rules.sequenceExclusivity }))).sequence;
    const patient = (
      await cadence({}, await ruleset({ minimumProspectTouchedInterval: rules.minimumProspectTouchedInterval }))
    ).sequence;
    const lenient = (await cadence({}, await ruleset({ emailOptOutAction: rules.emailOptOutAction }))).sequence;

    const who = await prospect();
    const first = await enrolled(open, who);
    expect(await refusal(exclusive, who)).toEqual({
      status: 422,
      detail: expect.stringMatching(/another sequence|other sequence/),
    });
    await settle();
    expect(await refusal(patient, who)).toEqual({ status: 422, detail: expect.stringMatching(/7200 seconds/) });
    await call("POST", `/sequenceStates/${first}/actions/finish`);
    expect(await refusal(open, who)).toEqual({ status: 422, detail: expect.stringMatching(/already been/) });
    const twice = await enrolled(again, who);
    await call("POST", `/sequenceStates/${twice}/actions/finish`);
    expect((await enroll(again, who)).status).toBe(201);

    const shy = await prospect({ optedOut: true });
    expect(await refusal(open, shy)).toEqual({ status: 422, detail: "Prospect has opted out." });
    expect((await enroll(lenient, shy)).status).toBe(201);
  });

  test("a transactional sequence takes who has opted out, and a date sequence no more than it may", async () => {
    const shy = await prospect({ optedOut: true });
    const { sequence } = await cadence({ transactional: true });
    expect((await enroll(sequence, shy)).status).toBe(201);
    const full = (await cadence({ sequenceType: "date", maxActivations: 1 })).sequence;
    expect((await enroll(full, await prospect())).status).toBe(201);
    expect(await refusal(full, await prospect())).toEqual({
      status: 422,
      detail: "Sequence takes at most 1 prospects.",
    });
  });

  test("a throttle keeps who does not fit pending, and lets him in when a place is free", async () => {
    const { sequence } = await cadence({ throttleCapacity: 1 });
    const states = [await enrolled(sequence, await prospect()), await enrolled(sequence, await prospect())];
    await settle();
    expect(await Promise.all(states.map(stateOf))).toEqual(["active", "pending"]);
    await call("POST", `/sequenceStates/${states[0]}/actions/finish`);
    await settle();
    expect(await Promise.all(states.map(stateOf))).toEqual(["finished", "active"]);
  });
});

test("what belongs to somebody else's sequence may be read and not written, and says so", async () => {
  const { steps } = await cadence({ shareType: "read_only" });
  const { key } = await makeUser();
  for (const path of [`/sequenceSteps/${steps[0]}`, `/sequenceTemplates?filter[sequenceStep][id]=${steps[0]}`]) {
    const meta = async (by: string) =>
      [
        (await call("GET", `${path}${path.includes("?") ? "&" : "?"}provideAuthorizationMeta=true`, undefined, by)).body
          .data,
      ]
        .flat()
        .map((one: Json) => one.meta.canWrite);
    expect([path, await meta(KEY)]).toEqual([path, [true]]);
    expect([path, await meta(key)]).toEqual([path, [false]]);
  }
});

describe("when", () => {
  const OFFICE = { openings: [1, 2, 3, 4, 5].map((day) => ({ day, from: "14:00", to: "17:00" })), timeZone: "UTC" };

  test("a schedule is open, and on the day of a step", async () => {
    const schedule = (await make("schedule", { name: "Afternoons", ...OFFICE })).id;
    const { sequence } = await cadence({ scheduleIntervalType: "schedule" }, { schedule: ["schedule", schedule] });
    const dated = (await make("sequence", { name: "Dated", sequenceType: "date" })).id;
    await mail(dated, { date: "2040-01-04" });
    await call("POST", `/sequences/${dated}/actions/activate`);
    const who = await prospect();
    await enrolled(sequence, who);
    await enrolled(dated, who);
    await settle();
    const sent = async (of: number) =>
      (await call("GET", `/mailings?filter[sequence][id]=${of}`)).body.data.map(({ attributes }: Json) =>
        Date.parse(attributes.deliveredAt),
      );
    expect([await sent(sequence), await sent(dated)]).toEqual([[], []]);
    await pass(3 * DAY, HOUR);
    const [[afternoon], [day]] = [await sent(sequence), await sent(dated)];
    expect(Math.floor((afternoon - START) / HOUR)).toBe(5); // it was nine
    expect(Math.floor((day - START) / HOUR)).toBe(39); // two midnights later
  });
});

test("every count is what happened, of the sequence, its step, template and state", async () => {
  const { sequence, steps } = await cadence({ primaryReplyAction: "continue" });
  const ids: number[] = [];
  for (let n = 0; n < 6; n++) ids.push(await prospect());
  const states = await Promise.all(ids.map((who) => enrolled(sequence, who)));
  await settle();
  const emails = await Promise.all(ids.map(async (who) => (await show(`/prospects/${who}`)).emails[0]));
  const texts = ["Sounds great", "No thanks", "Not interested", "Who are you?", "STOP"];
  for (const [i, text] of texts.entries()) {
    await api("POST", "/v1/replies", { platform: "EMAIL", from: emails[i], text });
  }
  const { data } = (await call("GET", `/mailings?filter[sequenceState][id]=${states[5]}`)).body;
  await api("POST", `/v1/messages/msg_${data[0].id}/events`, { type: "bounced" });
  await settle();

  const nothing = { openCount: 0, clickCount: 0, failureCount: 0 };
  const counts = {
    ...nothing,
    scheduleCount: 6,
    deliverCount: 6,
    replyCount: 4,
    positiveReplyCount: 1,
    neutralReplyCount: 1,
    negativeReplyCount: 2,
    optOutCount: 1,
    bounceCount: 1,
  };
  const templates = (await call("GET", `/sequenceSteps/${steps[0]}?include=sequenceTemplates.template`)).body.included;
  for (const path of [`/sequences/${sequence}`, `/sequenceSteps/${steps[0]}`])
    expect(await show(path)).toMatchObject(counts);
  for (const { attributes } of templates) expect(attributes).toMatchObject(counts);
  expect(await show(`/sequenceSteps/${steps[1]}`)).toMatchObject({ ...nothing, deliverCount: 0, replyCount: 0 });
  const [happy, cross] = [await show(`/sequenceStates/${states[0]}`), await show(`/sequenceStates/${states[1]}`)];
  expect(happy).toMatchObject({ deliverCount: 1, replyCount: 1, positiveReplyCount: 1, negativeReplyCount: 0 });
  expect(cross).toMatchObject({ deliverCount: 1, replyCount: 1, positiveReplyCount: 0, negativeReplyCount: 1 });
  expect(await show(`/sequenceStates/${states[4]}`)).toMatchObject({ state: "opted_out", optOutCount: 1 });
  expect(await show(`/sequenceStates/${states[5]}`)).toMatchObject({ state: "bounced", bounceCount: 1 });
  expect(await show(`/sequences/${sequence}`)).toMatchObject({ numContactedProspects: 6, numRepliedProspects: 4 });
});

test("who was called counts as contacted, and once, whether he is written to before or after", async () => {
  const sequence = (await make("sequence", { name: "Calls first" })).id;
  await step(sequence, { stepType: "call", interval: 0 });
  await mail(sequence, { interval: 3600 });
  await call("POST", `/sequences/${sequence}/actions/activate`);
  const state = await enrolled(sequence, await prospect());
  await enrolled(sequence, await prospect());
  await settle();
  const contacted = async () => (await show(`/sequences/${sequence}`)).numContactedProspects;
  expect(await contacted()).toBe(0);
  const [task] = (await call("GET", `/tasks?filter[sequenceState][id]=${state}`)).body.data;
  await make("call", { direction: "outbound", sequenceAction: "Advance" }, { task: ["task", task.id] });
  await settle();
  expect(await contacted()).toBe(1);
  await pass(2 * HOUR, HOUR);
  expect((await show(`/sequences/${sequence}`)).deliverCount).toBe(1);
  expect(await contacted()).toBe(1);
});

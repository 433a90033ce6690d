import { beforeEach, describe, expect, test } from "vitest";
import { LONGEST_DELAY } from "../../src/domain/draft";
import { faults, resetCounts } from "../support/faults";
import { makeCadence, taskDraft } from "../support/tasks";
import { chain, makeSequence, plant } from "../support/tree";
import { makeKey, makeUser } from "../support/users";
import { api, begin, db, idOf, type Json, makeContact, makeDrip, START } from "../support/world";

beforeEach(begin);

const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const HOUR = 3_600_000;

async function simulate(sequence: string | number, body: object = {}): Promise<Json> {
  const id = typeof sequence === "number" ? `seq_${sequence}` : sequence;
  const answer = await api("POST", `/v1/sequences/${id}/simulate`, body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer));
  return answer.body.simulation;
}

/** Each step as `kind result at`, and how it ends; a fork as its two ways. */
function outline({ steps, end, fork }: Json): Json {
  const told = steps.map((step: Json) => `${step.kind} ${step.result} ${step.at}`);
  if (fork) return [...told, { likely: fork.likely, yes: outline(fork.yes), no: outline(fork.no) }];
  return [...told, end && `${end.event}${end.reason === null ? "" : `: ${end.reason}`}`];
}

const about = ({ assumes }: Json) => assumes.map((one: Json) => one.about);
const ALWAYS = ["delivery", "silence", "turn"];

describe("a timetable", () => {
  test("each message with its time in UTC and in his zone, its text, and why it waits", async () => {
    const { sequence, steps } = await makeDrip([0, 5]);
    const text = { messageTemplate: "Hi {{ contact.firstName }} in {{ contact.timezone }}" };
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[1]}`, text);
    const contactId = await makeContact({ firstName: "Ada", timezone: "Asia/Kathmandu" });
    const simulation = await simulate(sequence, { contactId });
    expect(simulation).toMatchObject({ sequenceId: sequence, contactId, platform: "TWITTER", truncated: false });
    expect(simulation).toMatchObject({ timezone: "Asia/Kathmandu", startAt: at(START) });
    const [first, second] = simulation.timetable.steps;
    expect(first).toMatchObject({ stepId: steps[0], kind: "message", result: "sent", waits: [] });
    expect(second).toMatchObject({
      stepId: steps[1],
      local: `${at(START + 5 * HOUR + 5.75 * HOUR).slice(0, 19)}+05:45`,
      waits: [{ for: "delay", until: at(START + 5 * HOUR) }],
      message: { body: "Hi Ada in Asia/Kathmandu", format: "text", subject: null },
    });
    expect(simulation.timetable.end).toMatchObject({ event: "completed", stepId: null });
    expect(about(simulation)).toEqual(ALWAYS);
  });

  test("somebody made up in a zone, and a start of one's own, be it past or far ahead", async () => {
    const { sequence } = await makeDrip([24], { status: "DRAFT" });
    for (const startAt of ["2001-03-24T12:00:00Z", "2190-01-01T00:00:00+02:00"]) {
      const simulation = await simulate(sequence, { timezone: "Europe/Berlin", startAt });
      const due = at(Date.parse(startAt) + 24 * HOUR);
      expect(outline(simulation.timetable)).toEqual([`message sent ${due}`, "completed"]);
      expect(simulation).toMatchObject({ contactId: null, platform: "EMAIL", startAt: at(Date.parse(startAt)) });
      expect(about(simulation)).toEqual([...ALWAYS, "sequence", "links"]);
      expect(simulation.timetable.steps[0].message).toMatchObject({ to: "sam@example.com" });
    }
  });

  test("it waits for its delay, then for a time of day, then for its schedule to open", async () => {
    const openings = [{ day: 3, from: "10:00", to: "11:00" }];
    const { body } = await api("POST", "/v1/schedules", { name: "Wednesdays", timezone: "Europe/Berlin", openings });
    const sequence = await makeSequence("Waits");
    const nine = { action: "delay_until_time", label: "Nine", time: "09:00", time_zone: "UTC" };
    await chain(sequence, [nine, { action: "send_email", label: "Mail", subject: "S", body: "B", delay: 0 }]);
    await api("PATCH", `/v1/sequences/seq_${sequence}`, { scheduleId: body.schedule.id });
    const { timetable } = await simulate(sequence);
    // START is a Monday at nine: that time of day is behind, and the next one is on Tuesday.
    const [until, mail] = timetable.steps;
    expect(until.waits).toEqual([{ for: "time_of_day", until: at(START + 24 * HOUR), local: expect.any(String) }]);
    expect(mail.waits).toEqual([{ for: "window", until: at(START + 48 * HOUR), local: expect.any(String) }]);
  });

  test("in a date sequence a step waits for its day, and one whose day is over is passed over", async () => {
    const { sequence, steps } = await makeDrip([0, 0], { sequenceType: "date" });
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[0]}`, { date: "2040-01-01" });
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[1]}`, { date: "2040-02-01" });
    const { timetable } = await simulate(sequence, { timezone: "UTC" });
    const [lapsed, dated] = timetable.steps;
    expect(lapsed).toMatchObject({ result: "skipped", reason: "its day is over" });
    expect(dated).toMatchObject({ result: "sent", at: "2040-02-01T00:00:00Z" });
    expect(dated.waits).toMatchObject([{ for: "date", until: "2040-02-01T00:00:00Z" }]);
  });

  test("a condition is followed both ways: yes as he comes to it, no once it has waited", async () => {
    const sequence = await makeSequence("Fork");
    const asks = { action: "condition", label: "Opened?", condition_setting: "any_email_opened", wait_up_to: 7200 };
    const last = await chain(sequence, [{ action: "delay", label: "Hour", delay: 3600 }, asks]);
    await plant(sequence, { action: "send_email", label: "Yes", subject: "S", body: "Yes" }, last.yes);
    await plant(sequence, { action: "send_email", label: "No", subject: "S", body: "No" }, last.no);
    const simulation = await simulate(sequence);
    const [first, second] = [at(START + HOUR), at(START + 3 * HOUR)];
    expect(outline(simulation.timetable)).toEqual([
      `delay passed ${first}`,
      {
        likely: null,
        yes: [`condition true ${first}`, `message sent ${first}`, "completed"],
        no: [`condition false ${second}`, `message sent ${second}`, "completed"],
      },
    ]);
    expect(simulation.timetable.fork.no.steps[0].waits).toMatchObject([{ for: "condition", until: second }]);
    expect(about(simulation)).toContain("condition");
    const chosen = await simulate(sequence, { branches: { [`step_${last.id}`]: false } });
    expect(outline(chosen.timetable)).toEqual([
      `delay passed ${first}`,
      `condition false ${second}`,
      `message sent ${second}`,
      "completed",
    ]);
  });

  test("his tags tell which way is likely, also those that steps have given him", async () => {
    const sequence = await makeSequence("Tags");
    const asks = { action: "condition", label: "Warm?", condition_setting: "has_tag", tag: "warm" };
    const gives = { action: "add_tag_to_subscriber", label: "Tag", taggify_list: "warm" };
    await chain(sequence, [gives, asks]);
    const { timetable } = await simulate(sequence);
    expect(timetable.steps[0]).toMatchObject({ kind: "add_tag", result: "done", act: { tags: ["warm"] } });
    expect(timetable.fork.likely).toBe(true);
  });

  test("a task is done at once, and a move ends it there", async () => {
    const { sequence: target } = await makeDrip([1]);
    const settings = { sequenceId: idOf(target) };
    const bare = { label: null, delay: 0, subject: null, body: null, format: "text" } as const;
    const { sequence } = await makeCadence(taskDraft({ autoskip: 60 }), {
      ...bare,
      kind: "move_to_sequence",
      settings,
    });
    const simulation = await simulate(sequence);
    const [task, move] = simulation.timetable.steps;
    expect(task).toMatchObject({ result: "completed", task: { type: "call", skippedAt: at(START + 60_000) } });
    expect(move).toMatchObject({ result: "done", act: { sequenceId: target } });
    expect(simulation.timetable.end).toMatchObject({ event: "moved" });
    expect(about(simulation)).toContain("task");
  });

  test("without steps it is over at once", async () => {
    const { sequence } = await makeDrip([]);
    expect(outline((await simulate(sequence)).timetable)).toEqual(["completed"]);
  });

  test("a text that fails says at which step", async () => {
    const { sequence, steps } = await makeDrip([0, 1]);
    const broken = { messageTemplate: "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}" };
    const { status } = await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[1]}`, broken);
    expect(status).toBe(200);
    const { end } = (await simulate(sequence)).timetable;
    expect(end).toMatchObject({ event: "failed", stepId: steps[1], reason: expect.stringMatching(/template failed/) });
  });

  test("who may not be written to gets nothing, and it is told why he would not be let in", async () => {
    const { sequence } = await makeDrip([0]);
    const contactId = await makeContact();
    await db().prepare("UPDATE contacts SET opted_out_at = 5 WHERE id = ?").bind(idOf(contactId)).run();
    const simulation = await simulate(sequence, { contactId });
    expect(outline(simulation.timetable)).toEqual(["opted_out"]);
    expect(about(simulation)).toEqual([...ALWAYS, "admission"]);
  });

  test("what holds up all is passed over, and told", async () => {
    const { sequence } = await makeDrip([0], { throttleCapacity: 3 });
    await api("PATCH", "/v1/workspace", { frequencyCap: { messages: 1, seconds: 60 } });
    await api("POST", "/v1/workspace/pause");
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    const simulation = await simulate(sequence);
    expect(outline(simulation.timetable)).toEqual([`message sent ${at(START)}`, "completed"]);
    expect(about(simulation)).toEqual([...ALWAYS, "sequence", "workspace", "frequency", "throttle", "links"]);
  });

  test("of twelve forks in a row a thousand steps are told, of each way as far as of the others", async () => {
    const sequence = await makeSequence("Many");
    const asks = { action: "condition", label: "Warm?", condition_setting: "has_tag", tag: "warm" };
    await chain(
      sequence,
      [...Array(12)].flatMap(() => [asks, { action: "delay", label: "Day", delay: 86_400 }]),
    );
    const simulation = await simulate(sequence);
    expect(simulation.truncated).toBe(true);
    const depths = (stretch: Json): number[] =>
      stretch.fork ? [stretch.fork.yes, stretch.fork.no].flatMap(depths).map((n) => n + 1) : [1];
    const found = depths(simulation.timetable);
    expect(Math.max(...found) - Math.min(...found)).toBeLessThanOrEqual(1);
  });

  test("five hundred waits of ten years are over before the year 10000", async () => {
    const sequence = await makeSequence("Long");
    await plant(sequence, { action: "delay", label: "Long", delay: LONGEST_DELAY });
    const { timetable } = await simulate(sequence, { startAt: "2199-12-31T00:00:00Z" });
    expect(timetable.end.at).toBe(at(Date.UTC(2199, 11, 31) + LONGEST_DELAY * 1000));
  });

  test("nothing is written, and few rows are read", async () => {
    const { sequence } = await makeDrip([1, 1, 1]);
    const contactId = await makeContact();
    await simulate(sequence, { contactId });
    resetCounts();
    await simulate(sequence, { contactId });
    console.info("rows read by a simulation", faults.rowsRead);
    expect(faults.rowsWritten).toBe(0);
    expect(faults.rowsRead).toBeLessThanOrEqual(40);
  });
});

describe("what is refused", () => {
  test.each([
    [{ timezone: "Mars/Olympus" }, "VALIDATION_ERROR"],
    [{ timezone: "" }, "VALIDATION_ERROR"],
    [{ timezone: 5 }, "BAD_REQUEST"],
    [{ platform: "PIGEON" }, "VALIDATION_ERROR"],
    [{ startAt: "tomorrow" }, "VALIDATION_ERROR"],
    [{ startAt: "2300-01-01T00:00:00Z" }, "VALIDATION_ERROR"],
    [{ startAt: "1960-01-01T00:00:00Z" }, "VALIDATION_ERROR"],
    [{ branches: { step_1: "yes" } }, "BAD_REQUEST"],
    [{ branches: { nonsense: true } }, "BAD_REQUEST"],
    [{ branches: [] }, "BAD_REQUEST"],
  ])("%j: %s", async (body, code) => {
    const { sequence } = await makeDrip([1]);
    expect(await api("POST", `/v1/sequences/${sequence}/simulate`, body)).toMatchObject({
      status: 400,
      body: { error: { code } },
    });
  });

  test("a branch of what is no condition here", async () => {
    const { sequence, steps } = await makeDrip([1]);
    const body = { branches: { [steps[0] ?? ""]: true } };
    expect(await api("POST", `/v1/sequences/${sequence}/simulate`, body)).toMatchObject({
      status: 400,
      body: { error: { code: "VALIDATION_ERROR", message: "branches must name conditions of this sequence" } },
    });
  });

  test("an archived sequence", async () => {
    const { sequence } = await makeDrip([1]);
    await api("DELETE", `/v1/sequences/${sequence}`);
    expect(await api("POST", `/v1/sequences/${sequence}/simulate`, {})).toMatchObject({ status: 409 });
  });

  test("a private sequence of somebody else, and a contact where the key may not read them", async () => {
    const { sequence } = await makeDrip([1]);
    const other = await makeUser();
    const { key } = await makeKey(other.id, { scopes: ["sequences_read"] });
    const contactId = await makeContact();
    const path = `/v1/sequences/${sequence}/simulate`;
    expect(await api("POST", path, {}, key)).toMatchObject({ status: 200 });
    expect(await api("POST", path, { contactId }, key)).toMatchObject({
      status: 403,
      body: { error: { message: "The key lacks the scope contacts_read" } },
    });
    await api("PATCH", `/v1/sequences/${sequence}`, { shareType: "private" });
    expect(await api("POST", path, {}, key)).toMatchObject({ status: 404 });
  });
});

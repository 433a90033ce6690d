/** An out-of-office puts a journey off until its sender is back, as the ruleset of its sequence says; it is no reply. */
import { beforeEach, describe, expect, test } from "vitest";
import {
  api,
  begin,
  DAY,
  enroll,
  HOUR,
  type Json,
  makeContact,
  makeDrip,
  pass,
  rowOf,
  START,
  sentTo,
  settle,
  show,
} from "../support/world";

beforeEach(begin);

const AUTO = { "Auto-Submitted": "auto-replied", Subject: "Out of office" };
const AWAY = "I am out of the office and will return on January 10.";
/** Nine o'clock in UTC on that day; the world begins on the 2nd. */
const BACK = Date.UTC(2040, 0, 10, 9);

async function underWay(rules: Json | null, who: Json = {}): Promise<{ sequence: string; enrollment: string }> {
  const ruleset = rules && (await api("POST", "/v1/rulesets", { name: "Rules", ...rules })).body.ruleset.id;
  const { sequence } = await makeDrip([0, 24, 24], ruleset ? { rulesetId: ruleset } : {});
  const enrollment = await enroll(sequence, await makeContact({ username: "ada", ...who }));
  await settle();
  return { sequence, enrollment };
}

async function reply(text: string, headers: Json = AUTO): Promise<Json> {
  const { status } = await api("POST", "/v1/replies", { platform: "TWITTER", from: "ada", text, headers });
  expect(status).toBe(202);
  await settle();
  return (await api("GET", "/v1/replies?limit=1")).body.replies[0];
}

describe("with a ruleset", () => {
  test("it pauses until nine o'clock on the day of return, says so, and goes on", async () => {
    const { sequence, enrollment } = await underWay({});
    await pass(HOUR);
    expect(await reply(AWAY)).toMatchObject({
      kind: "out_of_office",
      sentiment: null,
      outcome: "matched",
      enrollmentIds: [enrollment],
    });
    expect(await rowOf(enrollment)).toMatchObject({
      state: "paused",
      why: "out_of_office",
      wake_by: BACK,
      replied_at: null,
    });
    expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "paused", until: "2040-01-10T09:00:00Z" });
    await pass(7 * DAY, DAY / 2);
    expect(await sentTo(enrollment)).toHaveLength(1);
    await pass(BACK - START - 7 * DAY, HOUR);
    expect(await sentTo(enrollment)).toHaveLength(2);
    const { replyStats } = (await api("GET", `/v1/sequences/${sequence}`)).body;
    expect(replyStats).toMatchObject({ positive: 0, neutral: 0, negative: 0 });
  });

  test.each<[string, Json, string, Json, number | null]>([
    ["in the contact's own zone", {}, AWAY, { timezone: "America/New_York" }, BACK + 5 * HOUR],
    ["no date -> as the ruleset says", { autoResumeOotoProspectsIn: 7200 }, "Out of office", {}, 2 * HOUR],
    ["reading is off", { ootoAutoExtractionEnabled: false, autoResumeOotoProspectsIn: 7200 }, AWAY, {}, 2 * HOUR],
    ["at the latest", { autoResumeOotoProspectsExpiresIn: 86_400 }, AWAY, {}, DAY],
    ["not by itself", { autoResumeOotoProspects: false }, AWAY, {}, null],
  ])("%s", async (_, rules, text, who, until) => {
    const { enrollment } = await underWay(rules, who);
    const began = Date.now();
    await reply(text);
    const row = await rowOf(enrollment);
    expect(row).toMatchObject({ state: "paused", why: "out_of_office" });
    if (until === null) return expect(row.wake_by).toBeNull();
    const expected = until > START ? until : began + until;
    expect(Math.abs(row.wake_by - expected)).toBeLessThan(1500);
  });

  test("a second one moves the return, and is taken in once", async () => {
    const { enrollment } = await underWay({});
    await reply(AWAY);
    await reply("Out of office: back on January 15");
    expect((await rowOf(enrollment)).wake_by).toBe(BACK + 5 * DAY);
    await reply("Out of office: back on January 5");
    expect((await rowOf(enrollment)).wake_by).toBe(BACK - 5 * DAY);
  });

  test("a pause by hand is neither shortened nor ended by it", async () => {
    const { sequence, enrollment } = await underWay({});
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/pause`);
    await reply(AWAY);
    expect(await rowOf(enrollment)).toMatchObject({ state: "paused", why: "manual", wake_by: null });
    await pass(10 * DAY, DAY);
    expect(await sentTo(enrollment)).toHaveLength(1);
  });

  test("a person's reply meanwhile does what it does at any other time", async () => {
    const { enrollment } = await underWay({});
    await reply(AWAY);
    expect(await reply("I'm back early, let's talk", {})).toMatchObject({ kind: "human" });
    expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "replied" });
  });

  test("an automatic reply that is none, and a colleague's out-of-office, change nothing", async () => {
    const { enrollment } = await underWay({});
    expect(await reply("We have received your message", { "Auto-Submitted": "auto-replied" })).toMatchObject({
      kind: "automatic",
      outcome: "ignored",
    });
    const [{ id: inReplyTo }] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages;
    await api("POST", "/v1/replies", { platform: "TWITTER", from: "bob", text: AWAY, headers: AUTO, inReplyTo });
    await settle();
    expect((await api("GET", "/v1/replies?limit=1")).body.replies[0]).toMatchObject({
      kind: "out_of_office",
      outcome: "ignored",
    });
    expect((await rowOf(enrollment)).state).toBe("waiting");
  });
});

test("without a ruleset it is ignored, as any automatic reply", async () => {
  const { enrollment } = await underWay(null);
  expect(await reply(AWAY)).toMatchObject({ kind: "out_of_office", outcome: "ignored", enrollmentIds: [] });
  expect((await rowOf(enrollment)).state).toBe("waiting");
});

/** What a sequence is said to have come to is true: every fact once, at its step and on its day, however often and whenever it is told. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { courseOf } from "../../src/domain/course";
import { standingOf, type Telling } from "../../src/domain/mirror";
import { BOUNDS } from "../../src/domain/replytime";
import { databaseFor } from "../../src/storage/database";
import { removeJourneys } from "../../src/storage/retention";
import { faults, type Letter } from "../support/faults";
import { receive } from "../support/receiver";
import { expectTrueTallies } from "../support/recount";
import { retire } from "../support/retiring";
import { makeCadence, messageDraft, taskDraft, taskOf, work } from "../support/tasks";
import {
  api,
  begin,
  DAY,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  pass,
  ring,
  settle,
  stateOf,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const analyticsOf = async (sequence: string, query = ""): Promise<Json> =>
  (await api("GET", `/v1/sequences/${sequence}/analytics${query}`)).body.analytics;
const person = (username: string) => makeContact({ username });
const tell = async (enrollment: string, type: string) => {
  const { lastMessage } = await stateOf(enrollment);
  if (lastMessage !== null) await api("POST", `/v1/messages/msg_${lastMessage}/events`, { type });
};
const reply = (from: string, text: string, messageId: string) =>
  api("POST", "/v1/replies", { platform: "TWITTER", from, text, messageId });

const remove = (sequence: string, enrollment: string) =>
  api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);

const courses = ({ steps }: Json) =>
  steps.map(({ reached, waiting, exited, failed }: Json) => [reached, waiting, exited, failed]);
const responses = ({ sent, opened, clicked, replied, bounced, optedOut }: Json) => [
  ...[sent, opened, clicked, replied],
  ...[bounced, optedOut],
];
/** The days on which anything happened. */
const lively = ({ byDay }: Json) =>
  byDay.flatMap(({ date, ...happened }: Record<string, number>) => {
    const some = Object.entries(happened).filter(([, n]) => n !== 0);
    return some.length === 0 ? [] : [[date, Object.fromEntries(some)]];
  });

/** Counts again, by the objects themselves, how many each step has had, and how many stand or have ended there. */
async function expectTrueFunnel(sequence: string): Promise<void> {
  const { results } = await db()
    .prepare("SELECT id, placed_as, step_id FROM enrollments WHERE sequence_id = ?")
    .bind(idOf(sequence))
    .all<{ id: number; placed_as: string | null; step_id: number | null }>();
  const truth = new Map<number, { reached: number; waiting: number; exited: number; failed: number }>();
  const at = (step: number) => {
    const figures = truth.get(step) ?? { reached: 0, waiting: 0, exited: 0, failed: 0 };
    truth.set(step, figures);
    figures.reached += 1;
    return figures;
  };
  for (const { id, placed_as } of results) {
    const state = await stateOf(id);
    const { place, ran } = courseOf(state);
    for (const step of ran) at(step);
    if (placed_as === null) expect(state.ran).toEqual([]);
    if (place === null) continue;
    const standing = state.phase.is === "ended" ? standingOf(state.phase.why) : "ACTIVE";
    const figures = at(place);
    if (standing === "ACTIVE") figures.waiting += 1;
    if (standing === "EXITED") figures.exited += 1;
    if (standing === "FAILED") figures.failed += 1;
  }
  const { steps } = await analyticsOf(sequence);
  const told = steps.flatMap(({ stepId, reached, waiting, exited, failed }: Json) =>
    reached === 0 ? [] : [[idOf(stepId), { reached, waiting, exited, failed }]],
  );
  expect(new Map(told)).toEqual(truth);
}

async function expectTruth(sequence: string): Promise<void> {
  await expectTrueTallies();
  await expectTrueFunnel(sequence);
}

describe("a sequence of three messages, a day apart", () => {
  /** ada answers the first, bob goes through, cid cannot be written to, dora opts out, eve is removed, fay waits still. */
  async function live(): Promise<{ sequence: string; steps: string[] }> {
    const receiver = await receive();
    receiver.answer = ({ body }) => new Response(null, { status: body.includes("cid") ? 422 : 204 });
    const made = await makeDrip([1, 24, 24]);
    const of: Record<string, string> = {};
    for (const name of ["ada", "bob", "cid", "dora", "eve"]) of[name] = await enroll(made.sequence, await person(name));
    await pass(2 * HOUR, HOUR);
    await tell(of.ada ?? "", "opened");
    await tell(of.ada ?? "", "clicked");
    await tell(of.bob ?? "", "clicked");
    await pass(3 * HOUR, HOUR);
    await reply("ada", "Yes", "r1");
    await settle();
    await pass(DAY, HOUR * 6);
    await reply("dora", "STOP", "r2");
    await settle();
    await remove(made.sequence, of.eve ?? "");
    await pass(DAY, HOUR * 6);
    of.fay = await enroll(made.sequence, await person("fay"));
    await settle();
    return made;
  }

  test("its funnel, its rates, how long answers took, and each of its days", async () => {
    const { sequence, steps } = await live();
    const told = await analyticsOf(sequence);
    expect(told).toMatchObject({ sequenceId: sequence, enrolled: 6, contacts: { reached: 4, replied: 1 } });
    expect(told.enrollmentStats).toEqual({ ACTIVE: 1, COMPLETED: 1, EXITED: 3, FAILED: 1 });
    // Reached, waiting, exited, failed.
    expect(courses(told)).toEqual([
      [6, 1, 0, 1],
      [4, 0, 1, 0],
      [3, 0, 2, 0],
    ]);
    expect(told.steps.map(({ stepId, stepOrder }: Json) => [stepId, stepOrder])).toEqual(
      steps.map((id, i) => [id, i + 1]),
    );
    expect(told.steps.map(responses)).toEqual([
      [4, 2, 2, 1, 0, 0],
      [3, 0, 0, 0, 0, 1],
      [1, 0, 0, 0, 0, 0],
    ]);
    expect(told.steps[0].rates).toEqual({ open: 0.5, click: 0.5, reply: 0.25, bounce: 0, optOut: 0 });
    expect(told.rates).toEqual({ open: 0.25, click: 0.25, reply: 0.125, bounce: 0, optOut: 0.125 });
    expect(told.steps[0].timeToReply).toEqual({ replies: 1, averageSeconds: 4 * 3600, medianSeconds: 6 * 3600 });
    expect(told.timeToReply.buckets.map(({ replies }: Json) => replies)).toEqual([1]);
    expect(lively(told)).toEqual([
      ["2040-01-02", { enrolled: 5, sent: 4, opened: 2, clicked: 2, replied: 1, exited: 1, failed: 1 }],
      ["2040-01-03", { sent: 3, exited: 2 }],
      ["2040-01-04", { enrolled: 1, sent: 1, completed: 1 }],
    ]);
    expect(told.byDay).toHaveLength(30);
    expect(told.period).toMatchObject({ from: "2039-12-06", to: "2040-01-04", timezone: "UTC", sent: 8, enrolled: 6 });
    await expectTruth(sequence);
  });

  test("of some days only these are told, and beside them the whole stays", async () => {
    const { sequence } = await live();
    const told = await analyticsOf(sequence, "?from=2040-01-03&to=2040-01-03");
    expect(lively(told)).toEqual([["2040-01-03", { sent: 3, exited: 2 }]]);
    expect(told).toMatchObject({ sent: 8, period: { from: "2040-01-03", to: "2040-01-03", sent: 3, enrolled: 0 } });
  });

  test("all of it stays when the sequence is archived, and the journeys are removed", async () => {
    const { sequence } = await live();
    await api("DELETE", `/v1/sequences/${sequence}`);
    await settle();
    await expectTruth(sequence);
    const days = "?from=2040-01-01&to=2040-01-31";
    const before = await analyticsOf(sequence, days);
    expect(before.enrollmentStats).toMatchObject({ ACTIVE: 0, EXITED: 4 });
    await retire();
    const workspace = databaseFor(db(), 1);
    expect(await removeJourneys(workspace, 1, { before: Date.now(), limit: 100 })).toBe(6);
    expect(await analyticsOf(sequence, days)).toEqual(before);
  });
});

test("whom a call reaches first, and a message after it, is reached once", async () => {
  const { sequence } = await makeCadence(taskDraft(), messageDraft("Hi", 3600));
  const enrollment = await enroll(sequence, await person("ada"));
  await settle();
  expect((await analyticsOf(sequence)).contacts).toEqual({ reached: 0, replied: 0 });
  await work((await taskOf(enrollment)).id, "complete");
  await drain();
  expect((await analyticsOf(sequence)).contacts).toEqual({ reached: 1, replied: 0 });
  await pass(2 * HOUR);
  expect(await analyticsOf(sequence)).toMatchObject({ contacts: { reached: 1, replied: 0 }, sent: 1 });
});

describe("a step that is deleted while somebody waits there", () => {
  test("passes him on, and is shown only if somebody else has come there", async () => {
    const { sequence, steps } = await makeDrip([0, 24, 24]);
    await enroll(sequence);
    await settle();
    expect(courses(await analyticsOf(sequence))).toEqual([
      [1, 0, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
    await api("DELETE", `/v1/sequences/${sequence}/steps/${steps[1]}`);
    await settle();
    expect(courses(await analyticsOf(sequence))).toEqual([
      [1, 0, 0, 0],
      [1, 1, 0, 0],
    ]);
    await api("DELETE", `/v1/sequences/${sequence}/steps/${steps[0]}`);
    const [first] = (await analyticsOf(sequence)).steps;
    expect(first).toMatchObject({ stepId: steps[0], stepOrder: null, deleted: true, reached: 1, sent: 1 });
    await expectTruth(sequence);
  });
});

describe("a journey that failed and is retried", () => {
  test("is no failure any more, nor was it one on the day it failed", async () => {
    const receiver = await receive();
    receiver.answer = () => new Response(null, { status: 422 });
    const { sequence } = await makeDrip([0, 0]);
    const enrollment = await enroll(sequence, await person("ada"));
    await settle();
    expect(lively(await analyticsOf(sequence))).toEqual([["2040-01-02", { enrolled: 1, failed: 1 }]]);
    receiver.answer = () => new Response(null, { status: 204 });
    await pass(DAY);
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/retry`, {});
    await settle();
    const told = await analyticsOf(sequence);
    expect(lively(told)).toEqual([
      ["2040-01-02", { enrolled: 1 }],
      ["2040-01-03", { sent: 2, completed: 1 }],
    ]);
    expect(courses(told)).toEqual([
      [1, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
    await expectTruth(sequence);
  });
});

test("who never was, for the move that admitted him came to nothing, is not counted on the day he came", async () => {
  const { sequence } = await makeDrip([24]);
  const [one, two] = [await enroll(sequence), await enroll(sequence)];
  await db().prepare("DELETE FROM enrollments WHERE id = ?").bind(idOf(one)).run();
  await expectTrueTallies();
  await pass(30 * HOUR);
  await enroll(sequence);
  await db().prepare("DELETE FROM enrollments WHERE id = ?").bind(idOf(two)).run();
  await expect(expectTrueTallies()).rejects.toThrow(); // he had ended: what he did stays
  expect(lively(await analyticsOf(sequence))).toEqual([
    ["2040-01-02", { enrolled: 1 }],
    ["2040-01-03", { enrolled: 1, sent: 1, completed: 1 }],
  ]);
});

test("the database sorts times into the buckets that their median is taken from", async () => {
  const offsets = [0, ...BOUNDS.flatMap((bound) => [bound - 1, bound]), 400 * DAY];
  await db()
    .prepare(
      `INSERT INTO messages (id, workspace_id, sequence_id, contact_id, enrollment_id, step_id, platform, status, attempts, at, fact, replied_at)
       SELECT key + 1, 1, 1, 1, 1, 1, 'TWITTER', 'sent', 1, 1000, 1, 1000 + value FROM json_each(?)`,
    )
    .bind(JSON.stringify(offsets))
    .run();
  const { results } = await db().prepare("SELECT reply_bucket AS bucket FROM messages ORDER BY id").all();
  const buckets = offsets.map((offset) => BOUNDS.filter((bound) => offset >= bound).length);
  expect(results.map(({ bucket }) => bucket)).toEqual(buckets);
});

describe("tellings", () => {
  const isTelling = ({ queue }: Letter) => queue.endsWith("events");

  /** A journey over three days that nobody was told of; what it had to tell, in order. */
  async function untold(): Promise<{ sequence: string; letters: Letter[] }> {
    const { sequence } = await makeDrip([0, 24, 24], { primaryReplyAction: "continue" });
    const enrollment = await enroll(sequence, await person("ada"));
    const letters: Letter[] = [];
    const keep = async () => {
      const all = faults.letters.splice(0);
      letters.push(...all.filter(isTelling));
      await deliver(all.filter((letter) => !isTelling(letter)));
      letters.push(...faults.letters.splice(0).filter(isTelling));
    };
    for (let day = 0; day < 3; day++) {
      travel(20);
      await ring(enrollment);
      await keep();
      travel(13 * HOUR);
      if (day === 1) await reply("ada", "Yes", "r1");
      await tell(enrollment, day === 0 ? "clicked" : "opened");
      await keep();
      travel(11 * HOUR);
    }
    return { sequence, letters };
  }

  test.each([
    ["in order", (letters: Letter[]) => letters],
    ["in reverse", (letters: Letter[]) => [...letters].reverse()],
    ["each doubled", (letters: Letter[]) => letters.flatMap((letter) => [letter, letter])],
    ["with holes, and then all of them", (letters: Letter[]) => [...letters.filter((_, i) => i % 2 === 0), ...letters]],
  ])("%s, by themselves or together: each fact once, on its own day", async (_, ordered) => {
    const { sequence, letters } = await untold();
    const days = [
      ["2040-01-02", { enrolled: 1, sent: 1, opened: 1, clicked: 1 }],
      ["2040-01-03", { sent: 1, opened: 1, replied: 1 }],
      ["2040-01-04", { sent: 1, opened: 1, completed: 1 }],
    ];
    expect(letters.length).toBeGreaterThan(5);
    expect(new Set(letters.map(({ body }) => (body as Telling).enrollment)).size).toBe(1);
    for (const letter of ordered(letters)) await deliver([letter]);
    await deliver(ordered(letters));
    await expectTruth(sequence);
    expect(lively(await analyticsOf(sequence))).toEqual(days);
  });
});

describe("whatever happens to ten people", () => {
  test.each([7, 19])("with seed %i, the figures are what the ledger and the objects say", async (seed) => {
    let luck = seed;
    const below = (n: number) => {
      luck = (Math.imul(luck, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((luck / 2 ** 32) * n);
    };
    const receiver = await receive();
    receiver.answer = () => new Response(null, { status: [204, 204, 204, 204, 204, 422, 503][below(7)] ?? 204 });
    const { sequence, steps } = await makeDrip([0, 5, 20, 9], {
      primaryReplyAction: "continue",
      reenroll: "after_exit",
    });
    await api("POST", `/v1/sequences/${sequence}/steps/${steps[1]}/variants`, { messageTemplate: "B", weight: 2 });
    const people = await Promise.all(Array.from({ length: 10 }, (_, i) => person(`p${i}`)));
    const entered: string[] = [];
    const one = () => entered[below(entered.length)] ?? "";
    const at = (enrollment: string) => `/v1/sequences/${sequence}/enrollments/${enrollment}`;
    const deeds: (() => Promise<unknown>)[] = [
      async () => {
        const contactId = people[below(people.length)];
        const { body } = await api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform: "TWITTER" });
        if (body.enrollment) entered.push(body.enrollment.id);
      },
      () => tell(one(), ["opened", "clicked", "delivered", "bounced"][below(4)] ?? "opened"),
      () => reply(`p${below(10)}`, ["Yes", "No thanks", "STOP"][below(12)] ?? "Hm", `r${below(1e6)}`),
      () =>
        below(3) === 0
          ? remove(sequence, one())
          : api("POST", `${at(one())}/${["pause", "resume", "retry"][below(3)]}`),
      async () => {
        // Some of what waits in the queues is lost, and what is left comes in another order.
        faults.letters = faults.letters.filter((letter) => !isEvent(letter) || below(4) > 0).sort(() => below(3) - 1);
      },
    ];
    const isEvent = ({ queue }: Letter) => queue.endsWith("events");
    for (let i = 0; i < 60; i++) {
      if (i < 8) await deeds[0]?.();
      else await deeds[below(deeds.length)]?.();
      if (below(3) === 0) travel(below(9) * HOUR);
      if (below(2) === 0) await settle();
      if (i === 40) await api("DELETE", `/v1/sequences/${sequence}/steps/${steps[2]}`);
    }
    await pass(6 * DAY, DAY);
    await sweep();
    await settle();
    await drain();
    await expectTruth(sequence);
  });
});

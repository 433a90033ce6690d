/** Knows how to draw sequences, contacts and starts by chance, and to ride a journey alarm by alarm, each to the millisecond. */
import { runInDurableObject } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { vi } from "vitest";
import { NO_RULES } from "../../src/domain/condition";
import type { Entry, State } from "../../src/domain/enrollment";
import type { StepDraft } from "../../src/domain/step";
import * as schedules from "../../src/engine/schedules";
import * as sequences from "../../src/engine/sequences";
import type { Enrollment } from "../../src/enrollment/object";
import { together } from "../../src/storage/database";
import type { PlacedStep } from "../../src/storage/steps";
import { insertText } from "../../src/storage/texts";
import { type Chance, chanceOf } from "../durability/chance";
import { contextOf } from "./context";
import { faults } from "./faults";
import { api, DAY, deliver, historyOf, type Json, objectOf, stateOf } from "./world";

const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Africa/Casablanca",
  "America/St_Johns",
  "Asia/Kathmandu",
  "UTC",
];
const TAGS = ["vip", "beta", "gold"];
const TEXTS = [
  "Hi {{ contact.firstName }}",
  "{% if contact.tags contains 'vip' %}Dear{% else %}Hey{% endif %} {{ first_name | default: 'you' }}",
  "{{ contact.tags | join: ', ' }} in {{ contact.timezone }}",
  "<p>{{ custom.plan }} &amp; {{ contact.email }}</p>",
];

const bare = { label: null, delay: 0, subject: null, body: null, format: "text", settings: {} } as const;

interface Drawing {
  chance: Chance;
  schedule: () => number | null;
  dated: boolean;
  /** Where moves lead. */
  target: number;
}

/** Steps under one another from number `from` on, each below a parent; conditions bring their branches. */
function stepsUnder(drawing: Drawing, under: number, from: number, depth = 0): PlacedStep[] {
  const { chance } = drawing;
  const placed: PlacedStep[] = [];
  let parent = under;
  for (let left = Math.floor(chance.between(1 - depth / 2, depth === 0 ? 7 : 3)); left > 0; left--) {
    const draft = drawn(drawing, depth);
    const n = from + placed.length;
    placed.push({ ...draft, n, parent, branch: null });
    for (const branch of draft.kind === "condition" ? [true, false] : []) {
      const head = from + placed.length;
      placed.push({ ...bare, kind: "condition_branch", n: head, parent: n, branch });
      placed.push(...stepsUnder(drawing, head, head + 1, depth + 1));
    }
    if (draft.kind === "move_to_sequence" || draft.kind === "deactivate_contact") return placed;
    parent = n;
  }
  return placed;
}

function drawn(drawing: Drawing, depth: number): StepDraft {
  const { chance, schedule, dated, target } = drawing;
  const seconds = () => Math.floor(chance.pick([0, 1, 60, 3600, 86_400, 5 * 86_400]) * chance.between(0.5, 2));
  const date = dated && chance.next() < 0.7 ? new Date(Date.now() + chance.between(-2, 9) * DAY) : null;
  const timed = { delay: seconds(), scheduleId: schedule(), date: date?.toISOString().slice(0, 10) ?? null };
  const lot = chance.next();
  if (lot < 0.4) {
    const subject = chance.pick([null, "For {{ contact.firstName }}"]);
    return {
      ...bare,
      ...timed,
      kind: "message",
      subject,
      body: chance.pick(TEXTS),
      format: chance.pick(["text", "html"]),
    };
  }
  if (lot < 0.52) return { ...bare, kind: "delay", delay: seconds() };
  if (lot < 0.62) {
    const time = `${String(Math.floor(chance.between(0, 24))).padStart(2, "0")}:${chance.pick(["00", "30", "15"])}`;
    return {
      ...bare,
      kind: "delay_until_time",
      delay: seconds(),
      settings: { time, zone: chance.pick([null, ...ZONES]) },
    };
  }
  if (lot < 0.74 && depth < 2) {
    const upTo = chance.pick([0, 0, 3600, 2 * 86_400]);
    const test = chance.pick([
      { on: "tag", tag: chance.pick(TAGS) },
      { on: "contact", condition: { field: "customFields.plan", op: "is", value: "pro" } },
      { on: "message", fact: "opened", which: chance.pick(["any", "previous"] as const) },
    ] as const);
    return { ...bare, kind: "condition", delay: seconds(), settings: { test, upTo } };
  }
  if (lot < 0.88) {
    const kind = chance.pick(["add_tag", "remove_tag"] as const);
    return { ...bare, kind, settings: { tags: [chance.pick(TAGS)] } };
  }
  if (lot < 0.95)
    return { ...bare, ...timed, kind: "task", settings: { type: "call", autoskip: chance.pick([null, 3600]) } };
  if (lot < 0.98) return { ...bare, kind: "move_to_sequence", settings: { sequenceId: target } };
  return { ...bare, kind: "deactivate_contact" };
}

export async function drawSchedules(chance: Chance): Promise<number[]> {
  const ids: number[] = [];
  for (const zone of [null, "Europe/Berlin", "America/New_York"]) {
    const openings = [1, 2, 3, 4, 5].map((day) => ({ day, from: "09:00", to: chance.pick(["09:30", "17:00"]) }));
    const holidays = [new Date(Date.now() + 3 * DAY).toISOString().slice(0, 10)];
    const made = await schedules.create(contextOf(), { name: `In ${zone}`, zone, openings, holidays });
    if (made.ok) ids.push(made.value.id);
  }
  return ids;
}

/** Made in one go, and the texts of its messages with it. */
async function drawSequence(drawing: Drawing, more: object): Promise<number> {
  const { db, now } = contextOf();
  const entry: PlacedStep = { ...bare, kind: "entry", n: 1, parent: null, branch: null };
  const placed = [entry, ...stepsUnder(drawing, 1, 2)];
  const fixed = { status: "ACTIVE", primaryReplyAction: "finish", userId: 1 } as const;
  const made = await sequences.create(contextOf(), { name: "Drawn", rules: NO_RULES, ...fixed, ...more }, placed);
  if (!made.ok) throw new Error(`not made: ${JSON.stringify(made.failure)}`);
  const { sequence, steps } = made.value;
  const first = Math.min(...steps.map(({ id }) => id));
  const texts = placed.flatMap(({ kind, n, subject, body, format }) =>
    kind === "message" && body !== null ? [{ step: first + n - 1, text: { subject, body, format } }] : [],
  );
  const written = { label: null, at: now.journey, by: 1 };
  await together(
    db,
    texts.flatMap(({ step, text }) => insertText(db, sql`${step}`, { ...written, text }, sql`true`)),
  );
  return sequence.id;
}

export interface Line {
  step: string;
  at: string;
  result: string;
  text: string | null;
  subject: string | null;
  /** Of a step that was told: its kind, and what it waited for. */
  seen?: string[];
}

const line = (step: number, at: number, result: string): Line => ({
  step: `step_${step}`,
  at: `${new Date(at).toISOString().slice(0, 19)}Z`,
  result,
  text: null,
  subject: null,
});

/** The history in the words of a simulation. */
function linesOf(history: Entry[]): Line[] {
  return history.flatMap((entry): Line[] => {
    if (entry.what === "step") return [line(entry.step, entry.at, entry.result)];
    if (entry.what === "task" && entry.status === "made") return [line(entry.task.step, entry.at, "completed")];
    if (entry.what === "ended") return [line(0, entry.at, entry.why)];
    if (entry.what !== "message") return [];
    const { body: text, subject } = entry.content;
    return [{ ...line(entry.step, entry.at, entry.status), text, subject }];
  });
}

/** What a simulation says of the way that was gone. */
function toldOf(stretch: Json, gone: Map<string, string>): Line[] {
  const told = stretch.steps.map(
    ({ stepId: step, kind, at, result, message, waits }: Json): Line => ({
      step,
      at,
      result,
      text: message?.body ?? null,
      subject: message?.subject ?? null,
      seen: [kind, result, ...waits.map((wait: Json) => wait.for)],
    }),
  );
  const { fork, end } = stretch;
  if (fork) return [...told, ...toldOf(gone.get(fork.stepId) === "true" ? fork.yes : fork.no, gone)];
  return end ? [...told, { step: "step_0", at: end.at, result: end.event, text: null, subject: null }] : told;
}

export interface Ridden {
  real: Line[];
  told: Line[];
  /** Kinds of steps, of results and of waits. */
  seen: string[];
}

/** Draws a sequence, tells its timetable, has somebody go through it, and says both. */
export async function compare(seed: number, { target, open }: { target: number; open: number[] }): Promise<Ridden> {
  const chance = chanceOf(seed);
  const schedule = () => (chance.next() < 0.25 ? chance.pick(open) : null);
  vi.setSystemTime(Date.now() + Math.floor(chance.between(0, 20 * DAY)));
  const dated = chance.next() < 0.15;
  const more = {
    sequenceType: dated ? "date" : "interval",
    scheduleIntervalType: chance.pick(["calendar", "schedule"]),
    scheduleId: schedule(),
  };
  const sequence = `seq_${await drawSequence({ chance, schedule, dated, target }, more)}`;
  const contact = await drawContact(chance, seed);
  const simulated = await api("POST", `/v1/sequences/${sequence}/simulate`, { contactId: contact, platform: "EMAIL" });
  if (simulated.status !== 200) throw new Error(`not simulated: ${JSON.stringify(simulated.body)}`);
  const body = { contactId: contact, platform: "EMAIL" };
  const { body: made } = await api("POST", `/v1/sequences/${sequence}/enrollments`, body);
  await ride(made.enrollment.id, chance);
  const history = await historyOf(made.enrollment.id);
  const ways = history.flatMap((one) =>
    one.what === "step" && one.kind === "condition" ? [[`step_${one.step}`, one.result] as const] : [],
  );
  const told = toldOf(simulated.body.simulation.timetable, new Map(ways));
  const seen = told.flatMap((one) => one.seen ?? [one.result]);
  return { real: linesOf(history), told: told.map(({ seen: _, ...one }) => one), seen };
}

async function drawContact(chance: Chance, seed: number): Promise<string> {
  const { body } = await api("POST", "/v1/contacts", {
    platform: "EMAIL",
    email: `person${seed}@example.com`,
    username: `person${seed}@example.com`,
    firstName: chance.pick(["Ada", "Grace", null]),
    timezone: chance.pick([null, ...ZONES]),
    tags: TAGS.filter(() => chance.next() < 0.4),
    customFields: { plan: chance.pick(["pro", "free"]) },
  });
  if (!body.contact) throw new Error(`no contact: ${JSON.stringify(body)}`);
  return body.contact.id;
}

/** Lets time stand still but for its alarms; each task is done, and some mails are opened, at the very time they come. */
async function ride(enrollment: string, chance: Chance): Promise<void> {
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    await deliver(faults.letters.splice(0).filter(({ queue }) => queue.endsWith("jobs")));
    if (await runInDurableObject(objectOf(enrollment), (object, { storage }) => goOn(object, storage, chance))) return;
  }
  throw new Error(`it never ended: ${JSON.stringify(await stateOf(enrollment))}`);
}

const MOST_TURNS = 200;

/** From alarm to alarm, until it has ended, or leaves something to a queue. */
async function goOn(object: Enrollment, storage: DurableObjectStorage, chance: Chance): Promise<boolean> {
  let opened = 0;
  for (let wakes = 0; wakes < MOST_TURNS; wakes++) {
    const state = storage.kv.get<State>("state");
    if (!state || state.phase.is === "ended") return true;
    const { trip, task, lastMessage } = state;
    const now = { wall: Date.now(), journey: Date.now(), speed: 1 };
    if (task) object.command(trip, { kind: "complete", task: task.id, by: null, completion: "advance" }, now);
    if (lastMessage !== null && lastMessage > opened && state.anchorAt === now.journey && chance.next() < 0.5) {
      object.command(trip, { kind: "noted", message: lastMessage, fact: "opened", when: now.journey, url: null }, now);
    }
    opened = Math.max(opened, lastMessage ?? 0);
    const alarm = await storage.getAlarm();
    if (alarm === null) throw new Error("it sleeps for good");
    vi.setSystemTime(Math.max(alarm, now.wall));
    await storage.deleteAlarm();
    await object.alarm();
    if (faults.letters.some(({ queue }) => queue.endsWith("jobs"))) return false;
  }
  return false;
}

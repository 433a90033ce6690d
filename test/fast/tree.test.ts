/** A sequence with every kind of step, run to its end on a fast clock, both ways at each condition. */
import { beforeEach, expect, test } from "vitest";
import * as steps from "../../src/engine/steps";
import { contextOf } from "../support/context";
import { type Receiver, receive } from "../support/receiver";
import { taskDraft } from "../support/tasks";
import { type Form, makeSequence, type Planted, plant, stepsOf, storyOf, subscribe } from "../support/tree";
import { api, begin, drain, historyOf, type Json, pass, rowOf, settle } from "../support/world";

const DAY = 86_400; // seconds of the journey
/** An hour of a journey takes a second here. */
const HOUR = 1000;

let receiver: Receiver;
let tree: number;
let other: number;

const email = (label: string): Form => ({ action: "send_email", label, subject: label, body: `<p>${label}</p>` });
const condition = (label: string, more: object): Form => ({ action: "condition", label, ...more });

async function plantAll(forms: Form[], under?: number): Promise<Planted> {
  let last: Planted = { id: under ?? 0, yes: 0, no: 0 };
  for (const form of forms) last = await plant(tree, form, last.id === 0 ? undefined : last.id);
  return last;
}

/**
 * Welcome, a day, 08:00, a tag, a request, a call within an hour; opened?
 *   yes: clicked?
 *     yes: replied?
 *       yes: untag, Deep, move
 *       no: Shallow
 *     no: Not clicked
 *   no: Not opened, deactivate
 * and after all that: After.
 */
beforeEach(async () => {
  await begin();
  receiver = await receive("EMAIL");
  other = await makeSequence("Other");
  await plant(other, email("There"));
  tree = await makeSequence("Every kind");
  await api("PATCH", `/v1/sequences/seq_${tree}`, { exitOnReply: false });
  const opened = await plantAll([
    email("Welcome"),
    { action: "delay", label: "A day", delay: DAY },
    { action: "delay_until_time", label: "Morning", time: "08:00", time_zone: "Europe/Berlin" },
    { action: "add_tag_to_subscriber", label: "Tag", taggify_list: "warm,new" },
    {
      action: "make_http_request",
      label: "Tell",
      url: "https://crm.test/{{ email | url_encode }}",
      http_method: "POST",
      body: '{"tags":"{{ tags }}"}',
    },
    condition("Opened?", { condition_setting: "any_email_opened", wait_up_to: DAY }),
  ]);
  const tell = (await stepsOf(tree)).find(({ label }) => label === "Tell");
  const call = taskDraft({ type: "call", autoskip: 3600 }, { label: "Call" });
  await steps.add(contextOf(), tree, call, { under: tell.id });
  await plant(tree, email("After"), opened.id);
  const clicked = await plant(tree, condition("Clicked?", { condition_setting: "previous_email_clicked" }), opened.yes);
  await plant(tree, email("Not clicked"), clicked.no);
  const replied = await plant(tree, condition("Replied?", { condition_setting: "has_replied" }), clicked.yes);
  await plant(tree, email("Shallow"), replied.no);
  await plantAll(
    [
      { action: "remove_tag_from_subscriber", label: "Untag", taggify_list: "new" },
      email("Deep"),
      { action: "move_to_sequence", label: "Move", sequence_id: other },
    ],
    replied.yes,
  );
  await plantAll([email("Not opened"), { action: "deactivate_subscriber", label: "Deactivate" }], opened.no);
  await drain();
});

const ALL = [
  "Welcome: sent",
  "A day: passed",
  "Morning: passed",
  "Tag: done",
  "Tell: done",
  "Call: made",
  "Call: skipped",
];

/** Up to the first condition, where it waits; and what the contact does meanwhile. */
async function travelTo(who: string, deeds: ("opened" | "clicked" | "replied")[]): Promise<string> {
  const enrollment = await subscribe(tree, `${who}@example.com`);
  await settle();
  const [{ id }] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages;
  await pass(50 * HOUR, HOUR);
  if (deeds.includes("replied")) {
    await api("POST", "/v1/replies", { platform: "EMAIL", from: `${who}@example.com`, text: "Nice", inReplyTo: id });
  }
  if (deeds.includes("clicked"))
    await api("POST", `/v1/messages/${id}/events`, { type: "clicked", url: "https://x.test" });
  if (deeds.includes("opened")) await api("POST", `/v1/messages/${id}/events`, { type: "opened" });
  await settle();
  return enrollment;
}

const contactOf = async (enrollment: string): Promise<Json> => {
  const { contact_id: id } = await rowOf(enrollment);
  return (await api("GET", `/v1/contacts/contact_${id}`)).body.contact;
};

test("opened, clicked, replied -> the deepest branch, and on in the other sequence", async () => {
  const enrollment = await travelTo("ada", ["replied", "clicked", "opened"]);
  expect(await storyOf(tree, enrollment)).toEqual([
    ...ALL,
    "Opened?: true",
    "Clicked?: true",
    "Replied?: true",
    "Untag: done",
    "Deep: sent",
    "Move: done",
    "moved",
  ]);
  expect((await contactOf(enrollment)).tags).toEqual(["warm"]);
  await settle();
  const { body } = await api("GET", `/v1/sequences/seq_${other}/enrollments`);
  expect(body.enrollments).toHaveLength(1);
  expect(body.enrollments[0]).toMatchObject({ status: "COMPLETED", currentStep: 1 });
  expect(await storyOf(other, body.enrollments[0].id)).toEqual(["There: sent", "completed"]);
});

test("opened and clicked -> the branch beside it, and on after all conditions", async () => {
  const enrollment = await travelTo("ben", ["clicked"]);
  const way = ["Opened?: true", "Clicked?: true", "Replied?: false", "Shallow: sent", "After: sent", "completed"];
  expect(await storyOf(tree, enrollment)).toEqual([...ALL, ...way]);
});

test("opened -> one branch higher", async () => {
  const enrollment = await travelTo("cyd", ["opened"]);
  const way = ["Opened?: true", "Clicked?: false", "Not clicked: sent", "After: sent", "completed"];
  expect(await storyOf(tree, enrollment)).toEqual([...ALL, ...way]);
});

test("nothing -> a day later the false branch; whoever is made inactive there goes no further", async () => {
  const enrollment = await travelTo("dee", []);
  expect(await storyOf(tree, enrollment)).toEqual(ALL);
  expect(await rowOf(enrollment)).toMatchObject({ state: "waiting", why: "condition" });
  await pass(24 * HOUR, HOUR);
  const way = ["Opened?: false", "Not opened: sent", "Deactivate: done", "removed"];
  expect(await storyOf(tree, enrollment)).toEqual([...ALL, ...way]);
});

test("the request carries what was rendered, and a key of its own", async () => {
  await travelTo("eve", []);
  const calls = receiver.spy.mock.calls.map(([input, init]) => new Request(input as RequestInfo, init as RequestInit));
  const [told, ...more] = calls.filter(({ url }) => url.startsWith("https://crm.test/eve"));
  expect(more).toEqual([]);
  expect(told?.url).toBe("https://crm.test/eve%40example.com");
  expect(told?.method).toBe("POST");
  expect(told?.headers.get("idempotency-key")).toMatch(/^act_\d+$/);
  expect(await told?.json()).toEqual({ tags: "warmnew" });
});

test("a call that nobody makes is skipped an hour of the journey after it was due", async () => {
  const enrollment = await travelTo("gil", []);
  const [made, skipped] = (await historyOf(enrollment)).filter(({ what }) => what === "task");
  const late = (skipped?.at ?? 0) - (made?.at ?? 0) - 3_600_000;
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThan(2 * 3_600_000); // the clock is set forward an hour at a time
});

test("a time of day is that of the step's zone", async () => {
  const enrollment = await travelTo("fay", []);
  const { body } = await api("GET", `/v1/sequences/seq_${tree}/enrollments/${enrollment}`);
  const passed = body.enrollment.history.find((line: Json) => line.kind === "delay_until_time");
  expect(passed.at).toMatch(/T07:[0-5]\d:\d\dZ$/); // winter in Berlin
});

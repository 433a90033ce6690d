/** Knows the sequences that people travel through, and by which messages each of them must have been reached in the end. */
import { type Api, must } from "./client.ts";
import { ACTS } from "./receiver.ts";

/** What a journey must have sent, in order: the ids of its steps. An act counts as `act`. */
export type Way = string[];

export interface Person {
  /** `contact_…` */
  id: string;
  name: string;
  flow: string;
  /** What he must get in which sequence; nothing where what befalls him decides. */
  ways: { sequence: string; way: Way }[];
}

export interface Flow {
  name: string;
  /** `seq_…` */
  sequence: string;
  platform: "WEBHOOK" | "EMAIL";
  by: "one" | "bulk" | "tag";
  /** The steps that it was made with, in order, and the hours before each. */
  steps: string[];
  delays: number[];
  /** All that a person gets, also where he is led on. */
  waysOf: (nth: number) => Person["ways"];
  /** How many of the people, against those of the others. */
  share: number;
}

const HOUR = 3600;
/** Whoever is asked in again, because nobody answered, is not to travel again. */
const ONCE = { reenroll: "never" };
const TAG = "newcomer";
const WARM = "warm";
export const TIERS = ["gold", "silver"] as const;

interface Named {
  id: string;
}

/** Mails that may leave on one day: so few that more people than that still wait for theirs when all harm is done. */
export function dailyLimitFor(people: number): number {
  return Math.max(2, Math.ceil(people * 0.009));
}

export async function makeFlows(api: Api, url: string, people: number): Promise<Flow[]> {
  const { sequence, drip } = makers(api);
  const plain = { platform: "WEBHOOK", by: "one" } as const;
  const flows: Flow[] = [];
  const add = async (flow: Partial<Flow> & { name: string; share: number }, delays: number[], fields: object = {}) => {
    const made = await drip(flow.name, delays, fields);
    const waysOf = () => [{ sequence: made.sequence, way: made.steps }];
    flows.push({ ...plain, ...made, delays, waysOf, ...flow });
  };
  /** Whatever befalls those who travel here decides what they get. */
  const free = { waysOf: () => [] };
  await add({ name: "drip", share: 18 }, [0, 4, 4]);
  await add({ name: "bulk", share: 14, by: "bulk" }, [0, 3, 3]);
  await add({ name: "tagged", share: 10, by: "tag" }, [0, 5], { initTag: TAG });
  await add({ name: "held", share: 6 }, [0, 3, 3]);
  await add({ name: "continues", share: 5 }, [0, 4, 4], { primaryReplyAction: "continue" });
  await add({ name: "finishes", share: 10, ...free }, [0, 4, 4, 4]);
  const pausing = { primaryReplyAction: "pause", primaryReplyPauseDuration: 5 * HOUR };
  await add({ name: "pauses", share: 6, ...free }, [0, 4, 4, 4], pausing);
  await add({ name: "edited", share: 8, ...free }, [0, 3, 3, 3, 3]);
  await add({ name: "archived", share: 3, ...free }, [0, 6, 6, 6]);
  const { schedule } = await must<{ schedule: Named }>(api, "POST", "/v1/schedules", {
    name: "Office hours",
    timezone: "UTC",
    openings: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, ...OPEN })),
  });
  await add({ name: "window", share: 6 }, [0, 6], { scheduleId: schedule.id });
  const box = { email: "ada@sender.example", dailyLimit: dailyLimitFor(people) };
  const { mailbox } = await must<{ mailbox: Named }>(api, "POST", "/v1/mailboxes", box);
  const limited = { useAnyMailbox: false, mailboxIds: [mailbox.id] };
  await add({ name: "mailbox", share: 10, platform: "EMAIL" }, [0], limited);
  flows.push(await makeTasks(api, sequence), await makeTree(api, url, drip));
  return flows;
}

/** When the window is open, every day by UTC. */
export const OPEN = { from: "09:00", to: "17:00" };

function makers(api: Api) {
  const sequence = async (name: string, fields: object): Promise<string> =>
    (await must<{ sequence: Named }>(api, "POST", "/v1/sequences", { name, ...ONCE, ...fields })).sequence.id;
  const drip = async (name: string, delays: number[], fields: object = {}) => {
    const id = await sequence(name, fields);
    const steps: string[] = [];
    for (const [i, delayHours] of delays.entries()) {
      const draft = { delayHours, messageTemplate: `${name} ${i + 1} to {{ contact.firstName }}` };
      steps.push((await must<{ step: Named }>(api, "POST", `/v1/sequences/${id}/steps`, draft)).step.id);
    }
    await must(api, "PATCH", `/v1/sequences/${id}`, { status: "ACTIVE" });
    return { sequence: id, steps };
  };
  return { sequence, drip };
}

/** A message, a call that is skipped after a while unless somebody makes it, and another message. */
async function makeTasks(api: Api, make: (name: string, fields: object) => Promise<string>): Promise<Flow> {
  const sequence = await make("tasks", {});
  const message = async () => {
    const draft = { delayHours: 1, messageTemplate: "Around a call" };
    return (await must<{ step: Named }>(api, "POST", `/v1/sequences/${sequence}/steps`, draft)).step.id;
  };
  const before = await message();
  await must(api, "POST", "/api/v2/sequenceSteps", {
    data: {
      type: "sequenceStep",
      attributes: { stepType: "call", interval: HOUR, taskAutoskipDelay: 8 * HOUR },
      relationships: { sequence: { data: { type: "sequence", id: numberOf(sequence) } } },
    },
  });
  const steps = [before, await message()];
  await must(api, "PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
  const waysOf = () => [{ sequence, way: steps }];
  return { name: "tasks", sequence, platform: "WEBHOOK", by: "one", steps, delays: [1, 2], waysOf, share: 6 };
}

/**
 * Hello, a tag, which enrolls elsewhere too; two hours; a condition with a message in each branch; a request; Goodbye; and
 * on to another sequence.
 */
async function makeTree(
  api: Api,
  url: string,
  drip: (name: string, delays: number[], fields?: object) => Promise<{ sequence: string; steps: string[] }>,
): Promise<Flow> {
  const warm = await drip("warm", [1], { initTag: WARM });
  const next = await drip("next", [0, 2]);
  const { id } = await must<{ id: number }>(api, "POST", "/api/v1/sequences", { label: "tree", active: true, ...ONCE });
  const steps = `/api/v1/sequences/${id}/steps`;
  const plant = async (form: object) => (await must<{ id: number }>(api, "POST", steps, form)).id;
  const mail = (label: string) => ({ action: "send_email", label, subject: label, body: `<p>${label}</p>` });
  const hello = await plant(mail("Hello"));
  await plant({ action: "add_tag_to_subscriber", label: "Tag", taggify_list: WARM });
  await plant({ action: "delay", label: "Two hours", delay: 2 * HOUR });
  const asks = { condition_setting: "contact_field", field: "customFields.tier", op: "is", value: TIERS[0] };
  const condition = await plant({ action: "condition", label: "Gold?", ...asks });
  const request = { url: `${url}${ACTS}`, http_method: "POST", body: '{"tier":"{{ custom.tier }}"}' };
  const act = await plant({ action: "make_http_request", label: "Tell", parent_id: condition, ...request });
  const goodbye = await plant({ ...mail("Goodbye"), parent_id: act, delay: HOUR });
  await plant({ action: "move_to_sequence", label: "On", parent_id: goodbye, sequence_id: numberOf(next.sequence) });
  const gold = await plant({ ...mail("Gold"), parent_id: condition, true_branch: true });
  const silver = await plant({ ...mail("Silver"), parent_id: condition, true_branch: false });
  const sequence = `seq_${id}`;
  const waysOf = (nth: number) => [
    { sequence, way: [`step_${hello}`, `step_${nth % 2 === 0 ? gold : silver}`, "act", `step_${goodbye}`] },
    { sequence: next.sequence, way: next.steps },
    { sequence: warm.sequence, way: warm.steps },
  ];
  return { name: "tree", sequence, platform: "WEBHOOK", by: "one", steps: [], delays: [], waysOf, share: 10 };
}

export function numberOf(id: string): number {
  return Number(id.slice(id.indexOf("_") + 1));
}

/** The body that gives a contact the tag by which a flow enrolls. */
export const TAGGED = { tags: [TAG] };

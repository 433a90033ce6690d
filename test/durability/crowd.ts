/** Knows the crowd that is sent on its way: one sequence of three steps, and everybody enrolled in it. */
import { type Api, must } from "./client.ts";

export const CROWD = 200;
/** Journey hours before each step, and seconds of the run. */
export const DELAYS = [0, 6, 6];
/** So many requests are always under way while everybody is enrolled, so that a kill cuts some off. */
const AT_A_TIME = 16;

interface Made {
  id: string;
  createdAt: string;
}

/** The path of an active sequence, and its steps in order. */
export async function makeSequence(api: Api): Promise<{ path: string; steps: string[] }> {
  const { sequence } = await must<{ sequence: Made }>(api, "POST", "/v1/sequences", { name: "Durability" });
  const path = `/v1/sequences/${sequence.id}`;
  const steps: string[] = [];
  for (const [i, delayHours] of DELAYS.entries()) {
    const draft = { delayHours, messageTemplate: `Message ${i + 1} to {{ contact.firstName }}` };
    steps.push((await must<{ step: Made }>(api, "POST", `${path}/steps`, draft)).step.id);
  }
  await must(api, "PATCH", path, { status: "ACTIVE" });
  return { path, steps };
}

export async function makeContact(api: Api, name: string): Promise<Made> {
  const person = { platform: "WEBHOOK", username: name, firstName: name };
  return (await must<{ contact: Made }>(api, "POST", "/v1/contacts", person)).contact;
}

export async function makeContacts(api: Api): Promise<string[]> {
  const contacts: string[] = [];
  await each(CROWD, async (i) => {
    contacts[i] = (await makeContact(api, `person-${i + 1}`)).id;
  });
  return contacts;
}

export interface Enrolling {
  /** The enrollment of each contact as its 201 named it; null where only a repeat was answered, by 409. */
  enrolled: Map<string, string | null>;
  done: Promise<void>;
}

/** Enrolls everybody. A 409 on a repeat means that an attempt without an answer was carried out. */
export function enrollAll(api: Api, sequence: string, contacts: readonly string[]): Enrolling {
  const enrolled: Enrolling["enrolled"] = new Map();
  const done = each(contacts.length, async (i) => {
    const contactId = contacts[i] ?? "";
    const asked = { contactId, platform: "WEBHOOK" };
    const answer = await api<{ enrollment?: Made }>("POST", `${sequence}/enrollments`, asked);
    const isRepeat = answer.status === 409 && answer.tries > 1;
    if (answer.status !== 201 && !isRepeat) throw new Error(`an enrollment was refused: ${JSON.stringify(answer)}`);
    enrolled.set(contactId, answer.body.enrollment?.id ?? null);
  });
  return { enrolled, done };
}

/** Does something for 0, 1, …, a bounded number at a time. */
async function each(count: number, deed: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await deed(next++);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

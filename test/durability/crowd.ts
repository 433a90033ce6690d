/** Knows the crowd that is sent on its way: who travels where, and how each is enrolled. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import { type Api, must } from "./client.ts";
import { type Flow, type Person, TAGGED, TIERS } from "./flows.ts";

/** So many requests are always under way while everybody is enrolled, so that a kill cuts some off. */
const AT_A_TIME = 16;

interface Made {
  id: string;
  createdAt: string;
}

/** Those who travel through the tree come to be enrolled in three sequences. */
const A_PERSON = 1.18;

/** How many people there must be for so many enrollments. */
export function peopleFor(enrollments: number): number {
  return Math.ceil(enrollments / A_PERSON);
}

export async function makeContact(api: Api, name: string, more: object = {}): Promise<Made> {
  const person = { platform: "WEBHOOK", username: name, firstName: name, ...more };
  return (await must<{ contact: Made }>(api, "POST", "/v1/contacts", person)).contact;
}

export async function makePeople(api: Api, flows: readonly Flow[], count: number): Promise<Person[]> {
  const shares = flows.reduce((sum, { share }) => sum + share, 0);
  const wanted = flows.flatMap((flow) =>
    Array.from({ length: Math.max(2, Math.round((count * flow.share) / shares)) }, (_, nth) => ({ flow, nth })),
  );
  const people: Person[] = [];
  await each(wanted.length, async (i) => {
    const { flow, nth } = wanted[i] ?? {};
    if (flow === undefined || nth === undefined) return;
    const name = `${flow.name}-${nth}`;
    const customFields = { tier: TIERS[nth % 2] ?? "" };
    const mail = flow.platform === "EMAIL" ? { platform: "EMAIL", username: `${name}@example.com` } : {};
    const { id } = await makeContact(api, name, { customFields, ...mail });
    people[i] = { id, name, flow: flow.name, ways: flow.waysOf(nth) };
  });
  return people;
}

export interface Enrolling {
  /** Who was told that he is enrolled. */
  enrolled: Set<Person>;
  /** Who was told that he cannot be, and why. */
  refused: Map<Person, string>;
  /** Bulk jobs that were begun. */
  jobs: string[];
  done: Promise<void>;
}

/** Enrolls everybody in an order of chance, spread over a time. */
export function enrollAll(
  api: Api,
  flows: readonly Flow[],
  people: readonly Person[],
  { chance, lasts }: { chance: Chance; lasts: number },
): Enrolling {
  const enrolling: Omit<Enrolling, "done"> = { enrolled: new Set(), refused: new Map(), jobs: [] };
  const began = Date.now();
  const groups = flows.flatMap((flow) => groupsOf(flow, people));
  const inOrder = chance.shuffled(groups);
  const done = each(inOrder.length, async (i) => {
    await sleep(Math.max(0, began + (lasts * i) / inOrder.length - Date.now()));
    const group = inOrder[i];
    if (group) await enroll(api, group, enrolling);
  });
  return { ...enrolling, done };
}

interface Group {
  flow: Flow;
  people: Person[];
}

const A_BULK = 10;

function groupsOf(flow: Flow, people: readonly Person[]): Group[] {
  const own = people.filter((person) => person.flow === flow.name);
  const size = flow.by === "bulk" ? A_BULK : 1;
  return Array.from({ length: Math.ceil(own.length / size) }, (_, i) => ({
    flow,
    people: own.slice(i * size, (i + 1) * size),
  }));
}

async function enroll(api: Api, { flow, people }: Group, into: Omit<Enrolling, "done">): Promise<void> {
  switch (flow.by) {
    case "bulk":
      if (await enrollAtOnce(api, { flow, people }, into)) return;
      for (const person of people) await enrollOne(api, flow, person, into);
      return;
    case "one":
      for (const person of people) await enrollOne(api, flow, person, into);
      return;
    case "tag":
      for (const person of people) {
        await must(api, "PATCH", `/v1/contacts/${person.id}`, TAGGED);
        into.enrolled.add(person);
      }
  }
}

/** A 409 on a repeat means that an attempt without an answer was carried out. */
async function enrollOne(api: Api, flow: Flow, person: Person, into: Omit<Enrolling, "done">): Promise<void> {
  const asked = { contactId: person.id, platform: flow.platform };
  const path = `/v1/sequences/${flow.sequence}/enrollments`;
  const { status, body, tries } = await api<{ error?: { message: string } }>("POST", path, asked);
  const isRepeat = status === 409 && tries > 1 && !body.error?.message.includes("archived");
  if (status === 201 || isRepeat) into.enrolled.add(person);
  else into.refused.set(person, `${status} ${JSON.stringify(body)}`);
}

/** False where this server knows no bulk enrollment. */
async function enrollAtOnce(api: Api, { flow, people }: Group, into: Omit<Enrolling, "done">): Promise<boolean> {
  const contactIds = people.map(({ id }) => id);
  const path = `/v1/sequences/${flow.sequence}/enrollments/bulk`;
  const { status, body } = await api<{ job?: { id: string } }>("POST", path, { contactIds, platform: flow.platform });
  if (status === 404) return false;
  if (status !== 202 || !body.job) throw new Error(`a bulk was refused: ${status} ${JSON.stringify(body)}`);
  into.jobs.push(body.job.id);
  for (const person of people) into.enrolled.add(person);
  return true;
}

/** Does something for 0, 1, …, a bounded number at a time. */
async function each(count: number, deed: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await deed(next++);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

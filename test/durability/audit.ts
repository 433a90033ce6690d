/** Knows what must be true once all is over, whatever was killed meanwhile. */
import type { Delivery, Receiver } from "../../src/local/receiver.ts";
import { type Api, must } from "./client.ts";
import { type ClockCheck, turnedBack } from "./clock.ts";
import { CROWD, DELAYS } from "./crowd.ts";
import type { Death } from "./victim.ts";

const HOUR = 3_600_000;
/** An attempt whose outcome was written is never repeated; this long an outcome may be on its way to being written. */
const UNDER_WAY = 10_000;

export interface Check {
  name: string;
  ok: boolean;
  /** What was found. */
  found: string;
}

export interface Outcome {
  api: Api;
  receiver: Receiver;
  sequence: { path: string; steps: string[] };
  enrolled: Map<string, string | null>;
  deaths: Death[];
  clocks: ClockCheck[];
}

interface Enrollment {
  id: string;
  contactId: string;
  status: string;
}

export async function audit(outcome: Outcome): Promise<Check[]> {
  const { api, receiver, sequence, clocks } = outcome;
  const enrollments = await allEnrollments(api, sequence.path);
  const { enrollmentStats: stats } = await must<{ enrollmentStats: object }>(api, "GET", sequence.path);
  const deliveries = [...receiver.deliveries.values()];
  const byEnrollment = Map.groupBy(deliveries, ({ message }) => message.enrollmentId);
  const sent = await totalOf(api, `/v1/messages?sequence=${sequence.path.split("/").at(-1)}&status=sent`);
  const dead = await totalOf(api, "/v1/dead-letters?limit=1");
  const lost = [...outcome.enrolled].filter(([contact, id]) => !isThere(enrollments, contact, id));
  const unfinished = enrollments.filter(({ status }) => status !== "COMPLETED");
  const astray = enrollments.filter(({ id }) => !inOrder(byEnrollment.get(id) ?? [], sequence.steps));
  const early = [...byEnrollment].filter(([, own]) => isEarly(own)).map(([id]) => id);
  const altered = deliveries.filter((delivery) => delivery.altered > 0).map(({ id }) => id);
  const { repeats, unfounded, oldest } = repeatsOf(deliveries, outcome.deaths);
  const back = clocks.filter(turnedBack);
  return [
    check("everybody who was enrolled is there, once", lost.length === 0 && enrollments.length === CROWD, [
      `${enrollments.length} enrollments`,
      ...lost.map(([contact]) => `${contact} lost`),
    ]),
    check("every enrollment is COMPLETED", unfinished.length === 0, [
      `${enrollments.length - unfinished.length} COMPLETED`,
      ...unfinished.map(({ id, status }) => `${id} ${status}`),
    ]),
    check("the statistics agree", JSON.stringify(stats) === JSON.stringify(AS_IT_SHOULD_BE), [JSON.stringify(stats)]),
    check("each step's message was accepted", deliveries.length === CROWD * DELAYS.length, [
      `${deliveries.length} distinct webhook-ids`,
    ]),
    check("each enrollment got its steps in order, each once", astray.length === 0, [
      `${enrollments.length - astray.length} of ${enrollments.length}`,
      ...astray.map(({ id }) => `${id} got ${byEnrollment.get(id)?.map(({ message }) => message.stepId)}`),
    ]),
    check("no message was made before its delay was over", early.length === 0, [`${early.length} early`, ...early]),
    check("every repeat had the same bytes", altered.length === 0, [`${altered.length} altered`, ...altered]),
    check("what was repeated had been cut off by a kill", unfounded.length === 0, [
      `${repeats} repeats, first accepted at most ${oldest} ms before a kill`,
      ...unfounded,
    ]),
    check("every signature was right", receiver.forged.length === 0, [
      `${receiver.forged.length} wrong`,
      ...receiver.forged,
    ]),
    check("the ledger shows each message as sent", sent === CROWD * DELAYS.length, [`${sent} sent`]),
    check("no queue message was buried", dead === 0, [`${dead} dead letters`]),
    check("no restart turned the journey's clock back, or on", clocks.length > 0 && back.length === 0, [
      `${clocks.length - back.length} of ${clocks.length} restarts`,
      ...back.map((clock) => JSON.stringify(clock)),
    ]),
  ];
}

const AS_IT_SHOULD_BE = { ACTIVE: 0, COMPLETED: CROWD, EXITED: 0, FAILED: 0 };
const MOST_EVIDENCE = 6;

function check(name: string, ok: boolean, [count = "", ...evidence]: string[]): Check {
  return { name, ok, found: ok ? count : [count, ...evidence.slice(0, MOST_EVIDENCE)].join("; ") };
}

async function allEnrollments(api: Api, sequence: string): Promise<Enrollment[]> {
  const all: Enrollment[] = [];
  for (let page = 1; ; page++) {
    const path = `${sequence}/enrollments?limit=100&page=${page}`;
    const { enrollments } = await must<{ enrollments: Enrollment[] }>(api, "GET", path);
    if (enrollments.length === 0) return all;
    all.push(...enrollments);
  }
}

export async function totalOf(api: Api, path: string): Promise<number> {
  return (await must<{ pagination: { total: number } }>(api, "GET", path)).pagination.total;
}

function isThere(enrollments: readonly Enrollment[], contact: string, id: string | null): boolean {
  const own = enrollments.filter((enrollment) => enrollment.contactId === contact);
  return own.length === 1 && (id === null || own[0]?.id === id);
}

/** The deliveries of one enrollment, which stand in the order in which they first came. */
function inOrder(own: readonly Delivery[], steps: readonly string[]): boolean {
  return own.length === steps.length && own.every(({ message }, i) => message.stepId === steps[i]);
}

function isEarly(own: readonly Delivery[]): boolean {
  return own.some(({ madeAt }, i) => {
    const before = own[i - 1];
    return before !== undefined && madeAt - before.madeAt < (DELAYS[i] ?? 0) * HOUR;
  });
}

/** How many deliveries were repeats, and which of them followed an attempt that no kill can have cut off. */
function repeatsOf(deliveries: readonly Delivery[], deaths: readonly Death[]) {
  const unfounded: string[] = [];
  let repeats = 0;
  let oldest = 0;
  for (const { id, arrivals } of deliveries) {
    for (const before of arrivals.slice(0, -1)) {
      repeats += 1;
      const age = Math.min(...deaths.filter(({ over }) => over >= before).map(({ at }) => Math.max(0, at - before)));
      if (age > UNDER_WAY) unfounded.push(`${id} again after ${age} ms`);
      else oldest = Math.max(oldest, age);
    }
  }
  return { repeats, unfounded, oldest };
}

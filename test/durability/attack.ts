/** Knows how one seed is run: a crowd on its way, harm by plan, then time enough to settle, and the audit. */
import { storyOf } from "./account.ts";
import { audit, type Outcome } from "./audit.ts";
import { chanceOf } from "./chance.ts";
import type { Check } from "./check.ts";
import { type Api, apiAt, must } from "./client.ts";
import { enrollAll, makePeople, peopleFor } from "./crowd.ts";
import { mend, type Scene } from "./deeds.ts";
import { makeFlows } from "./flows.ts";
import { auditFreeing } from "./freeing.ts";
import { doHarm } from "./harming.ts";
import type { Plan } from "./plan.ts";
import { MESSAGES, type Receiver, startReceiver } from "./receiver.ts";
import { settle, sleeplessIn } from "./rest.ts";
import { type Victim, victim } from "./victim.ts";

export interface Result {
  plan: Plan;
  checks: Check[];
  enrollments: number;
  messages: number;
  repeats: number;
  kills: number;
  falls: number;
  /** Seconds of settling after the last harm, and in all. */
  settling: number;
  seconds: number;
  /** What the server wrote last, where something failed. */
  lastWords: string;
}

export interface Attacking {
  plan: Plan;
  enrollments: number;
  say: (text: string) => void;
}

export async function attack(attacking: Attacking): Promise<Result> {
  const { plan, say } = attacking;
  const began = Date.now();
  const sleepless: Outcome["sleepless"] = { looks: 0, found: [] };
  let falls = 0;
  const server = await victim({
    onFall: () => {
      falls += 1;
      say("it fell over by itself, and is started again");
    },
    onDeath: (state) => {
      sleepless.looks += 1;
      sleepless.found.push(...sleeplessIn(state).map((found) => `at death ${sleepless.looks}: ${found}`));
    },
  });
  process.once("exit", server.bury);
  const receiver = await startReceiver();
  try {
    const { outcome, settling } = await run(attacking, { server, receiver, sleepless });
    const { checks: found, enrollments } = audit(outcome);
    const kills = server.deaths.length - falls - 1;
    const checks = [...found, await auditFreeing(server)];
    const all = [...receiver.received.values()];
    const isRight = checks.every(({ ok }) => ok);
    return {
      plan,
      checks,
      enrollments,
      messages: all.length,
      repeats: all.reduce((sum, { arrivals }) => sum + arrivals.length - 1, 0),
      kills,
      falls,
      settling,
      seconds: (Date.now() - began) / 1000,
      lastWords: isRight ? "" : server.lastWords(),
    };
  } finally {
    await receiver.close();
    server.bury();
  }
}

interface Parties {
  server: Victim;
  receiver: Receiver;
  sleepless: Outcome["sleepless"];
}

async function run({ plan, enrollments, say }: Attacking, { server, receiver, sleepless }: Parties) {
  await server.start();
  const api = apiAt(server.url, server.key);
  await setChannels(api, receiver);
  const count = peopleFor(enrollments);
  const flows = await makeFlows(api, receiver.url, count);
  const people = await makePeople(api, flows, count);
  say(`${people.length} people and ${flows.length + 2} sequences are ready`);
  const spread = { chance: chanceOf(plan.seed), lasts: plan.lasts * 0.6 };
  const enrolling = enrollAll(api, flows, people, spread);
  const { enrolled } = enrolling;
  const scene: Scene = { api, server, flows, people, enrolled, promised: [], edited: new Set(), isHarmed: () => false };
  const [clocks] = await Promise.all([doHarm(plan, scene, { receiver, say }), enrolling.done]);
  await mend(scene);
  say(`${enrolled.size} enrolled, ${receiver.received.size} messages and requests; it may settle now`);
  const since = Date.now();
  await settle({ server, api, say, jobs: enrolling.jobs });
  await server.kill();
  const { promised, edited } = scene;
  const seen = { state: server.state, receiver, flows, people, enrolling, promised, edited };
  const outcome: Outcome = { ...seen, deaths: server.deaths, clocks, sleepless };
  return { outcome, settling: (Date.now() - since) / 1000 };
}

async function setChannels(api: Api, receiver: Receiver): Promise<void> {
  for (const platform of ["WEBHOOK", "EMAIL"]) {
    const put = { kind: "webhook", url: `${receiver.url}${MESSAGES}` };
    const { channel } = await must<{ channel: { secret: string } }>(api, "PUT", `/v1/channels/${platform}`, put);
    receiver.trust(channel.secret);
  }
}

/** The journeys that something is wrong with, each once, and only so many. */
const MOST_STORIES = 4;

export function storiesOf(checks: readonly Check[]): string[] {
  const journeys = new Set(checks.flatMap(({ findings }) => findings.flatMap(({ journey }) => journey ?? [])));
  return [...journeys].slice(0, MOST_STORIES).map(storyOf);
}

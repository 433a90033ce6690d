/** Knows when a run has come to rest, how to get there in little time, and that nobody sleeps who must wake. */
import { setTimeout as sleep } from "node:timers/promises";
import type { State } from "../../src/domain/enrollment";
import type { Api } from "./client.ts";
import { mendChannels } from "./deeds.ts";
import { alarmsAhead, askDatabase, readObjects } from "./storage.ts";
import type { Victim } from "./victim.ts";

/** What may still be open in D1 while something goes on. */
const OPEN = {
  journeys: "SELECT COUNT(*) AS n FROM enrollments WHERE standing = 'ACTIVE'",
  jobs: "SELECT COUNT(*) AS n FROM jobs WHERE done_at IS NULL",
  items: "SELECT COUNT(*) AS n FROM job_items",
  triggers: "SELECT COUNT(*) AS n FROM triggers",
  replies: "SELECT COUNT(*) AS n FROM replies WHERE outcome IS NULL",
  tasks: "SELECT COUNT(*) AS n FROM tasks WHERE state <> 'complete'",
};

/** Long enough for what is due to go on, before time is set ahead for what is not. */
const STRIDE = 2500;
/**
 * Nearly as long as a lease lasts: some strides of it, and whatever waits for time alone has had its time. More than two days
 * of the journey, so that all who waited for mails of those days ask at one instant for the slots of one.
 */
const LEAP = 50_000;
const LONGEST_SETTLING = 240_000;
/** Looks in a row that find nothing open. */
const SURE = 2;

interface Settling {
  server: Victim;
  api: Api;
  jobs: readonly string[];
  say: (text: string) => void;
}

/**
 * Sweeps as the cron does, and sets the clock ahead, so that leases, retries, days and the looks of journeys at rest come
 * sooner. What never comes to rest is left for the audit to tell of.
 */
export async function settle({ server, api, jobs, say }: Settling): Promise<void> {
  let calm = 0;
  for (const since = Date.now(); Date.now() - since < LONGEST_SETTLING; ) {
    await mendChannels(api);
    await server.sweep();
    await sleep(STRIDE);
    const open = { ...openIn(server.state), bulk: await openJobs(api, jobs) };
    const left = Object.entries(open).filter(([, n]) => n > 0);
    calm = left.length === 0 ? calm + 1 : 0;
    if (calm >= SURE) return;
    say(left.length === 0 ? "nothing is open" : `still open: ${left.map(([of, n]) => `${n} ${of}`).join(", ")}`);
    if (calm === 0) await server.leap(LEAP);
  }
  say("it never came to rest");
}

function openIn(state: string): Record<string, number> {
  const asked = askDatabase(state, (ask) =>
    Object.entries(OPEN).map(([of, sql]) => [of, Number(ask(sql)[0]?.n)] as const),
  );
  return { ...Object.fromEntries(asked), alarms: alarmsAhead(state) };
}

async function openJobs(api: Api, jobs: readonly string[]): Promise<number> {
  const found = await Promise.all(jobs.map((id) => api<{ job: { state: string } }>("GET", `/v1/jobs/${id}`)));
  return found.filter(({ body }) => body.job.state !== "done").length;
}

/** Whoever has something ahead that time alone brings, and no alarm for it. */
export function sleeplessIn(state: string): string[] {
  return [...readObjects(state).values()]
    .filter((stored) => stored.alarm === null && needsAlarm(stored.state))
    .map((stored) => `enroll_${stored.state.trip.id} has no alarm: ${JSON.stringify(stored.state)}`);
}

function needsAlarm({ phase, inFlight, task, settle: look }: State): boolean {
  if (look !== null || (inFlight !== null && inFlight.lease !== null)) return true;
  switch (phase.is) {
    case "pending":
    case "ended":
      return false;
    case "working":
      return task !== null && task.skipAt !== null;
    case "paused":
      return phase.resumeAt !== undefined || phase.finishAt !== undefined;
    case "waiting":
      return phase.held === undefined || phase.lookAt !== undefined;
  }
}

/** Knows how to read the journey's clock from outside, and to tell whether a restart turned it. */
import type { Api } from "./client.ts";
import { SPEED, type Victim } from "./victim.ts";

/** What the server stamped on a contact, and between which times by its own wall clock it must have done so. */
interface Glance {
  sent: number;
  journey: number;
  answered: number;
}

export interface ClockCheck {
  before: Glance;
  after: Glance;
}

/** Stamps are in whole seconds. */
const STAMP = 1000;

/** Null where the wall clock was set meanwhile, or an answer was lost, so that nobody knows when it was stamped. */
export async function readClock(api: Api, { leapt }: Victim, name: string): Promise<Glance | null> {
  const [sent, off] = [Date.now(), leapt()];
  const asked = { platform: "WEBHOOK", username: name };
  const { status, body } = await api<{ contact: { createdAt: string } }>("POST", "/v1/contacts", asked);
  if (status !== 201) return null;
  const { createdAt } = body.contact;
  return leapt() === off ? { sent: sent + off, journey: Date.parse(createdAt), answered: Date.now() + off } : null;
}

/** Whether less or more of the journey has passed than the wall time between the two glances allows. */
export function turnedBack({ before, after }: ClockCheck): boolean {
  const passed = after.journey - before.journey;
  const least = (after.sent - before.answered) * SPEED - STAMP;
  const most = (after.answered - before.sent) * SPEED + STAMP;
  return passed < least || passed > most;
}

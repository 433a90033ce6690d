/** Knows how to read the journey's clock from outside, and to tell whether a restart turned it. */
import type { Api } from "./client.ts";
import { makeContact } from "./crowd.ts";
import { SPEED } from "./victim.ts";

/** What the server stamped on a contact, and between which wall times it must have done so. */
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

export async function readClock(api: Api, name: string): Promise<Glance> {
  const sent = Date.now();
  const { createdAt } = await makeContact(api, name);
  return { sent, journey: Date.parse(createdAt), answered: Date.now() };
}

/** Whether less or more of the journey has passed than the wall time between the two glances allows. */
export function turnedBack({ before, after }: ClockCheck): boolean {
  const passed = after.journey - before.journey;
  const least = (after.sent - before.answered) * SPEED - STAMP;
  const most = (after.answered - before.sent) * SPEED + STAMP;
  return passed < least || passed > most;
}

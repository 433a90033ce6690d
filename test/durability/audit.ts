/** Knows what must be true once all is over, whatever harm was done meanwhile. */
import { type Account, withAccount } from "./account.ts";
import { auditEnds } from "./audit.ends.ts";
import { auditMessages } from "./audit.messages.ts";
import { auditMirror } from "./audit.mirror.ts";
import { type Check, check } from "./check.ts";
import { type ClockCheck, turnedBack } from "./clock.ts";
import type { Enrolling } from "./crowd.ts";
import type { Promised } from "./deeds.ts";
import type { Flow, Person } from "./flows.ts";
import type { Receiver } from "./receiver.ts";
import type { Death } from "./victim.ts";

/** All that is known of a run from outside. */
export interface Outcome {
  state: string;
  receiver: Receiver;
  flows: readonly Flow[];
  people: readonly Person[];
  enrolling: Enrolling;
  promised: readonly Promised[];
  edited: ReadonlySet<string>;
  deaths: readonly Death[];
  clocks: readonly ClockCheck[];
  /** Journeys that were found without a wake-up when the server had died, and how often it was looked. */
  sleepless: { looks: number; found: string[] };
}

export function audit(outcome: Outcome): { checks: Check[]; enrollments: number } {
  return withAccount(outcome.state, outcome.receiver.received.values(), (account) => ({
    checks: [
      ...auditEnds(outcome, account),
      ...auditMessages(outcome, account),
      ...auditMirror(account),
      auditClock(outcome),
      auditSigns(outcome, account),
    ],
    enrollments: account.journeys.length,
  }));
}

function auditClock({ clocks }: Outcome): Check {
  const turned = clocks.filter(turnedBack).map((clock) => JSON.stringify(clock));
  return check("no restart turned the journey's clock back, or on", `${clocks.length} restarts`, turned);
}

function auditSigns({ receiver }: Outcome, { journeys }: Account): Check {
  return check("every signature was right", `${journeys.length} journeys`, receiver.forged);
}

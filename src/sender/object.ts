/** Knows one mailbox, and nothing else: a thin shell around the book in which its slots are given out. */

import { DurableObject } from "cloudflare:workers";
import type { Limits } from "../domain/mailbox";
import { dayOf, type Plan, slotFrom } from "../domain/seats";
import type { Journey } from "../domain/time";
import { bookIn } from "./book";
import { type Ask, ask } from "./slots";

export type { Ask } from "./slots";

/** What it sends now, and is to send. */
export interface Standing {
  sent: number;
  /** How many wait, by the day on which they have a seat. */
  waiting: { day: number; n: number }[];
}

const NOTHING_PLANNED: Plan = { taken: new Map(), last: new Map() };

/**
 * It has no alarm and no connection: whoever waits for a slot sleeps, and asks again. Until somebody has asked it keeps
 * nothing.
 */
export class Sender extends DurableObject<Env> {
  private readonly book = bookIn(this.ctx.storage);

  /** When a message may go; null: now. Asked again it says the same. */
  ask(asking: Ask): Journey | null {
    return this.ctx.storage.transactionSync(() => {
      this.book.open();
      return ask(this.book, asking);
    });
  }

  /** What an enrollment no longer waits for, for whoever asks next. */
  giveBack(left: { enrollment: number; claimed: number }): void {
    if (this.book.told() === null) return;
    this.ctx.storage.transactionSync(() => this.book.giveBack(left));
  }

  /** How many were let go on the day that a clock in the zone shows, and who has a seat from there on. */
  standing(at: Journey, zone: string): Standing {
    if (this.book.told() === null) return { sent: 0, waiting: [] };
    return { sent: this.book.day(dayOf(at, zone)).granted, waiting: this.book.waitingByDay() };
  }

  /** The first slot that is left at an instant, or after it. */
  nextFree(at: Journey, limits: Limits): Journey {
    const day = dayOf(at, limits.zone);
    const isKept = this.book.told() !== null;
    return slotFrom(at, limits, isKept ? this.book.planFrom(at, day, limits) : NOTHING_PLANNED);
  }

  /** Its mailbox is no more. */
  async forget(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}

/** Knows one mailbox, and nothing else: a thin shell around the book in which its slots are given out. */

import { DurableObject } from "cloudflare:workers";
import { dayOf } from "../domain/seats";
import type { Journey } from "../domain/time";
import { bookIn } from "./book";
import { type Ask, ask } from "./slots";

export type { Ask } from "./slots";

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

  /** How many were let go on the day that a clock in the zone shows. */
  sentOn(at: Journey, zone: string): number {
    return this.book.told() === null ? 0 : this.book.day(dayOf(at, zone)).granted;
  }

  /** Its mailbox is no more. */
  async forget(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}

/** Knows how a message asks its mailbox for a slot that its step can use, and how what is not used is given back. */
import type { State } from "../domain/enrollment";
import type { Facts } from "../domain/facts";
import { opensAt } from "../domain/schedule";
import type { Ticket } from "../domain/ticket";
import type { Reading } from "../domain/time";
import type { Attempted } from "../domain/trial";
import { warn } from "../log";
import type { Sender } from "../sender/object";

export type Senders = DurableObjectNamespace<Sender>;

/**
 * Openings that are tried in one turn. A mailbox may be full for longer; then the last slot is waited for, and at the
 * opening after it the message asks again, its place kept.
 */
const MOST_OPENINGS = 30;

/** Null where its mails leave without. Throws where the sender does not answer. */
export async function askTicket(
  senders: Senders,
  { message, step: id }: Attempted,
  facts: Facts,
  now: Reading,
): Promise<Ticket | null> {
  const box = facts.post?.box;
  if (!box?.limits) return null;
  const { id: mailbox, limits, asOf } = box;
  const step = id === null ? null : (facts.tree.steps.get(id) ?? null);
  const sender = senderAt(senders, mailbox);
  let notBefore = now.journey;
  for (let tries = 0; ; tries++) {
    const at = await sender.ask({ message, notBefore, limits, asOf, now });
    if (at === null) return { message, mailbox, at };
    notBefore = step === null ? at : opensAt(at, step, facts);
    if (notBefore === at || tries >= MOST_OPENINGS) return { message, mailbox, at: notBefore };
  }
}

/** What is not given back all the same is nobody's when its day is over. */
export async function giveBackTickets(senders: Senders, { trip, messages }: State, from: readonly number[]) {
  for (const mailbox of from) {
    await senderAt(senders, mailbox)
      .giveBack({ enrollment: trip.id, claimed: messages })
      .catch((error: unknown) => {
        warn("a slot was not given back", { enrollment: trip.id, mailbox, error });
      });
  }
}

function senderAt(senders: Senders, mailbox: number) {
  return senders.get(senders.idFromName(String(mailbox)));
}

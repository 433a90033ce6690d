/** Knows how endpoints at which something is due come to be told it: by nudges, and those forgotten by the sweep. */
import * as z from "zod";
import { tellDue, tidyWebhooks } from "../engine/announcing";
import { contextFor, type Doors } from "../engine/context";
import { nudgeWebhooks } from "../engine/webhooknudges";
import type { Database } from "../storage/database";
import { forgottenWebhooks } from "../storage/webhooks";
import { settle } from "./queue";

const Nudge = z.object({ v: z.literal(1), workspaceId: z.int(), webhook: z.int() });

const PAGE = 100;

/** All beside each other: one that takes its time must not be waited for by the next. */
export async function takeWebhooks(batch: MessageBatch, doors: Doors): Promise<void> {
  await Promise.all(batch.messages.map((message) => settle(message, () => takeNudge(message.body, doors))));
}

async function takeNudge(body: unknown, doors: Doors): Promise<void> {
  const { workspaceId, webhook: id } = Nudge.parse(body);
  if (!doors.call) throw new Error("there is no way to call an endpoint from here");
  await tellDue(contextFor(doors, workspaceId), { id, workspaceId }, doors.call);
}

/** What is due and has lost its nudge, and what waited for longer than a queue keeps it; and what is past. */
export async function sweepWebhooks(db: Database, doors: Doors): Promise<void> {
  const { wall } = doors.now;
  let after = { nextAt: -1, id: 0 };
  for (;;) {
    const due = await forgottenWebhooks(db, { wall, after, limit: PAGE });
    await nudgeWebhooks(doors.bindings.WEBHOOKS, due);
    const last = due.at(-1);
    if (!last || due.length < PAGE) break;
    after = last;
  }
  await tidyWebhooks(contextFor(doors, 0));
}

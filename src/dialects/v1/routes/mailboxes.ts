/** Knows v1's routes on mailboxes. */
import { ok, type Result } from "../../../domain/failure";
import type { Context } from "../../../engine/context";
import {
  create,
  type ShownMailbox as Found,
  list,
  pause,
  remove,
  resume,
  show,
  update,
} from "../../../engine/mailboxes";
import { catalogue } from "../catalogue";
import { endpoint } from "../endpoint";
import { PauseChannel } from "../wire/channel";
import { CreateMailbox, fieldsOf, ShownMailbox, showMailbox, UpdateMailbox } from "../wire/mailbox";
import { oneAs } from "../wire/shape";

const scopes = { read: "channels_read", write: "channels_write" } as const;
const of = { id: "mailbox" } as const;

async function shown(ctx: Context, done: Result<unknown>, id: number): Promise<Result<Found>> {
  return done.ok ? show(ctx, id) : done;
}

const One = oneAs("mailbox", ShownMailbox);
const answer = (done: Result<Found>) => (done.ok ? ok({ mailbox: showMailbox(done.value) }) : done);

export const mailboxRoutes = catalogue({
  noun: "mailbox",
  plural: "mailboxes",
  scopes,
  Create: CreateMailbox,
  Update: UpdateMailbox,
  Shown: ShownMailbox,
  show: showMailbox,
  list,
  create: async (ctx, { email, ...said }) => {
    const made = await create(ctx, { userId: ctx.userId ?? 0, ...fieldsOf(said), email });
    return made.ok ? show(ctx, made.value) : made;
  },
  find: show,
  update: async (ctx, id, said) => shown(ctx, await update(ctx, id, fieldsOf(said)), id),
  remove,
})
  .post(
    "/:id/pause",
    endpoint({
      operation: "pauseMailbox",
      summary: "Hold all mails that leave from a mailbox",
      answer: One,
      scope: scopes.write,
      ids: of,
      body: PauseChannel,
      run: async ({ ctx, ids, body }) => answer(await pause(ctx, ids.id, body.reason)),
    }),
  )
  .post(
    "/:id/resume",
    endpoint({
      operation: "resumeMailbox",
      summary: "Let them go on",
      answer: One,
      scope: scopes.write,
      ids: of,
      run: async ({ ctx, ids }) => answer(await resume(ctx, ids.id)),
    }),
  );

/** Knows v1's routes on mailboxes. */
import { ok, type Result } from "../../../domain/failure";
import type { Context } from "../../../engine/context";
import { create, list, pause, remove, resume, type ShownMailbox, show, update } from "../../../engine/mailboxes";
import { catalogue } from "../catalogue";
import { endpoint } from "../endpoint";
import { PauseChannel } from "../wire/channel";
import { CreateMailbox, fieldsOf, showMailbox, UpdateMailbox } from "../wire/mailbox";

const scopes = { read: "channels_read", write: "channels_write" } as const;
const of = { id: "mailbox" } as const;

async function shown(ctx: Context, done: Result<unknown>, id: number): Promise<Result<ShownMailbox>> {
  return done.ok ? show(ctx, id) : done;
}

const answer = (done: Result<ShownMailbox>) => (done.ok ? ok({ mailbox: showMailbox(done.value) }) : done);

export const mailboxRoutes = catalogue({
  noun: "mailbox",
  plural: "mailboxes",
  scopes,
  Create: CreateMailbox,
  Update: UpdateMailbox,
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
      scope: scopes.write,
      ids: of,
      body: PauseChannel,
      run: async ({ ctx, ids, body }) => answer(await pause(ctx, ids.id, body.reason)),
    }),
  )
  .post(
    "/:id/resume",
    endpoint({ scope: scopes.write, ids: of, run: async ({ ctx, ids }) => answer(await resume(ctx, ids.id)) }),
  );

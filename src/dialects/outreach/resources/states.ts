/** Knows sequence states as a resource: a prospect is enrolled by making one. */
import { ok, refuse } from "../../../domain/failure";
import { enter, finish, pause, remove, resume } from "../../../engine/states";
import { resource } from "../resource";
import { sequenceState } from "../tables/sequence";

export const sequenceStates = resource({
  table: sequenceState,
  scopes: { read: "sequences_read", write: "sequences_write" },
  links: ["prospect", "sequence", "mailbox"],
  create: async (ctx, { links: { prospect, sequence, mailbox = null } }) => {
    if (!prospect) return refuse({ kind: "blank", field: "prospectId" });
    if (!sequence) return refuse({ kind: "blank", field: "sequenceId" });
    const party = { sequenceId: sequence, contactId: prospect, platform: "EMAIL", mailboxId: mailbox } as const;
    const entered = await enter(ctx, party);
    return entered.ok ? ok(entered.value.id) : entered;
  },
  remove,
  actions: {
    finish: (ctx, { id }) => finish(ctx, id),
    pause: (ctx, { id }) => pause(ctx, id),
    resume: (ctx, { id }) => resume(ctx, id),
  },
});

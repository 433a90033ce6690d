/** Knows mailings as a resource: messages that were sent, or are on their way. */
import { show } from "../../../engine/messages";
import { resource } from "../resource";
import { mailing } from "../tables/mailing";
import { textsOf } from "./templates";

export const mailings = resource({
  table: mailing,
  scopes: { read: "messages_read", write: "messages_write" },
  // Lists lack what only the journey itself has: the text, and the thread.
  full: async (ctx, { id }) => {
    const shown = await show(ctx, id);
    const content = shown.ok ? shown.value.content : null;
    if (!content) return {};
    const { subject, mail } = content;
    return { subject, ...textsOf(content), ...(mail ? { references: mail.references } : {}) };
  },
});

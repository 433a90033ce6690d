/** Knows mailings as a resource: messages that were sent, or are on their way. */
import { show } from "../../../engine/messages";
import { resource } from "../resource";
import { mailing } from "../tables/mailing";
import { textsOf } from "./templates";

export const mailings = resource({
  table: mailing,
  scopes: { read: "messages_read", write: "messages_write" },
  // Lists lack the text, which only the journey itself has.
  full: async (ctx, { id }) => {
    const shown = await show(ctx, id);
    const content = shown.ok ? shown.value.content : null;
    return content ? { subject: content.subject, ...textsOf(content) } : {};
  },
});

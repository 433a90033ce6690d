/** Knows mailings as a resource: messages that were sent, or are on their way. */
import { resource } from "../resource";
import { mailing } from "../tables/mailing";

export const mailings = resource({
  table: mailing,
  scopes: { read: "messages_read", write: "messages_write" },
});

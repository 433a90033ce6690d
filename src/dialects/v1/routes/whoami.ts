/** Knows v1's route by which a key learns whose it is. */
import * as z from "zod";
import { PLANS } from "../../../domain/plan";
import type { Http } from "../../http";
import { described } from "../endpoint";
import { spell } from "../ids";
import { spelled } from "../wire/parse";

export const whoami = described(
  (c: Http) => {
    const { workspaceId, workspaceName, plan } = c.var.caller;
    return c.json({ workspaceId: spell("workspace", workspaceId), workspaceName, plan });
  },
  {
    operation: "whoAmI",
    summary: "Whose key this is",
    answer: z.object({ workspaceId: spelled("workspace"), workspaceName: z.string(), plan: z.enum(PLANS) }),
  },
);

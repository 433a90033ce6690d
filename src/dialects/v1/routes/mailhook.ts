/** Knows v1's routes on the door for news of providers: where it is, and by which secrets it knows them. */
import * as z from "zod";
import { ok } from "../../../domain/failure";
import { keyIn } from "../../../domain/hook";
import * as hooks from "../../../engine/hooks";
import { endpoint, routes } from "../endpoint";
import { spell } from "../ids";
import { spelled } from "../wire/parse";
import { Done, Instant, oneAs } from "../wire/shape";
import { instant } from "../wire/time";

/** Some providers make the secret themselves. */
const AddSecret = z.object({
  secret: z
    .string()
    .refine((text) => keyIn(text) !== null, "must look like whsec_… with 15 to 98 bytes in base64")
    .optional(),
});

const Shown = z.object({ id: spelled("secret"), createdAt: Instant });

function show({ id, createdAt }: hooks.HookSecret) {
  return { id: spell("secret", id), createdAt: instant(createdAt) };
}

export const mailHookRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "getMailHook",
      summary: "Where a mail provider tells its events",
      answer: z.object({ mailHook: z.object({ path: z.string(), secrets: z.array(Shown) }) }),
      scope: "channels_read",
      run: async ({ ctx }) => {
        const path = `/hooks/mail/${spell("workspace", ctx.workspaceId)}`;
        return ok({ mailHook: { path, secrets: (await hooks.list(ctx)).map(show) } });
      },
    }),
  )
  .post(
    "/secrets",
    endpoint({
      operation: "createMailHookSecret",
      summary: "Add a secret that a provider signs with; one that we make is told once",
      answer: oneAs("mailHookSecret", Shown.extend({ secret: z.string().optional() })),
      scope: "channels_write",
      body: AddSecret,
      status: 201,
      run: async ({ ctx, body }) => {
        const added = await hooks.add(ctx, body.secret ?? null);
        if (!added.ok) return added;
        const { secret } = added.value;
        return ok({ mailHookSecret: { ...show(added.value), ...(secret === null ? {} : { secret }) } });
      },
    }),
  )
  .delete(
    "/secrets/:id",
    endpoint({
      operation: "deleteMailHookSecret",
      summary: "Take a secret away",
      answer: Done,
      scope: "channels_write",
      ids: { id: "secret" },
      run: async ({ ctx, ids }) => {
        const removed = await hooks.remove(ctx, ids.id);
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  );

/** Knows the page of the workspace itself: the switch that stops all sending, the cap, what is kept, and how much there may be. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { UpdateWorkspace } from "../../dialects/v1/wire/channel";
import { missing, ok, refuse } from "../../domain/failure";
import { limitsOf } from "../../domain/limits";
import { allows } from "../../domain/scope";
import * as verbs from "../../engine/workspace";
import { type Fields, ticked, written } from "../kit/form";
import { type Asked, action, type Faulty, page } from "../kit/page";
import { Sure } from "./parts";
import { spanIn, wholeIn } from "./span";
import { WORKSPACE, WorkspacePage } from "./workspacepage";

const Cap = written(
  (fields) => ({ frequencyCap: spanIn(fields, "frequencyCap") }),
  UpdateWorkspace.pick({ frequencyCap: true }),
);

const Kept = written(
  (fields: Fields) => ({ retentionDays: wholeIn(fields, "retentionDays") ?? null, sure: fields.sure }),
  UpdateWorkspace.pick({ retentionDays: true }).extend({ sure: ticked }),
);

async function shown({ ctx, caller }: Pick<Asked<never, unknown>, "ctx" | "caller">, faulty?: Faulty) {
  const found = await verbs.show(ctx);
  if (!found.ok) return found;
  const row = found.value;
  const body = (
    <WorkspacePage
      row={row}
      retentionDays={verbs.retentionOf(ctx, row)}
      limits={limitsOf(ctx.limits, row)}
      usage={await verbs.usageOf(ctx)}
      mayWrite={allows(caller.scopes, "operations_write")}
      maySeeChannels={allows(caller.scopes, "channels_read")}
      faulty={faulty}
    />
  );
  return ok({ title: "Workspace", body });
}

export const workspace = new Hono<Front>()
  .get("/workspace", page({ scope: "operations_read", show: (asked) => shown(asked) }))
  .get(
    "/workspace/pause",
    page({
      scope: "operations_write",
      show: async () =>
        ok({
          title: "Pause all sending",
          body: (
            <Sure title="Pause all sending" crumbs={WORKSPACE} to="/workspace/pause" deed="Pause all sending">
              <p>
                No message of any sequence is begun from then on; what is already under way may still arrive. Nobody
                loses a place: contacts are enrolled as before, and what falls due waits until sending is resumed.
              </p>
            </Sure>
          ),
        }),
    }),
  )
  .post(
    "/workspace/pause",
    action({
      scope: "operations_write",
      run: async ({ ctx }) => {
        const done = await verbs.pause(ctx);
        return done.ok ? ok({ to: "/workspace", said: "All sending is paused." }) : done;
      },
    }),
  )
  .post(
    "/workspace/resume",
    action({
      scope: "operations_write",
      run: async ({ ctx }) => {
        const done = await verbs.resume(ctx);
        return done.ok ? ok({ to: "/workspace", said: "Sending goes on: what fell due goes out." }) : done;
      },
    }),
  )
  .post(
    "/workspace/cap",
    action({
      scope: "operations_write",
      form: Cap,
      run: async ({ ctx, form }) => {
        const done = await verbs.edit(ctx, { cap: form.frequencyCap });
        return done.ok ? ok({ to: "/workspace", said: "The frequency cap is saved." }) : done;
      },
      again: shown,
    }),
  )
  .post(
    "/workspace/retention",
    action({
      scope: "operations_write",
      form: Kept,
      run: async ({ ctx, form: { retentionDays, sure } }) => {
        const found = await verbs.show(ctx);
        if (!found.ok) return missing("workspace");
        const before = verbs.retentionOf(ctx, found.value) ?? Infinity;
        if ((retentionDays ?? Infinity) < before && !sure) return refuse(UNSURE);
        const done = await verbs.edit(ctx, { retentionDays });
        return done.ok ? ok({ to: "/workspace", said: "What is kept is saved." }) : done;
      },
      again: shown,
    }),
  );

const UNSURE = {
  kind: "bad_value",
  field: "retentionDays",
  message: "would be shorter than now: tick below that what is older may be removed for good",
} as const;

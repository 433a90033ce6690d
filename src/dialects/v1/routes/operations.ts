/** Knows v1's routes on the workspace itself: its switch, and its dead letters. */
import * as z from "zod";
import { ok, type Result } from "../../../domain/failure";
import { limitsOf } from "../../../domain/limits";
import type { Context } from "../../../engine/context";
import * as deadLetters from "../../../engine/deadletters";
import * as workspace from "../../../engine/workspace";
import { endpoint, routes, type Told } from "../endpoint";
import { ShownLetter, ShownWorkspace, showLetter, showWorkspace, UpdateWorkspace } from "../wire/channel";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import { oneAs, pageOf } from "../wire/shape";

const One = oneAs("workspace", ShownWorkspace);

function verb(scope: "operations_read" | "operations_write", run: typeof workspace.show, told: Told) {
  return endpoint({
    ...told,
    answer: One,
    scope,
    run: async ({ ctx }) => {
      const done = await run(ctx);
      return shown(ctx, done);
    },
  });
}

async function shown(ctx: Context, done: Result<workspace.WorkspaceRow>) {
  if (!done.ok) return done;
  const row = done.value;
  const told = { retentionDays: workspace.retentionOf(ctx, row), limits: limitsOf(ctx.limits, row) };
  return ok({ workspace: showWorkspace(row, { ...told, usage: await workspace.usageOf(ctx) }) });
}

export const workspaceRoutes = routes()
  .get("/", verb("operations_read", workspace.show, { operation: "getWorkspace", summary: "The workspace of the key" }))
  .patch(
    "/",
    endpoint({
      operation: "updateWorkspace",
      summary: "Change the frequency cap and how long what has ended is kept",
      answer: One,
      scope: "operations_write",
      body: UpdateWorkspace,
      run: async ({ ctx, body: { frequencyCap, retentionDays } }) => {
        const told = frequencyCap !== undefined || retentionDays !== undefined;
        const set = { cap: frequencyCap, retentionDays };
        return shown(ctx, await (told ? workspace.edit(ctx, set) : workspace.show(ctx)));
      },
    }),
  )
  .post(
    "/pause",
    verb("operations_write", workspace.pause, { operation: "pauseWorkspace", summary: "Stop all sending" }),
  )
  .post(
    "/resume",
    verb("operations_write", workspace.resume, {
      operation: "resumeWorkspace",
      summary: "Let all sending go on; what fell due goes out",
    }),
  );

export const deadLetterRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listDeadLetters",
      summary: "Queue messages that nobody could take in",
      answer: pageOf("deadLetters", ShownLetter),
      scope: "operations_read",
      query: z.object(pageQuery(50)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await deadLetters.list(ctx, query);
        return ok({ deadLetters: items.map(showLetter), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/:id/resend",
    endpoint({
      operation: "resendDeadLetter",
      summary: "Put a dead letter on its queue again",
      answer: oneAs("deadLetter", ShownLetter),
      scope: "operations_write",
      ids: { id: "letter" },
      run: async ({ ctx, ids }) => {
        const resent = await deadLetters.resend(ctx, ids.id);
        return resent.ok ? ok({ deadLetter: showLetter(resent.value) }) : resent;
      },
    }),
  );

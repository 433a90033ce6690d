/** Knows the operator's routes on workspaces. */
import * as z from "zod";
import { ok } from "../../domain/failure";
import { STANDARD } from "../../domain/limits";
import * as workspace from "../../engine/workspace";
import * as workspaces from "../../engine/workspaces";
import { routes } from "../v1/endpoint";
import { pagination } from "../v1/wire/page";
import { pageQuery } from "../v1/wire/parse";
import { operation, within } from "./endpoint";
import { CreateWorkspace, showWorkspace, UpdateWorkspace } from "./wire";

const of = { id: "workspace" } as const;

export const workspaceRoutes = routes()
  .get(
    "/",
    operation({
      query: z.object(pageQuery(50)),
      run: async ({ doors, query }) => {
        const { items, ...page } = await workspaces.list(doors, query);
        const shown = items.map((row) => showWorkspace(row, doors.limits ?? STANDARD));
        return ok({ workspaces: shown, pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    operation({
      body: CreateWorkspace,
      status: 201,
      run: async ({ doors, body }) => {
        const made = await workspaces.create(doors, body);
        return made.ok ? ok({ workspace: showWorkspace(made.value, doors.limits ?? STANDARD) }) : made;
      },
    }),
  )
  .get(
    "/:id",
    within({
      ids: of,
      run: async ({ ctx }) => {
        const found = await workspace.show(ctx);
        if (!found.ok) return found;
        const usage = await workspace.usageOf(ctx);
        return ok({ workspace: { ...showWorkspace(found.value, ctx.limits), usage } });
      },
    }),
  )
  .patch(
    "/:id",
    within({
      ids: of,
      body: UpdateWorkspace,
      run: async ({ ctx, body }) => {
        const updated = await workspaces.update(ctx, body);
        return updated.ok ? ok({ workspace: showWorkspace(updated.value, ctx.limits) }) : updated;
      },
    }),
  );

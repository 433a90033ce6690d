/** Knows the operator's routes on the users of a workspace. */
import * as z from "zod";
import { ok } from "../../domain/failure";
import * as users from "../../engine/users";
import { routes } from "../v1/endpoint";
import { pagination } from "../v1/wire/page";
import { pageQuery } from "../v1/wire/parse";
import { CreateUser, showUser, UpdateUser } from "../v1/wire/user";
import { within } from "./endpoint";

const of = { id: "workspace" } as const;
const userOf = { id: "workspace", userId: "user" } as const;

export const userRoutes = routes()
  .get(
    "/",
    within({
      ids: of,
      query: z.object(pageQuery(50)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await users.list(ctx, query);
        return ok({ users: items.map(showUser), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    within({
      ids: of,
      body: CreateUser,
      status: 201,
      run: async ({ ctx, body }) => {
        const created = await users.create(ctx, body);
        return created.ok ? ok({ user: showUser(created.value) }) : created;
      },
    }),
  )
  .patch(
    "/:userId",
    within({
      ids: userOf,
      body: UpdateUser,
      run: async ({ ctx, ids, body }) => {
        const updated = await users.update(ctx, ids.userId, body);
        return updated.ok ? ok({ user: showUser(updated.value) }) : updated;
      },
    }),
  );

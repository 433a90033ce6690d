/** Knows v1's routes on users and their keys. */
import * as z from "zod";
import { ok } from "../../../domain/failure";
import * as keys from "../../../engine/userkeys";
import * as users from "../../../engine/users";
import { endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import { Done, oneAs, pageOf } from "../wire/shape";
import {
  CreateKey,
  CreateUser,
  RotateKey,
  ShownKey,
  ShownRotated,
  ShownUser,
  showKey,
  showRotated,
  showUser,
  UpdateUser,
} from "../wire/user";

const of = { id: "user" } as const;
const One = oneAs("user", ShownUser);
const keyOf = { id: "user", keyId: "key" } as const;

export const userRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listUsers",
      summary: "On whose behalf keys act",
      answer: pageOf("users", ShownUser),
      scope: "users_read",
      query: z.object(pageQuery(50)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await users.list(ctx, query);
        return ok({ users: items.map(showUser), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      operation: "createUser",
      summary: "Make a user",
      answer: One,
      scope: "users_write",
      body: CreateUser,
      status: 201,
      run: async ({ ctx, body }) => {
        const created = await users.create(ctx, body);
        return created.ok ? ok({ user: showUser(created.value) }) : created;
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      operation: "getUser",
      summary: "One user",
      answer: One,
      scope: "users_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const found = await users.show(ctx, ids.id);
        return found.ok ? ok({ user: showUser(found.value) }) : found;
      },
    }),
  )
  .patch(
    "/:id",
    endpoint({
      operation: "updateUser",
      summary: "Change a user; one who is locked stays out with all his keys",
      answer: One,
      scope: "users_write",
      ids: of,
      body: UpdateUser,
      run: async ({ ctx, ids, body }) => {
        const updated = await users.update(ctx, ids.id, body);
        return updated.ok ? ok({ user: showUser(updated.value) }) : updated;
      },
    }),
  )
  .get(
    "/:id/keys",
    endpoint({
      operation: "listKeys",
      summary: "A user's keys",
      answer: z.object({ keys: z.array(ShownKey) }),
      scope: "users_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const listed = await keys.list(ctx, ids.id);
        return listed.ok ? ok({ keys: listed.value.map(showKey) }) : listed;
      },
    }),
  )
  .post(
    "/:id/keys",
    endpoint({
      operation: "createKey",
      summary: "Make a key, which is told once",
      answer: oneAs("key", ShownKey.extend({ key: z.string() })),
      scope: "users_write",
      ids: of,
      body: CreateKey,
      status: 201,
      run: async ({ ctx, caller, ids, body }) => {
        const issued = await keys.issue(ctx, caller, { ...body, userId: ids.id });
        return issued.ok ? ok({ key: { ...showKey(issued.value.row), key: issued.value.key } }) : issued;
      },
    }),
  )
  .post(
    "/:id/keys/:keyId/rotate",
    endpoint({
      operation: "rotateKey",
      summary: "Make a key in place of another, which goes on for a while",
      answer: ShownRotated,
      scope: "users_write",
      ids: keyOf,
      body: RotateKey,
      status: 201,
      run: async ({ ctx, caller, ids, body }) => {
        const rotated = await keys.rotate(ctx, caller, { ...body, userId: ids.id, id: ids.keyId });
        return rotated.ok ? ok(showRotated(rotated.value)) : rotated;
      },
    }),
  )
  .delete(
    "/:id/keys/:keyId",
    endpoint({
      operation: "deleteKey",
      summary: "Revoke a key",
      answer: Done,
      scope: "users_write",
      ids: keyOf,
      run: async ({ ctx, ids }) => {
        const revoked = await keys.revoke(ctx, { userId: ids.id, id: ids.keyId });
        return revoked.ok ? ok({ success: true }) : revoked;
      },
    }),
  );

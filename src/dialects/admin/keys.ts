/** Knows the operator's routes on the keys of a user. */
import { ok } from "../../domain/failure";
import * as keys from "../../engine/userkeys";
import { routes } from "../v1/endpoint";
import { CreateKey, RotateKey, showKey, showRotated } from "../v1/wire/user";
import { within } from "./endpoint";

const userOf = { id: "workspace", userId: "user" } as const;
const keyOf = { ...userOf, keyId: "key" } as const;

/** May give whatever there is to give. */
const OPERATOR: keys.Grantor = { scopes: ["*"], expiresAt: null };

export const keyRoutes = routes()
  .get(
    "/",
    within({
      ids: userOf,
      run: async ({ ctx, ids }) => {
        const listed = await keys.list(ctx, ids.userId);
        return listed.ok ? ok({ keys: listed.value.map(showKey) }) : listed;
      },
    }),
  )
  .post(
    "/",
    within({
      ids: userOf,
      body: CreateKey,
      status: 201,
      run: async ({ ctx, ids, body }) => {
        const issued = await keys.issue(ctx, OPERATOR, { ...body, userId: ids.userId });
        return issued.ok ? ok({ key: { ...showKey(issued.value.row), key: issued.value.key } }) : issued;
      },
    }),
  )
  .post(
    "/:keyId/rotate",
    within({
      ids: keyOf,
      body: RotateKey,
      status: 201,
      run: async ({ ctx, ids, body }) => {
        const rotated = await keys.rotate(ctx, OPERATOR, { ...body, userId: ids.userId, id: ids.keyId });
        return rotated.ok ? ok(showRotated(rotated.value)) : rotated;
      },
    }),
  )
  .delete(
    "/:keyId",
    within({
      ids: keyOf,
      run: async ({ ctx, ids }) => {
        const revoked = await keys.revoke(ctx, { userId: ids.userId, id: ids.keyId });
        return revoked.ok ? ok({ success: true }) : revoked;
      },
    }),
  );

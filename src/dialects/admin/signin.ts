/** Knows the operator's route that makes a link by which a user signs in. */
import { ok } from "../../domain/failure";
import { makeLink } from "../../engine/signinlinks";
import { routes } from "../v1/endpoint";
import { spell } from "../v1/ids";
import { instant } from "../v1/wire/time";
import { within } from "./endpoint";

export const signInRoutes = routes().post(
  "/",
  within({
    ids: { id: "workspace", userId: "user" },
    status: 201,
    run: async ({ ctx, ids, origin }) => {
      const made = await makeLink(ctx, ids.userId);
      if (!made.ok) return made;
      const { token, expiresAt } = made.value;
      const url = `${origin}/sign-in/${token}`;
      return ok({ signInLink: { url, userId: spell("user", ids.userId), expiresAt: instant(expiresAt) } });
    },
  }),
);

/** Knows the pages of keys. */
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { idOf, queryNumber } from "../../dialects/v1/wire/parse";
import { missing, ok } from "../../domain/failure";
import { allows } from "../../domain/scope";
import { LONGEST_OVERLAP, nameOf } from "../../domain/user";
import type { Context } from "../../engine/context";
import type { KeyHolder } from "../../engine/keys";
import * as verbs from "../../engine/userkeys";
import * as users from "../../engine/users";
import { type Asked, action, type Faulty, page } from "../kit/page";
import { dropSession } from "../kit/session";
import type { Page } from "../kit/show";
import { endOf, KeyFields, KeyForm } from "./keyform";
import { KeyList, MadeKey, OwnKey, RotateKeyPage } from "./keypages";
import { Sure } from "./parts";
import { toKeys, underKeys } from "./paths";

const section = "keys";
const ids = { id: "key" } as const;
/** Whose keys; left out, one's own. */
const Whose = z.object({ user: idOf("user").optional() });
type OfUser = Asked<never, z.output<typeof Whose>>;
type OfKey = Asked<"id", z.output<typeof Whose>>;

/** Users to choose from; there are hardly more in a workspace. */
const MOST_USERS = 100;

const userOf = ({ query, caller }: OfUser | OfKey) => query.user ?? caller.userId;

async function listed(asked: OfUser) {
  const { ctx, caller } = asked;
  if (!allows(caller.scopes, "users_read")) {
    return ok<Page>({ title: "Your key", section, body: <OwnKey caller={caller} /> });
  }
  const [found, all, keys] = await Promise.all([
    users.show(ctx, userOf(asked)),
    users.list(ctx, { page: 1, limit: MOST_USERS }),
    verbs.list(ctx, userOf(asked)),
  ]);
  if (!found.ok) return found;
  if (!keys.ok) return keys;
  const more = { users: all.items, caller, mayWrite: allows(caller.scopes, "users_write") };
  return ok<Page>({ title: "Keys", section, body: <KeyList of={keys.value} user={found.value} {...more} /> });
}

async function making(asked: OfUser, faulty?: Faulty) {
  const { ctx, caller } = asked;
  const userId = userOf(asked);
  const found = await users.show(ctx, userId);
  if (!found.ok) return found;
  const whose = userId === caller.userId ? null : nameOf(found.value);
  const at = { to: toKeys("", userId, caller), crumbs: underKeys(userId, caller) };
  const body = <KeyForm {...at} whose={whose} caller={caller} faulty={faulty} />;
  return ok<Page>({ title: "Make a key", section, body });
}

async function shown(asked: OfKey, title: string, show: (row: verbs.KeyRow) => Child) {
  const found = await keyOf(asked.ctx, { userId: userOf(asked), id: asked.ids.id });
  return found ? ok<Page>({ title, section, body: show(found) }) : missing("key");
}

async function keyOf(ctx: Context, { userId, id }: { userId: number; id: number }) {
  const all = await verbs.list(ctx, userId);
  return all.ok ? all.value.find((row) => row.id === id) : undefined;
}

function told(made: { row: verbs.KeyRow; key: string; before: verbs.KeyRow | null }, caller: KeyHolder) {
  const title = made.before ? "The key is replaced" : "The key is made";
  const more = { title, secret: made.key, userId: made.row.userId, before: made.before, caller };
  return ok<Page>({ title, section, scripts: ["copy.js"], body: <MadeKey {...more} /> });
}

function rotating(asked: OfKey, faulty?: Faulty) {
  return shown(asked, "Replace a key", (row) => <RotateKeyPage row={row} caller={asked.caller} faulty={faulty} />);
}

function Revoke({ row, caller }: { row: verbs.KeyRow; caller: KeyHolder }) {
  return (
    <Sure
      title="Revoke a key"
      crumbs={underKeys(row.userId, caller)}
      to={toKeys(`/${spell("key", row.id)}/revoke`, row.userId, caller)}
      deed="Revoke it"
    >
      <p>
        <strong>{row.name ?? "The key"}</strong> (<code>{row.prefix}…</code>) opens nothing from then on, and whatever
        uses it is refused within seconds. It cannot be brought back.
      </p>
      {row.id === caller.keyId && (
        <p>
          <strong>You are signed in with this key: revoking it signs you out.</strong>
        </p>
      )}
    </Sure>
  );
}

export const keys = new Hono<Front>()
  .get("/keys", page({ scope: null, query: Whose, show: listed }))
  .get("/keys/new", page({ scope: "users_write", query: Whose, show: (asked) => making(asked) }))
  .post(
    "/keys",
    action({
      scope: "users_write",
      query: Whose,
      form: KeyFields,
      run: async ({ form: { expiresAt, ...form }, ...asked }) => {
        const { ctx, caller } = asked;
        const draft = { ...form, userId: userOf(asked), expiresAt: endOf(expiresAt, caller) };
        const issued = await verbs.issue(ctx, caller, draft);
        return issued.ok ? told({ ...issued.value, before: null }, caller) : issued;
      },
      again: making,
    }),
  )
  .get("/keys/:id/rotate", page({ scope: "users_write", ids, query: Whose, show: (asked) => rotating(asked) }))
  .post(
    "/keys/:id/rotate",
    action({
      scope: "users_write",
      ids,
      query: Whose,
      form: z.object({ overlapSeconds: queryNumber(0, LONGEST_OVERLAP) }),
      run: async (asked) => {
        const { ctx, caller, ids, form } = asked;
        const rotated = await verbs.rotate(ctx, caller, { userId: userOf(asked), id: ids.id, ...form });
        if (!rotated.ok) return rotated;
        const { made, key, before } = rotated.value;
        return told({ row: made, key, before }, caller);
      },
      again: rotating,
    }),
  )
  .get(
    "/keys/:id/revoke",
    page({
      scope: "users_write",
      ids,
      query: Whose,
      show: (asked) => shown(asked, "Revoke a key", (row) => <Revoke row={row} caller={asked.caller} />),
    }),
  )
  .post(
    "/keys/:id/revoke",
    action({
      scope: "users_write",
      ids,
      query: Whose,
      run: async (asked) => {
        const { c, ctx, caller, ids } = asked;
        const revoked = await verbs.revoke(ctx, { userId: userOf(asked), id: ids.id });
        if (!revoked.ok) return revoked;
        if (ids.id !== caller.keyId) return ok({ to: toKeys("", userOf(asked), caller), said: "The key is revoked." });
        dropSession(c);
        return ok({ to: "/sign-in", said: "The key is revoked, and you are signed out." });
      },
    }),
  );

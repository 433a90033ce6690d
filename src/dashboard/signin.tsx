/** Knows how somebody signs in with a key, and out again. */
import { Hono } from "hono";
import type { Front, Http } from "../dialects/http";
import { signIn } from "../engine/sessions";
import { Input } from "./kit/fields";
import { entered, fieldsOf } from "./kit/form";
import { faultIn } from "./kit/page";
import { dropSession, isFromHere, isOwnForm, keepSession, sessionOf } from "./kit/session";
import { leadOn, localPath, showPage } from "./kit/show";

export const signInRoutes = new Hono<Front>()
  .get("/sign-in", async (c) => {
    if (await sessionOf(c)) return c.redirect(localPath(c.req.query("next")), 303);
    return showSignIn(c, c.req.query("next"));
  })
  .post("/sign-in", async (c) => {
    const fields = await fieldsOf(c);
    const next = entered(fields ?? {}, "next");
    if (fields === null || !isFromHere(c)) return showSignIn(c, next, "Open this page again and repeat it.");
    const key = entered(fields, "key")?.trim() ?? "";
    const session = key === "" || key.length > 512 ? null : await signIn(c.var.doors, key);
    if (session === null) return showSignIn(c, next, "This key opens nothing: it may be mistyped, expired or revoked.");
    keepSession(c, session);
    return c.redirect(localPath(next), 303);
  })
  .post("/sign-out", async (c) => {
    const fields = await fieldsOf(c);
    if (!(await isOwnForm(c, entered(fields ?? {}, "csrf") ?? ""))) return c.redirect("/", 303);
    dropSession(c);
    return leadOn(c, "/sign-in", { kind: "done", text: "You are signed out." });
  });

function showSignIn(c: Http, next: string | undefined, message?: string) {
  const faulty = message === undefined ? undefined : { fields: {}, fault: faultIn("key", message) };
  const body = (
    <section class="door">
      <svg viewBox="0 0 32 32" width="48" height="48" aria-hidden="true" class="drop">
        <path d="M16 3C11 11 8 15 8 20a8 8 0 0 0 16 0c0-5-3-9-8-17Z" fill="currentColor" />
      </svg>
      <h1>Dripline</h1>
      <p>Sign in with an API key of your workspace. This browser keeps a session for twelve hours, never the key.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value={localPath(next)} />
        <Input
          name="key"
          label="API key"
          type="password"
          required
          faulty={faulty}
          more={{ autocomplete: "current-password", autofocus: true }}
        />
        <button class="primary">Sign in</button>
      </form>
    </section>
  );
  return showPage(c, null, { title: "Sign in", body, status: message === undefined ? 200 : 401 });
}

/** Knows how somebody signs in, with a key or by a link that was made for him, and out again. */
import { Hono } from "hono";
import type { PropsWithChildren } from "hono/jsx";
import type { Front, Http } from "../dialects/http";
import { refusalOf } from "../dialects/v1/errors";
import { signIn } from "../engine/sessions";
import { followLink, invitedBy } from "../engine/signinlinks";
import { Input } from "./kit/fields";
import { entered, fieldsOf } from "./kit/form";
import { faultIn } from "./kit/page";
import { dropSession, isFromHere, isOwnForm, keepSession, sessionOf } from "./kit/session";
import { leadOn, localPath, showPage, showRefusal } from "./kit/show";

export const signInRoutes = new Hono<Front>()
  .get("/sign-in", async (c) => {
    if (await sessionOf(c)) return c.redirect(localPath(c.req.query("next")), 303);
    return showSignIn(c, c.req.query("next"));
  })
  .post("/sign-in", async (c) => {
    const fields = await fieldsOf(c);
    if (fields === "too large") return showSignIn(c, undefined, "That is more than a key.");
    const next = entered(fields ?? {}, "next");
    if (fields === null || !isFromHere(c)) return showSignIn(c, next, "Open this page again and repeat it.");
    const key = entered(fields, "key")?.trim() ?? "";
    const session = key === "" || key.length > 512 ? null : await signIn(c.var.doors, key);
    if (session === null) return showSignIn(c, next, "This key opens nothing: it may be mistyped, expired or revoked.");
    keepSession(c, session);
    return c.redirect(localPath(next), 303);
  })
  .get("/sign-in/:link", async (c) => {
    const invited = await invitedBy(c.var.doors, c.req.param("link"));
    if (!invited) return showPastLink(c);
    const body = (
      <Door>
        <p>
          This link signs this browser in as <strong>{invited.name}</strong> of <strong>{invited.workspaceName}</strong>
          , once, for twelve hours.
        </p>
        <form method="post" action={c.req.path}>
          <button class="primary">Sign in</button>
        </form>
      </Door>
    );
    return showPage(c, null, { title: "Sign in", body });
  })
  // A link is used up by the press of a button alone: mail scanners and previews open whatever they are shown.
  .post("/sign-in/:link", async (c) => {
    if (!isFromHere(c)) return c.redirect(c.req.path, 303);
    const session = await followLink(c.var.doors, c.req.param("link"));
    if (session === null) return showPastLink(c);
    if (!session.ok) return showRefusal(c, null, refusalOf(session.failure));
    keepSession(c, session.value);
    return c.redirect("/", 303);
  })
  .post("/sign-out", async (c) => {
    const fields = await fieldsOf(c);
    if (fields === null || fields === "too large" || !(await isOwnForm(c, entered(fields, "csrf") ?? "")))
      return c.redirect("/", 303);
    dropSession(c);
    return leadOn(c, "/sign-in", { kind: "done", text: "You are signed out." });
  });

function showSignIn(c: Http, next: string | undefined, message?: string) {
  const faulty = message === undefined ? undefined : { fields: {}, fault: faultIn("key", message) };
  const body = (
    <Door>
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
    </Door>
  );
  return showPage(c, null, { title: "Sign in", body, status: message === undefined ? 200 : 401 });
}

/** The same for each of them: whoever guesses learns nothing. */
function showPastLink(c: Http) {
  const body = (
    <Door>
      <p role="alert">This link opens nothing: it was used before, is older than ten minutes, or is mistyped.</p>
      <p>
        Ask whoever runs this service for another, or <a href="/sign-in">sign in with an API key</a>.
      </p>
    </Door>
  );
  return showPage(c, null, { title: "Sign in", body, status: 404 });
}

/** What stands in front of the pages. */
function Door({ children }: PropsWithChildren) {
  return (
    <section class="door">
      <svg viewBox="0 0 32 32" width="48" height="48" aria-hidden="true" class="drop">
        <path d="M16 3C11 11 8 15 8 20a8 8 0 0 0 16 0c0-5-3-9-8-17Z" fill="currentColor" />
      </svg>
      <h1>Dripline</h1>
      {children}
    </section>
  );
}

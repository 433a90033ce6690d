/** Knows what stands around every page: the way through the product, who is signed in, and what was just done. */
import { createContext, type PropsWithChildren, useContext } from "hono/jsx";
import type { Reading } from "../../domain/time";
import type { Said, Session } from "./session";

const SECTIONS = [
  ["sequences", "Sequences", "/"],
  ["contacts", "Contacts", "/contacts"],
  ["webhooks", "Webhooks", "/webhooks"],
  ["mailboxes", "Mailboxes", "/mailboxes"],
  ["letters", "Dead letters", "/dead-letters"],
  ["keys", "Keys", "/keys"],
] as const;
export type Section = (typeof SECTIONS)[number][0];

interface Around {
  /** Stands in each form. */
  token: string;
  now: Reading;
}

const AroundPage = createContext<Around>({ token: "", now: { wall: 0, journey: 0, speed: 1 } });

/** What every part of a page may ask for. */
export function useAround(): Around {
  return useContext(AroundPage);
}

interface ShellProps {
  title: string;
  section: Section | null;
  session: Session | null;
  said: Said | null;
  scripts: readonly string[];
  now: Reading;
}

export function Shell({ title, section, session, said, scripts, now, children }: PropsWithChildren<ShellProps>) {
  return (
    <AroundPage.Provider value={{ token: session?.token ?? "", now }}>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{`${title} · Dripline`}</title>
          <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
          <link rel="stylesheet" href="/dashboard.css" />
          {["dashboard.js", ...scripts].map((name) => (
            <script type="module" src={`/${name}`} />
          ))}
        </head>
        <body>
          <a class="skip" href="#main">
            To the content
          </a>
          {session && <Header section={section} session={session} />}
          <main id="main" tabindex={-1}>
            {said && (
              <p class={`said ${said.kind}`} role={said.kind === "refused" ? "alert" : "status"}>
                {said.text}
              </p>
            )}
            {children}
          </main>
        </body>
      </html>
    </AroundPage.Provider>
  );
}

function Header({ section, session }: { section: Section | null; session: Session }) {
  return (
    <header class="top">
      <a class="brand" href="/">
        <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
          <path d="M16 3C11 11 8 15 8 20a8 8 0 0 0 16 0c0-5-3-9-8-17Z" fill="currentColor" />
        </svg>
        Dripline
      </a>
      <nav aria-label="Main">
        {SECTIONS.map(([name, label, to]) => (
          <a href={to} aria-current={name === section ? "page" : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <div class="who">
        <a href="/workspace">{session.caller.workspaceName}</a>
        <form method="post" action="/sign-out">
          <input type="hidden" name="csrf" value={session.token} />
          <button class="plain">Sign out</button>
        </form>
      </div>
    </header>
  );
}

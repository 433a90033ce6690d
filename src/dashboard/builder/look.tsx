/** Knows how a text would look, as a document of its own that stands in a frame: nothing in it runs, or leads out. */
import { html } from "hono/html";
import type { Http } from "../../dialects/http";
import type { Contact } from "../../domain/contact";
import type { Format } from "../../domain/template";
import type { Preview, Rendered } from "../../engine/preview";
import { nameOf } from "../kit/names";

/** A mail brings styles of its own, and pictures from anywhere. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "img-src data: https: http:",
  // Without scripts, who is of this origin can do nothing by it but read the stylesheet.
  "sandbox allow-same-origin",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

export function showLook(c: Http, shown: Preview, format: Format, whom: string): Response | Promise<Response> {
  c.header("content-security-policy", POLICY);
  c.header("x-frame-options", "SAMEORIGIN");
  return c.html(
    html`<!doctype html>${(
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>How it looks</title>
          <link rel="stylesheet" href="/dashboard.css" />
        </head>
        <body class="looking">
          <Look of={shown} format={format} whom={whom} />
        </body>
      </html>
    )}`,
  );
}

function Look({
  of: { contact, subject, preheader, body },
  format,
  whom,
}: {
  of: Preview;
  format: Format;
  whom: string;
}) {
  return (
    <>
      <p class="hint">
        {contact === null
          ? `Nobody is found by “${whom}”: this is how somebody made up would get it.`
          : `As ${calledIn(contact)} would get it.`}
      </p>
      <Line called="Subject" of={subject} />
      <Line called="Preheader" of={preheader} />
      {!body.ok ? (
        <Wrong called="text" of={body} />
      ) : format === "html" ? (
        <iframe title="The mail" sandbox="" srcdoc={body.value}></iframe>
      ) : (
        <pre>{body.value}</pre>
      )}
      {body.ok && <p class="hint">{`${[...body.value].length.toLocaleString("en")} characters`}</p>}
    </>
  );
}

function calledIn(contact: Contact): string {
  const name = nameOf(contact);
  return contact.id === 0 ? `${name}, who is made up,` : name;
}

function Line({ called, of }: { called: string; of: Rendered }) {
  if (!of.ok) return <Wrong called={called.toLowerCase()} of={of} />;
  return of.value === "" ? null : (
    <p>
      <strong>{called}:</strong> {of.value}
    </p>
  );
}

function Wrong({ called, of }: { called: string; of: Rendered }) {
  if (of.ok) return null;
  const { message, line, column } = of.failure;
  return <p class="said refused">{`The ${called} is broken in line ${line}, column ${column}: ${message}`}</p>;
}

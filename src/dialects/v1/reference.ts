/** Knows the page on which people read v1's document: all of it stands in the page, and nothing comes from anywhere else. */
import { html } from "hono/html";
import type { OpenApi, Operation, Parameter } from "./openapi";
import type { Schema } from "./openapiparts";

type Html = ReturnType<typeof html>;

const STYLE = `:root{color-scheme:light dark;--soft:color-mix(in srgb,currentColor 12%,transparent)}
body{font:1rem/1.5 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;box-sizing:border-box;padding:1rem;border-right:1px solid var(--soft);font-size:.875rem}
nav ul{list-style:none;padding:0;margin:.25rem 0 1rem}main{padding:1rem 2rem 6rem;max-width:56rem}
section{border-top:1px solid var(--soft);padding:.5rem 0}h3{margin:.75rem 0 .25rem;font-size:1rem;overflow-wrap:anywhere}
code,b{font:.875em ui-monospace,monospace}b{font-weight:700;text-transform:uppercase}p{margin:.25rem 0}summary{cursor:pointer}
ul.of{list-style:none;margin:.25rem 0;padding-left:1rem;border-left:2px solid var(--soft)}small{opacity:.75}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}:target{background:var(--soft)}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto}}`;

export interface Page {
  page: Html;
  /** Takes this style, and nothing else from anywhere. */
  policy: string;
}

export async function pageOf(document: OpenApi): Promise<Page> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  const style = `'sha256-${new Uint8Array(digest).toBase64()}'`;
  const policy = `default-src 'none'; style-src ${style}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { page: showPage(document), policy };
}

interface Told extends Operation {
  verb: string;
  path: string;
}

function showPage({ info, tags, paths, components }: OpenApi): Html {
  const all = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]): Told => ({ ...operation, verb, path: `/v1${path}` })),
  );
  const groups = tags.map(({ name }) => ({ name, told: all.filter((one) => one.tags.includes(name)) }));
  const schemas = Object.entries(components.schemas);
  const links = groups.map(
    ({ name, told }) => html`<a href="#tag-${name}">${name}</a>
<ul>${told.map((one) => html`<li><a href="#${one.operationId}">${one.operationId}</a></li>`)}</ul>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} ${info.version}: the API</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Contents"><a class="skip" href="#main">To the text</a>
${links}<a href="#schemas">schemas</a>
<ul>${schemas.map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}</ul></nav>
<main id="main">
<h1>${info.title}</h1>
<p>${info.summary}. Version ${info.version}; the same for machines: <a href="/v1/openapi.json">openapi.json</a>.</p>
<p>${info.description}</p>
<p>A request has the header <code>Authorization: Bearer</code> and a key, or an access token of <code>POST /oauth/token</code>.
An operation names the scopes that the key needs.</p>
<p>Another Worker of the account may put replies on the queue <code>dripline-replies</code>; this is
<a href="/v1/schemas/reply.json">what such a message looks like</a>.</p>
<h2 id="others">The same sequences, spoken otherwise</h2>
<p><code>/api/v1</code> speaks as <a href="https://sendbroadcast.com">Broadcast</a> does, and <code>/api/v2</code> as
<a href="https://developers.outreach.io">Outreach</a> does (JSON:API): what they publish of sequences is their reference.
What is made in one is there in all.</p>
${groups.map(({ name, told }) => html`<h2 id="tag-${name}">${name}</h2>${told.map(showOperation)}`)}
<h2 id="schemas">schemas</h2>
${schemas.map(([name, schema]) => html`<section id="schema-${name}"><h3>${name}</h3>${typeOf(schema)}</section>`)}
</main>
</body>
</html>
`;
}

function showOperation({ operationId, verb, path, summary, security, parameters, requestBody, responses }: Told): Html {
  const named = parameters.filter((one): one is Parameter => "name" in one);
  const scopes = security.flatMap(({ key = [] }) => key);
  const bodies = Object.entries(requestBody?.content ?? {});
  const done = Object.entries(responses).filter(([status]) => status < "300");
  const refused = Object.keys(responses).filter((status) => status >= "300");
  return html`<section id="${operationId}">
<h3><a href="#${operationId}"><b>${verb}</b> <code>${path}</code></a></h3>
<p>${summary}.${scopes.length > 0 ? html` <small>Scope: <code>${scopes.join(", ")}</code></small>` : ""}</p>
${named.length > 0 ? html`<ul class="of">${named.map(showParameter)}</ul>` : ""}
${bodies.map(([type, { schema }]) => html`<details open><summary>Body, <code>${type}</code></summary>${typeOf(schema)}</details>`)}
${done.map(([status, { content }]) => html`<details><summary>Answer ${status}</summary>${typeOf(content?.["application/json"]?.schema ?? {})}</details>`)}
<p><small>Refused with ${refused.join(", ")}: <a href="#schema-Error">Error</a></small></p>
</section>`;
}

function showParameter({ name, in: place, required, schema }: Parameter): Html {
  return showField(name, schema, { required: required === true, place: `in the ${place}` });
}

function showField(
  name: string,
  schema: Schema,
  { required, place = "" }: { required: boolean; place?: string },
): Html {
  return html`<li><code>${name}</code> ${typeOf(schema)}${required ? "" : html` <small>optional</small>`} <small>${place}</small></li>`;
}

/** What a value may be, in a few words; an object with all its fields. */
function typeOf(schema: Schema): Html {
  const { $ref, anyOf, oneOf, type, properties, items } = schema;
  if ($ref) {
    const name = $ref.split("/").at(-1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = anyOf ?? oneOf;
  if (choices) return html`${choices.map((one, i) => html`${i > 0 ? " or " : ""}${typeOf(one)}`)}${boundsOf(schema)}`;
  if (items) return html`list of ${typeOf(items)}${boundsOf(schema)}`;
  if (properties) {
    const { required = [] } = schema;
    const fields = Object.entries(properties).map(([name, one]) =>
      showField(name, one, { required: required.includes(name) }),
    );
    return html`object<ul class="of">${fields}</ul>`;
  }
  return html`${[type ?? "anything"].flat().join(" or ")}${boundsOf(schema)}`;
}

function boundsOf(schema: Schema): Html {
  const { enum: words, const: only, format, default: unsaid, pattern, examples } = schema;
  const least = schema.minimum ?? schema.minLength ?? schema.minItems;
  const most = schema.maximum ?? schema.maxLength ?? schema.maxItems;
  const range = least === undefined && most === undefined ? [] : [`${least ?? ""}…${most ?? ""}`];
  const more = [
    ...(words ? [words.join(" | ")] : []),
    ...(only === undefined ? [] : [JSON.stringify(only)]),
    ...(format ? [format] : []),
    ...range,
    ...(pattern && examples ? [`such as ${examples[0]}`] : []),
    ...(unsaid === undefined ? [] : [`${JSON.stringify(unsaid)} unless said`]),
  ];
  return html`${more.length > 0 ? html` <small>${more.join(", ")}</small>` : ""}`;
}

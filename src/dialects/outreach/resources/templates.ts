/** Knows templates as a resource: what may be sent, in HTML. Recipients are only kept and shown. */
import { type Failure, ok, type Result, refuse } from "../../../domain/failure";
import { htmlOfText, textOfHtml } from "../../../domain/html";
import type { Row } from "../../../domain/listing";
import { create, remove, show, type TemplateFields, update } from "../../../engine/templates";
import { resource } from "../resource";
import type { Written } from "../table";
import { template } from "../tables/content";

type Body = Written<typeof template.attributes, typeof template.relationships>;

export const templates = resource({
  table: template,
  scopes: { read: "sequences_read", write: "sequences_write" },
  extras: ({ details, body, format }) => ({ ...detailsIn(details), ...textsOf({ body, format }) }),
  links: ["owner"],
  create: async (ctx, body) => {
    const fault = faultIn(body);
    if (fault) return refuse(fault);
    const { name, subject = null, bodyHtml } = body.attributes;
    const text = { name: name ?? "", subject, body: bodyHtml ?? "", format: "html" } as const;
    const made = await create(ctx, { ...fieldsOf(body, {}), ...text });
    return made.ok ? ok(made.value.id) : told(made);
  },
  update: async (ctx, id, body) => {
    const fault = faultIn(body);
    if (fault) return refuse(fault);
    const known = await show(ctx, id);
    if (!known.ok) return known;
    const { bodyHtml, subject } = body.attributes;
    // The text of one that was written elsewhere stays as it is where only what it says in HTML comes back.
    const unchanged = bodyHtml === undefined || bodyHtml === textsOf(known.value).bodyHtml;
    const text = unchanged ? {} : { body: bodyHtml ?? "", format: "html" as const };
    return told(await update(ctx, id, { ...fieldsOf(body, known.value.details), subject, ...text }));
  },
  remove,
  isEditable: ({ shareType, owner }, userId) => shareType === "shared" || owner === userId,
});

export function textsOf({ body, format }: Pick<Row, "body" | "format">) {
  const text = String(body ?? "");
  return format === "html"
    ? { bodyHtml: text, bodyText: textOfHtml(text) }
    : { bodyHtml: htmlOfText(text), bodyText: text };
}

const KEPT = ["toRecipients", "ccRecipients", "bccRecipients"] as const;

function detailsIn(details: unknown): object {
  return { toRecipients: [], ccRecipients: [], bccRecipients: [], ...(typeof details === "object" ? details : {}) };
}

const NEVER_NULL = ["archived", "shareType", "tags", "trackLinks", "trackOpens", ...KEPT] as const;

function faultIn({ attributes, links }: Body): Failure | null {
  if (links.owner === null) return { kind: "blank", field: "ownerId" };
  const empty = NEVER_NULL.find((field) => attributes[field] === null);
  return empty ? { kind: "blank", field: empty } : null;
}

/** What is left out stays as it is. */
function fieldsOf({ attributes, links }: Body, details: Record<string, unknown>): TemplateFields {
  const { name, archived, shareType, tags, trackLinks, trackOpens } = attributes;
  const kept = Object.fromEntries(
    KEPT.flatMap((key) => (attributes[key] === undefined ? [] : [[key, attributes[key]]])),
  );
  return {
    name: name === null ? "" : name,
    archived: archived ?? undefined,
    shareType: shareType ?? undefined,
    tags: tags ?? undefined,
    trackLinks: trackLinks ?? undefined,
    trackOpens: trackOpens ?? undefined,
    ownerId: links.owner,
    ...(Object.keys(kept).length > 0 ? { details: { ...details, ...kept } } : {}),
  };
}

/** The text is said in HTML here. */
function told<T>(result: Result<T>): Result<T> {
  if (result.ok || !("field" in result.failure) || result.failure.field !== "body") return result;
  return refuse({ ...result.failure, field: "bodyHtml" });
}

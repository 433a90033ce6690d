/** Knows how texts would look to somebody, by the rules that messages are written by; nothing is written down or sent. */
import { type Contact, stranger } from "../domain/contact";
import { ok, type Result } from "../domain/failure";
import { oneLine, printable } from "../domain/line";
import type { Platform } from "../domain/platform";
import { type Format, render, scopeOf, type TemplateFault } from "../domain/template";
import { wordsOf } from "../domain/terms";
import { list } from "./contacts";
import type { Context } from "./context";

export interface Texts {
  subject: string | null;
  preheader: string | null;
  body: string;
  format: Format;
}

export type Rendered = Result<string, TemplateFault>;

export interface Preview {
  /** Null where nobody was found. */
  contact: Contact | null;
  platform: Platform;
  subject: Rendered;
  preheader: Rendered;
  body: Rendered;
}

/** What a stranger is written to on. */
const USUAL: Platform = "EMAIL";

/** For the first contact whose names or addresses begin with the words; without any, for somebody who is only thought of. */
export async function preview(ctx: Context, texts: Texts, whom: string): Promise<Preview> {
  const words = wordsOf(whom);
  const filter = { words, tags: [], platform: null, page: 1, limit: 1 };
  const found = words.length === 0 ? stranger(ctx.workspaceId, USUAL) : (await list(ctx, filter)).items[0];
  const contact = found ?? null;
  const shown = contact ?? stranger(ctx.workspaceId, USUAL);
  const scope = scopeOf(shown, shown.platform, `${ctx.installed.publicUrl ?? "https://example.com"}/t/u/…`);
  const line = (source: string | null): Rendered => {
    const made = render(source ?? "", "text", scope);
    return made.ok ? ok(oneLine(made.value)) : made;
  };
  const body = render(texts.body, texts.format, scope);
  return {
    contact,
    platform: shown.platform,
    subject: line(texts.subject),
    preheader: line(texts.preheader),
    body: body.ok ? ok(printable(body.value)) : body,
  };
}

/** Knows what stands in a page that somebody may follow or send: its links, and its forms as they would be filled in. */

export interface ShownForm {
  /** Where it leads, without its query. */
  path: string;
  action: string;
  fields: Record<string, string[]>;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function plain(text: string): string {
  return text.replaceAll(/&(\w+|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function attributesOf(tag: string): Record<string, string> {
  const found = tag.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/g);
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name, plain(value)]));
}

/** What a person would write who is told to write something. */
const WRITTEN: Record<string, string> = {
  email: "a@b.example",
  number: "1",
  url: "https://b.example",
  date: "2041-01-02",
};

function enteredIn({ type = "text", value = "", ...more }: Record<string, string>): string | null {
  if (type === "checkbox" || type === "radio") return "checked" in more ? value || "on" : null;
  return value === "" && "required" in more ? (WRITTEN[type] ?? "something") : value;
}

function chosenIn(inner: string): string {
  const options = [...inner.matchAll(/<option([^>]*)>/g)].map(([, tag = ""]) => attributesOf(tag));
  return (options.find((one) => "selected" in one) ?? options[0])?.value ?? "";
}

function fieldsIn(inner: string): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  const enter = (name: string | undefined, value: string | null) => {
    if (name === undefined || name === "csrf" || value === null) return;
    fields[name] = [...(fields[name] ?? []), value];
  };
  for (const [, tag = ""] of inner.matchAll(/<input([^>]*)\/?>/g)) {
    const told = attributesOf(tag);
    enter(told.name, enteredIn(told));
  }
  for (const [, tag = "", text = ""] of inner.matchAll(/<textarea([^>]*)>([\s\S]*?)<\/textarea>/g))
    enter(attributesOf(tag).name, plain(text) || "something");
  for (const [, tag = "", options = ""] of inner.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g))
    enter(attributesOf(tag).name, chosenIn(options));
  return fields;
}

/** The forms of a page that change something. */
export function formsIn(html: string): ShownForm[] {
  return [...html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].flatMap(([, tag = "", inner = ""]) => {
    const { method = "get", action = "" } = attributesOf(tag);
    // One without a button is for scripts, which say where it leads.
    if (method.toLowerCase() !== "post" || !inner.includes("<button")) return [];
    return [{ action, path: action.replace(/\?.*/s, ""), fields: fieldsIn(inner) }];
  });
}

/** Where a page leads within this site. */
export function linksIn(html: string): string[] {
  const found = [...html.matchAll(/<a(\s[^>]*)>/g)].map(([, tag = ""]) => attributesOf(tag).href ?? "");
  return [...new Set(found.filter((href) => /^\/(?!\/)/.test(href)).map((href) => href.replace(/#.*/s, "")))];
}

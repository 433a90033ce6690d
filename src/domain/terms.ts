/** Knows the words by which a contact is found. */
import type { Address } from "./contact";
import type { Platform } from "./platform";

export interface Term {
  kind: "word" | "tag" | "platform";
  term: string;
}

interface Named {
  displayName?: string | null | undefined;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  tags: string[];
  addresses: readonly Address[];
}

/** Words a contact is indexed by at most, so that a long name does not cost many rows. */
const MOST_WORDS = 20;

export function termsOf(contact: Named): Term[] {
  const { displayName, firstName, lastName, addresses } = contact;
  const texts = [displayName, firstName, lastName, ...addresses.map(({ address }) => address)];
  const words = new Set(texts.flatMap((text) => wordsOf(text ?? "")));
  for (const { key } of addresses) words.add(key.toLowerCase());
  const platforms = new Set<Platform>(addresses.map((address) => address.platform));
  return [
    ...[...words].slice(0, MOST_WORDS).map((term) => ({ kind: "word" as const, term })),
    ...[...new Set(contact.tags)].map((term) => ({ kind: "tag" as const, term })),
    ...[...platforms].map((term) => ({ kind: "platform" as const, term })),
  ];
}

/** The words of a text, in lower case; a search looks for the beginnings of them. */
export function wordsOf(text: string): string[] {
  return lower(text)
    .split(/[\s@,;]+/)
    .filter((word) => word !== "");
}

function lower(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

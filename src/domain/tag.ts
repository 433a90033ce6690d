/** Knows what a tag is: some text on one line, without spaces around it. */
import { isOneLine } from "./line";

/** That one contact has, or one step adds. */
export const MOST_TAGS = 100;
/** Characters, as people count them. */
export const LONGEST_TAG = 100;

/** The tag that is meant by a text; what is left may still be none. */
export function tagOf(text: string): string {
  return text.trim();
}

export function isTag(text: string): boolean {
  return text !== "" && text === tagOf(text) && isOneLine(text) && [...text].length <= LONGEST_TAG;
}

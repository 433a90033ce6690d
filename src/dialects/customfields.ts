/** Knows what a dialect takes for the fields that a workspace gives its contacts: named so that conditions can ask for them. */
import * as z from "zod";
import { MOST_CUSTOM } from "../domain/customfields";

const DEEPEST = 10;

export const CustomFields = z
  .record(z.string().regex(/^[^.\s]{1,100}$/, "must be named without dots and spaces"), z.unknown())
  .refine((fields) => !isTooDeep(fields), { message: `must be nested at most ${DEEPEST} deep`, abort: true })
  .refine((fields) => JSON.stringify(fields).length <= MOST_CUSTOM, `must be at most ${MOST_CUSTOM} bytes of JSON`);

/** What is nested deeper, no database takes. */
export function isTooDeep(value: unknown): boolean {
  return depthOf(value) > DEEPEST;
}

/** How deep a JSON value is nested; counted without recursion, for it may be deeper than the stack. */
function depthOf(value: unknown): number {
  let level = [value];
  let depth = 0;
  while (level.length > 0) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
    depth += 1;
  }
  return depth;
}

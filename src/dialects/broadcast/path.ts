/** Knows that every path of this API may end in `.json`, which changes nothing. */
import { getPath } from "hono/utils/url";

export const BASE = "/api/v1";
const SUFFIX = ".json";

/** The path a request is routed by. */
export function pathOf(request: Request): string {
  const path = getPath(request);
  return isOurs(path) && path.endsWith(SUFFIX) ? path.slice(0, -SUFFIX.length) : path;
}

export function isOurs(path: string): boolean {
  return path.startsWith(`${BASE}/`);
}

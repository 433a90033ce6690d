/** Knows that every path of this API may end in `.json`, or in a slash, which changes nothing. */
import { getPath } from "hono/utils/url";

export const BASE = "/api/v1";
const SUFFIX = ".json";

/** The path a request is routed by. */
export function pathOf(request: Request): string {
  const path = getPath(request);
  return isOurs(path) ? without(SUFFIX, without("/", path)) : path;
}

export function isOurs(path: string): boolean {
  return path.startsWith(`${BASE}/`);
}

function without(end: string, path: string): string {
  return path.endsWith(end) ? path.slice(0, -end.length) : path;
}

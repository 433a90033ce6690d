/** Knows where this API is. */
export const BASE = "/api/v2";

export function isOurs(path: string): boolean {
  return path === BASE || path.startsWith(`${BASE}/`);
}

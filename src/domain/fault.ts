/** Knows how a fault is put into a log line: its cause, and none of the data that came along with it. */

/** The innermost cause's message; what wraps it may quote a whole query with its values. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : causeOf(error.cause);
}

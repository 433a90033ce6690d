/** Knows which refusals are none: what is refused only for now is thrown, so that it comes again. */
import type { Failure } from "../domain/failure";

export function unlessOutage(failure: Failure): void {
  if (failure.kind === "unavailable") throw new Error(failure.what);
}

/** Knows how failures that name the engine's fields are told in the words of a resource. */
import type { Failure, Result } from "../../domain/failure";

/** The engine's names of fields, and a resource's. */
export type Words = Readonly<Record<string, string>>;

export function inWords<T>(result: Result<T>, words: Words): Result<T> {
  return result.ok ? result : { ok: false, failure: failureIn(result.failure, words) };
}

function failureIn(failure: Failure, words: Words): Failure {
  return "field" in failure ? { ...failure, field: words[failure.field] ?? failure.field } : failure;
}

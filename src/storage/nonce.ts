/** Knows how a revision is chosen that no other edit chooses, so that a batch can tell whether its own edit has won. */
export function newNonce(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

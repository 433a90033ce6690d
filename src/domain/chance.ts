/** Knows how to scatter things without chance: the same seed always lands at the same place. */

/** FNV-1a over the UTF-16 units of the seed, an unsigned 32-bit integer. */
export function hash(seed: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) {
    value ^= seed.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

/** A whole number from 0 up to, not including, `range`; 0 when the range is below 1. */
export function scatter(seed: string, range: number): number {
  return range < 1 ? 0 : Math.floor((hash(seed) / 0x1_0000_0000) * range);
}

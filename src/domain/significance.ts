/** Knows whether one of two texts does better than the other, or chance may have made it seem so. */

/** So many of so many. */
export interface Share {
  hits: number;
  of: number;
}

export type Verdict =
  | { enoughData: false }
  | {
      enoughData: true;
      /** Of the share of the first over that of the second, from -1 to 1. */
      difference: number;
      z: number;
      /** How likely a difference as great as this is where there is none. */
      pValue: number;
      significant: boolean;
    };

/** Below so many hits and so many misses to be expected of each, the normal curve is no likeness of what chance does. */
const LEAST_EXPECTED = 10;
const LEVEL = 0.05;

/**
 * The two-proportion z-test, two-sided, with the shares pooled. Where several are compared with the same one, each must be the
 * surer (Bonferroni). Who looks every day and stops at the first good one fools himself: it holds for one look.
 */
export function compare(one: Share, other: Share, comparisons = 1): Verdict {
  const of = one.of + other.of;
  const pooled = of === 0 ? 0 : (one.hits + other.hits) / of;
  const least = Math.min(one.of, other.of) * Math.min(pooled, 1 - pooled);
  if (least < LEAST_EXPECTED) return { enoughData: false };
  const difference = one.hits / one.of - other.hits / other.of;
  const z = difference / Math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of));
  const pValue = beyond(Math.abs(z));
  return { enoughData: true, difference, z, pValue, significant: pValue < LEVEL / comparisons };
}

/** How much of the normal curve lies farther from its middle than z, on both sides (Abramowitz and Stegun, 7.1.26). */
function beyond(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const terms = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  return terms.reduceRight((sum, term) => (sum + term) * t, 0) * Math.exp(-x * x);
}

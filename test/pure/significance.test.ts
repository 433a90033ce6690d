import { describe, expect, test } from "vitest";
import { compare, type Share } from "../../src/domain/significance";

const share = (hits: number, of: number): Share => ({ hits, of });

describe("too little to say anything", () => {
  test.each([
    ["nothing was sent", share(0, 0), share(0, 0)],
    ["one of them has sent nothing", share(50, 100), share(0, 0)],
    ["nobody has answered", share(0, 1000), share(0, 1000)],
    ["all have answered", share(1000, 1000), share(1000, 1000)],
    ["three of thirty beside nine of thirty", share(3, 30), share(9, 30)],
    ["a rare thing, though much was sent", share(5, 1000), share(14, 1000)],
  ])("%s", (_, one, other) => {
    expect(compare(one, other)).toEqual({ enoughData: false });
  });
});

describe("beside each other", () => {
  // z and p as a textbook's table has them.
  test.each([
    [
      "alike -> no difference",
      share(100, 1000),
      share(100, 1000),
      { difference: 0, z: 0, pValue: 1, significant: false },
    ],
    [
      "10 % and 15 % of 1,000",
      share(150, 1000),
      share(100, 1000),
      { difference: 0.05, z: 3.381, pValue: 0.00072, significant: true },
    ],
    [
      "the other way about",
      share(100, 1000),
      share(150, 1000),
      { difference: -0.05, z: -3.381, pValue: 0.00072, significant: true },
    ],
    [
      "10 % and 12 % of 1,000 may be chance",
      share(120, 1000),
      share(100, 1000),
      { difference: 0.02, z: 1.43, pValue: 0.1529, significant: false },
    ],
    [
      "unlike numbers",
      share(60, 400),
      share(240, 2400),
      { difference: 0.05, z: 2.996, pValue: 0.00274, significant: true },
    ],
  ])("%s", (_, one, other, expected) => {
    const verdict = compare(one, other);
    if (!verdict.enoughData) throw new Error("there is enough");
    expect(verdict.significant).toBe(expected.significant);
    expect(verdict.difference).toBeCloseTo(expected.difference, 6);
    expect(verdict.z).toBeCloseTo(expected.z, 2);
    expect(verdict.pValue).toBeCloseTo(expected.pValue, 4);
  });

  test("one of many must be the surer", () => {
    const [one, other] = [share(135, 1000), share(100, 1000)];
    expect(compare(one, other)).toMatchObject({ significant: true });
    expect(compare(one, other, 5)).toMatchObject({ significant: false });
  });
});

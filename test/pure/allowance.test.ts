import { describe, expect, test } from "vitest";
import { allowanceOf } from "../../src/domain/allowance";
import { readRates } from "../../src/domain/plan";

const NOON = Date.UTC(2040, 0, 2, 12);
const AT_ONE = NOON / 1000 + 60;

describe("what a key may make in a minute of the clock", () => {
  test.each([
    ["the first", { used: 0, wall: NOON }, { remaining: 2, retryAfter: null }],
    ["the last that has room", { used: 2, wall: NOON + 1 }, { remaining: 0, retryAfter: null }],
    ["one too many, at the start", { used: 3, wall: NOON }, { remaining: 0, retryAfter: 60 }],
    ["one too many, just before the turn", { used: 9, wall: NOON + 59_001 }, { remaining: 0, retryAfter: 1 }],
  ])("%s", (_, { used, wall }, expected) => {
    expect(allowanceOf({ limit: 3, used, wall })).toEqual({ limit: 3, resetAt: AT_ONE, ...expected });
  });

  test("the minute turned -> it resets a minute later", () => {
    expect(allowanceOf({ limit: 3, used: 0, wall: NOON + 60_000 }).resetAt).toBe(AT_ONE + 60);
  });
});

describe("limits as an installation writes them", () => {
  const usual = { FREE: 120, STARTER: 200, PRO: 500, AGENCY: 1000 };

  test.each([
    ["FREE=60", { ...usual, FREE: 60 }],
    [" PRO = 5 , AGENCY=100000 ", { ...usual, PRO: 5, AGENCY: 100_000 }],
    ["", null],
    ["FREE", null],
    ["FREE=0", null],
    ["FREE=-1", null],
    ["FREE=1.5", null],
    ["GOLD=5", null],
    ["FREE=1;PRO=2", null],
  ])("%s", (text, expected) => {
    expect(readRates(text)).toEqual(expected);
  });
});

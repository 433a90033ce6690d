import { describe, expect, test } from "vitest";
import { allowanceOf } from "../../src/domain/allowance";

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

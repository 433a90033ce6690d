import { describe, expect, test } from "vitest";
import { limitsBy, limitsOf, readByPlan, readByPlanOrNone, STANDARD, sizeInWords } from "../../src/domain/limits";
import { featuresOf, includes } from "../../src/domain/plan";

describe("figures by plan as an installation writes them", () => {
  test.each([
    ["FREE=60", { FREE: 60 }],
    [" PRO = 5 , AGENCY=100000 ", { PRO: 5, AGENCY: 100_000 }],
    ["", null],
    ["FREE", null],
    ["FREE=0", null],
    ["FREE=-1", null],
    ["FREE=1.5", null],
    ["FREE=1=2", null],
    ["GOLD=5", null],
    ["FREE=1;PRO=2", null],
    ["FREE=none", null],
  ])("%s", (text, expected) => {
    expect(readByPlan(text)).toEqual(expected);
  });

  test.each([
    ["FREE=100,PRO=none", { FREE: 100, PRO: null }],
    ["FREE=null", null],
    ["NONE=none", null],
  ])("%s, where there may be no limit", (text, expected) => {
    expect(readByPlanOrNone(text)).toEqual(expected);
  });
});

describe("what a workspace is limited to", () => {
  const byPlan = limitsBy({ requestsPerMinute: { PRO: 7 }, enrollments: { PRO: null, FREE: 3 }, bodyBytes: 2048 });

  test("an installation says nothing -> the published figures", () => {
    expect(limitsBy({})).toEqual(STANDARD);
  });

  test.each([
    ["its plan's", { plan: "PRO", limits: {} }, { requestsPerMinute: 7, enrollments: null, bodyBytes: 2048 }],
    ["another plan's stay", { plan: "STARTER", limits: {} }, { requestsPerMinute: 200, enrollments: 10_000 }],
    [
      "its own come first",
      { plan: "PRO", limits: { requestsPerMinute: 9 } },
      { requestsPerMinute: 9, bodyBytes: 2048 },
    ],
    ["its own is that there is none", { plan: "FREE", limits: { enrollments: null } }, { enrollments: null }],
    ["its own is that nobody may", { plan: "AGENCY", limits: { enrollments: 0 } }, { enrollments: 0 }],
  ] as const)("%s", (_, workspace, expected) => {
    expect(limitsOf(byPlan, workspace)).toMatchObject(expected);
  });
});

describe("what a workspace has", () => {
  test.each([
    ["AGENCY", {}, true],
    ["AGENCY", { dm_sequences: false }, false],
    ["PRO", {}, false],
    ["FREE", { dm_sequences: true }, true],
  ] as const)("%s with %j -> sequences: %s", (plan, features, expected) => {
    expect(includes({ plan, features }, "dm_sequences")).toBe(expected);
    expect(featuresOf({ plan, features })).toEqual({ dm_sequences: expected });
  });
});

test.each([
  [1024 ** 2, "1 MiB"],
  [8 * 1024 ** 2, "8 MiB"],
  [2048, "2 KiB"],
  [1500, "1500 bytes"],
])("%i bytes are %s", (bytes, words) => {
  expect(sizeInWords(bytes)).toBe(words);
});

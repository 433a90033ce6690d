import { describe, expect, test } from "vitest";
import { scatter } from "../../src/domain/chance";
import { decide } from "../../src/domain/decide";
import type { Facts } from "../../src/domain/facts";
import type { Step, StepOf } from "../../src/domain/step";
import { shownText, type Variant, variantFor } from "../../src/domain/variant";
import { now, running, SECOND_STEP, steps, treeWith } from "./given";
import { waitingDue, waitingFirst } from "./states";

const plain: Variant = {
  id: 1,
  templateId: 10,
  isPrivate: false,
  isReply: false,
  weight: 1,
  enabledAt: 0,
  subject: "One",
  body: "1",
  format: "text",
};
const other: Variant = { ...plain, id: 2, templateId: 20, subject: "Two", body: "2", format: "html" };
const off: Variant = { ...plain, id: 3, templateId: 30, enabledAt: null };

function stepWith(variants: Variant[]): StepOf<"message"> {
  return { ...(steps[2] as StepOf<"message">), variants };
}

/** How often each of the variants is drawn by so many enrollments in a row. */
function drawn(variants: Variant[], enrollments: number, first = 1): number[] {
  const step = stepWith(variants);
  const ids = Array.from({ length: enrollments }, (_, i) => variantFor(step, first + i)?.id);
  return variants.map(({ id }) => ids.filter((drawnId) => drawnId === id).length);
}

describe("which variant an enrollment gets", () => {
  test.each([1, 1000, 40_961, 9_000_000])("two are split near evenly over 10,000 enrollments from %i on", (first) => {
    const [one = 0, two = 0] = drawn([plain, other], 10_000, first);
    expect(one + two).toBe(10_000);
    expect(Math.abs(one - two)).toBeLessThan(400);
  });

  test("three are split near evenly, and in no long runs", () => {
    const three = [plain, other, { ...other, id: 4 }];
    for (const n of drawn(three, 9000)) expect(Math.abs(n - 3000)).toBeLessThan(250);
    for (let first = 1; first < 1000; first += 20) {
      expect(Math.max(...drawn([plain, other], 20, first))).toBeLessThan(19);
    }
  });

  test("the same enrollment always gets the same one", () => {
    const step = stepWith([plain, other]);
    for (let id = 1; id < 50; id++) expect(variantFor(step, id)).toBe(variantFor({ ...step }, id));
  });

  test("where all weigh 1, the one that was drawn before there were weights", () => {
    const three = [plain, other, { ...other, id: 4 }];
    for (let id = 1; id < 500; id++) {
      const place = scatter(`variant/${id}/of/${SECOND_STEP}`, three.length);
      expect(variantFor(stepWith(three), id)?.id).toBe(three[place]?.id);
    }
  });

  test.each([
    [
      [3, 1],
      [7500, 2500],
    ],
    [
      [1, 99],
      [100, 9900],
    ],
    [
      [50, 50],
      [5000, 5000],
    ],
    [
      [100, 1, 99],
      [5000, 50, 4950],
    ],
  ])("weights %j -> shares of 10,000 near %j", (weights, shares) => {
    const variants = weights.map((weight, i) => ({ ...plain, id: i + 1, weight }));
    for (const [i, n] of drawn(variants, 10_000).entries()) {
      expect(Math.abs(n - (shares[i] ?? 0))).toBeLessThan(300);
      expect(n).toBeGreaterThan(0);
    }
  });

  test("what is switched off weighs nothing", () => {
    expect(drawn([{ ...plain, weight: 100, enabledAt: null }, other, { ...off, weight: 50 }], 200)).toEqual([
      0, 200, 0,
    ]);
  });

  test("none that is switched off; none at all where all are", () => {
    expect(drawn([plain, off], 100)).toEqual([100, 0]);
    expect(variantFor(stepWith([off]), 7)).toBeNull();
    expect(variantFor(stepWith([]), 7)).toBeNull();
  });
});

test.each([
  ["the first that is enabled", [off, other, plain], { subject: "Two", body: "2" }],
  ["of a reply no subject", [{ ...plain, isReply: true }], { subject: null, body: "1" }],
  ["none is enabled -> nothing", [off], { subject: null, body: null }],
] as const)("the text that a step shows: %s", (_, variants, text) => {
  expect(shownText(variants)).toEqual(text);
});

describe("a claim", () => {
  const at = (variants: Variant[]): Facts => ({
    ...running,
    tree: treeWith({ [SECOND_STEP]: { variants } as Partial<Step>, 2: { variants } as Partial<Step> }),
  });
  const claimed = (variants: Variant[], state = waitingDue) =>
    decide(state, { kind: "wake", facts: at(variants) }, now).deliver?.content;

  test("renders the variant drawn, and says which it was", () => {
    const content = { subject: "Two", body: "2", format: "html", template: { variant: 2, template: 20 } };
    expect(claimed([off, other])).toMatchObject(content);
  });

  test("a reply continues the thread; where there is none yet, its own subject begins one", () => {
    const reply = { ...plain, isReply: true };
    expect(claimed([reply])?.subject).toBeNull();
    expect(claimed([reply], waitingFirst)?.subject).toBe("One");
  });

  test("no variant is enabled -> the enrollment fails, and nothing is sent", () => {
    const { state, deliver } = decide(waitingDue, { kind: "wake", facts: at([off]) }, now);
    expect(deliver).toBeUndefined();
    expect(state.phase).toMatchObject({ is: "ended", why: "failed", error: "the step has no enabled template" });
  });
});

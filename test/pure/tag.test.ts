import { describe, expect, test } from "vitest";
import { isTag, LONGEST_TAG, tagOf } from "../../src/domain/tag";

describe("a tag", () => {
  test.each([
    [" vip ", "vip"],
    ["\tvery  important\n", "very  important"],
    ["\u00a0x", "x"],
    ["  ", ""],
  ])("%j is %j", (text, tag) => {
    expect(tagOf(text)).toBe(tag);
  });

  test.each(["a", "very important", "Ünïcode", "🎈".repeat(LONGEST_TAG), "a,b"])("%s can be one", (text) => {
    expect(isTag(text)).toBe(true);
  });

  test.each(["", " ", " a", "a ", "a\nb", "a\u0000", "\u007f", "x".repeat(LONGEST_TAG + 1)])("%j is none", (text) => {
    expect(isTag(text)).toBe(false);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { chanceOf } from "../durability/chance";
import { compare, drawSchedules, T } from "../support/simulating";
import { begin, idOf, makeDrip } from "../support/world";

describe("a simulation says what a real journey then does: each step, its time to the second, and its text", () => {
  let target = 0;
  let open: number[] = [];
  beforeAll(async () => {
    await begin();
    target = idOf((await makeDrip([24])).sequence);
    open = await drawSchedules(chanceOf(1));
  });

  test.each(Array.from({ length: 4 }, (_, i) => i))("sequences %i", async (nth) => {
    const began = performance.now();
    for (let seed = nth * 50; seed < nth * 50 + 50; seed++) {
      const { real, told } = await compare(seed, { target, open });
      expect({ seed, lines: told }).toEqual({ seed, lines: real });
    }
    console.info("took", T, performance.now() - began);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { chanceOf } from "../durability/chance";
import { compare, drawSchedules } from "../support/simulating";
import { begin, idOf, makeDrip } from "../support/world";

/** Sequences in all, and in each test. */
const SEQUENCES = 200;
const EACH = 25;

describe("a simulation says what a real journey then does: each step, its time to the second, and its text", () => {
  let by = { target: 0, open: [] as number[] };
  const seen = new Map<string, number>();
  beforeAll(async () => {
    await begin();
    by = { target: idOf((await makeDrip([24])).sequence), open: await drawSchedules(chanceOf(1)) };
  });

  const firsts = Array.from({ length: SEQUENCES / EACH }, (_, i) => i * EACH);
  test.each(firsts)("of sequence %i, and of those drawn after it", async (first) => {
    for (let seed = first; seed < first + EACH; seed++) {
      const { real, told, seen: kinds } = await compare(seed, by);
      expect({ seed, lines: told }).toEqual({ seed, lines: real });
      for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
  });

  test("among them are steps, waits and endings of all kinds", () => {
    console.info("seen in simulations", Object.fromEntries(seen));
    const kinds = [
      "message",
      "delay",
      "delay_until_time",
      "condition",
      "add_tag",
      "remove_tag",
      "task",
      "move_to_sequence",
    ];
    const waits = ["time_of_day", "window", "date"];
    const results = ["true", "false", "skipped", "completed", "moved", "removed"];
    for (const kind of [...kinds, "deactivate_contact", ...waits, ...results]) {
      expect([kind, seen.get(kind) ?? 0]).toEqual([kind, expect.toSatisfy((n: number) => n > 0)]);
    }
  });
});

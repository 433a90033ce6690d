import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import { J, now } from "./given";
import { ended, live, pending, rows, waiting } from "./states";

const remark = { kind: "remark", key: "b1", reason: "a bounce that may pass" } as const;

describe("a remark", () => {
  test.each(rows({ pending, ...live }))("%s -> stands in the history once, and changes nothing else", (_, state) => {
    const noted = decide(state, remark, now);
    expect(noted).toEqual({
      state: { ...state, replies: ["b1"] },
      deeds: [{ what: "reply_ignored", reply: "b1", reason: "a bounce that may pass" }],
    });
    expect(decide(noted.state, remark, now)).toEqual({ state: noted.state, deeds: [] });
  });

  test.each(rows(ended))("%s -> refused, already ended", (_, state) => {
    expect(decide(state, remark, now)).toEqual({ state, deeds: [], refusal: "already_ended" });
  });
});

test("an exit for a reason -> ends, and says why", () => {
  const exit = { kind: "exit", why: "removed", reason: "somebody else at the company replied" } as const;
  expect(decide(waiting, exit, now)).toMatchObject({
    state: { phase: { is: "ended", why: "removed", at: J, error: exit.reason }, repliedAt: null },
    deeds: [{ what: "ended", why: "removed", error: exit.reason }],
  });
});

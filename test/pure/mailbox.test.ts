/** From which mailbox a journey's mails leave, and which limits can be kept. */
import { describe, expect, test } from "vitest";
import { type Choice, chooseMailbox, faultInLimits, type Limits } from "../../src/domain/mailbox";

const open = (id: number): Choice => ({ id, pausedAt: null });
const shut = (id: number): Choice => ({ id, pausedAt: 1 });
const chosen = (mailboxes: Choice[], enrollment: number, own: (number | null)[] = []) =>
  chooseMailbox(mailboxes, { enrollment, own })?.id ?? null;

describe("which mailbox", () => {
  test.each<[string, Choice[], (number | null)[], number | null]>([
    ["none there -> none", [], [3, 4], null],
    ["its thread's, and the one it was enrolled with -> its thread's", [open(4), open(3)], [3, 4], 3],
    ["its thread's is gone -> the one it was enrolled with", [open(4), open(5)], [3, 4], 4],
    ["its own is paused, another is not -> its own", [shut(3), open(4)], [3, null], 3],
    ["no own, one paused, one not -> that one", [shut(3), open(4)], [null, null], 4],
    ["no own, all paused -> one of them, that it waits for", [shut(3)], [null, null], 3],
    ["its own are gone -> another", [open(8)], [3, 4], 8],
  ])("%s", (_, mailboxes, own, expected) => {
    expect(chosen(mailboxes, 7, own)).toBe(expected);
  });

  test.each([2, 3, 7, 100])("among %i each gets its share", (count) => {
    const mailboxes = Array.from({ length: count }, (_, i) => open(i + 1));
    const drawn = Array.from({ length: count * 200 }, (_, i) => chosen(mailboxes, 1000 + i));
    const shares = [...Map.groupBy(drawn, (id) => id).values()].map(({ length }) => length);
    expect(shares).toHaveLength(count);
    expect(Math.min(...shares)).toBeGreaterThan(100);
    expect(Math.max(...shares)).toBeLessThan(300);
  });

  test("the order in which they are read is no matter, and another enrollment's choice is another", () => {
    const mailboxes = [open(1), open(2), open(3)];
    for (let id = 1; id < 50; id++) expect(chosen(mailboxes.toReversed(), id)).toBe(chosen(mailboxes, id));
  });

  test("one that comes takes its share, and nobody moves between the others", () => {
    const before = [open(1), open(2), open(3)];
    const moved = Array.from({ length: 300 }, (_, id) => [chosen(before, id), chosen([...before, open(4)], id)]);
    const gone = moved.filter(([from, to]) => from !== to);
    expect(new Set(gone.map(([, to]) => to))).toEqual(new Set([4]));
    expect(gone.length).toBeGreaterThan(40);
    expect(gone.length).toBeLessThan(110);
  });

  test("one that is paused is left by those alone who had it, and they come back", () => {
    const all = [open(1), open(2), open(3)];
    for (let id = 0; id < 200; id++) {
      const first = chosen(all, id);
      const meanwhile = chosen([open(1), shut(2), open(3)], id);
      if (first !== 2) expect(meanwhile).toBe(first);
      else expect(meanwhile).not.toBe(2);
    }
  });
});

describe("limits", () => {
  const warmup = { start: 1, step: 0, since: "2040-01-02" };
  test.each<[string | null, Partial<Limits>]>([
    [null, {}],
    [null, { daily: null, rate: null, warmup: null, zone: "UTC" }],
    [null, { daily: 1, rate: { messages: 1, seconds: 1 }, warmup, zone: "Asia/Kolkata" }],
    ["dailyLimit", { daily: 0 }],
    ["dailyLimit", { daily: 1.5 }],
    ["dailyLimit", { daily: 1_000_001 }],
    ["rate.messages", { rate: { messages: 0, seconds: 60 } }],
    ["rate.messages", { rate: { messages: 10_001, seconds: 60 } }],
    ["rate.seconds", { rate: { messages: 1, seconds: 0 } }],
    ["rate.seconds", { rate: { messages: 1, seconds: 86_401 } }],
    ["warmup.start", { warmup: { ...warmup, start: 0 } }],
    ["warmup.step", { warmup: { ...warmup, step: -1 } }],
    ["warmup.since", { warmup: { ...warmup, since: "2040-02-30" } }],
    ["timezone", { zone: "Mars/Olympus" }],
    ["timezone", { zone: "+02:00" }],
  ])("%s is at fault: %j", (field, limits) => {
    const fault = faultInLimits(limits);
    expect(fault && "field" in fault ? fault.field : fault).toBe(field);
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LedgerLine, mergeTellings, snapshotOf, type Telling } from "../../src/domain/mirror";
import "./luck";
import { J, now, SECOND_STEP } from "./given";
import { waiting } from "./states";

function line(n: number, id: number): LedgerLine {
  const sent = { status: "sent", attempts: 1, subject: null, excerpt: "x", providerId: null, error: null } as const;
  const source = { variant: 30, template: 300, createdAt: J };
  return { n, id, step: SECOND_STEP, at: J, ...sent, ...source };
}

/** The telling of entries `from` to `to`, with a line for those of them that are about a message. */
function told(version: number, from: number, to: number, lines: LedgerLine[] = [], enrollment = 7): Telling {
  const snapshot = { ...snapshotOf(waiting, now), version };
  return {
    v: 1,
    enrollment,
    workspace: 1,
    snapshot,
    from,
    to,
    messages: lines.filter(({ n }) => n >= from && n <= to),
  };
}

function merged(...tellings: Telling[]) {
  return mergeTellings(tellings).map(({ snapshot, from, to, messages }) => ({
    version: snapshot.version,
    from,
    to,
    lines: messages.map(({ n, id }) => [n, id]),
  }));
}

const lines = [line(2, 11), line(3, 11), line(5, 12)];

describe("tellings of one enrollment", () => {
  test("none -> none", () => {
    expect(mergeTellings([])).toEqual([]);
  });

  test("one -> itself", () => {
    expect(mergeTellings([told(1, 1, 1)])).toEqual([told(1, 1, 1)]);
  });

  test("doubled -> one", () => {
    expect(merged(told(3, 1, 5, lines), told(3, 1, 5, lines))).toEqual([
      {
        version: 3,
        from: 1,
        to: 5,
        lines: [
          [3, 11],
          [5, 12],
        ],
      },
    ]);
  });

  test("one after the other -> the newest snapshot, the facts joined", () => {
    expect(merged(told(1, 1, 2, lines), told(2, 3, 5, lines))).toEqual([
      {
        version: 2,
        from: 1,
        to: 5,
        lines: [
          [3, 11],
          [5, 12],
        ],
      },
    ]);
  });

  test("overlapping -> the facts joined once", () => {
    expect(merged(told(1, 1, 3, lines), told(2, 2, 5, lines))).toEqual([
      {
        version: 2,
        from: 1,
        to: 5,
        lines: [
          [3, 11],
          [5, 12],
        ],
      },
    ]);
  });

  test("reordered -> the same", () => {
    const both = [told(1, 1, 2, lines), told(2, 3, 5, lines)] as const;
    expect(merged(both[1], both[0])).toEqual(merged(...both));
  });

  test("a gap between them -> facts up to the gap, and the newest snapshot all the same", () => {
    expect(merged(told(1, 1, 2, lines), told(4, 5, 5, lines))).toEqual([
      { version: 4, from: 1, to: 2, lines: [[2, 11]] },
    ]);
  });

  test("a gap that a third one fills -> all facts", () => {
    const [first, third, second] = [told(1, 1, 2, lines), told(4, 5, 5, lines), told(3, 3, 4, lines)];
    expect(merged(first, third, second)).toEqual([
      {
        version: 4,
        from: 1,
        to: 5,
        lines: [
          [3, 11],
          [5, 12],
        ],
      },
    ]);
  });

  test("one that tells no facts -> its snapshot counts, the facts are those of the other", () => {
    expect(merged(told(3, 6, 5), told(2, 4, 5, lines))).toEqual([{ version: 3, from: 4, to: 5, lines: [[5, 12]] }]);
    expect(merged(told(1, 1, 0), told(2, 1, 3, lines))).toEqual([{ version: 2, from: 1, to: 3, lines: [[3, 11]] }]);
  });

  test("an older snapshot with more facts -> does not overwrite the newer", () => {
    expect(merged(told(5, 1, 2, lines), told(4, 1, 5, lines))).toEqual([
      {
        version: 5,
        from: 1,
        to: 5,
        lines: [
          [3, 11],
          [5, 12],
        ],
      },
    ]);
  });

  test("several lines about one message -> the newest", () => {
    expect(merged(told(1, 1, 3, [line(3, 11), line(1, 11), line(2, 11)]))).toEqual([
      { version: 1, from: 1, to: 3, lines: [[3, 11]] },
    ]);
  });
});

describe("tellings of several enrollments", () => {
  test("mixed -> one telling each, kept apart", () => {
    const ours = told(1, 1, 2, lines, 7);
    const theirs = told(9, 1, 5, lines, 8);
    const tellings = mergeTellings([theirs, ours, told(2, 3, 3, lines, 7)]);
    expect(tellings.map(({ enrollment, from, to, snapshot }) => [enrollment, from, to, snapshot.version])).toEqual(
      expect.arrayContaining([
        [7, 1, 3, 2],
        [8, 1, 5, 9],
      ]),
    );
    expect(tellings).toHaveLength(2);
  });
});

describe("any tellings in any order", () => {
  const telling = fc
    .record({ version: fc.integer({ min: 1, max: 9 }), from: fc.integer({ min: 1, max: 8 }), length: fc.nat(4) })
    .map(({ version, from, length }) => {
      const every = Array.from({ length: 12 }, (_, i) => line(i + 1, 20 + (i % 3)));
      return told(version, from, from + length - 1, every);
    });

  test("what is told joins without a gap from the lowest, and the newest snapshot is shown", () => {
    fc.assert(
      fc.property(fc.array(telling, { minLength: 1, maxLength: 8 }), (tellings) => {
        const [one] = mergeTellings(tellings);
        const from = Math.min(...tellings.map((each) => each.from));
        const known = new Set(tellings.flatMap((each) => each.messages.map(({ n }) => n)));
        let to = from - 1;
        while (known.has(to + 1)) to += 1;
        expect(one).toMatchObject({ from, to });
        expect(one?.snapshot.version).toBe(Math.max(...tellings.map((each) => each.snapshot.version)));
        for (const { n, id } of one?.messages ?? []) {
          expect(n).toBeLessThanOrEqual(to);
          expect(n + 3 > to).toBe(true);
          expect(id).toBe(20 + ((n - 1) % 3));
        }
        expect(one?.messages).toHaveLength(Math.min(3, to - from + 1));
      }),
      { numRuns: 1000 },
    );
  });
});

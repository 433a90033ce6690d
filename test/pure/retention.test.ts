/** When what has ended is freed and removed, and what is kept of it. */
import { describe, expect, test } from "vitest";
import type { Entry, State } from "../../src/domain/enrollment";
import { lateNews } from "../../src/domain/noted";
import { freedAt, isRevenant, isToBeFreed, keptDays, keptOf, keptSince, RETENTION } from "../../src/domain/retention";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { keptWithoutWords } from "../../src/domain/words";
import { J, later, now, W } from "./given";
import { endedCompleted, endedWithLeased, paused, pending, waiting, waitingHeld, working } from "./states";

const DAYS = 30;
const MIRROR = { version: endedCompleted.version, completeTo: endedCompleted.entries };
const endedAt = endedCompleted.phase.is === "ended" ? endedCompleted.phase.at : 0;
const past = later(32 * DAY);

describe("the day on which an object is freed", () => {
  test.each([pending, waiting, waitingHeld, working, paused].map((state) => [state.phase.is, state] as const))(
    "%s -> none",
    (_, state) => {
      expect(freedAt(state, now, DAYS)).toBeNull();
      expect(isToBeFreed(state, { version: 99, completeTo: 99 }, later(999 * DAY), DAYS)).toBe(false);
    },
  );

  test("ended -> so many days after, and at some time of the day after, the same however often it is asked", () => {
    const at = freedAt(endedCompleted, now, DAYS) ?? 0;
    expect(at).toBeGreaterThanOrEqual(W + (endedAt - J) + 30 * DAY);
    expect(at).toBeLessThan(W + (endedAt - J) + 31 * DAY);
    expect(freedAt(endedCompleted, later(40 * DAY), DAYS)).toBe(at);
  });

  test("a thousand that ended together -> spread over the day", () => {
    const at = (id: number) => freedAt({ ...endedCompleted, trip: { ...endedCompleted.trip, id } }, now, DAYS) ?? 0;
    const hours = Array.from({ length: 1000 }, (_, id) => Math.floor((at(id) - at(0)) / HOUR));
    expect(new Set(hours).size).toBeGreaterThanOrEqual(24);
  });

  test("the journey's clock runs fast -> sooner, but not before all calls that may know nothing of the end are over", () => {
    const speed = (speed: number) => (freedAt(endedCompleted, { wall: W, journey: endedAt, speed }, DAYS) ?? 0) - W;
    expect(speed(3600)).toBeGreaterThanOrEqual((30 * DAY) / 3600);
    expect(speed(3600)).toBeLessThanOrEqual((31 * DAY) / 3600);
    expect(speed(1_000_000)).toBe(10 * MINUTE);
  });
});

describe("to be freed", () => {
  const cases: [string, State, { version: number; completeTo: number }, typeof now, boolean][] = [
    ["its day is past, and the mirror has it all", endedCompleted, MIRROR, past, true],
    ["the mirror has more than it asked for", endedCompleted, { version: 99, completeTo: 99 }, past, true],
    ["its day is yet to come", endedCompleted, MIRROR, later(29 * DAY), false],
    ["the mirror shows an older version", endedCompleted, { ...MIRROR, version: MIRROR.version - 1 }, past, false],
    ["the mirror lacks a fact", endedCompleted, { ...MIRROR, completeTo: MIRROR.completeTo - 1 }, past, false],
    [
      "it makes sure of the mirror",
      { ...endedCompleted, settle: { at: past.wall + SECOND, tries: 1 } },
      MIRROR,
      past,
      false,
    ],
    ["a message is under way", endedWithLeased, { version: 99, completeTo: 99 }, now, false],
    [
      "a click is in doubt",
      {
        ...endedCompleted,
        clicks: { ...endedCompleted.clicks, doubts: [{ message: 1, url: null, when: past.journey }] },
      },
      MIRROR,
      past,
      false,
    ],
  ];
  test.each(cases)("%s -> as it says", (_, state, mirror, at, is) => {
    expect(isToBeFreed(state, mirror, at, DAYS)).toBe(is);
  });
});

describe("begun anew after it was freed", () => {
  const { version } = waiting;
  test.each([
    ["the mirror knows a later version", waiting, { version: version + 1, completeTo: 9 }, true],
    ["the mirror knows this version, and that it has ended", waiting, { version, completeTo: 0, ended: true }, true],
    ["the mirror knows this version", waiting, { version, completeTo: 0 }, false],
    ["the mirror lags", waiting, { version: version - 1, completeTo: 0 }, false],
    [
      "the mirror lags, and shows an end that a retry has taken back",
      waiting,
      { version: version - 1, completeTo: 0, ended: true },
      false,
    ],
    ["ended, and the mirror knows", endedCompleted, { ...MIRROR, ended: true }, false],
  ] as const)("%s -> as it says", (_, state, mirror, is) => {
    expect(isRevenant(state, mirror)).toBe(is);
  });
});

describe("what is removed", () => {
  test.each([
    ["nothing", null, 365, 365],
    ["ninety days", 90, 365, 90],
    ["for ever", 0, 365, null],
    ["nothing, and the installation keeps all", null, null, null],
    ["ninety days, and the installation keeps all", 90, null, 90],
  ])("a workspace that says %s", (_, own, kept, days) => {
    expect(keptDays(own, kept)).toBe(days);
    expect(keptSince(own, { ...RETENTION, kept }, J)).toBe(days === null ? null : J - days * DAY);
  });
});

describe("what is kept of a history", () => {
  const content = {
    platform: "TWITTER",
    to: "ada",
    toName: null,
    subject: null,
    body: "Hi",
    format: "text",
    at: J,
  } as const;
  const sent: Entry = {
    ...{ n: 2, at: J, what: "message", message: 1, step: 1, status: "sent", attempt: 1 },
    ...{ content, reason: "no", providerId: "p" },
  };
  const clicked: Entry = {
    n: 3,
    at: J,
    what: "noted",
    message: 1,
    fact: "clicked",
    when: J,
    url: "https://ada.example/",
  };

  test("every entry, of messages without what was sent", () => {
    const { content: _, ...bare } = sent;
    expect(keptOf([sent, clicked])).toEqual([{ ...bare, content: null }, clicked]);
  });

  test("no more than two thousand, the newest", () => {
    const many = Array.from({ length: 5000 }, (_, i): Entry => ({ ...clicked, n: i + 1 }));
    const kept = keptOf(many);
    expect([kept.length, kept[0]?.n, kept.at(-1)?.n]).toEqual([2000, 3001, 5000]);
  });

  test("of whoever is forgotten no words", () => {
    const ended: Entry = { n: 4, at: J, what: "ended", why: "failed", error: "no way to Ada" };
    const ignored: Entry = { n: 5, at: J, what: "reply_ignored", reply: "k", reason: "Ada is out" };
    const words = JSON.stringify(keptOf([sent, clicked, ended, ignored]).map(keptWithoutWords)).toLowerCase();
    expect(words).not.toContain("ada");
    expect(words).not.toContain('"no"');
    expect(words).toContain('"sent"');
  });
});

describe("news of a message whose journey was freed", () => {
  const noted = { kind: "noted", message: 7, when: J - 1, url: null } as const;
  test.each([
    ["opened by a browser", { fact: "opened", by: "browser" }, { fact: "opened" }],
    ["opened by a machine", { fact: "opened", by: "machine" }, { fact: "machine_opened" }],
    ["clicked by who may be either", { fact: "clicked", by: "doubtful" }, { fact: "clicked", clicks: 1 }],
    ["clicked by a machine", { fact: "clicked", by: "machine" }, { fact: "machine_clicked" }],
    ["clicked, as a provider tells", { fact: "clicked" }, { fact: "clicked", clicks: 1 }],
    ["bounced", { fact: "bounced", by: "machine" }, { fact: "bounced" }],
    ["unsubscribed", { fact: "unsubscribed" }, { fact: "opted_out" }],
  ] as const)("%s", (_, how, told) => {
    expect(lateNews({ ...noted, ...how }, J)).toEqual({ n: 0, id: 7, at: J - 1, heardAt: J, ...told });
  });
});

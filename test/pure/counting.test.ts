/** What is counted of a sequence is what its rows say, counted again from nothing; whatever happened, and however it was told. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HAPPENINGS, RESPONSES } from "../../src/domain/analytics";
import { STANDINGS } from "../../src/domain/mirror";
import { BOUNDS } from "../../src/domain/replytime";
import { DAY } from "../../src/domain/time";
import { recordedOf } from "../../src/storage/analytics";
import { openLite, type Row } from "./sqlite";
import { coursesOf, type Deed, enter, happenTo, type Scene, SEQUENCE } from "./telling";
import { moving, ridden } from "./treehappenings";

const RUNS = 100;

const lite = openLite();
lite.exec("DROP INDEX enrollments_live");

const DEEDS = [
  "tell",
  "tell",
  "tell",
  "tell",
  "tellTwo",
  "news",
  "stop",
  "restore",
  "erase",
  "remove",
  "withdraw",
] as const;
const deed: fc.Arbitrary<Deed> = fc.record({
  does: fc.constantFrom(...DEEDS),
  who: fc.nat(9),
  at: fc.nat(200),
  from: fc.nat(200),
});
const histories = fc.record({
  journeys: fc.array(moving, { minLength: 1, maxLength: 3 }),
  deeds: fc.array(deed, { minLength: 5, maxLength: 40, size: "max" }),
});

const day = (at: unknown) => (typeof at === "number" ? Math.floor(at / DAY) : null);
const sumBy = (names: readonly string[]) => {
  const sums = new Map<string, number>();
  for (const name of names) sums.set(name, (sums.get(name) ?? 0) + 1);
  return sums;
};
const tell = (counted: ReadonlyMap<unknown, number>) =>
  Object.fromEntries(
    [...counted]
      .map(([name, n]) => [String(name), n] as const)
      .filter(([, n]) => n !== 0)
      .sort(),
  );

/** By day, variant and so on, what the rows say; and of those that were removed, what they said. */
function recount(scene: Scene) {
  const enrollments = [...scene.removed.enrollments, ...scene.lite.rows("SELECT * FROM enrollments")];
  const messages = [...scene.removed.messages, ...scene.lite.rows("SELECT * FROM messages")].map((row) => {
    const seen = [row.opened_at, row.clicked_at].filter((at) => at !== null);
    const arrived = row.status === "sent" || row.delivered_at !== null || seen.length > 0;
    const opened = seen.length > 0 ? Math.min(...seen.map(Number)) : null;
    const became = { sent: arrived ? row.at : null, opened, clicked: row.clicked_at, replied: row.replied_at };
    return { ...row, ...became, bounced: row.bounced_at, optedOut: row.unsubscribed_at } as Row;
  });
  const line = ({ step_id, sequence_template_id }: Row) => `${step_id}/${sequence_template_id ?? 0}`;
  const happened = (rows: Row[], what: string, at = what) =>
    rows.flatMap((row) => (row[at] === null ? [] : [`${day(row[at])} ${what}`]));
  const answered = messages.filter(({ replied }) => replied !== null);
  const took = (row: Row) => Math.max(0, Number(row.replied) - Number(row.at));
  const courses = coursesOf(scene);
  return {
    days: tell(
      sumBy([
        ...happened(enrollments, "enrolled", "enrolled_at"),
        ...enrollments.flatMap((row) =>
          row.standing === "ACTIVE" ? [] : [`${day(row.ended_at)} ${String(row.standing).toLowerCase()}`],
        ),
        ...(["sent", "opened", "clicked", "replied"] as const).flatMap((what) => happened(messages, what)),
      ]),
    ),
    lines: tell(
      sumBy(
        messages.flatMap((row) => RESPONSES.filter((what) => row[what] !== null).map((what) => `${line(row)} ${what}`)),
      ),
    ),
    contactsReached: new Set(
      [
        ...messages.filter(({ sent }) => sent !== null),
        ...enrollments.filter((row) => row.call_completed_at !== null),
      ].map((row) => row.contact_id),
    ).size,
    contactsReplied: new Set(enrollments.filter((row) => row.replied_at !== null).map((row) => row.contact_id)).size,
    standings: tell(sumBy(enrollments.map(({ standing }) => String(standing)))),
    funnel: tell(sumBy(courses.flatMap(({ ran, at }) => [...ran.map((step) => `${step}/ran`), at]))),
    replyTime: answered.reduce((sum, row) => sum + took(row), 0),
    replyTimes: tell(sumBy(answered.map((row) => String(BOUNDS.filter((bound) => took(row) >= bound).length)))),
  };
}

async function counted(scene: Scene) {
  const told = await recordedOf(scene.lite.db, 1, { sequenceId: SEQUENCE, from: 0, to: 100_000 });
  const added = new Map<string, number>();
  const add = (name: string, n: number) => added.set(name, (added.get(name) ?? 0) + n);
  for (const line of told.tallies)
    for (const what of RESPONSES) add(`${line.step}/${line.variant} ${what}`, line[what]);
  const times = new Map<number, number>();
  for (const line of told.tallies)
    for (const [bucket, n] of line.times.counted) times.set(bucket, (times.get(bucket) ?? 0) + n);
  const days = [...told.days].flatMap(([at, all]) => HAPPENINGS.map((what) => [`${at} ${what}`, all[what]] as const));
  return {
    days: tell(new Map(days)),
    lines: tell(added),
    contactsReached: told.contactsReached,
    contactsReplied: told.contactsReplied,
    standings: tell(new Map(STANDINGS.map((name) => [name, told.standings[name]]))),
    funnel: tell(told.funnel),
    replyTime: told.tallies.reduce((sum, line) => sum + line.times.total, 0),
    replyTimes: tell(times),
  };
}

describe("whatever happens to journeys, and in whatever order it is told", () => {
  test("days, steps, variants, answers and the funnel say what the rows say", async () => {
    const property = fc.asyncProperty(histories, async ({ journeys, deeds }) => {
      lite.exec("BEGIN");
      try {
        const scene = enter(lite, journeys.map(ridden));
        for (const each of deeds) await happenTo(scene, each);
        expect(await counted(scene)).toEqual(recount(scene));
      } finally {
        lite.exec("ROLLBACK");
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  });
});

describe("what comes late, or moves to another day", () => {
  const at = (on: number) => on * DAY + 1;
  const insertMessage = (id: number, { status = "sent", on = 20 } = {}) =>
    lite.rows(
      `INSERT INTO messages (id, workspace_id, sequence_id, contact_id, enrollment_id, step_id, platform, status, attempts, at, fact)
       VALUES (?, 1, 5, ?, ?, 2, 'TWITTER', ?, 1, ?, 2)`,
      ...[id * 4096 + 1, id, id, status, at(on)],
    );
  const hear = (id: number, what: string, on: number) =>
    lite.rows(`UPDATE messages SET ${what}_at = ? WHERE id = ?`, at(on), id * 4096 + 1);
  const insertEnrollment = (id: number) =>
    lite.rows(
      `INSERT INTO enrollments (id, workspace_id, sequence_id, contact_id, platform, state, standing, enrolled_at)
       VALUES (?, 1, 5, ?, 'TWITTER', 'waiting', 'ACTIVE', ?)`,
      ...[id, id, at(20)],
    );
  const end = (id: number, standing: string, on: number | null) =>
    lite.rows("UPDATE enrollments SET standing = ?, ended_at = ? WHERE id = ?", standing, on && at(on), id);
  const days = async () => {
    const told = await recordedOf(lite.db, 1, { sequenceId: 5, from: 0, to: 100 });
    return Object.fromEntries(
      [...told.days].flatMap(([on, all]) => {
        const some = Object.entries(all).filter(([, n]) => n !== 0);
        return some.length === 0 ? [] : [[on, Object.fromEntries(some)]];
      }),
    );
  };

  test.each<[string, () => void, object]>([
    [
      "a message of which nobody knew, answered on the next day, and then said to have arrived -> sent on its own day",
      () => {
        insertMessage(1, { status: "unconfirmed", on: 20 });
        hear(1, "replied", 21);
        hear(1, "delivered", 21);
      },
      { 20: { sent: 1 }, 21: { replied: 1 } },
    ],
    [
      "an open that is told of when the next day has begun -> opened on its own day",
      () => {
        insertMessage(1);
        insertMessage(2, { on: 21 });
        hear(1, "opened", 20);
      },
      { 20: { sent: 1, opened: 1 }, 21: { sent: 1 } },
    ],
    [
      "a failure that has moved to a later day -> failed there alone",
      () => {
        insertEnrollment(1);
        end(1, "FAILED", 21);
        end(1, "FAILED", 23);
      },
      { 20: { enrolled: 1 }, 23: { failed: 1 } },
    ],
    [
      "a failure that has moved, beside another of the first day -> one on each",
      () => {
        insertEnrollment(1);
        insertEnrollment(2);
        end(1, "FAILED", 21);
        end(2, "FAILED", 21);
        end(1, "FAILED", 23);
      },
      { 20: { enrolled: 2 }, 21: { failed: 1 }, 23: { failed: 1 } },
    ],
    [
      "a failure that has moved to an earlier day -> failed there alone",
      () => {
        insertEnrollment(1);
        end(1, "FAILED", 23);
        end(1, "FAILED", 21);
      },
      { 20: { enrolled: 1 }, 21: { failed: 1 } },
    ],
    [
      "a failure that was taken up again, and completed on a later day -> completed there alone",
      () => {
        insertEnrollment(1);
        end(1, "FAILED", 21);
        end(1, "ACTIVE", null);
        end(1, "COMPLETED", 23);
      },
      { 20: { enrolled: 1 }, 23: { completed: 1 } },
    ],
  ])("%s", async (_, happen, told) => {
    lite.exec("BEGIN");
    try {
      happen();
      expect(await days()).toEqual(told);
    } finally {
      lite.exec("ROLLBACK");
    }
  });

  test("an open on the day that is counted now of a message of a day before -> no row of that day is written", () => {
    lite.exec("BEGIN");
    try {
      insertMessage(1);
      lite.rows("UPDATE tallies SET day = 21, day_sent = 0");
      lite.rows("DELETE FROM days");
      hear(1, "opened", 21);
      expect(lite.rows("SELECT * FROM days")).toEqual([]);
    } finally {
      lite.exec("ROLLBACK");
    }
  });
});

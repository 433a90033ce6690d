/** What was there before steps and days were counted, and what was counted wrongly since, is right after the migrations. */
import { expect, test } from "vitest";
import type { Snapshot } from "../../src/domain/mirror";
import { DAY } from "../../src/domain/time";
import { recordedOf } from "../../src/storage/analytics";
import { applyTellings } from "../../src/storage/mirror";
import { W } from "./given";
import { type Lite, migrations, openLite } from "./sqlite";

const at = (day: number) => day * DAY + 1;

/** 1 has completed two steps, 2 has left after the first, 3 failed at the first, 4 awaits the second. */
function before(): Lite {
  const lite = openLite(migrations({ before: 29 }));
  const rows: [
    id: number,
    standing: string,
    why: string | null,
    step: number | null,
    ended: number | null,
    sent: number[],
  ][] = [
    [1, "COMPLETED", "completed", null, 22, [2, 3]],
    [2, "EXITED", "replied", null, 21, [2]],
    [3, "FAILED", "failed", null, 20, []],
    [4, "ACTIVE", null, 3, null, [2]],
  ];
  for (const [id, standing, why, step, ended, sent] of rows) {
    lite.rows(
      "INSERT INTO contacts (id, workspace_id, platform, created_at, updated_at) VALUES (?, 1, 'TWITTER', 0, 0)",
      id,
    );
    lite.rows(
      `INSERT INTO enrollments (id, workspace_id, sequence_id, contact_id, platform, state, why, standing, step_id, enrolled_at,
        version, complete_to) VALUES (?, 1, 5, ?, 'TWITTER', 'waiting', NULL, 'ACTIVE', 2, ?, 1, 1)`,
      ...[id, id, at(20)],
    );
    lite.rows(
      "UPDATE enrollments SET state = ?, why = ?, standing = ?, step_id = ?, ended_at = ?, version = 5, complete_to = 9 WHERE id = ?",
      ...[ended === null ? "waiting" : "ended", why, standing, step, ended && at(ended), id],
    );
    for (const [i, of] of sent.entries())
      lite.rows(
        `INSERT INTO messages (id, workspace_id, sequence_id, contact_id, enrollment_id, step_id, platform, status, attempts, at, fact)
         VALUES (?, 1, 5, ?, ?, ?, 'TWITTER', 'sent', 1, ?, 2)`,
        ...[id * 4096 + i + 1, id, id, of, at(20 + i)],
      );
  }
  return lite;
}

function migrate(lite: Lite, numbers: { from: number; before: number }): void {
  for (const migration of migrations(numbers)) lite.exec(migration);
}

const recorded = ({ db }: Lite) => recordedOf(db, 1, { sequenceId: 5, from: 0, to: 100 });

const DAYS = {
  20: { enrolled: 4, sent: 3, failed: 1 },
  21: { sent: 1, exited: 1 },
  22: { completed: 1 },
};

async function daysOf(lite: Lite): Promise<object> {
  const { days } = await recorded(lite);
  const lively = [...days]
    .sort(([a], [b]) => a - b)
    .map(([day, all]) => [day, Object.entries(all).filter(([, n]) => n !== 0)] as const);
  return Object.fromEntries(
    lively.flatMap(([day, some]) => (some.length > 0 ? [[day, Object.fromEntries(some)]] : [])),
  );
}

const over = (id: number, told: Partial<Snapshot>) => ({
  v: 1 as const,
  enrollment: id,
  workspace: 1,
  snapshot: { version: 6, state: "ended", step: null, wakeBy: null, dueAt: null, ...told } as Snapshot,
  from: 1,
  to: 0,
  messages: [],
});

test("whoever had ended before, and tells something again, is counted once", async () => {
  const lite = before();
  migrate(lite, { from: 29, before: 99 });
  const counted = { "0/COMPLETED": 1, "0/EXITED": 1, "0/FAILED": 1, "2/ran": 2, "3/ACTIVE": 1, "3/ran": 1 };
  expect(Object.fromEntries((await recorded(lite)).funnel)).toEqual(counted);
  const completed = { standing: "COMPLETED", why: "completed", place: null, ran: [2, 3], endedAt: at(22) } as const;
  const left = { standing: "EXITED", why: "replied", place: 3, ran: [2], endedAt: at(21) } as const;
  const failed = { standing: "FAILED", why: "failed", place: 2, ran: [], endedAt: at(20) } as const;
  const goesOn = {
    state: "waiting",
    why: null,
    standing: "ACTIVE",
    step: 4,
    place: 4,
    ran: [2, 3],
    endedAt: null,
  } as const;
  const tellings = [over(1, completed), over(2, left), over(3, failed), over(4, goesOn)];
  for (const telling of [...tellings, ...tellings]) await applyTellings(lite.db, [telling], W);
  const later = { "0/COMPLETED": 1, "2/FAILED": 1, "3/EXITED": 1, "4/ACTIVE": 1 };
  expect(Object.fromEntries((await recorded(lite)).funnel)).toEqual({ ...later, "2/ran": 3, "3/ran": 2 });
  expect(await daysOf(lite)).toEqual(DAYS);
});

test("whoever had been removed before waits at no step", async () => {
  const lite = before();
  lite.exec("INSERT INTO counts VALUES (1, 5, 'past.COMPLETED', 3), (1, 5, 'past.EXITED', 2), (1, 5, 'past.last', 1)");
  migrate(lite, { from: 29, before: 99 });
  const { funnel, standings } = await recorded(lite);
  const told = [...funnel].flatMap(([name, n]) => (name.endsWith("/ran") ? [] : [n])).reduce((sum, n) => sum + n, 0);
  expect(told).toBe(Object.values(standings).reduce((sum, n) => sum + n, 0));
  expect(Object.fromEntries(funnel)).toMatchObject({ "0/COMPLETED": 4, "0/EXITED": 3, "0/FAILED": 1 });
});

test("days that were counted wrongly are counted again, if all the rows are there; if not, they stay", async () => {
  const lite = before();
  migrate(lite, { from: 29, before: 32 });
  lite.exec(
    "UPDATE days SET sent = sent - 1, failed = failed + 1; INSERT INTO days (workspace_id, sequence_id, day) VALUES (1, 5, 30)",
  );
  lite.exec("UPDATE counts SET day = 40, today = 7 WHERE what = 'FAILED'");
  lite.exec("INSERT INTO days (workspace_id, sequence_id, day, sent) VALUES (1, 6, 30, 4), (1, 6, 31, 0)");
  lite.exec(
    "INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (1, 6, 'past.last', 1), (1, 6, 'past.EXITED', 1)",
  );
  migrate(lite, { from: 32, before: 99 });
  expect(await daysOf(lite)).toEqual(DAYS);
  expect(lite.rows("SELECT day, sent FROM days WHERE sequence_id = 6")).toEqual([{ day: 30, sent: 4 }]);
  expect(lite.rows("SELECT * FROM days WHERE sequence_id = 5 AND day = 30")).toEqual([]);
});

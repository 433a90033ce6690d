/** Knows how D1 and the objects must agree in the end, and that no work is left lying about. */
import { TALLIES } from "../support/recounts.ts";
import { type Account, fatesOf, type Journey } from "./account.ts";
import { saying } from "./audit.ends.ts";
import { type Check, check, type Finding } from "./check.ts";

export function auditMirror({ journeys, strays, ask }: Account): Check[] {
  const lines = Map.groupBy(ask("SELECT * FROM messages"), ({ enrollment_id }) => Number(enrollment_id));
  const unlikeLedger = journeys.flatMap((journey) => ledgerUnlike(journey, lines.get(journey.id) ?? []));
  const miscounted = COUNTS.filter(([a, b]) => JSON.stringify(ask(a)) !== JSON.stringify(ask(b)));
  const left = WORK.map(({ of, sql }) => ({ of, rows: ask(sql) })).filter(({ rows }) => rows.length > 0);
  return [
    check("D1's rows agree with the objects", `${journeys.length} enrollments`, [
      ...journeys.flatMap(rowUnlike),
      ...strays.map((id) => ({ what: `the object of ${id} has no row` })),
    ]),
    check("the ledger agrees with the histories", `${journeys.length} enrollments`, unlikeLedger),
    check(
      "all counts agree with a recount",
      `${COUNTS.length} counts`,
      miscounted.map(
        ([counted, again]) => `${counted}: ${JSON.stringify(ask(counted))} and not ${JSON.stringify(ask(again))}`,
      ),
    ),
    check(
      "no work is left",
      `${WORK.length} kinds`,
      left.map(({ of, rows }) => `${rows.length} ${of}: ${JSON.stringify(rows.slice(0, 3))}`),
    ),
  ];
}

/** By standing, whichever are kept at 0. */
const STANDINGS = `SELECT sequence_id, what, n FROM counts
  WHERE what IN ('ACTIVE', 'COMPLETED', 'EXITED', 'FAILED') AND n <> 0 ORDER BY 1, 2`;

const COUNTS: [string, string][] = [
  [STANDINGS, "SELECT sequence_id, standing AS what, COUNT(*) AS n FROM enrollments GROUP BY 1, 2 ORDER BY 1, 2"],
  [
    "SELECT n FROM counts WHERE what = 'contacts' AND sequence_id = 0",
    "SELECT COUNT(*) AS n FROM contacts WHERE erased_at IS NULL",
  ],
  ["SELECT n FROM counts WHERE what = 'replies' AND n <> 0", "SELECT COUNT(*) AS n FROM replies HAVING COUNT(*) > 0"],
  ...TALLIES,
];

const WORK = [
  { of: "open jobs", sql: "SELECT * FROM jobs WHERE done_at IS NULL" },
  { of: "items of jobs", sql: "SELECT * FROM job_items" },
  { of: "triggers", sql: "SELECT * FROM triggers" },
  { of: "replies that were not taken in", sql: "SELECT * FROM replies WHERE outcome IS NULL" },
  { of: "dead letters", sql: "SELECT * FROM dead_letters" },
  { of: "open tasks", sql: "SELECT * FROM tasks WHERE state <> 'complete'" },
  {
    of: "journeys with another number of tasks than one",
    sql: `SELECT e.id FROM enrollments e JOIN sequences s ON s.id = e.sequence_id AND s.name = 'tasks'
      WHERE (SELECT COUNT(*) FROM tasks t WHERE t.enrollment_id = e.id AND t.result IN ('completed', 'skipped')) <> 1`,
  },
  {
    of: "people of the tree without their tag",
    sql: `SELECT c.id FROM enrollments e JOIN sequences s ON s.id = e.sequence_id AND s.name = 'tree'
      JOIN contacts c ON c.id = e.contact_id WHERE c.tags NOT LIKE '%"warm"%'`,
  },
];

function rowUnlike(journey: Journey): Finding[] {
  const { row, stored } = journey;
  if (stored === null) return row.standing === "ACTIVE" || row.version !== 0 ? [saying("has no object")(journey)] : [];
  const { state, entries } = stored;
  const { phase } = state;
  const ended = phase.is === "ended" ? phase : null;
  const pairs = {
    version: [row.version, state.version],
    complete_to: [row.complete_to, state.entries],
    entries: [entries.length, state.entries],
    state: [row.state, phase.is],
    why: ended ? [row.why, ended.why] : [],
    ended_at: [row.ended_at, ended?.at ?? null],
    replied_at: [row.replied_at, state.repliedAt],
    last_sent_at: [row.last_sent_at, state.lastSentAt],
    last_step_id: [row.last_step_id, state.lastShown],
    in_flight: [null, ended ? state.inFlight : null],
  };
  const unlike = Object.entries(pairs).filter(([, [shown, true_]]) => shown !== true_);
  return unlike.map(([name, [shown, true_]]) => saying(`shows ${name} as ${shown}, and it is ${true_}`)(journey));
}

function ledgerUnlike(journey: Journey, lines: readonly Record<string, unknown>[]): Finding[] {
  const fates = fatesOf(journey);
  const ledger = new Map(lines.map((line) => [Number(line.id), line]));
  const missing = [...fates.keys()].filter((id) => !ledger.has(id));
  const invented = [...ledger.keys()].filter((id) => !fates.has(id));
  const unlike = [...fates].filter(([id, { status, attempt, n, step }]) => {
    const line = ledger.get(id);
    if (!line) return false;
    return line.status !== status || line.attempts !== attempt || line.fact !== n || line.step_id !== step;
  });
  return [
    ...missing.map((id) => saying(`has msg_${id}, and the ledger has not`)(journey)),
    ...invented.map((id) => saying(`has no msg_${id}, and the ledger has`)(journey)),
    ...unlike.map(([id]) =>
      saying(`knows msg_${id} otherwise than the ledger: ${JSON.stringify(ledger.get(id))}`)(journey),
    ),
  ];
}

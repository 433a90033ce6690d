/** Knows what is counted of a sequence: a few rows for each step, and one for each day that is asked for. */
import { sql } from "drizzle-orm";
import { type Counted, HAPPENINGS, type Happenings, RESPONSES, type TallyLine } from "../domain/analytics";
import { STANDINGS, type Standing } from "../domain/mirror";
import type { Database } from "./database";

export interface Recorded extends Counted {
  /** By day, counted from 1970; days on which nothing happened are left out. */
  days: ReadonlyMap<number, Happenings>;
  /** Contacts whom it has reached, by a message or by a call, and those who have answered, each once. */
  contactsReached: number;
  contactsReplied: number;
}

interface TallyRow extends Omit<TallyLine, "times"> {
  contacted: number;
  replyTime: number;
  replyTimes: string;
  day: number;
  daySent: number;
  dayOpened: number;
  dayClicked: number;
  dayReplied: number;
}

interface CountRow {
  what: string;
  n: number;
  day: number;
  today: number;
}

type DayRow = Partial<Happenings> & { day: number };

/** All at one moment, so that the figures fit each other. */
export async function recordedOf(
  db: Database,
  workspaceId: number,
  { sequenceId, from, to }: { sequenceId: number; from: number; to: number },
): Promise<Recorded> {
  const own = sql`workspace_id = ${workspaceId} AND sequence_id = ${sequenceId}`;
  const [tallies, counts, funnels, days] = await db.batch([
    db.all<TallyRow>(sql`SELECT step_id AS step, sequence_template_id AS variant, delivered AS sent, opened, clicked,
      positive + neutral + negative AS replied, bounced, opted_out AS optedOut, contacted, reply_time AS replyTime,
      reply_times AS replyTimes, day, day_sent AS daySent, day_opened AS dayOpened, day_clicked AS dayClicked,
      day_replied AS dayReplied FROM tallies WHERE ${own}`),
    db.all<CountRow>(sql`SELECT what, n, day, today FROM counts WHERE ${own}`),
    db.all<{ counted: string }>(sql`SELECT counted FROM funnels WHERE ${own}`),
    db.all<DayRow>(sql`SELECT day, ${sql.raw(HAPPENINGS.join(", "))} FROM days
      WHERE ${own} AND day BETWEEN ${from} AND ${to}`),
  ]);
  const n = new Map(counts.map((row) => [row.what, row.n]));
  const standings = STANDINGS.map((name) => [name, (n.get(name) ?? 0) + (n.get(`past.${name}`) ?? 0)]);
  const written = tallies.reduce((sum, { contacted }) => sum + contacted, 0);
  const newest = [...tallies.map(newestOf), ...counts.map(newestIn)];
  return {
    tallies: tallies.map(lineOf),
    funnel: countsIn(funnels[0]?.counted ?? "{}", String),
    standings: Object.fromEntries(standings) as Record<Standing, number>,
    days: addedUp([...days, ...newest.filter(({ day }) => day >= from && day <= to)]),
    contactsReached: written + (n.get("contacts_called") ?? 0),
    contactsReplied: n.get("contacts_replied") ?? 0,
  };
}

function lineOf({ step, variant, replyTime, replyTimes, ...row }: TallyRow): TallyLine {
  const responses = Object.fromEntries(RESPONSES.map((name) => [name, row[name]])) as Record<
    (typeof RESPONSES)[number],
    number
  >;
  return { step, variant, ...responses, times: { total: replyTime, counted: countsIn(replyTimes, Number) } };
}

/** What these rows have counted since their newest day began has not come to the table of days yet. */
function newestOf({ day, daySent, dayOpened, dayClicked, dayReplied }: TallyRow): DayRow {
  return { day, sent: daySent, opened: dayOpened, clicked: dayClicked, replied: dayReplied };
}

const COUNTED_AS: Record<string, keyof Happenings> = {
  ACTIVE: "enrolled",
  EXITED: "exited",
  COMPLETED: "completed",
  FAILED: "failed",
};

function newestIn({ what, day, today }: CountRow): DayRow {
  const name = COUNTED_AS[what];
  return name === undefined ? { day } : { day, [name]: today };
}

function addedUp(rows: readonly DayRow[]): Map<number, Happenings> {
  const byDay = Map.groupBy(rows, ({ day }) => day);
  return new Map([...byDay].map(([day, all]) => [day, sumOf(all)]));
}

function sumOf(rows: readonly DayRow[]): Happenings {
  const sums = HAPPENINGS.map((name) => [name, rows.reduce((sum, row) => sum + (row[name] ?? 0), 0)]);
  return Object.fromEntries(sums) as Happenings;
}

function countsIn<K>(json: string, keyOf: (name: string) => K): Map<K, number> {
  return new Map(Object.entries(JSON.parse(json) as Record<string, number>).map(([name, n]) => [keyOf(name), n]));
}

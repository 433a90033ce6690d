/** Knows the storage of a sender: a row a ticket, one a day, one an hour where mails are to be apart, one for its limits. */
import type { Limits } from "../domain/mailbox";
import { messageId } from "../domain/message";
import { hourOf, type Plan, paceOf } from "../domain/seats";
import type { Journey, Wall } from "../domain/time";

export interface Seat {
  message: number;
  /** When it first asked: who asked sooner goes first. */
  place: Journey;
  day: number;
  /** Its slot; once it may go, when it went. */
  at: Journey;
  /** Wall time at which it was let go; null while it waits. */
  granted: Wall | null;
  /** 1: its slot was found when the planned one had come, and others were in front of it. */
  promised: 0 | 1;
}

/** When the last mail went, and the last slot that was promised to who had come too near to others. */
export interface Line {
  last: Journey;
  promised: Journey;
}

/** What the slots were planned by. */
export interface Told {
  limits: Limits;
  asOf: Journey;
}

export interface Day {
  taken: number;
  granted: number;
}

export type Book = ReturnType<typeof bookIn>;

const TOLD = "told";
const LINE = "line";
/** Rows that are removed along with an ask, so that no ask has much to clear away. */
const CHUNK = 100;

export function bookIn(storage: DurableObjectStorage) {
  const { sql, kv } = storage;
  const rows = <T>(query: string, ...values: SqlStorageValue[]) =>
    sql.exec<T & Record<string, SqlStorageValue>>(query, ...values).toArray();

  /** A seat more, or fewer, on a day. */
  function count(day: number, { taken = 0, granted = 0 }: Partial<Day>): void {
    sql.exec(
      `INSERT INTO days (day, taken, granted) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET taken = taken + ?2, granted = granted + ?3`,
      ...[day, taken, granted],
    );
  }

  function put({ message, place, day, at, granted, promised }: Seat): void {
    sql.exec(
      `INSERT INTO tickets (message, place, day, at, granted, promised) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         day = excluded.day, at = excluded.at, granted = excluded.granted, promised = excluded.promised`,
      ...[message, place, day, at, granted, promised],
    );
  }

  const line = (): Line => kv.get<Line>(LINE) ?? { last: -Infinity, promised: -Infinity };

  return {
    open(): void {
      if (kv.get<Told>(TOLD) !== undefined) return;
      sql.exec(`
        CREATE TABLE IF NOT EXISTS tickets (
          message INTEGER PRIMARY KEY, place INTEGER NOT NULL, day INTEGER NOT NULL, at INTEGER NOT NULL,
          granted INTEGER, promised INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS tickets_by_day ON tickets (day, place);
        CREATE TABLE IF NOT EXISTS days (day INTEGER PRIMARY KEY, taken INTEGER NOT NULL, granted INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS hours (hour INTEGER PRIMARY KEY, last INTEGER NOT NULL);`);
    },

    told: () => kv.get<Told>(TOLD) ?? null,
    tell: (told: Told) => kv.put(TOLD, told),
    line,
    promise(seat: Seat, at: Journey): void {
      put({ ...seat, at, promised: 1 });
      kv.put(LINE, { ...line(), promised: at });
    },

    find: (message: number): Seat | null => rows<Seat>("SELECT * FROM tickets WHERE message = ?", message)[0] ?? null,

    day: (day: number): Day =>
      rows<Day>("SELECT taken, granted FROM days WHERE day = ?", day)[0] ?? {
        taken: 0,
        granted: 0,
      },

    /** Reads a row a day for which somebody waits, and some of those that are over. */
    waitingByDay: () =>
      rows<{ day: number; n: number }>("SELECT day, taken - granted AS n FROM days WHERE taken > granted ORDER BY day"),

    /** What is given out from an instant on. Reads a row a day, and an hour, for which somebody waits. */
    planFrom(at: Journey, day: number, { rate }: Limits): Plan {
      const days = rows<{ day: number; taken: number }>("SELECT day, taken FROM days WHERE day >= ?", day);
      const since = hourOf(at - paceOf(rate));
      const hours = rate ? rows<{ hour: number; last: number }>("SELECT * FROM hours WHERE hour >= ?", since) : [];
      return {
        taken: new Map(days.map((one) => [one.day, one.taken])),
        last: new Map(hours.map(({ hour, last }) => [hour, last])),
      };
    },

    /** Those on that day who wait and asked sooner. */
    aheadOf({ day, place, message }: Seat): number {
      const [ahead] = rows<{ n: number }>(
        "SELECT COUNT(*) AS n FROM tickets WHERE day = ? AND granted IS NULL AND (place, message) < (?, ?)",
        ...[day, place, message],
      );
      return ahead?.n ?? 0;
    },

    /** Those who wait, whoever asked sooner first. */
    waiting: (): Seat[] => rows<Seat>("SELECT * FROM tickets WHERE granted IS NULL ORDER BY place, message"),

    /** Gives a seat, or another one; what went is counted on its day still. */
    seat(seat: Seat, before: Seat | null, { rate }: Limits): Seat {
      const elsewhere = before?.day !== seat.day;
      if (elsewhere && before?.granted === null) count(before.day, { taken: -1 });
      if (elsewhere) count(seat.day, { taken: 1 });
      put(seat);
      if (rate) {
        sql.exec(
          "INSERT INTO hours (hour, last) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET last = MAX(last, ?2)",
          ...[hourOf(seat.at), seat.at],
        );
      }
      return seat;
    },

    /** Lets it go. One that is let go again is counted once. */
    grant(seat: Seat, { at, wall, rate }: { at: Journey; wall: Wall; rate: Limits["rate"] }): void {
      if (seat.granted === null) count(seat.day, { granted: 1 });
      put({ ...seat, at, granted: wall });
      if (rate) kv.put(LINE, { ...line(), last: at });
    },

    /** Takes back what an enrollment waits for, and what it was let go for and has not claimed. */
    giveBack({ enrollment, claimed }: { enrollment: number; claimed: number }): void {
      const left = rows<{ day: number; granted: number | null }>(
        `DELETE FROM tickets WHERE message > ?1 AND message < ?2 AND (granted IS NULL OR message > ?3)
         RETURNING day, granted`,
        ...[messageId(enrollment, 0), messageId(enrollment + 1, 0), messageId(enrollment, claimed)],
      );
      for (const { day, granted } of left) count(day, { taken: -1, granted: granted === null ? 0 : -1 });
    },

    /** Forgets days that are long over, and whoever has not asked since. */
    forget(day: number): void {
      sql.exec("DELETE FROM tickets WHERE message IN (SELECT message FROM tickets WHERE day < ? LIMIT ?)", day, CHUNK);
      sql.exec("DELETE FROM days WHERE day < ?", day);
      // An hour is over before a day begins that ends a day later, in whatever zone.
      sql.exec("DELETE FROM hours WHERE hour < ?", (day - 1) * 24);
    },

    /** When those went who went. */
    gone: (): Journey[] => rows<{ at: number }>("SELECT at FROM tickets WHERE granted IS NOT NULL").map(({ at }) => at),

    /** Begins anew, with the days and hours as they are planned now. */
    replace(days: ReadonlyMap<number, Day>, last: Plan["last"], seats: readonly Seat[]): void {
      sql.exec("DELETE FROM days");
      sql.exec("DELETE FROM hours");
      for (const [day, counts] of days) count(day, counts);
      for (const [hour, at] of last) sql.exec("INSERT INTO hours (hour, last) VALUES (?, ?)", hour, at);
      for (const seat of seats) put(seat);
    },
  };
}

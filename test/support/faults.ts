/** Knows how to do harm: a database that fails, stalls or is counted, queues in our hands, objects out of reach. */

export interface Letter {
  queue: string;
  body: unknown;
}

export const faults = {
  /** Statements whose SQL this matches fail. */
  failSql: null as RegExp | null,
  /** Every statement waits while this is set. */
  stalled: false,
  /** Statements that have waited for that. */
  held: 0,
  /** Statements whose SQL this matches are carried out, and their answers kept back while it is set. */
  lateSql: null as RegExp | null,
  /** Batches with a statement whose SQL this matches are carried out, and their answers lost, so many times. */
  lost: null as { sql: RegExp; times: number } | null,
  /** Is done once, before a batch with a statement whose SQL this matches. */
  before: null as { sql: RegExp; deed: () => Promise<unknown> } | null,
  /** Calls to objects fail. */
  objectsDown: false,
  /** Calls to the objects of these ids fail. */
  unreached: new Set<string>(),
  /** Calls to mailboxes' objects fail. */
  sendersDown: false,
  /** Their answers are kept back while it is set. */
  lateSenders: false,
  /** Slots that they were asked for. */
  asked: 0,
  /** Sends to the queues named here fail. */
  queuesDown: new Set<string>(),
  /** What was sent and is not delivered yet. */
  letters: [] as Letter[],
  /** The objects that were asked for, by id: the runtime lists those of earlier tests too, and ever more slowly. */
  met: new Map<string, DurableObjectId>(),
  rowsRead: 0,
  rowsWritten: 0,
  statements: [] as string[],
  /** Sessions that were opened, by what they began with, and the statements that were made in one. */
  sessions: [] as string[],
  inSession: [] as string[],
  /** Grows with every crash; an alarm that was running then is cut: what it awaits never comes back to it. */
  crashes: 0,
};

export function mend(): void {
  faults.failSql = null;
  faults.stalled = false;
  faults.held = 0;
  faults.lateSql = null;
  faults.lost = null;
  faults.before = null;
  faults.objectsDown = false;
  faults.unreached.clear();
  faults.sendersDown = false;
  faults.lateSenders = false;
  faults.asked = 0;
  faults.queuesDown.clear();
  faults.letters = [];
  faults.met.clear();
  resetCounts();
}

export function resetCounts(): void {
  faults.rowsRead = 0;
  faults.rowsWritten = 0;
  faults.statements = [];
  faults.sessions = [];
  faults.inSession = [];
}

/**
 * Waits in the caller's own context: a promise that is settled in one object must not be awaited in another.
 */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await scheduler.wait(2);
}

async function strike(sql: string): Promise<void> {
  if (faults.stalled) faults.held += 1;
  await until(() => !faults.stalled);
  if (faults.failSql?.test(sql)) throw new Error("D1_ERROR: the database is out of reach");
}

function count(sql: string, meta: D1Meta & Record<string, unknown>): void {
  faults.rowsRead += meta.rows_read ?? 0;
  faults.rowsWritten += meta.rows_written ?? 0;
  faults.statements.push(sql);
}

const inner = new WeakMap<object, { statement: D1PreparedStatement; sql: string }>();

function faultyStatement(statement: D1PreparedStatement, sql: string): D1PreparedStatement {
  const wrapped = {
    bind: (...values: unknown[]) => faultyStatement(statement.bind(...values), sql),
    async run() {
      await strike(sql);
      const result = await statement.run();
      count(sql, result.meta);
      return result;
    },
    async all() {
      await strike(sql);
      const result = await statement.all();
      count(sql, result.meta);
      await until(() => !faults.lateSql?.test(sql));
      return result;
    },
    async raw(options?: { columnNames?: false }) {
      await strike(sql);
      // `raw` tells no figures; reads are run once more for them.
      if (/^\s*select/i.test(sql)) count(sql, (await statement.all()).meta);
      return statement.raw(options);
    },
    async first(column?: string) {
      await strike(sql);
      return column === undefined ? statement.first() : statement.first(column);
    },
  } as unknown as D1PreparedStatement;
  inner.set(wrapped, { statement, sql });
  return wrapped;
}

function faultySession(db: D1Database, start: string): D1DatabaseSession {
  const session = db.withSession(start);
  faults.sessions.push(start);
  const { prepare, batch } = faultyDatabase(session as unknown as D1Database);
  return {
    prepare: (sql: string) => {
      faults.inSession.push(sql);
      return prepare(sql);
    },
    batch,
    getBookmark: () => session.getBookmark(),
  } as unknown as D1DatabaseSession;
}

function faultyDatabase(db: D1Database): D1Database {
  return {
    withSession: (start: string) => faultySession(db, start),
    prepare: (sql: string) => faultyStatement(db.prepare(sql), sql),
    async batch(statements: D1PreparedStatement[]) {
      const known = statements.map((statement) => inner.get(statement) ?? { statement, sql: "" });
      for (const { sql } of known) await strike(sql);
      const { before } = faults;
      if (before && known.some(({ sql }) => before.sql.test(sql))) {
        faults.before = null;
        await before.deed();
      }
      const results = await db.batch(known.map(({ statement }) => statement));
      results.forEach((result, i) => {
        count(known[i]?.sql ?? "", result.meta);
      });
      const { lost } = faults;
      if (lost && lost.times > 0 && known.some(({ sql }) => lost.sql.test(sql))) {
        lost.times -= 1;
        throw new Error("D1_ERROR: the answer was lost");
      }
      return results;
    },
  } as unknown as D1Database;
}

/** A queue that keeps what it is given until the test delivers it. */
function heldQueue(name: string): Queue {
  const send = async (body: unknown) => {
    if (faults.queuesDown.has(name)) throw new Error("the queue is out of reach");
    faults.letters.push({ queue: `dripline-${name}`, body: structuredClone(body) });
  };
  return {
    send,
    sendBatch: async (messages: Iterable<{ body: unknown }>) => {
      for (const { body } of messages) await send(body);
    },
  } as unknown as Queue;
}

const outOfReach = () =>
  new Proxy({}, { get: () => async () => Promise.reject(new Error("the object is out of reach")) });

function slowly(stub: ReturnType<Env["SENDERS"]["get"]>): typeof stub {
  const ask = async (asking: Parameters<typeof stub.ask>[0]) => {
    const told = await stub.ask(asking);
    faults.asked += 1;
    await until(() => !faults.lateSenders);
    return told;
  };
  return new Proxy(stub, {
    get: (target, name) => (name === "ask" ? ask : Reflect.get(target, name, target)),
  });
}

function faultySenders(senders: Env["SENDERS"]): Env["SENDERS"] {
  return new Proxy(senders, {
    get(target, name) {
      if (name === "get") return faults.sendersDown ? outOfReach : (id: DurableObjectId) => slowly(target.get(id));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function faultyObjects(objects: Env["ENROLLMENTS"]): Env["ENROLLMENTS"] {
  return new Proxy(objects, {
    get(target, name) {
      if (name === "get" && faults.objectsDown) return outOfReach;
      if (name === "get")
        return (id: DurableObjectId) => (faults.unreached.has(String(id)) ? outOfReach() : meet(target, id));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

export function meet<T extends Rpc.DurableObjectBranded | undefined>(
  objects: DurableObjectNamespace<T>,
  id: DurableObjectId,
): DurableObjectStub<T> {
  faults.met.set(String(id), id);
  return objects.get(id);
}

const wrapped = new WeakMap<object, Env>();

export function faulty(env: Env): Env {
  const known = wrapped.get(env);
  if (known) return known;
  const made: Env = {
    ...env,
    DB: faultyDatabase(env.DB),
    ENROLLMENTS: faultyObjects(env.ENROLLMENTS),
    SENDERS: faultySenders(env.SENDERS),
    EVENTS: heldQueue("events"),
    REPLIES: heldQueue("replies"),
    JOBS: heldQueue("jobs"),
    WEBHOOKS: heldQueue("webhooks"),
  };
  wrapped.set(env, made);
  return made;
}

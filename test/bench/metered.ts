/** The worker with meters at its doors: what of D1, queues and objects is billed, read at `/meter` and set back by DELETE. */
import { Enrollment as RealEnrollment } from "../../src/enrollment/object";
import { Sender as RealSender } from "../../src/sender/object";
import worker from "../../src/worker";

export const METERS = {
  requests: 0,
  batches: 0,
  sent: 0,
  delivered: 0,
  databaseRowsRead: 0,
  databaseRowsWritten: 0,
  databaseBytes: 0,
  objectRequests: 0,
  objectRowsRead: 0,
  objectRowsWritten: 0,
  /** Milliseconds in alarms. */
  awake: 0,
};
export type Meters = typeof METERS & { objects: number; objectBytes: number };

/** The size of each object, as it was last seen. */
const sizes = new Map<string, number>();

function read(): Meters {
  const objectBytes = [...sizes.values()].reduce((all, size) => all + size, 0);
  return { ...METERS, objects: sizes.size, objectBytes };
}

function reset(): void {
  const { databaseBytes } = METERS;
  for (const name of Object.keys(METERS) as (keyof typeof METERS)[]) METERS[name] = 0;
  METERS.databaseBytes = databaseBytes;
  sizes.clear();
}

function note({ meta }: D1Result): void {
  METERS.databaseRowsRead += meta.rows_read;
  METERS.databaseRowsWritten += meta.rows_written;
  METERS.databaseBytes = meta.size_after;
}

const inner = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

function meteredStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const noted = async <T>(result: Promise<D1Result<T>>) => {
    note(await result);
    return result;
  };
  const wrapped = {
    bind: (...values: unknown[]) => meteredStatement(statement.bind(...values)),
    run: () => noted(statement.run()),
    all: () => noted(statement.all()),
    // It tells no figures itself; whoever is asked for columns by name tells them, in the same order.
    raw: async () => (await noted(statement.all<Record<string, unknown>>())).results.map(Object.values),
    first: async () => (await noted(statement.all())).results[0] ?? null,
  } as unknown as D1PreparedStatement;
  inner.set(wrapped, statement);
  return wrapped;
}

function meteredDatabase(db: D1Database): D1Database {
  return {
    prepare: (sql: string) => meteredStatement(db.prepare(sql)),
    async batch(statements: D1PreparedStatement[]) {
      const results = await db.batch(statements.map((statement) => inner.get(statement) ?? statement));
      results.forEach(note);
      return results;
    },
  } as unknown as D1Database;
}

function meteredQueue(queue: Queue): Queue {
  return {
    send: (body: unknown, options?: QueueSendOptions) => {
      METERS.sent += 1;
      return queue.send(body, options);
    },
    sendBatch: (messages: Iterable<MessageSendRequest>, options?: QueueSendBatchOptions) => {
      const all = [...messages];
      METERS.sent += all.length;
      return queue.sendBatch(all, options);
    },
  } as unknown as Queue;
}

const known = new WeakMap<object, Env>();

function metered(env: Env): Env {
  const made = known.get(env) ?? {
    ...env,
    DB: meteredDatabase(env.DB),
    EVENTS: meteredQueue(env.EVENTS),
    REPLIES: meteredQueue(env.REPLIES),
    JOBS: meteredQueue(env.JOBS),
  };
  known.set(env, made);
  return made;
}

/** A key is a row, and so is the alarm. */
function meteredStorage(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx;
  const { kv } = storage;
  const [get, list, put, remove] = [kv.get.bind(kv), kv.list.bind(kv), kv.put.bind(kv), kv.delete.bind(kv)];
  const [set, unset] = [storage.setAlarm.bind(storage), storage.deleteAlarm.bind(storage)];
  const written = <Args extends unknown[], T>(write: (...args: Args) => T) => {
    return (...args: Args) => {
      METERS.objectRowsWritten += 1;
      return write(...args);
    };
  };
  kv.get = <T>(key: string) => {
    METERS.objectRowsRead += 1;
    return get<T>(key);
  };
  kv.list = <T>(options?: SyncKvListOptions) => {
    const rows = [...list<T>(options)];
    METERS.objectRowsRead += rows.length;
    return rows;
  };
  kv.put = written(put);
  kv.delete = written(remove);
  storage.setAlarm = written(set);
  storage.deleteAlarm = written(unset);
  return ctx;
}

export class Enrollment extends RealEnrollment {
  constructor(ctx: DurableObjectState, env: Env) {
    super(meteredStorage(ctx), metered(env));
  }

  override command(...args: Parameters<RealEnrollment["command"]>) {
    METERS.objectRequests += 1;
    const answer = super.command(...args);
    this.weigh();
    return answer;
  }

  override async wake(crowd: number): Promise<void> {
    METERS.objectRequests += 1;
    return super.wake(crowd);
  }

  override async alarm(): Promise<void> {
    METERS.objectRequests += 1;
    const began = Date.now();
    await super.alarm();
    METERS.awake += Date.now() - began;
    this.weigh();
  }

  private weigh(): void {
    sizes.set(String(this.ctx.id), this.ctx.storage.sql.databaseSize);
  }
}

export class Sender extends RealSender {}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/meter") {
      if (request.method === "DELETE") reset();
      return Response.json(read());
    }
    METERS.requests += 1;
    return worker.fetch(request, metered(env), ctx);
  },
  async queue(batch, env) {
    METERS.batches += 1;
    METERS.delivered += batch.messages.length;
    return worker.queue(batch, metered(env));
  },
  // What the clock brings up is a cost of each minute, and of no enrollment.
  scheduled: (controller, env) => worker.scheduled(controller, env),
} satisfies ExportedHandler<Env>;

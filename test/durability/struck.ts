/** Knows how to do harm inside of the server: a database, queues, objects and a clock that fail as they are told to. */
import { type Chance, chanceOf } from "./chance.ts";
import { type Faults, NO_FAULTS } from "./faults.ts";

let faults = NO_FAULTS;
let chance: Chance = chanceOf(0);
const realNow = Date.now;
Date.now = () => realNow() + faults.clock;

export function suffer(next: Faults): void {
  if (next.seed !== faults.seed) chance = chanceOf(next.seed);
  faults = next;
}

/** An alarm is set by the platform's clock, which is right. */
export function platformTime(at: number): number {
  return at - faults.clock;
}

export function platformNow(): number {
  return realNow();
}

function happens(likelihood: number): boolean {
  return likelihood > 0 && chance.next() < likelihood;
}

const WRITE = /^\s*(insert|update|delete)/i;

async function strike<T>(statements: readonly string[], run: () => Promise<T>): Promise<T> {
  const { refuses, loses, reads, stalls } = faults.database;
  if (stalls > 0) await scheduler.wait(stalls * chance.next());
  const isStruck = reads || statements.some((sql) => WRITE.test(sql));
  if (isStruck && happens(refuses)) throw new Error("D1_ERROR: the database is out of reach");
  const result = await run();
  if (isStruck && happens(loses)) throw new Error("D1_ERROR: the answer was lost");
  return result;
}

const inner = new WeakMap<object, { statement: D1PreparedStatement; sql: string }>();

function struckStatement(statement: D1PreparedStatement, sql: string): D1PreparedStatement {
  const outer = {
    bind: (...values: unknown[]) => struckStatement(statement.bind(...values), sql),
    run: () => strike([sql], () => statement.run()),
    all: () => strike([sql], () => statement.all()),
    raw: (options?: { columnNames?: false }) => strike([sql], () => statement.raw(options)),
    first: () => strike([sql], () => statement.first()),
  } as unknown as D1PreparedStatement;
  inner.set(outer, { statement, sql });
  return outer;
}

function struckDatabase(db: D1Database): D1Database {
  return {
    prepare: (sql: string) => struckStatement(db.prepare(sql), sql),
    batch: (statements: D1PreparedStatement[]) => {
      const known = statements.map((statement) => inner.get(statement) ?? { statement, sql: "" });
      return strike(
        known.map(({ sql }) => sql),
        () => db.batch(known.map(({ statement }) => statement)),
      );
    },
  } as unknown as D1Database;
}

function struckQueue<T>(queue: Queue<T>): Queue<T> {
  const send = async (body: T): Promise<void> => {
    const { refuses, drops, doubles, late } = faults.queues;
    if (happens(refuses)) throw new Error("the queue is out of reach");
    if (happens(drops)) return;
    const delaySeconds = late > 0 ? Math.floor(chance.between(0, late + 1)) : 0;
    for (let copies = happens(doubles) ? 2 : 1; copies > 0; copies--) await queue.send(body, { delaySeconds });
  };
  return {
    send,
    sendBatch: async (messages: Iterable<{ body: T }>) => {
      for (const { body } of messages) await send(body);
    },
  } as unknown as Queue<T>;
}

function struckObjects<T extends DurableObjectNamespace<Rpc.DurableObjectBranded>>(objects: T): T {
  return new Proxy(objects, {
    get(target, name) {
      if (name === "get") return (id: DurableObjectId) => struckStub(target.get(id));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function struckStub<T extends object>(stub: T): T {
  // The runtime takes a property of a method for a method too, so each is called where it stands.
  const methods = stub as unknown as Record<string | symbol, (...args: unknown[]) => Promise<unknown>>;
  const called = async (name: string | symbol, args: unknown[]) => {
    const { refuses, loses } = faults.objects;
    if (happens(refuses)) throw new Error("the object is out of reach");
    const answer = await methods[name]?.(...args);
    if (happens(loses)) throw new Error("the object's answer was lost");
    return answer;
  };
  return new Proxy(stub, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        called(name, args),
  });
}

const known = new WeakMap<object, Env>();

/** The same environment, struck by whatever faults there are at the time. */
export function struck(env: Env & { FAULTS?: string }): Env {
  const before = known.get(env);
  if (before) return before;
  if (env.FAULTS !== undefined && faults === NO_FAULTS) suffer(JSON.parse(env.FAULTS) as Faults);
  const made: Env = {
    ...env,
    DB: struckDatabase(env.DB),
    ENROLLMENTS: struckObjects(env.ENROLLMENTS),
    SENDERS: struckObjects(env.SENDERS),
    EVENTS: struckQueue(env.EVENTS),
    REPLIES: struckQueue(env.REPLIES),
    JOBS: struckQueue(env.JOBS),
  };
  known.set(env, made);
  return made;
}

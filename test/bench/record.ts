/** Knows what a request asks of D1 and of objects, so that a bare route can be made to ask the same. */

/** A request with this header is answered by what it has asked for. */
export const RECORD = "bench-record";

export interface Statement {
  sql: string;
  params: (string | number | null)[];
}

/** One question: statements that go to D1 together, or a call to an object. */
export type Question = { to: "d1"; statements: Statement[] } | { to: "object" };

export interface Recording {
  status: number;
  answer: string;
  /** Those of one wave were under way at the same time; each wave waited for the one before it. */
  waves: Question[][];
}

interface Notes {
  waves: Question[][];
  open: number;
}

export async function record(
  _request: Request,
  env: Env,
  run: (env: Env) => Response | Promise<Response>,
): Promise<Response> {
  const notes: Notes = { waves: [], open: 0 };
  const response = await run({ ...env, DB: database(env.DB, notes), ENROLLMENTS: objects(env.ENROLLMENTS, notes) });
  const recording: Recording = { status: response.status, answer: await response.text(), waves: notes.waves };
  return Response.json(recording);
}

async function ask<T>(notes: Notes, question: Question, run: () => Promise<T>): Promise<T> {
  const wave = notes.open > 0 ? notes.waves.at(-1) : undefined;
  if (wave) wave.push(question);
  else notes.waves.push([question]);
  notes.open += 1;
  try {
    return await run();
  } finally {
    notes.open -= 1;
  }
}

const inner = new WeakMap<object, { statement: D1PreparedStatement; told: Statement }>();

function prepared(statement: D1PreparedStatement, told: Statement, notes: Notes): D1PreparedStatement {
  const alone = <T>(run: () => Promise<T>) => ask(notes, { to: "d1", statements: [told] }, run);
  const wrapped = {
    bind: (...params: Statement["params"]) => prepared(statement.bind(...params), { ...told, params }, notes),
    run: () => alone(() => statement.run()),
    all: () => alone(() => statement.all()),
    raw: () => alone(() => statement.raw()),
    first: () => alone(() => statement.first()),
  } as unknown as D1PreparedStatement;
  inner.set(wrapped, { statement, told });
  return wrapped;
}

function database(db: D1Database, notes: Notes): D1Database {
  return {
    prepare: (sql: string) => prepared(db.prepare(sql), { sql, params: [] }, notes),
    batch: (statements: D1PreparedStatement[]) => {
      const known = statements.map((one) => inner.get(one) ?? { statement: one, told: { sql: "", params: [] } });
      const question: Question = { to: "d1", statements: known.map(({ told }) => told) };
      return ask(notes, question, () => db.batch(known.map(({ statement }) => statement)));
    },
  } as unknown as D1Database;
}

type Call = (...args: unknown[]) => Promise<unknown>;

function objects(namespace: Env["ENROLLMENTS"], notes: Notes): Env["ENROLLMENTS"] {
  const told = (stub: object) =>
    new Proxy(stub, {
      // Every name of a stub is a method, called on the stub itself.
      get:
        (target, name) =>
        (...args: unknown[]) =>
          ask(
            notes,
            { to: "object" },
            () => (target as Record<PropertyKey, Call>)[name]?.(...args) ?? Promise.resolve(),
          ),
    });
  return new Proxy(namespace, {
    get(target, name) {
      if (name === "get") return (id: DurableObjectId) => told(target.get(id));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

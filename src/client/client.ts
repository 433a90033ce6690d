/** Knows how to speak to `/v1` from TypeScript: every path, parameter, body, answer and refusal has its type. */
import type { Code, Operations } from "./v1";

export type Route = keyof Operations;
export type Answer<R extends Route> = Operations[R]["answer"];

/** What a route is asked with: only what it needs must be given. */
export type Asked<R extends Route> = Part<"path", Operations[R]["path"]> &
  Part<"query", Operations[R]["query"]> &
  Part<"body", Operations[R]["body"]> & {
    /** Has a write done once, also if it is asked for again later. One is made for every write that names none. */
    idempotencyKey?: string;
    signal?: AbortSignal;
  };

/** Left out where all of it may be. */
type Part<N extends string, T> = [T] extends [undefined]
  ? { [K in N]?: undefined }
  : Record<string, never> extends T
    ? { [K in N]?: T }
    : { [K in N]: T };

type Arguments<R extends Route> = Record<string, never> extends Asked<R> ? [asked?: Asked<R>] : [asked: Asked<R>];

export type Refused =
  | { code: "VALIDATION_ERROR"; message: string; details: { field: string; [more: string]: unknown } }
  | { code: Exclude<Code, "VALIDATION_ERROR">; message: string; details?: { field: string; [more: string]: unknown } }
  /** No answer came, or one that is not v1's. */
  | { code: "UNREACHABLE"; message: string };

export type Outcome<T> =
  | { ok: true; status: number; answer: T /** Whether it had been done before by the same key. */; replayed: boolean }
  | { ok: false; status: number | null; error: Refused };

/** Routes that answer with a page of a list. */
export type ListRoute = { [R in Route]: Answer<R> extends { pagination: object } ? R : never }[Route];
export type Item<R extends ListRoute> = {
  [K in keyof Answer<R>]: Answer<R>[K] extends (infer T)[] ? T : never;
}[keyof Answer<R> & string];

export interface Options {
  /** Where the service is, without `/v1`. */
  url: string;
  key: string;
  fetch?: (request: Request) => Promise<Response>;
  /** How often it tries again what was too much, too early or cut off. */
  retries?: number;
  sleep?: (ms: number) => Promise<void>;
}

export interface Client {
  <R extends Route>(route: R, ...asked: Arguments<R>): Promise<Outcome<Answer<R>>>;
  /** All items of a list, page after page. Throws a `ClientError` where one is refused. */
  each<R extends ListRoute>(route: R, ...asked: Arguments<R>): AsyncGenerator<Item<R>, void>;
}

export class ClientError extends Error {
  constructor(readonly refused: Refused) {
    super(refused.message);
    this.name = "ClientError";
  }
}

/** What any route may be asked with; that it fits the route is the business of the types above. */
interface Loose {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export function client(options: Options): Client {
  const call = (route: string, asked: Loose = {}) => persist(options, () => requestFor(options, route, asked));
  async function* each(route: string, asked: Loose = {}): AsyncGenerator<unknown, void> {
    let query: Record<string, unknown> | null = { page: 1, limit: 100, ...asked.query };
    if (route === "GET /tasks") delete query.page;
    while (query !== null) {
      const outcome = await call(route, { ...asked, query });
      if (!outcome.ok) throw new ClientError(outcome.error);
      yield* Object.values(outcome.answer as object).find(Array.isArray) ?? [];
      query = nextOf(query, outcome.answer as Listed);
    }
  }
  return Object.assign(call, { each }) as Client;
}

interface Listed {
  pagination: { after?: string | null; page?: number; totalPages?: number };
}

function nextOf(query: Record<string, unknown>, { pagination }: Listed): Record<string, unknown> | null {
  const { after, page = 0, totalPages = 0 } = pagination;
  if (after) return { ...query, after };
  return page < totalPages ? { ...query, page: page + 1 } : null;
}

/** By the same key every time, so that what was done and not heard of is not done again. */
function requestFor({ url, key }: Options, route: string, asked: Loose): () => Request {
  const [method = "", path = ""] = route.split(" ");
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(asked.path?.[name] ?? ""));
  const target = new URL(`/v1${place}`, url);
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (value !== undefined) target.searchParams.set(name, String(value));
  }
  const isFile = typeof asked.body === "string";
  const once = method === "GET" ? {} : { "idempotency-key": asked.idempotencyKey ?? crypto.randomUUID() };
  const typed = asked.body === undefined ? {} : { "content-type": isFile ? "text/csv" : "application/json" };
  const body = isFile ? String(asked.body) : JSON.stringify(asked.body);
  const headers = { authorization: `Bearer ${key}`, ...typed, ...once };
  return () =>
    new Request(target, {
      method,
      headers,
      signal: asked.signal ?? null,
      ...(asked.body === undefined ? {} : { body }),
    });
}

const RETRIES = 4;
/** Milliseconds; doubled each time, where the service does not say how long. */
const FIRST_WAIT = 250;

async function persist(options: Options, make: () => () => Request): Promise<Outcome<unknown>> {
  const { retries = RETRIES, sleep = (ms) => new Promise((done) => setTimeout(done, ms)) } = options;
  const request = make();
  for (let tries = 0; ; tries++) {
    const { outcome, wait } = await attempt(options, request());
    if (wait === null || tries >= retries) return outcome;
    await sleep(wait ?? FIRST_WAIT * 2 ** tries);
  }
}

interface Attempted {
  outcome: Outcome<unknown>;
  /** Milliseconds; undefined where nobody says, null where it would not help to try again. */
  wait: number | null | undefined;
}

async function attempt({ fetch: send = fetch }: Options, request: Request): Promise<Attempted> {
  try {
    const response = await send(request);
    const { status } = response;
    const said: unknown = await response.json();
    if (response.ok) {
      const replayed = response.headers.get("idempotency-replayed") === "true";
      return { outcome: { ok: true, status, answer: said, replayed }, wait: null };
    }
    const { error } = said as { error: Refused };
    const again = status === 429 || status === 503 || error.code === "IDEMPOTENCY_IN_PROGRESS";
    const seconds = response.headers.get("retry-after");
    return {
      outcome: { ok: false, status, error },
      wait: again ? (seconds === null ? undefined : Number(seconds) * 1000) : null,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const outcome = { ok: false, status: null, error: { code: "UNREACHABLE", message } } as const;
    return { outcome, wait: request.signal.aborted ? null : undefined };
  }
}

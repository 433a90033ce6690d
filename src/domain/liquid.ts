/** Knows the engine of Liquid, and bounds what a template may do by work: time stands still while a Worker computes. */
import { Context, defaultOperators, Liquid } from "liquidjs";

type Work = Context["memoryLimit"];
type Filter = Liquid["filters"][string];
type Handler = Extract<Filter, (...args: never[]) => unknown>;
type Operator = (typeof defaultOperators)[string];

/**
 * Cumulative work of one rendering, in characters read or made, about: values read, what goes into filters and comes out.
 * The largest body that may be saved passes a few filters whole.
 */
const MOST_WORK = 4_000_000;
/** What an item of a list counts for beside what is in it, and what anything counts for that is looked at or done. */
const ITEM = 8;
const STEP = 10;
const PARSE_LIMIT = 500_000;

/** Nodes of a template that one rendering may go through, loops included, and how long a text it may gather meanwhile. */
const MOST_NODES = 20_000;
const LONGEST_TEXT = 1_000_000;

export const TOO_LONG = "the template makes too long a text";

/** Tags that read other templates: there are none to read. */
const FILE_TAGS = ["include", "render", "layout", "block"];

export function engine(escapes: boolean): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    memoryLimit: MOST_WORK,
    parseLimit: PARSE_LIMIT,
    operators: OPERATORS,
    templates: {},
    ...(escapes ? { outputEscape: "escape" as const } : {}),
  });
  for (const tag of FILE_TAGS) delete liquid.tags[tag];
  for (const [name, filter] of Object.entries(liquid.filters)) liquid.filters[name] = weighed(filter);
  return liquid;
}

/** A rendering that is stopped when it does too much. */
export function boundedContext(engine: Liquid, scope: Record<string, unknown>): Context {
  const context = new Context(scope, engine.options, { sync: true });
  let nodes = 0;
  context.renderLimit.check = () => {
    nodes += 1;
    if (nodes > MOST_NODES) throw new Error("the template does too much");
    if (Object.values(context.bottom()).some(isTooLong)) throw new Error(TOO_LONG);
  };
  const read = context._get.bind(context);
  context._get = function* (path) {
    const value: unknown = yield read(path);
    context.memoryLimit.use(STEP);
    weigh(value, context.memoryLimit);
    return value;
  };
  return context;
}

export function isTooLong(value: unknown): boolean {
  return typeof value === "string" && value.length > LONGEST_TEXT;
}

/** Conditions may be as long as templates are. */
const OPERATORS: Record<string, Operator> = Object.fromEntries(
  Object.entries(defaultOperators).map(([name, operator]) => [name, counted(operator)]),
);

function counted(operator: Operator): Operator {
  // One of two sides, or of one; then comes the context.
  return (first: unknown, second: unknown, context?: Context) => {
    const within = context ?? second;
    if (within instanceof Context) within.memoryLimit.use(STEP);
    return (operator as (...args: unknown[]) => ReturnType<Operator>)(first, second, context);
  };
}

/** The library counts the work of most filters, and not of those whose result is short. */
function weighed(filter: Filter): Filter {
  const handler = typeof filter === "function" ? filter : filter.handler;
  const counting: Handler = function* (...args: [unknown, ...unknown[]]) {
    const work = this.context.memoryLimit;
    weigh(args, work);
    work.use(STEP + oftenRead(args));
    const made: unknown = yield handler.apply(this, args);
    weigh(made, work);
    return made;
  };
  return typeof filter === "function" ? counting : { ...filter, handler: counting };
}

/** Paths and expressions are read anew for each item. */
function oftenRead([list, ...args]: readonly unknown[]): number {
  if (!Array.isArray(list)) return 0;
  return args.reduce<number>((sum, arg) => sum + (typeof arg === "string" ? list.length * arg.length : 0), 0);
}

/** A list may hold another many times, and so be far longer than it seems: it weighs what it would be, written out. */
function weigh(value: unknown, work: Work): void {
  if (typeof value === "string") work.use(value.length);
  if (typeof value !== "object" || value === null) return;
  const parts: unknown[] = Array.isArray(value) ? value : Object.values(value);
  work.use(1 + ITEM * parts.length);
  for (const part of parts) weigh(part, work);
}

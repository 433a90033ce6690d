/** Knows how much of everything a workspace may have: by its plan, unless the installation or the operator says otherwise. */
import { PLANS, type Plan } from "./plan";

export interface Limits {
  /** For each key. */
  requestsPerMinute: number;
  /** Enrollments that have not ended; null: as many as come. */
  enrollments: number | null;
  stepsPerSequence: number;
  /** Of a request; files of contacts have limits of their own. */
  bodyBytes: number;
  /** Entries of one page of a list, where the API that is asked does not allow fewer itself. */
  pageSize: number;
}
export type Limit = keyof Limits;

/** Limits that a workspace has of its own. */
export type OwnLimits = { readonly [L in Limit]?: Limits[L] | undefined };

export type LimitsByPlan = Readonly<Record<Plan, Limits>>;

/**
 * The most that may be set. A tree is walked whole at every step of a journey and every edit, and a body is held in the memory
 * of an isolate, which has 128 MB for all that it does at a time; a page is read and written in one go.
 */
export const MOST: Record<Limit, number> = {
  requestsPerMinute: 999_999_999,
  enrollments: 999_999_999,
  stepsPerSequence: 2000,
  bodyBytes: 8 * 1024 * 1024,
  pageSize: 1000,
};

/** The least, so that nobody is shut out by a limit who could be locked. */
export const LEAST: Record<Limit, number> = {
  requestsPerMinute: 1,
  enrollments: 0,
  stepsPerSequence: 1,
  bodyBytes: 1024,
  pageSize: 1,
};

const FOR_ALL = { stepsPerSequence: 500, bodyBytes: 1024 * 1024, pageSize: MOST.pageSize };

/** Requests are those of the published API. */
export const STANDARD: LimitsByPlan = {
  FREE: { requestsPerMinute: 120, enrollments: 1000, ...FOR_ALL },
  STARTER: { requestsPerMinute: 200, enrollments: 10_000, ...FOR_ALL },
  PRO: { requestsPerMinute: 500, enrollments: 100_000, ...FOR_ALL },
  AGENCY: { requestsPerMinute: 1000, enrollments: null, ...FOR_ALL },
};

export interface Limited {
  plan: Plan;
  limits: OwnLimits;
}

/** What holds for a workspace: what it has of its own, and else what its plan says. */
export function limitsOf(byPlan: LimitsByPlan, { plan, limits }: Limited): Limits {
  const own = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { ...byPlan[plan], ...Object.fromEntries(own) };
}

export type ByPlan<T> = Partial<Record<Plan, T>>;

const FIGURE = /^[1-9]\d{0,8}$/;

/** Reads figures such as `FREE=60,AGENCY=5000`; null where it is no such list. */
export function readByPlan(text: string): ByPlan<number> | null {
  return readEach(text, (figure) => (FIGURE.test(figure) ? Number(figure) : undefined));
}

/** The same, where `none` stands for no limit. */
export function readByPlanOrNone(text: string): ByPlan<number | null> | null {
  return readEach(text, (figure) => {
    if (figure === "none") return null;
    return FIGURE.test(figure) ? Number(figure) : undefined;
  });
}

function readEach<T>(text: string, read: (figure: string) => T | undefined): ByPlan<T> | null {
  const figures: ByPlan<T> = {};
  for (const part of text.split(",")) {
    const [name, figure = "", ...more] = part.split("=").map((one) => one.trim());
    const plan = PLANS.find((one) => one === name);
    const value = read(figure);
    if (plan === undefined || value === undefined || more.length > 0) return null;
    figures[plan] = value;
  }
  return figures;
}

export interface Configured {
  requestsPerMinute?: ByPlan<number> | undefined;
  enrollments?: ByPlan<number | null> | undefined;
  stepsPerSequence?: number | undefined;
  bodyBytes?: number | undefined;
  pageSize?: number | undefined;
}

/** The limits of an installation; what it leaves out stays as it is. */
export function limitsBy({ requestsPerMinute = {}, enrollments = {}, ...forAll }: Configured): LimitsByPlan {
  const of = (plan: Plan): Limits => {
    const byPlan = { requestsPerMinute: requestsPerMinute[plan], enrollments: enrollments[plan] };
    return limitsOf(STANDARD, { plan, limits: { ...byPlan, ...forAll } });
  };
  return { FREE: of("FREE"), STARTER: of("STARTER"), PRO: of("PRO"), AGENCY: of("AGENCY") };
}

const UNITS = [
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
] as const;

/** As people read it: `1 MiB`, or in bytes where it is no round figure. */
export function sizeInWords(bytes: number): string {
  const [unit, size] = UNITS.find(([, one]) => bytes % one === 0) ?? ["bytes", 1];
  return `${bytes / size} ${unit}`;
}

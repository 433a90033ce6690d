/** Knows what an operator may ask, and how figures, letters and findings are shown to him. */
import * as z from "zod";
import type { DeadLetter } from "../../engine/deadletters";
import { MOST_EXAMINED } from "../../engine/doctor";
import type { Figures } from "../../engine/figures";

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const LARGEST_ID = 10 ** 15;
const workspaceId = z
  .string()
  .regex(/^(?:ws_)?[1-9]\d{0,14}$/, "is not an id of a workspace")
  .transform((text) => Number(text.replace("ws_", "")))
  .nullable()
  .default(null);
const after = whole(0, LARGEST_ID).default(0);

export const Round = z.strictObject({
  workspace: workspaceId,
  after,
  limit: whole(1, MOST_EXAMINED).default(MOST_EXAMINED),
  repair: flag.default(false),
});

const letters = {
  queue: z.string().max(100).nullable().default(null),
  workspace: workspaceId,
  after,
  limit: whole(1, 100).default(100),
};
export const Digging = z.strictObject({ ...letters, unsent: flag.default(false), body: flag.default(false) });
export const Redriving = z.strictObject(letters);

/** Bodies have people's words in them: they are shown to who asks for them. */
export function showLetter(
  { id, workspaceId, enrollmentId, queue, body, createdAt, resentAt }: DeadLetter,
  whole: boolean,
) {
  return {
    id,
    queue,
    workspaceId,
    enrollmentId,
    createdAt: new Date(createdAt).toISOString(),
    resentAt: resentAt === null ? null : new Date(resentAt).toISOString(),
    ...(whole ? { body: JSON.parse(body) as unknown } : { size: body.length }),
  };
}

/** What each figure is, and what tells several of a name apart. */
const FIGURES: Record<string, { help: string; label?: string }> = {
  live: { help: "Enrollments under way in running sequences" },
  due: { help: "Of those, what is due by now; counted up to 10000" },
  overdue: { help: "Of those, what has been due for more than a minute; counted up to 10000" },
  oldest_overdue_seconds: { help: "For how long the oldest has been due" },
  not_all_counted: { help: "1 where only the first 10000 were looked at, so that there may be more", label: "of" },
  lateness_seconds: {
    help: "How late messages were begun, of a sample of the newest of the last 15 minutes; quantile 1 is the latest",
    label: "quantile",
  },
  lateness_sampled: { help: "Messages of that sample; at most 1000" },
  throttled: { help: "Enrollments that wait at a throttle" },
  dead_letters: { help: "Queue messages given up and not sent again; counted up to 10000", label: "queue" },
  backlog: { help: "Work that is written down and not done; each counted up to 10000", label: "kind" },
  paused: { help: "What somebody, or a fault, has paused", label: "what" },
};

/** Prometheus' text form, version 0.0.4. */
export function expose(figures: Figures): string {
  const lines = Object.entries(figures).flatMap(([name, value]) => {
    const { help = name, label = "of" } = FIGURES[name] ?? {};
    const samples =
      typeof value === "number"
        ? [`dripline_${name} ${value}`]
        : Object.entries(value).map(([of, n]) => `dripline_${name}{${label}="${of}"} ${n}`);
    return [`# HELP dripline_${name} ${help}`, `# TYPE dripline_${name} gauge`, ...samples];
  });
  return `${lines.join("\n")}\n`;
}

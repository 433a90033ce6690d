/** Knows how v1 asks what a sequence has come to, and how it is told. */
import * as z from "zod";
import {
  HAPPENINGS,
  type Happenings,
  RESPONSES,
  type Responses,
  rateOf,
  type StepFigures,
  type VariantFigures,
} from "../../../domain/analytics";
import { isDate } from "../../../domain/day";
import { edgesOf, type ReplyTimes, replyTimeOf } from "../../../domain/replytime";
import type { Analytics } from "../../../engine/analytics";
import { spell } from "../ids";
import type { ShownAnalytics, ShownStepFigures, ShownVariantFigures } from "./analyticsshape";
import { oneOf } from "./parse";

const day = z.string().refine(isDate, "must be a day such as 2027-12-25").optional();

/** Whoever asks for days of another zone is told that there are none, and not given days of UTC instead. */
export const AnalyticsQuery = z.object({
  from: day.describe("The first day, of UTC; 29 days before the last unless told"),
  to: day.describe("The last day, of UTC; today unless told"),
  timezone: oneOf(["UTC"]).optional().describe("Days are counted as they happen, by UTC: no other zone's can be told"),
});

export function showAnalytics(sequence: number, analytics: Analytics): z.input<typeof ShownAnalytics> {
  const { enrolled, standings, contactsReached, contactsReplied, whole, times, steps, days } = analytics;
  return {
    sequenceId: spell("sequence", sequence),
    enrolled,
    enrollmentStats: standings,
    contacts: { reached: contactsReached, replied: contactsReplied },
    ...responsesOf(whole),
    timeToReply: { ...timeToReply(times), buckets: bucketsOf(times) },
    steps: steps.map(showStep),
    period: periodOf(days),
    byDay: days,
  };
}

/** There is a day at least. */
function periodOf(days: Analytics["days"]) {
  const happened = HAPPENINGS.map((name) => [name, days.reduce((sum, one) => sum + one[name], 0)]);
  const [from = "", to = from] = [days[0]?.date, days.at(-1)?.date];
  return { from, to, timezone: "UTC" as const, ...(Object.fromEntries(happened) as Happenings) };
}

function responsesOf(responses: Responses) {
  return {
    ...(Object.fromEntries(RESPONSES.map((name) => [name, responses[name]])) as Responses),
    rates: {
      open: rateOf(responses, "opened"),
      click: rateOf(responses, "clicked"),
      reply: rateOf(responses, "replied"),
      bounce: rateOf(responses, "bounced"),
      optOut: rateOf(responses, "optedOut"),
    },
  };
}

function showStep(step: StepFigures): z.input<typeof ShownStepFigures> {
  const { id, kind, label, branch, order, deleted, reached, waiting, exited, failed, times, variants } = step;
  return {
    stepId: spell("step", id),
    stepOrder: order,
    kind,
    label,
    branch,
    deleted,
    reached,
    waiting,
    exited,
    failed,
    ...responsesOf(step),
    timeToReply: timeToReply(times),
    variants: variants.map(showVariant),
  };
}

function showVariant(figures: VariantFigures): z.input<typeof ShownVariantFigures> {
  const { id, weight, enabled, deleted, beside, ...responses } = figures;
  const variantId = id === null ? null : spell("variant", id);
  const comparison = beside && { with: spell("variant", beside.id), ...verdictsOf(beside) };
  return { variantId, weight, enabled, deleted, ...responsesOf(responses), comparison };
}

function verdictsOf({ opened, clicked, replied }: NonNullable<VariantFigures["beside"]>) {
  return { opened, clicked, replied };
}

function timeToReply(times: ReplyTimes) {
  const { replies, average, median } = replyTimeOf(times);
  return { replies, averageSeconds: secondsOf(average), medianSeconds: secondsOf(median) };
}

function bucketsOf({ counted }: ReplyTimes) {
  const filled = [...counted].sort(([a], [b]) => a - b);
  return filled.map(([bucket, replies]) => {
    const [from, to] = edgesOf(bucket);
    return { fromSeconds: secondsOf(from), toSeconds: secondsOf(to), replies };
  });
}

function secondsOf<M extends number | null>(ms: M): M extends null ? null : number;
function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 1000);
}

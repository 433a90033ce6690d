/** Knows what v1 asks to have simulated, and how it shows what would come. */
import * as z from "zod";
import type { Act } from "../../../domain/act";
import { PLATFORMS } from "../../../domain/platform";
import type { Journey } from "../../../domain/time";
import type { Fork, Stretch, Told, Wait } from "../../../domain/timetable";
import type { Tree } from "../../../domain/tree";
import { isZone, offset } from "../../../domain/zone";
import type { Simulation } from "../../../engine/simulation";
import { spell } from "../ids";
import { idOf, oneOf } from "./parse";
import type { ShownAct, ShownFork, ShownSimulation, ShownStretch, ShownTold } from "./simulationshape";
import { instant, instantOrNull } from "./time";

/** A start further ahead tells nobody anything. */
const LATEST_START = Date.UTC(2200, 0, 1);
const MOST_BRANCHES = 500;

const startAt = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time with a zone" })
  .transform((value) => Date.parse(value))
  .refine((ms) => ms > 0 && ms < LATEST_START, "must lie between 1970 and 2200");

const branches = z
  .record(z.string(), z.boolean())
  .refine((said) => Object.keys(said).length <= MOST_BRANCHES, `must name at most ${MOST_BRANCHES} conditions`)
  .transform((said) => Object.entries(said))
  .pipe(z.array(z.tuple([idOf("step"), z.boolean()])));

export const Simulate = z
  .object({
    contactId: idOf("contact").nullable().optional().describe("Whom it is simulated for; somebody made up without it"),
    platform: oneOf(PLATFORMS).optional().describe("The contact's own unless told; EMAIL for somebody made up"),
    timezone: z
      .string()
      .refine(isZone, "must be an IANA time zone, such as Europe/Berlin")
      .optional()
      .describe("In place of the contact's own"),
    startAt: startAt.optional().describe("When he would be enrolled; now unless told"),
    branches: branches
      .optional()
      .describe("Ids of conditions with what they come to; all others are followed both ways"),
  })
  .transform(({ contactId = null, branches: ways = [], ...more }) => ({ ...more, contactId, ways: new Map(ways) }));

export function showSimulation(sequenceId: number, simulation: Simulation): z.input<typeof ShownSimulation> {
  const { contact, platform, startAt: at, tree, way, whole, assumes } = simulation;
  const zone = contact.timezone ?? "UTC";
  return {
    sequenceId: spell("sequence", sequenceId),
    contactId: contact.id === 0 ? null : spell("contact", contact.id),
    platform,
    timezone: zone,
    startAt: instant(at),
    timetable: showStretch(way, { tree, zone }),
    truncated: !whole,
    assumes,
  };
}

interface Place {
  tree: Tree;
  zone: string;
}

function showStretch({ told, end, fork }: Stretch, place: Place): z.input<typeof ShownStretch> {
  return {
    steps: told.map((one) => showTold(one, place)),
    end: end && {
      event: end.why,
      reason: end.error,
      stepId: end.step === null ? null : spell("step", end.step),
      ...showTime(end.at, place),
    },
    fork: fork && showFork(fork, place),
  };
}

function showFork({ step, likely, yes, no }: Fork, place: Place): z.input<typeof ShownFork> {
  const label = place.tree.steps.get(step)?.label ?? null;
  return { stepId: spell("step", step), label, likely, yes: showStretch(yes, place), no: showStretch(no, place) };
}

function showTold(told: Told, place: Place): z.input<typeof ShownTold> {
  const { step, kind, at, waits, result, reason, content, act, task } = told;
  return {
    stepId: spell("step", step),
    kind,
    label: place.tree.steps.get(step)?.label ?? null,
    ...showTime(at, place),
    waits: waits.map((wait) => showWait(wait, place)),
    result,
    reason,
    ...(content
      ? {
          message: {
            to: content.to,
            toName: content.toName,
            subject: content.subject,
            preheader: content.preheader ?? null,
            body: content.body,
            format: content.format,
          },
        }
      : {}),
    ...(act ? { act: showAct(act) } : {}),
    ...(task ? { task: { type: task.type, skippedAt: instantOrNull(task.skipAt) } } : {}),
  };
}

function showWait({ for: why, until }: Wait, place: Place) {
  const { at, local } = showTime(until, place);
  return { for: why, until: at, local };
}

/** In UTC, and as a clock in his zone shows it, with how far that is ahead. */
function showTime(at: Journey, { zone }: Place) {
  const ahead = offset(at, zone);
  const face = instant(at + ahead).slice(0, 19);
  const minutes = Math.abs(Math.round(ahead / 60_000));
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  return { at: instant(at), local: `${face}${ahead < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}` };
}

/** What a request brings along may be secret, and is not shown. */
function showAct(act: Act): z.input<typeof ShownAct> {
  switch (act.kind) {
    case "add_tag":
    case "remove_tag":
      return { tags: act.tags };
    case "deactivate_contact":
      return {};
    case "move_to_sequence":
      return { sequenceId: spell("sequence", act.sequenceId) };
    case "http_request":
      return { method: act.method, url: act.url };
  }
}

/** Knows what Outreach calls what happened: a resource, what was done to it, and JSON:API around the two. */
import type { Happening, HappeningType, Told } from "../happening";

/** Its name there, null where it has none. That a message went out is its delivery there; that it arrived, nothing. */
export function nameInOutreach(type: HappeningType): string | null {
  return NAMES.get(type) ?? null;
}

const NAMES = new Map<HappeningType, string>([
  ["sequence.created", "sequence.created"],
  ["sequence.updated", "sequence.updated"],
  ["sequence.activated", "sequence.updated"],
  ["sequence.paused", "sequence.updated"],
  ["sequence.archived", "sequence.destroyed"],
  ["enrollment.enrolled", "sequenceState.created"],
  ["enrollment.step_sent", "sequenceState.advanced"],
  ["enrollment.replied", "sequenceState.updated"],
  ["enrollment.paused", "sequenceState.updated"],
  ["enrollment.resumed", "sequenceState.updated"],
  ["enrollment.exited", "sequenceState.finished"],
  ["enrollment.completed", "sequenceState.finished"],
  ["enrollment.failed", "sequenceState.updated"],
  ["message.sent", "mailing.delivered"],
  ["message.opened", "mailing.opened"],
  ["message.clicked", "mailing.updated"],
  ["message.bounced", "mailing.bounced"],
  ["message.failed", "mailing.updated"],
  ["message.replied", "mailing.replied"],
  ["message.unsubscribed", "mailing.updated"],
]);

export function asOutreach(happening: Happening, type: HappeningType): object {
  const meta = { eventName: nameInOutreach(type), deliveredAt: instant(happening.at) };
  return { data: resourceIn(happening, type), meta };
}

function resourceIn({ told, heading, at }: Happening, type: HappeningType) {
  if (type.startsWith("sequence.")) {
    return { type: "sequence", id: told.sequence, attributes: sequenceAttributes(told, at) };
  }
  if (type.startsWith("message.")) {
    const attributes = { ...mailingAttributes(told, type), subject: heading };
    const relationships = { ...linksOf(told), sequenceState: to("sequenceState", told.enrollment) };
    return { type: "mailing", id: told.message, attributes, relationships };
  }
  return {
    type: "sequenceState",
    id: told.enrollment,
    attributes: stateAttributes(told, at),
    relationships: linksOf(told),
  };
}

function linksOf({ contact, sequence, step }: Told) {
  return {
    prospect: to("prospect", contact),
    sequence: to("sequence", sequence),
    sequenceStep: to("sequenceStep", step),
  };
}

function to(type: string, id: number | null | undefined) {
  return { data: id === null || id === undefined ? null : { type, id } };
}

function sequenceAttributes({ name = null, status }: Told, at: number) {
  return { name, enabled: status === "ACTIVE", updatedAt: instant(at) };
}

function stateAttributes(told: Told, at: number) {
  return {
    state: stateOf(told),
    repliedAt: instantOrNull(told.repliedAt),
    errorReason: told.error ?? null,
    stateChangedAt: instant(at),
  };
}

function stateOf({ state, why }: Told): string {
  if (state === "pending") return "pending";
  if (state === "paused") return "paused";
  if (state !== "ended") return "active";
  return why === "opted_out" || why === "bounced" || why === "failed" ? why : "finished";
}

/** Those that what happened has changed. */
function mailingAttributes(told: Told, type: HappeningType) {
  const when = instantOrNull(told.happenedAt ?? told.at);
  const attributes = new Map<HappeningType, object>([
    ["message.sent", { state: "delivered", deliveredAt: when }],
    ["message.opened", { state: "opened", openedAt: when }],
    ["message.clicked", { clickedAt: when, clickCount: told.clicks ?? 1 }],
    ["message.bounced", { state: "bounced", bouncedAt: when }],
    ["message.failed", { state: "failed", errorReason: told.error ?? null }],
    ["message.replied", { state: "replied", repliedAt: when }],
    ["message.unsubscribed", { unsubscribedAt: when }],
  ]);
  return attributes.get(type) ?? {};
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function instantOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : instant(ms);
}

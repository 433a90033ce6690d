/** Knows how a message, or another act of a step, is claimed: rendered once, its bytes fixed, a lease taken. */
import { type Act, type ActStep, actOf } from "./act";
import { type Contact, reachable } from "./contact";
import { end } from "./ending";
import type { Decision, State } from "./enrollment";
import type { Facts } from "./facts";
import { ok, type Result, refuse } from "./failure";
import { letterOf, stampOf, withLink } from "./letter";
import { oneLine, printable } from "./line";
import type { Tracks } from "./mail";
import { actId, type Content, type InFlight, messageId, ORDINALS } from "./message";
import { LEASE, receiverOf } from "./outcome";
import type { StepOf, Writer } from "./step";
import { render, type Scope, scopeOf } from "./template";
import { delayOf, leavingFrom } from "./ticket";
import type { Reading } from "./time";
import { type Origin, type Text, variantFor } from "./variant";

/** Characters of a subject or a preheader once it is rendered, and of a name (RFC 5322, section 2.1.1). */
const LONGEST_LINE = 998;
const LONGEST_NAME = 255;

type Claimed = { message: number; step: number } & ({ content: Content; by: string | null } | { act: Act });

export function claimMessage(state: State, step: StepOf<"message">, facts: Facts, now: Reading): Decision {
  const draft = draftFor(step, state.trip.id);
  if (draft === null) return end(state, "failed", now.journey, NO_TEXT);
  return claimText(state, { ...draft, preheader: step.settings.preheader ?? null }, facts, now);
}

export const NO_TEXT = "the step has no enabled template";

/** What is to be rendered for one contact. */
export interface Draft extends Text {
  step: number;
  preheader: string | null;
  isReply: boolean;
  template?: Origin;
  tracks?: Tracks;
}

/** By the template that the enrollment gets; null where none is enabled. */
export function draftFor(step: Writer, enrollment: number): Draft | null {
  const variant = variantFor(step, enrollment);
  if (variant === null) return null;
  const { id, templateId, isReply, subject, body, format, tracks } = variant;
  const template = { variant: id, template: templateId };
  const written = { step: step.id, subject, body, format, preheader: null, isReply, template };
  return tracks ? { ...written, tracks } : written;
}

export function claimText(state: State, draft: Draft, facts: Facts, now: Reading): Decision {
  const message = messageId(state.trip.id, state.messages + 1);
  const content = contentOf(state, { message, draft }, facts, now);
  if (typeof content === "string") return end(state, "failed", now.journey, content);
  const delay = delayOf(facts, { message, step: draft.step }, now);
  if (delay !== null && state.phase.is === "waiting") {
    return { state: { ...state, phase: { ...state.phase, ...delay } }, deeds: [] };
  }
  return claim(
    { ...state, messages: state.messages + 1, mailbox: leavingFrom(state, facts) },
    { message, step: draft.step, content, by: receiverOf(facts) },
    now,
  );
}

export function claimAct(state: State, step: ActStep, { contact }: Facts, now: Reading): Decision {
  if (contact === null) return end(state, "removed", now.journey);
  const act = actOf(step, contact, state.trip.platform);
  if (!act.ok) return end(state, "failed", now.journey, act.failure);
  const message = actId(state.trip.id, state.acts + 1);
  return claim({ ...state, acts: state.acts + 1 }, { message, step: step.id, act: act.value }, now);
}

/** From here on it is under way, if there is an ordinal left for it. */
function claim(state: State, what: Claimed, now: Reading): Decision {
  const exhausted = spent(state);
  if (exhausted !== null) return end(state, "failed", now.journey, exhausted);
  const inFlight: InFlight = { ...what, attempt: 1, since: now.wall, lease: now.wall + LEASE, retryAt: null };
  return { state: { ...state, inFlight }, deeds: [], deliver: inFlight };
}

/** Why there is no ordinal left for what is to be begun; null while there is. */
export function spent({ messages, acts }: State): string | null {
  return messages + acts >= ORDINALS ? `an enrollment has at most ${ORDINALS - 1} messages` : null;
}

/** The rendered message, or why it cannot be made. */
function contentOf(
  state: State,
  { message, draft }: { message: number; draft: Draft },
  facts: Facts,
  now: Reading,
): Content | string {
  const { platform, workspaceId } = state.trip;
  const address = facts.contact && reachable(facts.contact, platform, true);
  if (!facts.contact || !address?.ok) return `the contact has no ${platform} address`;
  const stamp = stampOf(facts, workspaceId, message);
  const scope = scopeOf(facts.contact, platform, stamp?.unsubscribeUrl);
  const body = render(draft.body, draft.format, scope);
  if (!body.ok) return `the template failed: ${body.failure.message}`;
  const own = lineOf("subject", answers(state, draft, facts) ? null : draft.subject, scope);
  if (!own.ok) return own.failure;
  const preheader = lineOf("preheader", draft.preheader, scope);
  if (!preheader.ok) return preheader.failure;
  const letter =
    stamp && letterOf(facts, { message, stamp, thread: state.thread, own: own.value, draft, date: now.wall });
  return {
    platform,
    to: address.value.address,
    toName: nameOf(facts.contact),
    ...(letter ?? { subject: own.value ?? subjectFor(state, facts) }),
    ...(preheader.value === null ? {} : { preheader: preheader.value }),
    body: withLink(printable(body.value), draft.format, facts, stamp),
    format: draft.format,
    ...(draft.template ? { template: draft.template } : {}),
    at: now.journey,
  };
}

/** Without a sender there are no mails that could thread: the first that has no subject takes the sequence's name. */
function subjectFor({ trip, lastMessage }: State, { sequence }: Facts): string | null {
  return trip.platform === "EMAIL" && lastMessage === null ? sequence.name : null;
}

/** An answer takes the subject of the thread that it continues; where there is none yet, its own. */
function answers({ lastMessage, thread }: State, { isReply }: Draft, { post }: Facts): boolean {
  return isReply && (post?.sender ? thread : lastMessage) !== null;
}

function nameOf({ displayName }: Contact): string | null {
  return displayName === null ? null : oneLine(displayName, LONGEST_NAME) || null;
}

/** A rendered line of its own; no name can break out of it. */
function lineOf(part: string, source: string | null, scope: Scope): Result<string | null, string> {
  if (source === null) return ok(null);
  const line = render(source, "text", scope);
  return line.ok
    ? ok(oneLine(line.value, LONGEST_LINE))
    : refuse(`the ${part}'s template failed: ${line.failure.message}`);
}

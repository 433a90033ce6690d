/** Knows how v1 writes down all that is known of a contact: a document in pieces, whose last field says that it is whole. */
import type { Content } from "../../../domain/message";
import type { CallRow } from "../../../engine/calls";
import type { DeadLetter } from "../../../engine/deadletters";
import type { Dossier, Journey } from "../../../engine/dossier";
import type { MessageRow } from "../../../engine/messages";
import type { ReplyRow } from "../../../engine/replies";
import type { TaskRow } from "../../../engine/tasks";
import { type IdNoun, spell } from "../ids";
import { showLetter } from "./channel";
import { showContact } from "./contact";
import { showEntry } from "./enrollment";
import { showMail, showMessage } from "./message";
import { showReply } from "./reply";
import { showSuppression } from "./suppression";
import { showTask } from "./task";
import { instant, instantOrNull } from "./time";

/** One that goes on has the enrollments alone. */
export async function* documentOf(
  dossier: Dossier,
  { at, goesOn }: { at: number; goesOn: boolean },
): AsyncGenerator<string> {
  yield `{"exportedAt":${JSON.stringify(instant(at))}`;
  if (!goesOn) yield* personOf(dossier);
  yield `,"enrollments":[`;
  let comma = "";
  for (;;) {
    const { value, done } = await dossier.journeys.next();
    if (done) return yield `],"next":${JSON.stringify(spellOrNull("enrollment", value))}}`;
    yield comma + JSON.stringify(showJourney(value));
    comma = ",";
  }
}

async function* personOf(dossier: Dossier): AsyncGenerator<string> {
  const segments = dossier.segments.map(({ id, name }) => ({ id: spell("segment", id), name }));
  yield field("contact", showProfile(dossier));
  yield field("segments", segments);
  yield field("suppressions", dossier.suppressions.map(showSuppression));
  yield* list("replies", dossier.replies, showFullReply);
  yield* list("tasks", dossier.tasks, showFullTask);
  yield* list("calls", dossier.calls, showCall);
  yield field("deadLetters", (await dossier.letters()).map(showLetter));
}

function field(name: string, value: unknown): string {
  return `,${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

async function* list<T>(name: string, items: AsyncGenerator<T>, show: (item: T) => object): AsyncGenerator<string> {
  yield `,${JSON.stringify(name)}:[`;
  let comma = "";
  for await (const item of items) {
    yield comma + JSON.stringify(show(item));
    comma = ",";
  }
  yield "]";
}

function spellOrNull(noun: IdNoun, id: number | null): string | null {
  return id === null ? null : spell(noun, id);
}

function showProfile({ contact, profile }: Dossier) {
  return {
    ...showContact(contact),
    addresses: contact.addresses.map(({ platform, address, platformId, blocked = null }) => ({
      platform,
      address,
      platformId,
      blocked,
    })),
    inactive: contact.inactive,
    optedOutAt: instantOrNull(contact.optedOutAt),
    subscribedAt: instantOrNull(contact.subscribedAt),
    source: contact.source,
    ipAddress: contact.ipAddress,
    ownerId: spellOrNull("user", profile.ownerId),
    stageId: profile.stageId,
    creatorId: spellOrNull("user", profile.creatorId),
    updaterId: spellOrNull("user", profile.updaterId),
  };
}

function showFullReply(row: ReplyRow) {
  return { ...showReply(row), headers: row.headers };
}

function showFullTask(row: TaskRow) {
  return {
    ...showTask(row),
    creatorId: spell("user", row.creatorId),
    opportunityAssociation: row.opportunityAssociation,
  };
}

function showCall(row: CallRow) {
  return {
    id: row.id,
    userId: spellOrNull("user", row.userId),
    taskId: spellOrNull("task", row.taskId),
    enrollmentId: spellOrNull("enrollment", row.enrollmentId),
    direction: row.direction,
    outcome: row.outcome,
    note: row.note,
    state: row.state,
    dialedAt: instantOrNull(row.dialedAt),
    answeredAt: instantOrNull(row.answeredAt),
    completedAt: instantOrNull(row.completedAt),
    details: row.details,
    createdAt: instant(row.createdAt),
  };
}

/** As its object tells it, with every message in full; of one that was freed, what was kept. */
function showJourney({ row, view, messages, letters }: Journey) {
  const underWay = view?.state?.inFlight;
  return {
    id: spell("enrollment", row.id),
    sequenceId: spell("sequence", row.sequenceId),
    platform: row.platform,
    status: row.standing,
    state: row.state,
    reason: row.why,
    error: row.error,
    enrolledAt: instant(row.enrolledAt),
    enrolledBy: spellOrNull("user", row.userId),
    endedAt: instantOrNull(row.endedAt),
    repliedAt: instantOrNull(row.repliedAt),
    threadSubject: view?.state?.thread?.subject ?? null,
    requestUnderWay: underWay?.act?.kind === "http_request" ? underWay.act : null,
    clicksInDoubt:
      view?.state?.clicks.doubts.map(({ message, url }) => ({ messageId: spell("message", message), url })) ?? [],
    history: view?.history.map(showEntry) ?? [],
    messages: sentIn(view, messages).map(([id, content]) => showSent(id, content, messages)),
    deadLetters: letters.map((letter: DeadLetter) => showLetter(letter)),
  };
}

/** The newest content of each message, also of one that is under way; null where it is no longer kept. */
function sentIn(view: Journey["view"], rows: readonly MessageRow[]): [number, Content | null][] {
  const contents = new Map<number, Content | null>(rows.map(({ id }) => [id, null]));
  for (const entry of view?.history ?? []) if (entry.what === "message") contents.set(entry.message, entry.content);
  const begun = view?.state?.inFlight;
  if (begun?.content) contents.set(begun.message, begun.content);
  return [...contents];
}

function showSent(id: number, content: Content | null, rows: readonly MessageRow[]) {
  const row = rows.find((one) => one.id === id);
  return {
    id: spell("message", id),
    ...(row ? showMessage(row) : { status: "sending" }),
    to: content?.to ?? null,
    toName: content?.toName ?? null,
    subject: content?.subject ?? row?.subject ?? null,
    preheader: content?.preheader ?? null,
    body: content?.body ?? null,
    format: content?.format ?? null,
    mail: content?.mail ? showMail(content.mail) : null,
    bouncedAt: instantOrNull(row?.bouncedAt),
    complainedAt: instantOrNull(row?.complainedAt),
    unsubscribedAt: instantOrNull(row?.unsubscribedAt),
  };
}

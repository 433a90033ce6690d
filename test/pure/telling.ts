/** Knows how journeys that were ridden are told to a database: late, lost, doubled, out of order, and some of them removed meanwhile. */
import { courseOf } from "../../src/domain/course";
import { ORDINALS } from "../../src/domain/message";
import { linesOf, type NewsLine, newsLine, snapshotOf, standingOf, type Telling } from "../../src/domain/mirror";
import { BEGUN, entriesOf } from "../../src/domain/record";
import { DAY } from "../../src/domain/time";
import { restore } from "../../src/storage/audit";
import { noteStop } from "../../src/storage/consent";
import type { EnrollmentRow } from "../../src/storage/enrollments";
import { keepHistory } from "../../src/storage/histories";
import { eraseMessages } from "../../src/storage/messages";
import { applyTellings, writeLateNews } from "../../src/storage/mirror";
import { removeJourneys } from "../../src/storage/retention";
import { J, trip, W } from "./given";
import type { Lite, Row } from "./sqlite";
import type { TreeRide } from "./treeride";

export const SEQUENCE = trip.sequenceId;

/** Something that reaches the rows of one of the journeys; `at` and `from` choose among its turns and its facts. */
export interface Deed {
  does: "tell" | "tellTwo" | "news" | "stop" | "restore" | "erase" | "remove" | "withdraw";
  who: number;
  at: number;
  from: number;
}

export interface Journey {
  id: number;
  contact: number;
  ride: TreeRide;
  /** The last of its turns that anybody hears of: then it was freed. */
  last: number;
}

export interface Scene {
  lite: Lite;
  journeys: Journey[];
  /** What rows were removed of: they are counted on. */
  removed: { enrollments: Row[]; messages: Row[] };
}

/**
 * Journeys that begin on days that follow each other, the third of whoever went on the first. One that is over before the next
 * begins is told beside it here, so the index that keeps two from being under way at a time is to be gone.
 */
export function enter(lite: Lite, rides: readonly TreeRide[]): Scene {
  const journeys = rides.map((ride, i) => ({ id: i + 1, contact: 100 + (i % 2), ride, last: ride.turns.length - 1 }));
  for (const { id, contact } of journeys) {
    lite.rows(
      "INSERT OR IGNORE INTO contacts (id, workspace_id, platform, created_at, updated_at) VALUES (?, 1, 'TWITTER', 0, 0)",
      contact,
    );
    admit(lite, { id, contact, at: trip.enrolledAt + (id % 3) * DAY });
  }
  return { lite, journeys, removed: { enrollments: [], messages: [] } };
}

function admit(
  lite: Lite,
  { id, contact, at, why = null }: { id: number; contact: number; at: number; why?: string | null },
): void {
  lite.rows(
    `INSERT INTO enrollments (id, workspace_id, sequence_id, contact_id, platform, state, why, standing, step_id, enrolled_at,
      version, complete_to) VALUES (?, 1, ?, ?, 'TWITTER', ?, ?, 'ACTIVE', NULL, ?, ?, ?)`,
    ...[id, SEQUENCE, contact, why ? "pending" : "waiting", why, at],
    ...(why ? [0, 0] : [BEGUN, BEGUN]),
  );
}

const rowOf = ({ lite }: Scene, { id }: Journey) => lite.rows("SELECT * FROM enrollments WHERE id = ?", id)[0];

export async function happenTo(scene: Scene, { does, who, at, from }: Deed): Promise<void> {
  const { lite, journeys } = scene;
  const journey = journeys[who % journeys.length];
  const row = journey && rowOf(scene, journey);
  if (!journey || !row) return;
  const told = tellingOf(journey, at % (journey.last + 1), 1 + (from % (Number(row.complete_to) + 1)));
  const line = lite.rows(
    "SELECT * FROM messages WHERE enrollment_id = ? ORDER BY id LIMIT 1 OFFSET ?",
    journey.id,
    at % 3,
  )[0];
  switch (does) {
    case "tell":
      await applyTellings(lite.db, [told], W);
      return;
    case "tellTwo":
      await applyTellings(lite.db, [told, tellingOf(journey, from % (journey.last + 1), 1)], W);
      return;
    case "news": {
      const fact = (["delivered", "opened", "clicked", "bounced", "replied"] as const)[from % 5] ?? "opened";
      const heardAt = J + (from % 4) * DAY;
      if (line)
        await writeLateNews(lite.db, {
          n: 0,
          id: Number(line.id),
          fact,
          at: heardAt,
          heardAt,
          ...(fact === "replied" ? { sentiment: "neutral" } : {}),
        });
      return;
    }
    case "stop":
      if (!line) return;
      lite.rows(
        "UPDATE contacts SET opted_out_at = 1, opted_out_by = ? WHERE id = ?",
        Number(line.id),
        journey.contact,
      );
      await noteStop(lite.db, { workspaceId: 1, contactId: journey.contact, by: Number(line.id), at: J });
      return;
    case "restore": {
      const asRead = { id: journey.id, workspaceId: 1, version: row.version, completeTo: row.complete_to };
      await restore(lite.db, asRead as unknown as EnrollmentRow, tellingOf(journey, journey.last, 1));
      return;
    }
    case "erase":
      lite.rows("UPDATE contacts SET erased_at = 1 WHERE id = ?", journey.contact);
      await eraseMessages(lite.db, journey.id);
      return;
    case "remove":
      return remove(scene, journey);
    case "withdraw":
      admit(lite, { id: 1e6 + at, contact: 1e6, at: J + (from % 4) * DAY, why: "move" });
      lite.rows("DELETE FROM enrollments WHERE id = ?", 1e6 + at);
      return;
  }
}

/** Whoever has ended is freed, if all that he did is known; from then on nothing new is heard of him. */
async function remove(scene: Scene, journey: Journey): Promise<void> {
  const { lite, removed } = scene;
  const turn = turnOf(Number(rowOf(scene, journey)?.version));
  const entries = journey.ride.turns[turn]?.after.entries ?? 0;
  const kept = await keepHistory(lite.db, { id: journey.id, version: turn + 2, entries, history: [], wordless: true });
  if (!kept) return;
  journey.last = turn;
  removed.enrollments.push(...lite.rows("SELECT * FROM enrollments WHERE id = ?", journey.id));
  removed.messages.push(...lite.rows("SELECT * FROM messages WHERE enrollment_id = ?", journey.id));
  await removeJourneys(lite.db, 1, { before: Number.MAX_SAFE_INTEGER, limit: 10 });
}

/** A turn's version lies above what a row says before anything was told. */
const versionOf = (turn: number) => turn + BEGUN + 1;
const turnOf = (version: number) => version - BEGUN - 1;

/** All of what an object knew after a turn, from a fact on. */
function tellingOf({ id, ride }: Journey, turn: number, from: number): Telling {
  const { after, now } = at(ride.turns, turn);
  const known = ride.turns.slice(0, turn + 1).flatMap((one) => entriesOf(one.before, one.decision, one.now.journey));
  const untold = known.filter(({ n }) => n >= from);
  const about = new Set(untold.flatMap((entry) => (entry.what === "message" ? [entry.message] : [])));
  const heard = [...Object.values(after.noted), ...Object.values(after.clicks.machines)].flat();
  const late = heard.some((message) => about.has(message)) ? known.filter(({ n }) => n < from) : [];
  const news = [
    ...late.flatMap((entry) => newsLine(entry) ?? []).filter((line) => about.has(line.id)),
    ...untold.flatMap((entry) => newsLine(entry) ?? []),
  ];
  const { messages } = linesOf(untold, []);
  const own = <Line extends { id: number }>(line: Line): Line => ({
    ...line,
    id: (line.id % ORDINALS) + id * ORDINALS,
  });
  return {
    v: 1,
    enrollment: id,
    workspace: 1,
    snapshot: { ...snapshotOf(after, now), version: versionOf(turn) },
    from,
    to: known.length,
    messages: messages.map(own),
    ...(news.length > 0 ? { news: news.map(own).map(dated) } : {}),
  };
}

/** Every other fact is told of when it was heard: the rest was so when the journey began. */
function dated(line: NewsLine): NewsLine {
  return line.n % 2 === 0 ? line : { ...line, at: line.heardAt };
}

function at<T>(all: readonly T[], index: number): T {
  const found = all[index];
  if (!found) throw new Error(`no turn ${index}`);
  return found;
}

/** Where the newest snapshot that was taken in says that each journey came; none of one that was never heard of. */
export function coursesOf(scene: Scene): { ran: readonly number[]; at: string }[] {
  return [...scene.removed.enrollments, ...scene.lite.rows("SELECT * FROM enrollments")].flatMap(({ id, version }) => {
    const after = scene.journeys.find((one) => one.id === id)?.ride.turns[turnOf(Number(version))]?.after;
    if (!after) return [];
    const { place, ran } = courseOf(after);
    const { phase } = after;
    return [{ ran, at: `${place ?? 0}/${phase.is === "ended" ? standingOf(phase.why) : "ACTIVE"}` }];
  });
}

/** Knows that whatever has ended is freed in the end, and that its history is told as it was. */
import { setTimeout as sleep } from "node:timers/promises";
import { inflateRawSync } from "node:zlib";
import { type Check, check } from "./check.ts";
import { askDatabase, readObjects, type Stored } from "./storage.ts";
import { KEPT, SPEED, type Victim } from "./victim.ts";

const DAY = 86_400_000;
/** Longer than objects are kept, and than they are spread over, in wall milliseconds. */
const LATER = ((KEPT + 2) * DAY) / SPEED;
const LONGEST_FREEING = 30_000;
const GLANCE = 300;

/** Starts the server once more, lets years go by, kills it where some are freed, and lets it go on. */
export async function auditFreeing(server: Victim): Promise<Check> {
  const { state } = server;
  const before = readObjects(state);
  await server.start();
  await server.leap(LATER);
  await until(() => freedIn(state) > 0);
  await server.kill();
  await server.start();
  await until(() => freedIn(state) >= before.size);
  await sleep(GLANCE);
  await server.kill();
  const left = [...readObjects(state).keys()].map((id) => `enroll_${id} was not freed`);
  return check("whatever had ended was freed, and is told as before", `${before.size} objects`, [
    ...left,
    ...changed(state, before),
  ]);
}

async function until(holds: () => boolean): Promise<void> {
  for (const began = Date.now(); !holds() && Date.now() - began < LONGEST_FREEING; ) await sleep(GLANCE);
}

function freedIn(state: string): number {
  return askDatabase(state, (ask) => Number(ask("SELECT COUNT(*) AS n FROM histories")[0]?.n));
}

/** Whose history in D1 is not what his object told, but for the contents of messages. */
function changed(state: string, before: ReadonlyMap<number, Stored>): string[] {
  const rows = askDatabase(state, (ask) => ask("SELECT enrollment_id AS id, hex(entries) AS packed FROM histories"));
  const told = new Map(rows.map(({ id, packed }) => [Number(id), unpacked(String(packed))]));
  return [...before].flatMap(([id, { entries }]) => {
    const kept = entries.map((entry) => (entry.what === "message" ? { ...entry, content: null } : entry));
    return told.get(id) === JSON.stringify(kept) ? [] : [`enroll_${id} is told otherwise since it was freed`];
  });
}

function unpacked(packed: string): string {
  return inflateRawSync(Buffer.from(packed, "hex")).toString();
}

/** Knows how to bring a contact to a step that moves him, and to cut the move where it hurts. */
import { expect } from "vitest";
import type { StepDraft } from "../../src/domain/step";
import { admitOne } from "../../src/engine/admission";
import * as steps from "../../src/engine/steps";
import { contextOf } from "./context";
import {
  api,
  db,
  drain,
  enroll,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  ringDue,
  settle,
  sweep,
  travel,
} from "./world";

const MINUTE = 60_000;

export async function leadTo(from: string, target: string): Promise<void> {
  const bare = { label: null, delay: 0, subject: null, body: null, format: "text" } as const;
  const move: StepDraft = { ...bare, kind: "move_to_sequence", settings: { sequenceId: idOf(target) } };
  const added = await steps.add(contextOf(), idOf(from), move);
  if (!added.ok) throw new Error(JSON.stringify(added.failure));
  await drain();
}

export interface Moving {
  there: string;
  here: string;
  contact: string;
  enrollment: string;
  message: number;
}

/** `here` leads to `there`, and a contact stands at the step that moves him: his trigger is written. */
export async function atTheMove(delays = [0], more: Record<string, unknown> = {}): Promise<Moving> {
  const there = (await makeDrip(delays, more)).sequence;
  const here = (await makeDrip([])).sequence;
  await leadTo(here, there);
  const contact = await makeContact();
  const enrollment = await enroll(here, contact);
  travel(20);
  await ringDue();
  const trigger = await db().prepare("SELECT * FROM triggers").first<{ message_id: number }>();
  expect(trigger).toMatchObject({ kind: "move", enrollment_id: idOf(enrollment), contact_id: idOf(contact) });
  return { there, here, contact, enrollment, message: trigger?.message_id ?? 0 };
}

/** The move is cut right after the admission; the id of the row there. */
export async function admitOnly({ there, here, contact, enrollment, message }: Moving): Promise<number> {
  const self = { origin: `move/${message}`, once: false, trail: [idOf(here)], from: idOf(enrollment) };
  const input = { sequenceId: idOf(there), contactId: idOf(contact), platform: "TWITTER" } as const;
  const admitted = await admitOne(contextOf(), input, self);
  if (!admitted.ok) throw new Error(JSON.stringify(admitted.failure));
  return admitted.value.row.id;
}

export async function listed(sequence: string): Promise<Json[]> {
  return (await api("GET", `/v1/sequences/${sequence}/enrollments?limit=100`)).body.enrollments;
}

export async function triggersLeft(): Promise<number | undefined> {
  return (await db().prepare("SELECT COUNT(*) AS n FROM triggers").first<{ n: number }>())?.n;
}

/** As if the sweep of the triggers were yet to come, or had come. */
export async function putOffTriggers(putOff: boolean): Promise<void> {
  await db()
    .prepare("UPDATE triggers SET touched_at = ?")
    .bind(putOff ? 9e15 : 0)
    .run();
}

export async function sweepLater(): Promise<void> {
  travel(2 * MINUTE);
  await sweep();
  await settle();
}

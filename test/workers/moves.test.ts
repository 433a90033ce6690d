/** A step that moves a contact to another sequence: admitted there, ended here, started there, wherever it is cut. */
import { beforeEach, describe, expect, test } from "vitest";
import type { StepDraft } from "../../src/domain/step";
import { admitOne } from "../../src/engine/admission";
import * as steps from "../../src/engine/steps";
import { contextOf } from "../support/context";
import { faults } from "../support/faults";
import {
  api,
  begin,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  type Json,
  makeContact,
  makeDrip,
  ringDue,
  rowOf,
  sentTo,
  settle,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;

function idOf(id: string): number {
  return Number(id.replace(/^[a-z]+_/, ""));
}

async function leadTo(from: string, target: string): Promise<void> {
  const bare = { label: null, delay: 0, subject: null, body: null, format: "text" } as const;
  const move: StepDraft = { ...bare, kind: "move_to_sequence", settings: { sequenceId: idOf(target) } };
  const added = await steps.add(contextOf(), idOf(from), move);
  if (!added.ok) throw new Error(JSON.stringify(added.failure));
  await drain();
}

/** `here` leads to `there`, and a contact stands at the step that moves him: his trigger is written. */
async function atTheMove() {
  const there = (await makeDrip([0])).sequence;
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

async function listed(sequence: string): Promise<Json[]> {
  return (await api("GET", `/v1/sequences/${sequence}/enrollments?limit=100`)).body.enrollments;
}

const left = async () => (await db().prepare("SELECT COUNT(*) AS n FROM triggers").first<{ n: number }>())?.n;

async function sweepLater(): Promise<void> {
  travel(2 * MINUTE);
  await sweep();
  await settle();
}

/** How every move must have ended, whatever happened on the way. */
async function expectMoved({ there, enrollment }: { there: string; enrollment: string }): Promise<void> {
  expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "moved", standing: "EXITED" });
  const arrived = await listed(there);
  expect(arrived).toHaveLength(1);
  expect(await sentTo(arrived[0].id)).toEqual(["Message 1"]);
  expect(await left()).toBe(0);
}

describe("a move", () => {
  test("ends the journey here and begins one there, which knows where it came from", async () => {
    const moving = await atTheMove();
    await settle();
    await expectMoved(moving);
    const [{ id }] = await listed(moving.there);
    expect(await rowOf(id)).toMatchObject({
      origin: `move/${moving.message}`,
      trail: JSON.stringify([idOf(moving.here)]),
      platform: "TWITTER",
    });
  });

  test("that is refused there fails here with the reason", async () => {
    const moving = await atTheMove();
    await enroll(moving.there, moving.contact);
    await settle();
    expect(await rowOf(moving.enrollment)).toMatchObject({
      state: "ended",
      why: "failed",
      error: expect.stringContaining("already enrolled there"),
    });
    expect(await left()).toBe(0);
  });

  test("to a sequence that is archived, or comes round in a ring, fails here with the reason", async () => {
    const archived = await atTheMove();
    await api("DELETE", `/v1/sequences/${archived.there}`);
    await settle();
    expect(await rowOf(archived.enrollment)).toMatchObject({ why: "failed", error: expect.stringMatching(/archived/) });
    const a = (await makeDrip([])).sequence;
    const b = (await makeDrip([])).sequence;
    await leadTo(a, b);
    await leadTo(b, a);
    const first = await enroll(a);
    await settle();
    expect(await rowOf(first)).toMatchObject({ why: "moved" });
    const [second] = await listed(b);
    expect(await rowOf(second.id)).toMatchObject({ why: "failed", error: expect.stringMatching(/ring/) });
    expect(await listed(a)).toHaveLength(1);
  });

  test("overtaken by an exit does not happen", async () => {
    const { there, here, enrollment } = await atTheMove();
    await api("DELETE", `/v1/sequences/${here}/enrollments/${enrollment}`);
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "removed" });
    expect(await listed(there)).toEqual([]);
    expect(await left()).toBe(0);
  });
});

describe("a move that is cut", () => {
  test("before anything: the sweep brings it", async () => {
    const moving = await atTheMove();
    faults.letters = [];
    await sweepLater();
    await expectMoved(moving);
  });

  test("at the admission", async () => {
    const moving = await atTheMove();
    faults.failSql = /INSERT INTO enrollments/;
    await drain();
    faults.failSql = null;
    expect(await listed(moving.there)).toEqual([]);
    await sweepLater();
    await expectMoved(moving);
  });

  test("after the admission: nothing else starts what was admitted", async () => {
    const moving = await atTheMove();
    const id = await admitOnly(moving);
    faults.letters = [];
    await db().prepare("UPDATE triggers SET touched_at = 9e15").run(); // as if its sweep were yet to come
    await sweepLater();
    expect(await rowOf(id)).toMatchObject({ state: "pending", version: 0 });
    await db().prepare("UPDATE triggers SET touched_at = 0").run();
    await sweepLater();
    await expectMoved(moving);
  });

  test("after the admission, and overtaken by an exit: there it ends unstarted", async () => {
    const moving = await atTheMove();
    const id = await admitOnly(moving);
    await api("DELETE", `/v1/sequences/${moving.here}/enrollments/${moving.enrollment}`);
    await sweepLater();
    expect(await rowOf(id)).toMatchObject({ state: "ended", why: "removed" });
    expect(await sentTo(`enroll_${id}`)).toEqual([]);
    expect(await rowOf(moving.enrollment)).toMatchObject({ why: "removed" });
    expect(await left()).toBe(0);
  });

  test("with the objects out of reach", async () => {
    const moving = await atTheMove();
    faults.objectsDown = true;
    await drain();
    faults.objectsDown = false;
    expect(await left()).toBe(1);
    await sweepLater();
    await expectMoved(moving);
  });

  test("before the trigger is crossed out, and doubled: once all the same", async () => {
    const moving = await atTheMove();
    const letters = [...faults.letters];
    faults.failSql = /delete from "triggers"/i;
    await Promise.all([deliver(letters), deliver(letters)]);
    await settle();
    faults.failSql = null;
    expect(await left()).toBe(1);
    await sweepLater();
    await deliver(letters);
    await settle();
    await expectMoved(moving);
  });

  test("and comes again after he has left there: he stays away", async () => {
    const moving = await atTheMove();
    faults.failSql = /delete from "triggers"/i;
    await settle();
    const [{ id }] = await listed(moving.there);
    await api("DELETE", `/v1/sequences/${moving.there}/enrollments/${id}`);
    faults.failSql = null;
    await sweepLater();
    travel(HOUR);
    await settle();
    expect(await listed(moving.there)).toHaveLength(1);
    expect(await left()).toBe(0);
  });

  async function admitOnly({ there, here, contact, enrollment, message }: Awaited<ReturnType<typeof atTheMove>>) {
    const self = { origin: `move/${message}`, once: false, trail: [idOf(here)], from: idOf(enrollment) };
    const input = { sequenceId: idOf(there), contactId: idOf(contact), platform: "TWITTER" } as const;
    const admitted = await admitOne(contextOf(), input, self);
    if (!admitted.ok) throw new Error(JSON.stringify(admitted.failure));
    return admitted.value.row.id;
  }
});

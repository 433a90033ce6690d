/** The clock at 3600×: journeys run fast, and nothing that belongs to the real world does. */

import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, test } from "vitest";
import { epochAt } from "../../src/storage/clock";
import { databaseFor } from "../../src/storage/database";
import { gate, receive } from "../support/receiver";
import {
  alarmOf,
  api,
  begin,
  crash,
  db,
  enroll,
  makeDrip,
  objectOf,
  pass,
  ring,
  rowOf,
  sentTo,
  settle,
  show,
  stateOf,
  travel,
} from "../support/world";

/** An hour of a journey. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;

beforeEach(begin);

const iso = (ms: number) => new Date(ms).toISOString();
const username = async (sequence: string, enrollment: string) => (await show(sequence, enrollment)).contact.username;

test("a step of 24 hours comes after 24 seconds, and times are shown in journey time", async () => {
  const { sequence } = await makeDrip([24]);
  const enrollment = await enroll(sequence);
  const { enrolledAt, nextRunAt } = await show(sequence, enrollment);
  expect(Date.parse(nextRunAt) - Date.parse(enrolledAt)).toBe(24 * 3600 * 1000);
  await pass(23 * SECOND);
  expect(await sentTo(enrollment)).toEqual([]);
  await pass(2 * SECOND);
  expect(await sentTo(enrollment)).toEqual(["Message 1"]);
});

test("the lease of an attempt is real time: cut off, it is repeated after a minute, not before", async () => {
  const receiver = await receive();
  const { sequence } = await makeDrip([0, 8760]);
  const enrollment = await enroll(sequence);
  const held = gate();
  receiver.answer = held.answer;
  travel(20);
  const ringing = ring(enrollment);
  await held.reached();
  await crash(enrollment);
  await ringing;
  receiver.answer = () => new Response(null, { status: 204 });
  const { inFlight } = await stateOf(enrollment);
  expect((inFlight?.lease ?? 0) - (inFlight?.since ?? 0)).toBe(MINUTE);
  await pass(50 * SECOND);
  expect(receiver.deliveries).toHaveLength(1);
  await pass(2 * MINUTE, 30 * SECOND);
  expect(receiver.deliveries).toHaveLength(2);
});

test("retries back off in real time", async () => {
  const receiver = await receive();
  receiver.answer = () => new Response(null, { status: 500 });
  const { sequence } = await makeDrip([0]);
  const enrollment = await enroll(sequence);
  await settle();
  const alarm = (await alarmOf(objectOf(enrollment))) ?? 0;
  expect(alarm - Date.now()).toBeGreaterThan(29 * SECOND);
  expect(alarm - Date.now()).toBeLessThan(37 * SECOND);
});

test("a message is signed with the real time, so that a receiver takes it", async () => {
  const receiver = await receive();
  const { sequence } = await makeDrip([48]);
  await enroll(sequence);
  await pass(50 * SECOND);
  const [delivery] = receiver.deliveries;
  const headers = Object.fromEntries(delivery?.headers ?? []);
  expect(Number(headers["webhook-timestamp"])).toBe(Math.floor(Date.now() / 1000));
  expect(new Webhook(receiver.secret).verify(delivery?.body ?? "", headers)).toMatchObject({ type: "message.send" });
});

describe("replies, whose times are real", () => {
  test("one received after the enrollment ends it", async () => {
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    const from = await username(sequence, enrollment);
    await api("POST", "/v1/replies", { platform: "TWITTER", from, text: "yes", receivedAt: iso(Date.now()) });
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  });

  test("one received before it does not, though a second of the journey is an hour", async () => {
    const receivedAt = iso(Date.now() - 2 * SECOND);
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    const from = await username(sequence, enrollment);
    await api("POST", "/v1/replies", { platform: "TWITTER", from, text: "to something else", receivedAt });
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  });

  test("one whose provider cut the time to whole seconds is not taken for older than it is", async () => {
    const { sequence } = await makeDrip([0, 24]);
    travel(700);
    const enrollment = await enroll(sequence);
    await settle();
    const from = await username(sequence, enrollment);
    const receivedAt = `${iso(Date.now()).slice(0, 19)}Z`;
    await api("POST", "/v1/replies", { platform: "TWITTER", from, text: "yes", receivedAt });
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  });
});

describe("a restart", () => {
  const store = () => databaseFor(db(), 1);

  test("at the same speed goes on in the same epoch", async () => {
    const first = await epochAt(store(), Date.now(), 3600);
    expect(await epochAt(store(), Date.now() + MINUTE, 3600)).toEqual(first);
  });

  test("at another speed does not turn the clock back, nor make it leap", async () => {
    const first = await epochAt(store(), Date.now(), 3600);
    const later = Date.now() + MINUTE;
    const reached = first.journey + (later - first.wall) * first.speed;
    expect(await epochAt(store(), later, 1)).toEqual({ wall: later, journey: reached, speed: 1 });
    const again = later + MINUTE;
    expect(await epochAt(store(), again, 60)).toEqual({ wall: again, journey: reached + MINUTE, speed: 60 });
  });
});

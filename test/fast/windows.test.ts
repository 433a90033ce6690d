/** On a fast clock: everybody gets each step at his own local opening, and nothing between. */
import { beforeEach, expect, test } from "vitest";
import { type Receiver, receive } from "../support/receiver";
import { api, begin, enroll, type Json, makeContact, makeDrip, pass } from "../support/world";

/** An hour of a journey takes a second here. */
const HOUR = 1000;

let receiver: Receiver;

beforeEach(async () => {
  await begin(); // on a Monday at 09:00 UTC
  receiver = await receive("TWITTER");
});

/** Zones that keep one offset all year, in hours, and the days and hours there at which the three messages come. */
const PLACES: [zone: string | null, offset: number, times: string[]][] = [
  ["Asia/Tokyo", 9, ["Mon 18", "Tue 08", "Wed 08"]],
  ["America/Phoenix", -7, ["Mon 08", "Mon 18", "Tue 18"]],
  ["Pacific/Kiritimati", 14, ["Tue 08", "Tue 18", "Wed 18"]],
  [null, 0, ["Mon 18", "Tue 08", "Wed 08"]],
];

test("each step comes to everybody in the half hour in which the schedule opens where he is", async () => {
  const openings = [1, 2, 3, 4, 5, 6, 7].flatMap((day) => [
    { day, from: "08:00", to: "08:30" },
    { day, from: "18:00", to: "18:30" },
  ]);
  const { body } = await api("POST", "/v1/schedules", { name: "Mornings and evenings", openings });
  const { sequence } = await makeDrip([0, 5, 20], { scheduleId: body.schedule.id });
  const journeys: string[] = [];
  for (const [timezone] of PLACES) journeys.push(await enroll(sequence, await makeContact({ timezone })));
  await pass(75 * HOUR, HOUR / 4);
  const { messages } = (await api("GET", "/v1/messages?limit=100")).body;
  for (const [i, [zone, offset, times]] of PLACES.entries()) {
    const own = messages.filter((one: Json) => one.enrollmentId === journeys[i]).reverse();
    const local = own.map((one: Json) => new Date(Date.parse(one.at) + offset * 3_600_000));
    expect([
      zone,
      local.map((at: Date) => `${at.toUTCString().slice(0, 3)} ${at.toISOString().slice(11, 13)}`),
    ]).toEqual([zone, times]);
    expect([zone, local.every((at: Date) => at.getUTCMinutes() < 30)]).toEqual([zone, true]);
  }
  expect(receiver.deliveries).toHaveLength(3 * PLACES.length);
});

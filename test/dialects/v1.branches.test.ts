/** What a client that knows only lists of messages sees of a tree, and may do to it. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { type Form, makeSequence, plant, stepsOf } from "../support/tree";
import { api, begin, db, type Json } from "../support/world";

beforeEach(begin);

const mail = (label: string): Form => ({ action: "send_email", label, body: `<b>${label}</b>` });
const delay = (hours: number): Form => ({ action: "delay", label: `${hours} h`, delay: hours * 3600 });
const listed = async (sequence: number): Promise<[number, string, number][]> => {
  const { body } = await api("GET", `/v1/sequences/seq_${sequence}/steps`);
  return body.steps.map((step: Json) => [step.stepOrder, step.messageTemplate.replace(/<.?b>/g, ""), step.delayHours]);
};
const idOf = async (sequence: number, order: number): Promise<string> =>
  (await api("GET", `/v1/sequences/seq_${sequence}/steps`)).body.steps[order - 1].id;

/** A, 24 h, B, 48 h, C; and a condition with D and E in its branches. */
async function forked(): Promise<number> {
  const sequence = await makeSequence("Forked");
  for (const form of [mail("A"), delay(24), mail("B"), delay(40), delay(8), mail("C")]) await plant(sequence, form);
  const asks = await plant(sequence, { action: "condition", label: "?", condition_setting: "has_replied" });
  await plant(sequence, mail("D"), asks.yes);
  await plant(sequence, mail("E"), asks.no);
  return sequence;
}

const patch = async (sequence: number, order: number, body: object) =>
  api("PATCH", `/v1/sequences/seq_${sequence}/steps/${await idOf(sequence, order)}`, body);

describe("a branched sequence in v1", () => {
  test("messages alone are shown, in pre-order, with the delays directly before them", async () => {
    expect(await listed(await forked())).toEqual([
      [1, "A", 0],
      [2, "B", 24],
      [3, "C", 48],
      [4, "D", 0],
      [5, "E", 0],
    ]);
  });

  test("moved within its chain, a message takes its delays along", async () => {
    const sequence = await forked();
    expect((await patch(sequence, 3, { stepOrder: 1 })).status).toBe(200);
    expect((await listed(sequence)).slice(0, 3)).toEqual([
      [1, "C", 48],
      [2, "A", 0],
      [3, "B", 24],
    ]);
    expect((await patch(sequence, 1, { stepOrder: 3 })).status).toBe(200);
    expect((await listed(sequence))[2]).toEqual([3, "C", 48]);
  });

  test("into a branch, out of one, or after the condition nothing can be moved or appended", async () => {
    const sequence = await forked();
    const before = await stepsOf(sequence);
    expect((await patch(sequence, 1, { stepOrder: 4 })).status).toBe(409);
    expect((await patch(sequence, 4, { stepOrder: 1 })).status).toBe(409);
    const append = { messageTemplate: "F", delayHours: 0 };
    expect((await api("POST", `/v1/sequences/seq_${sequence}/steps`, append)).status).toBe(409);
    expect(await stepsOf(sequence)).toEqual(before);
    expect((await api("POST", `/v1/sequences/seq_${sequence}/steps`, { ...append, stepOrder: 4 })).status).toBe(201);
    expect((await listed(sequence)).map(([, text]) => text)).toEqual(["A", "B", "C", "F", "D", "E"]);
  });

  test("a delay is written less what the delays before it take, and never below them", async () => {
    const sequence = await forked();
    expect((await patch(sequence, 3, { delayHours: 50 })).body.step).toMatchObject({ delayHours: 50 });
    const steps = await stepsOf(sequence);
    expect(steps.filter(({ label }: Json) => label === "C").map((step: Json) => step.delay)).toEqual([2 * 3600]);
    expect((await patch(sequence, 3, { delayHours: 47 })).status).toBe(409);
    expect((await listed(sequence))[2]).toEqual([3, "C", 50]);
  });

  test("deleted, a message takes its delays along, so that the next one comes no later than it did", async () => {
    const sequence = await forked();
    const id = await idOf(sequence, 2);
    expect((await api("DELETE", `/v1/sequences/seq_${sequence}/steps/${id}`)).status).toBe(200);
    expect((await listed(sequence)).slice(0, 2)).toEqual([
      [1, "A", 0],
      [2, "C", 48],
    ]);
  });

  test("a text written here is text, whatever it was before", async () => {
    const sequence = await forked();
    await patch(sequence, 1, { messageTemplate: "1 < 2\nand so on" });
    const id = (await idOf(sequence, 1)).slice("step_".length);
    expect(await db().prepare("SELECT format, body FROM templates WHERE private_step_id = ?").bind(id).first()).toEqual(
      {
        format: "text",
        body: "1 < 2\nand so on",
      },
    );
  });

  test("a condition, its branches and a delay are no steps here", async () => {
    const sequence = await forked();
    for (const { id, action } of await stepsOf(sequence)) {
      if (action === "send_email") continue;
      for (const method of ["PATCH", "DELETE"]) {
        const { status } = await api(method, `/v1/sequences/seq_${sequence}/steps/step_${id}`, { delayHours: 1 });
        expect([action, method, status]).toEqual([action, method, 404]);
      }
    }
  });
});

describe("an edit wakes those under way only where it changes when something is due", () => {
  const jobs = () => faults.letters.filter(({ queue }) => queue.endsWith("jobs")).length;

  test.each([
    [
      "a subject",
      { action: "send_email", label: "S", body: "x" },
      { subject: "New", preheader: "Newer", body: "y" },
      false,
    ],
    [
      "a request",
      { action: "make_http_request", label: "R", url: "https://a.test" },
      { url: "https://b.test", headers: { A: "b" } },
      false,
    ],
    ["a label", { action: "delay", label: "D", delay: 60 }, { label: "Renamed" }, false],
    ["a delay", { action: "delay", label: "D", delay: 60 }, { delay: 61 }, true],
    ["a time of day", { action: "delay_until_time", label: "T", time: "08:00" }, { time: "09:00" }, true],
    ["a condition", { action: "condition", label: "C", condition_setting: "has_replied" }, { wait_up_to: 60 }, true],
  ])("%s", async (_, form, change, wakes) => {
    const sequence = await makeSequence("Edited");
    const { id } = await plant(sequence, form);
    faults.letters = [];
    expect((await api("PATCH", `/api/v1/sequences/${sequence}/steps/${id}`, change)).status).toBe(200);
    expect(jobs()).toBe(wakes ? 1 : 0);
  });

  test("a move's label can be changed though its target is gone", async () => {
    const [target, sequence] = [await makeSequence("Target"), await makeSequence("Mover")];
    const { id } = await plant(sequence, { action: "move_to_sequence", label: "Move", sequence_id: target });
    await api("DELETE", `/api/v1/sequences/${target}`);
    const path = `/api/v1/sequences/${sequence}/steps/${id}`;
    expect((await api("PATCH", path, { label: "Renamed" })).status).toBe(200);
    expect((await api("PATCH", path, { sequence_id: target + 1000 })).status).toBe(422);
  });
});

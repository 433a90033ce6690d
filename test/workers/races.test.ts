/** Two who write at the same time: neither loses what he was told is done. */
import { beforeEach, expect, test } from "vitest";
import * as sequences from "../../src/engine/sequences";
import { contextOf } from "../support/context";
import { makeSequence, plant, stepsOf } from "../support/tree";
import { api, begin } from "../support/world";

beforeEach(begin);

test("different settings of one step changed at a time -> both are there", async () => {
  const sequence = await makeSequence("Contested");
  const asked = { action: "condition", label: "Asked", condition_setting: "has_tag", tag: "old", wait_up_to: 1 };
  const { id } = await plant(sequence, asked);
  for (let round = 1; round <= 5; round++) {
    const path = `/api/v1/sequences/${sequence}/steps/${id}`;
    const patches = [{ tag: `new ${round}` }, { wait_up_to: round * 60 }, { label: `Asked ${round}` }];
    const answers = await Promise.all(patches.map((patch) => api("PATCH", path, patch)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const step = (await stepsOf(sequence)).find((one) => one.id === id);
    expect(step).toMatchObject(Object.assign({}, ...patches));
  }
});

test("steps added at the same place at a time -> all are there, one after the other", async () => {
  const sequence = await makeSequence("Contested");
  const form = (label: string) => ({ action: "send_email", label, body: label });
  const labels = ["one", "two", "three", "four"];
  await Promise.all(labels.map((label) => plant(sequence, form(label))));
  const [entry, ...steps] = await stepsOf(sequence);
  expect(steps.map(({ label }) => label).sort()).toEqual([...labels].sort());
  expect(steps.map((step) => step.parent_id)).toEqual([entry.id, ...steps.slice(0, -1).map((step) => step.id)]);
});

test("many edits at a time -> all come through", async () => {
  const sequence = await makeSequence("Contested");
  const { id } = await plant(sequence, { action: "delay", label: "Wait", delay: 1 });
  const edits = Array.from({ length: 16 }, (_, i) =>
    i % 2 === 0
      ? api("PATCH", `/api/v1/sequences/${sequence}/steps/${id}`, { delay: i })
      : api("POST", `/api/v1/sequences/${sequence}/steps`, { action: "send_email", body: `${i}` }),
  );
  const statuses = (await Promise.all(edits)).map(({ status }) => status);
  expect(statuses).toEqual(statuses.map((_, i) => (i % 2 === 0 ? 200 : 201)));
  expect(await stepsOf(sequence)).toHaveLength(2 + 8);
});

test("switched on while it is being deleted, where deletion is for good -> it stays deleted", async () => {
  const sequence = await makeSequence("Deleted");
  await api("DELETE", `/api/v1/sequences/${sequence}`);
  const late = await sequences.update(contextOf(), sequence, { active: true, notArchived: true, userId: 1 });
  expect(late).toEqual({ ok: false, failure: { kind: "not_found", what: "sequence" } });
  expect((await api("GET", `/v1/sequences/seq_${sequence}`)).body.sequence.status).toBe("ARCHIVED");
});

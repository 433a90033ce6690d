/** A copy of a sequence is whole, however large the sequence is. */
import { beforeEach, expect, test } from "vitest";
import { duplicate } from "../../src/engine/duplication";
import * as sequences from "../../src/engine/sequences";
import { contextOf } from "../support/context";
import { api, begin, db } from "../support/world";

beforeEach(begin);

const STEPS = 400;
const LENGTH = 9000;

test("a sequence of several megabytes is duplicated whole, its steps in their order", async () => {
  const id = Number((await api("POST", "/v1/sequences", { name: "Large" })).body.sequence.id.replace("seq_", ""));
  const body = "ä".repeat(LENGTH);
  // Each comes after the one that was made before it, the first after the entry.
  await db()
    .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?),
        entry AS MATERIALIZED (SELECT MAX(id) AS id FROM steps WHERE sequence_id = ?)
      INSERT INTO steps (id, sequence_id, parent_id, kind, delay, created_at, updated_at)
      SELECT entry.id + i, ?, entry.id + i - 1, 'message', i, 1, 1 FROM entry CROSS JOIN n`)
    .bind(STEPS, id, id)
    .run();
  await db()
    .prepare(`INSERT INTO templates (workspace_id, name, body, format, private_step_id, created_at, updated_at)
      SELECT 1, 'Its text', ?, 'text', id, 1, 1 FROM steps WHERE sequence_id = ? AND kind = 'message'`)
    .bind(body, id)
    .run();
  await db()
    .prepare(`INSERT INTO sequence_templates (workspace_id, step_id, template_id, enabled_at, created_at, updated_at)
      SELECT 1, private_step_id, id, 1, 1, 1 FROM templates`)
    .run();
  const copied = await duplicate(contextOf(), { id, userId: 1 });
  if (!copied.ok) throw new Error(JSON.stringify(copied.failure));
  const shown = await sequences.show(contextOf(), copied.value.sequence.id);
  if (!shown.ok) throw new Error("it is not shown");
  const { steps } = shown.value;
  expect(steps).toHaveLength(STEPS + 1);
  const [entry, ...rest] = [...steps].sort((a, b) => a.id - b.id);
  expect(entry).toMatchObject({ kind: "entry", parentId: null });
  expect(rest.map(({ delay }) => delay)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
  expect(rest.map(({ parentId }) => parentId)).toEqual(Array.from({ length: STEPS }, (_, i) => (entry?.id ?? 0) + i));
  expect(rest.every((step) => step.body === body)).toBe(true);
});

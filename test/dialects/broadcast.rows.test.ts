/** What reading costs, in rows: the same however many subscribers there are. */
import { beforeEach, expect, test } from "vitest";
import { addStep, call, makeSequence } from "../support/broadcast";
import { faults, resetCounts } from "../support/faults";
import { begin, db } from "../support/world";

beforeEach(begin);

async function fill(sequence: number, from: number, to: number): Promise<void> {
  await db()
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT ?2 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
       INSERT INTO contacts (id, workspace_id, platform, tags, custom_fields, created_at, updated_at)
       SELECT 1000000 + i, 1, 'EMAIL', '[]', '{}', 2e12, 2e12 FROM n WHERE ?1 > 0`,
    )
    .bind(sequence, from, to)
    .run();
  const people = "FROM contacts WHERE id BETWEEN 1000000 + ?1 AND 1000000 + ?2";
  for (const sql of [
    `INSERT INTO addresses (workspace_id, platform, key, contact_id, address) SELECT 1, 'EMAIL', id || '@x.org', id, id || '@x.org' ${people}`,
    `INSERT INTO contact_terms SELECT 1, 'platform', 'EMAIL', id ${people}`,
  ]) {
    await db().prepare(sql).bind(from, to).run();
  }
  await db()
    .prepare(
      `INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, due_at, enrolled_at, version)
       SELECT 1, ?3, id, 'EMAIL', CASE WHEN id % 2 THEN 'waiting' ELSE 'ended' END,
         CASE WHEN id % 2 THEN 'ACTIVE' ELSE 'COMPLETED' END, 9e12, 2e12, 1 ${people}`,
    )
    .bind(from, to, sequence)
    .run();
}

async function rowsReadBy([method, path, body]: [string, string, object?]): Promise<number> {
  resetCounts();
  const { status } = await call(method, path, body);
  expect(status).toBe(200);
  return faults.rowsRead;
}

test("20 subscribers or 2,000: lists, a sequence with its count, a change, and who is found", async () => {
  const id = await makeSequence({ active: true });
  await addStep(id, { action: "send_email", body: "x" });
  const requests: [string, string, object?][] = [
    ["GET", "/sequences"],
    ["GET", `/sequences/${id}`],
    ["GET", `/sequences/${id}?include_steps=true`],
    ["PATCH", `/sequences/${id}`, { label: "N" }],
    ["GET", `/sequences/${id}/list_subscribers`],
    ["GET", `/sequences/${id}/list_subscribers?page=2`],
    ["GET", "/subscribers/find?email=1000001@x.org"],
  ];
  const cost = async () => {
    await call("GET", "/sequences");
    const costs: [string, number][] = [];
    for (const request of requests) costs.push([`${request[0]} ${request[1]}`, await rowsReadBy(request)]);
    return costs;
  };
  await fill(id, 1, 20);
  expect((await call("GET", `/sequences/${id}`)).body.subscribers_count).toBe(10);
  const few = await cost();
  await fill(id, 21, 2000);
  expect((await call("GET", `/sequences/${id}`)).body.subscribers_count).toBe(1000);
  expect((await call("GET", "/sequences")).body.data[0].subscribers_count).toBe(1000);
  const many = await cost();
  for (const [i, [request, rows]] of few.entries()) {
    // A second page reads two rows more where there is a third.
    expect([request, (many[i]?.[1] ?? 0) <= rows + 2, rows < 120]).toEqual([request, true, true]);
  }
});

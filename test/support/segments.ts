/** Knows how to make segments, the contacts in them, and sequences that enroll from them. */
import { api, db, drain, idOf, type Json, makeDrip } from "./world";

export const VIPS = { match: "all", conditions: [{ field: "tags", op: "contains", value: "vip" }] };
export const ANNS = { match: "all", conditions: [{ field: "firstName", op: "is", value: "Ann" }] };

export async function makeSegment(rules: Json = VIPS, name = "VIPs"): Promise<string> {
  const { body } = await api("POST", "/v1/segments", { name, rules });
  await drain();
  return body.segment.id;
}

export async function rows(table: string): Promise<number> {
  return (await db().prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<{ n: number }>())?.n ?? 0;
}

/** Contacts without an address, half of them with the tag `vip`. */
export async function fill(contacts: number): Promise<void> {
  await db()
    .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO contacts (workspace_id, platform, tags, created_at, updated_at)
      SELECT 1, 'TWITTER', CASE WHEN i % 2 THEN '["vip"]' ELSE '[]' END, 2e12, 2e12 FROM n`)
    .bind(contacts)
    .run();
}

/** Members who are nobody: only their rows are there. */
export async function fillSegment(id: string, members: number): Promise<void> {
  await db()
    .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO segment_members (segment_id, contact_id, workspace_id) SELECT ?, 900000 + i, 1 FROM n`)
    .bind(members, idOf(id))
    .run();
}

export async function enrolled(sequence: string): Promise<string[]> {
  const { body } = await api("GET", `/v1/sequences/${sequence}/enrollments?limit=100`);
  return body.enrollments.map((one: Json) => one.contactId).sort();
}

/** A sequence that enrolls from a segment, from now on. */
export async function dripFor(id: string, more = ""): Promise<string> {
  const { sequence } = await makeDrip([24]);
  await db()
    .prepare(`UPDATE sequences SET init_segment_id = ?${more} WHERE id = ?`)
    .bind(idOf(id), idOf(sequence))
    .run();
  return sequence;
}

/** Knows how to make sequences that a tag is for, and to see whom it brought in. */
import { api, db, idOf, type Json, makeDrip } from "./world";

/** A running sequence that the tag `vip` is for. */
export async function tagged(set = "init_tag = 'vip'"): Promise<string> {
  const { sequence } = await makeDrip([24]);
  await db().prepare(`UPDATE sequences SET ${set} WHERE id = ?`).bind(idOf(sequence)).run();
  return sequence;
}

export async function listed(sequence: string): Promise<Json[]> {
  return (await api("GET", `/v1/sequences/${sequence}/enrollments?limit=100`)).body.enrollments;
}

export async function statuses(sequence: string): Promise<string[]> {
  return (await listed(sequence)).map((one: Json) => one.status);
}

export const tag = (contact: string, tags: string[]) => api("PATCH", `/v1/contacts/${contact}`, { tags });
export const left = async () => (await db().prepare("SELECT COUNT(*) AS n FROM triggers").first<{ n: number }>())?.n;

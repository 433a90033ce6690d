/** Knows how to bring in users with keys of their own. */
import { api, KEY } from "./world";

export interface Person {
  /** As v1 spells it. */
  id: string;
  key: string;
  keyId: string;
}

let people = 0;

/** Another user of a key's workspace, with a key that may what that one may, unless told otherwise. */
export async function makeUser(more: Record<string, unknown> = {}, by = KEY): Promise<Person> {
  people += 1;
  const { body } = await api("POST", "/v1/users", { email: `user${people}@example.com` }, by);
  return { id: body.user.id, ...(await makeKey(body.user.id, more, by)) };
}

export async function makeKey(user: string, more: Record<string, unknown> = {}, by = KEY) {
  const { status, body } = await api("POST", `/v1/users/${user}/keys`, more, by);
  if (status !== 201) throw new Error(`no key: ${JSON.stringify(body)}`);
  return { key: body.key.key as string, keyId: body.key.id as string };
}

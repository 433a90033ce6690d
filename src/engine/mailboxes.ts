/** Knows the verbs on mailboxes: create, update, remove. */
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { addressKey, isAddress } from "../domain/platform";
import { deleteMailbox, hasMailbox, insertMailbox, updateMailbox } from "../storage/mailboxes";
import type { Context } from "./context";

/** What is left out stays as it is. */
export interface MailboxFields {
  email?: string;
  /** Whose it is: who makes it, unless told otherwise. */
  userId?: number;
  /** Of what is only kept and shown, these alone; null takes one away. */
  details?: Readonly<Record<string, unknown>>;
}

const TAKEN: Failure = { kind: "bad_value", field: "email", message: "has already been taken" };
const MALFORMED: Failure = { kind: "bad_value", field: "email", message: "is no email address" };

export async function create(
  ctx: Context,
  { email, userId, details = {} }: MailboxFields & { email: string; userId: number },
): Promise<Result<number>> {
  const { db, workspaceId, now } = ctx;
  if (!isAddress("EMAIL", email)) return refuse(MALFORMED);
  const kept = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
  const by = { creatorId: ctx.userId, updaterId: ctx.userId, createdAt: now.journey, updatedAt: now.journey };
  const id = await insertMailbox(db, { workspaceId, userId, ...named(email), details: kept, ...by });
  return id === null ? refuse(TAKEN) : ok(id);
}

export async function update(ctx: Context, id: number, { email, ...patch }: MailboxFields): Promise<Result<void>> {
  const { db, workspaceId, userId, now } = ctx;
  if (email !== undefined && !isAddress("EMAIL", email)) return refuse(MALFORMED);
  const address = email === undefined ? {} : named(email);
  const set = { ...patch, ...address, updaterId: userId, updatedAt: now.journey };
  if (await updateMailbox(db, { id, workspaceId }, set)) return ok(undefined);
  return (await hasMailbox(db, { id, workspaceId })) ? refuse(TAKEN) : missing("mailbox");
}

export async function remove({ db, workspaceId, now }: Context, id: number): Promise<Result<void>> {
  return (await deleteMailbox(db, { id, workspaceId }, now.journey)) ? ok(undefined) : missing("mailbox");
}

function named(email: string) {
  return { email: email.trim(), emailKey: addressKey("EMAIL", email) };
}

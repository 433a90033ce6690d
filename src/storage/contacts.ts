/** Knows contacts, their addresses, and the terms by which they are found. */
import { and, asc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { Address, Contact } from "../domain/contact";
import type { Platform } from "../domain/platform";
import type { Database, Statements } from "./database";
import { remembered } from "./remembered";
import { addresses, contacts, contactTerms } from "./schema";
import type { Window } from "./window";

export type ContactRow = typeof contacts.$inferSelect & { addresses: string };

/** A contact's addresses in their order as one JSON text, for queries that read the contact anyway. */
export function addressesJson(contactId: SQL | typeof contacts.id) {
  return sql<string>`(
    SELECT json_group_array(
      json_object('platform', a.platform, 'address', a.address, 'key', a.key, 'platformId', a.platform_id, 'blocked', a.blocked)
      ORDER BY a.position)
    FROM addresses a WHERE a.contact_id = ${contactId})`;
}

const columns = {
  id: contacts.id,
  workspaceId: contacts.workspaceId,
  platform: contacts.platform,
  displayName: contacts.displayName,
  firstName: contacts.firstName,
  lastName: contacts.lastName,
  avatarUrl: contacts.avatarUrl,
  timezone: contacts.timezone,
  tags: contacts.tags,
  customFields: contacts.customFields,
  inactive: contacts.inactive,
  optedOutAt: contacts.optedOutAt,
  lastSeenAt: contacts.lastSeenAt,
  source: contacts.source,
  ipAddress: contacts.ipAddress,
  subscribedAt: contacts.subscribedAt,
  revision: contacts.revision,
  createdAt: contacts.createdAt,
  updatedAt: contacts.updatedAt,
  addresses: addressesJson(contacts.id),
};

type Selected = Omit<Contact, "addresses"> & { addresses: string };

function contactOf(row: Selected): Contact {
  return { ...row, addresses: JSON.parse(row.addresses) as Address[] };
}

const contactBy = remembered((db, { workspaceId, id }: { workspaceId: number; id: number }) =>
  db
    .select(columns)
    .from(contacts)
    .where(and(eq(contacts.id, id), eq(contacts.workspaceId, workspaceId), isNull(contacts.erasedAt))),
);

export function selectContact(db: Database, workspaceId: number, id: number) {
  return contactBy(db, { workspaceId, id });
}

export async function findContact(db: Database, workspaceId: number, id: number): Promise<Contact | null> {
  const [row] = await selectContact(db, workspaceId, id);
  return row ? contactOf(row) : null;
}

export function contactsOf(rows: Selected[]): Contact[] {
  return rows.map(contactOf);
}

const contactsAmong = remembered((db, { workspaceId, ids }: { workspaceId: number; ids: string }) =>
  selectAmong(db, workspaceId, sql`SELECT value FROM json_each(${ids})`),
);

export async function findByIds(db: Database, workspaceId: number, ids: readonly number[]): Promise<Contact[]> {
  if (ids.length === 0) return [];
  return contactsOf(await contactsAmong(db, { workspaceId, ids: JSON.stringify(ids) }));
}

/** The contacts whose ids a query gives. */
export function selectAmong(db: Database, workspaceId: number, ids: SQL) {
  return db
    .select(columns)
    .from(contacts)
    .where(and(eq(contacts.workspaceId, workspaceId), isNull(contacts.erasedAt), sql`${contacts.id} IN (${ids})`));
}

/** Contacts behind a cursor, the oldest first, for who goes through them all. */
export function selectAfter(db: Database, workspaceId: number, after: number, limit: number) {
  return db
    .select(columns)
    .from(contacts)
    .where(and(eq(contacts.workspaceId, workspaceId), isNull(contacts.erasedAt), gt(contacts.id, after)))
    .orderBy(asc(contacts.id))
    .limit(limit);
}

export interface AddressKey {
  platform: Platform;
  key: string;
}

export async function findByAddress(
  db: Database,
  workspaceId: number,
  { platform, key }: AddressKey,
): Promise<number | null> {
  const [row] = await db
    .select({ contactId: addresses.contactId })
    .from(addresses)
    .where(and(eq(addresses.workspaceId, workspaceId), eq(addresses.platform, platform), eq(addresses.key, key)));
  return row?.contactId ?? null;
}

export interface ContactFilter {
  /** Words, each of which must begin a word of the contact's names or addresses. */
  words: string[];
  tags: string[];
  platform: Platform | null;
}

/** Conditions, each answered from the index of terms. */
function matching(workspaceId: number, filter: ContactFilter): SQL {
  const having = (kind: "word" | "tag" | "platform", test: SQL) => sql`${contacts.id} IN (
    SELECT ${contactTerms.contactId} FROM ${contactTerms}
    WHERE ${contactTerms.workspaceId} = ${workspaceId} AND ${contactTerms.kind} = ${kind} AND ${test})`;
  const conditions = [sql`${contacts.workspaceId} = ${workspaceId} AND ${contacts.erasedAt} IS NULL`];
  for (const word of filter.words) {
    conditions.push(
      having("word", sql`${contactTerms.term} >= ${word} AND ${contactTerms.term} < ${`${word}\u{10ffff}`}`),
    );
  }
  for (const tag of filter.tags) conditions.push(having("tag", sql`${contactTerms.term} = ${tag}`));
  if (filter.platform) conditions.push(having("platform", sql`${contactTerms.term} = ${filter.platform}`));
  return sql.join(conditions, sql` AND `);
}

/** The newest first. */
export function listContacts(db: Database, workspaceId: number, filter: ContactFilter, { limit, offset }: Window) {
  return db
    .select(columns)
    .from(contacts)
    .where(matching(workspaceId, filter))
    .orderBy(sql`${contacts.id} DESC`)
    .limit(limit)
    .offset(offset);
}

export function countContacts(db: Database, workspaceId: number, filter: ContactFilter) {
  return db.select({ n: sql<number>`COUNT(*)` }).from(contacts).where(matching(workspaceId, filter));
}

/** The contact that the statement before in the same batch has made: the newest one of the workspace. */
export const NEWEST_CONTACT = sql`(SELECT seq FROM sqlite_sequence WHERE name = 'contacts')`;

type NewContact = typeof contacts.$inferInsert;

export function insertContact(db: Database, contact: NewContact, at: readonly Address[], terms: Terms): Statements {
  return [
    db.insert(contacts).values(contact).returning({ id: contacts.id }),
    ...at.map((address, i) => insertAddress(db, contact.workspaceId, NEWEST_CONTACT, { ...address, position: i })),
    insertTerms(db, contact.workspaceId, NEWEST_CONTACT, terms),
  ];
}

/** Fails on an address that somebody of the workspace has already, and the batch with it. */
function insertAddress(
  db: Database,
  workspaceId: number,
  contactId: number | SQL,
  { platform, key, address, platformId, position }: Placed,
  guard: SQL = sql`true`,
) {
  return db.run(sql`
    INSERT INTO addresses (workspace_id, platform, key, contact_id, address, platform_id, position)
    SELECT ${workspaceId}, ${platform}, ${key}, ${contactId}, ${address}, ${platformId}, ${position} WHERE ${guard}`);
}

interface Placed extends Address {
  position: number;
}

export type Terms = { kind: "word" | "tag" | "platform"; term: string }[];

function insertTerms(db: Database, workspaceId: number, contactId: number | SQL, terms: Terms, guard: SQL = sql`true`) {
  return db.run(sql`
    INSERT INTO contact_terms (workspace_id, kind, term, contact_id)
    SELECT ${workspaceId}, value->>'kind', value->>'term', ${contactId} FROM json_each(${JSON.stringify(terms)})
    WHERE ${guard} ON CONFLICT DO NOTHING`);
}

export interface ContactChange {
  contact: Contact;
  set: Partial<NewContact>;
  /** The addresses he has from now on. */
  addresses: readonly Address[];
  terms: Terms;
  /** His next revision: a number that no other edit chooses, so that the batch can tell whether this one has won. */
  nonce: number;
}

/** Holds in a batch whose edit of the contact has won. */
export function hasWon(contactId: number, nonce: number): SQL {
  return sql`EXISTS (SELECT 1 FROM contacts WHERE id = ${contactId} AND revision = ${nonce})`;
}

/** Changes a contact who is still at the revision that was read; nothing happens to one who is not. */
export function updateContact(
  db: Database,
  { contact, set, addresses: next, terms, nonce }: ContactChange,
): Statements {
  const { id, workspaceId, revision } = contact;
  const [before, after] = [contact.addresses, next].map((list) => list.map((one, i) => ({ ...one, position: i })));
  const gone = differing(before, after);
  const fresh = differing(after, before);
  const guard = hasWon(id, nonce);
  return [
    db
      .update(contacts)
      .set({ ...set, revision: nonce })
      .where(and(eq(contacts.id, id), eq(contacts.revision, revision), isNull(contacts.erasedAt)))
      .returning({ id: contacts.id }),
    ...gone.map((address) =>
      db.run(sql`DELETE FROM addresses
        WHERE workspace_id = ${workspaceId} AND platform = ${address.platform} AND key = ${address.key}
          AND contact_id = ${id} AND ${guard}`),
    ),
    ...fresh.map((address) => insertAddress(db, workspaceId, id, address, guard)),
    db.run(sql`DELETE FROM contact_terms WHERE contact_id = ${id} AND ${guard}`),
    insertTerms(db, workspaceId, id, terms, guard),
  ];
}

/** Those of the one list that are not in the other just so, at the same place. */
function differing(these: Placed[] = [], those: Placed[] = []): Placed[] {
  const same = (a: Placed, b: Placed | undefined) =>
    a.platform === b?.platform && a.key === b.key && a.address === b.address && a.platformId === b.platformId;
  return these.filter((one) => !same(one, those[one.position]));
}

/** Notes when somebody was last heard of. It is no edit: nothing that a journey depends on changes. */
export function noteSeen(db: Database, id: number, at: number) {
  return db.update(contacts).set({ lastSeenAt: at }).where(eq(contacts.id, id));
}

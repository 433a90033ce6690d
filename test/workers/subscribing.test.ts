/** Subscribers: contacts by their EMAIL address, made, found, listed, changed and enrolled by it. */
import { beforeEach, describe, expect, test } from "vitest";
import { update } from "../../src/engine/contactedit";
import { findByEmail, lastMailed, listSubscribers, upsertByEmail } from "../../src/engine/subscribers";
import { enrollByEmail } from "../../src/engine/subscribing";
import { contextOf } from "../support/context";
import { api, begin, db, makeContact, makeDrip, settle } from "../support/world";

beforeEach(begin);

function idOf(id: string): number {
  return Number(id.replace(/^[a-z]+_/, ""));
}

const contacts = async () => (await api("GET", "/v1/contacts")).body.pagination.total;

describe("enrolling by address", () => {
  test("makes who is not there yet, with the names given", async () => {
    const { sequence } = await makeDrip([24]);
    const done = await enrollByEmail(contextOf(), idOf(sequence), { email: "New@Example.com", firstName: "Nell" });
    expect(done).toMatchObject({ ok: true, value: { row: { platform: "EMAIL" }, contact: { firstName: "Nell" } } });
    expect(await findByEmail(contextOf(), "new@example.com")).toMatchObject({
      ok: true,
      value: { source: null, addresses: [{ address: "New@Example.com" }] },
    });
  });

  test("an existing subscriber keeps his names; who is enrolled is refused", async () => {
    const { sequence } = await makeDrip([24]);
    const contact = await makeContact({ email: "ann@example.com", firstName: "Ann" });
    const input = { email: " ANN@example.com ", firstName: "Other" };
    expect(await enrollByEmail(contextOf(), idOf(sequence), input)).toMatchObject({
      ok: true,
      value: { contact: { id: idOf(contact), firstName: "Ann" } },
    });
    expect(await enrollByEmail(contextOf(), idOf(sequence), input)).toMatchObject({
      ok: false,
      failure: { kind: "already_enrolled" },
    });
  });

  test("nobody is made who would be refused", async () => {
    const ruled = (await makeDrip([24], { enrollmentRules: { conditions: [{ field: "tags", op: "exists" }] } }))
      .sequence;
    const locked = (await makeDrip([24])).sequence;
    await db().prepare("UPDATE sequences SET locked = 1 WHERE id = ?").bind(idOf(locked)).run();
    const archived = (await makeDrip([24])).sequence;
    await api("DELETE", `/v1/sequences/${archived}`);
    const full = (await makeDrip([24])).sequence;
    await db()
      .prepare("UPDATE sequences SET sequence_type = 'date', max_activations = 0 WHERE id = ?")
      .bind(idOf(full))
      .run();
    const open = (await makeDrip([24])).sequence;
    const gone = await makeContact({ email: "gone@example.com" });
    await api("PATCH", `/v1/contacts/${gone}`, { optedOut: true });
    await api("DELETE", `/v1/contacts/${gone}`);
    const refused: [string, string, string][] = [
      [ruled, "a@example.com", "rules_unmet"],
      [locked, "a@example.com", "sequence_locked"],
      [full, "a@example.com", "sequence_full"],
      [archived, "a@example.com", "not_found"],
      ["seq_999999", "a@example.com", "not_found"],
      [open, "no address", "bad_address"],
      [open, "gone@example.com", "opted_out"],
    ];
    for (const [sequence, email, kind] of refused) {
      const done = await enrollByEmail(contextOf(), idOf(sequence), { email });
      expect({ email, done }).toMatchObject({ email, done: { ok: false, failure: { kind } } });
    }
    expect(await contacts()).toBe(0);
  });

  test("whoever has opted out, and was forgotten, is made where the ruleset takes him", async () => {
    const { body } = await api("POST", "/v1/rulesets", { name: "All", emailOptOutAction: "allow" });
    const { sequence } = await makeDrip([24], { rulesetId: body.ruleset.id });
    const gone = await makeContact({ email: "gone@example.com" });
    await api("PATCH", `/v1/contacts/${gone}`, { optedOut: true });
    await api("DELETE", `/v1/contacts/${gone}`);
    const done = await enrollByEmail(contextOf(), idOf(sequence), { email: "gone@example.com" });
    expect(done).toMatchObject({ ok: true, value: { contact: { optedOutAt: expect.any(Number) } } });
  });

  test("two at a time with one new address: one wins", async () => {
    const { sequence } = await makeDrip([24]);
    const both = await Promise.all(
      [1, 2].map(() => enrollByEmail(contextOf(), idOf(sequence), { email: "one@example.com" })),
    );
    expect(both.map((done) => (done.ok ? "ok" : done.failure.kind)).sort()).toEqual(["already_enrolled", "ok"]);
    expect(await contacts()).toBe(1);
  });
});

describe("a subscriber", () => {
  test("is made or changed by his address; tags given are added", async () => {
    const first = await upsertByEmail(contextOf(), {
      email: "s@example.com",
      source: "form",
      ipAddress: "192.0.2.1",
      tags: ["a"],
    });
    expect(first).toMatchObject({
      ok: true,
      value: { made: true, contact: { source: "form", ipAddress: "192.0.2.1" } },
    });
    const second = await upsertByEmail(contextOf(), { email: "S@example.com", firstName: "Sue", tags: ["b"] });
    expect(second).toMatchObject({
      ok: true,
      value: { made: false, contact: { firstName: "Sue", source: "form", tags: ["a", "b"] } },
    });
    const tags = Array.from({ length: 99 }, (_, i) => `t${i}`);
    const third = await upsertByEmail(contextOf(), { email: "s@example.com", firstName: "No", tags });
    expect(third).toMatchObject({ ok: false, failure: { kind: "bad_value", field: "tags" } });
    expect(await findByEmail(contextOf(), "s@example.com")).toMatchObject({ value: { firstName: "Sue" } });
  });

  test("who takes his opt-out back is subscribed anew", async () => {
    const id = idOf(await makeContact({ email: "o@example.com" }));
    await update(contextOf(), id, { optedOut: true });
    const back = await update(contextOf(), id, { optedOut: false });
    expect(back).toMatchObject({ ok: true, value: { optedOutAt: null, subscribedAt: expect.any(Number) } });
    const still = await update(contextOf(), id, { optedOut: false, subscribedAt: 7 });
    expect(still).toMatchObject({ ok: true, value: { subscribedAt: 7 } });
  });

  test("is whoever has an EMAIL address, the oldest first, and counted exactly", async () => {
    await makeContact();
    const a = await makeContact({ email: "a@example.com" });
    const b = await makeContact({ platform: "EMAIL", username: "b@example.com" });
    const gone = await makeContact({ email: "c@example.com" });
    await api("DELETE", `/v1/contacts/${gone}`);
    const listed = await listSubscribers(contextOf(), 1);
    expect(listed).toMatchObject({ total: 2, limit: 250, items: [{ id: idOf(a) }, { id: idOf(b) }] });
    await api("PATCH", `/v1/contacts/${a}`, { email: null });
    expect(await listSubscribers(contextOf(), 1)).toMatchObject({ total: 1 });
  });

  test("shows when he was last sent a mail, which is not when he was sent anything else", async () => {
    const { sequence } = await makeDrip([24]);
    const done = await enrollByEmail(contextOf(), idOf(sequence), { email: "m@example.com" });
    if (!done.ok) throw new Error("not enrolled");
    await settle();
    const { row, contact } = done.value;
    expect(await lastMailed(contextOf(), [contact])).toEqual(new Map());
    await db().prepare("UPDATE enrollments SET last_sent_at = 42 WHERE id = ?").bind(row.id).run();
    expect(await lastMailed(contextOf(), [contact])).toEqual(new Map([[contact.id, 42]]));
    await db().prepare("UPDATE enrollments SET platform = 'SMS' WHERE id = ?").bind(row.id).run();
    expect(await lastMailed(contextOf(), [contact])).toEqual(new Map());
  });

  test("erased, nothing is kept of where he came from", async () => {
    const made = await upsertByEmail(contextOf(), { email: "e@example.com", source: "form", ipAddress: "192.0.2.1" });
    if (!made.ok) throw new Error("not made");
    await api("DELETE", `/v1/contacts/contact_${made.value.contact.id}`);
    const row = await db()
      .prepare("SELECT source, ip_address, subscribed_at FROM contacts WHERE id = ?")
      .bind(made.value.contact.id)
      .first();
    expect(row).toEqual({ source: null, ip_address: null, subscribed_at: null });
  });
});

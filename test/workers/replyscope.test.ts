/** A reply that ends the journeys of the writer's colleagues, where a sequence asks for it. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import {
  api,
  begin,
  db,
  enroll,
  historyOf,
  makeContact,
  makeDrip,
  rowOf,
  settle,
  show,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

const DOMAIN = { replyScope: "domain" };

interface Person {
  contact: string;
  enrollment: string;
}

async function join(sequence: string, address: string): Promise<Person> {
  const contact = await makeContact({ platform: "EMAIL", username: address });
  const enrollment = await enroll(sequence, contact, "EMAIL");
  return { contact, enrollment };
}

async function reply(from: string, more: Record<string, unknown> = {}): Promise<void> {
  await api("POST", "/v1/replies", { platform: "EMAIL", from, text: "Tell me more", ...more });
  await settle();
}

const whyOf = async ({ enrollment }: Person) => (await rowOf(enrollment)).why;

test("ends those at the same company, says why, and counts no reply of theirs", async () => {
  const { sequence } = await makeDrip([0, 24], DOMAIN);
  const ada = await join(sequence, "ada@acme.example");
  const ben = await join(sequence, "Ben@ACME.example");
  const cleo = await join(sequence, "cleo@other.example");
  const dan = await join(sequence, "dan@eng.acme.example");
  await settle();
  await reply("ada@acme.example");
  expect(await whyOf(ada)).toBe("replied");
  expect(await rowOf(ben.enrollment)).toMatchObject({ state: "ended", why: "removed", replied_at: null });
  expect((await historyOf(ben.enrollment)).at(-1)).toMatchObject({
    what: "ended",
    error: "somebody else at the company replied",
  });
  expect(await show(sequence, ben.enrollment)).toMatchObject({ status: "EXITED", exitReason: "MANUAL" });
  for (const other of [cleo, dan]) expect(await rowOf(other.enrollment)).toMatchObject({ standing: "ACTIVE" });
});

test("ends them in the sequence that asks for it, and in no other", async () => {
  const asking = await makeDrip([0, 24], DOMAIN);
  const quiet = await makeDrip([0, 24]);
  await join(asking.sequence, "ada@acme.example");
  const ben = await join(asking.sequence, "ben@acme.example");
  const elsewhere = await enroll(quiet.sequence, ben.contact, "EMAIL");
  await settle();
  await reply("ada@acme.example");
  expect(await whyOf(ben)).toBe("removed");
  expect(await rowOf(elsewhere)).toMatchObject({ standing: "ACTIVE" });
});

describe("ends nobody else", () => {
  test.each<[string, Record<string, unknown>, string, Record<string, unknown>]>([
    ["where the sequence does not ask for it", {}, "acme.example", {}],
    ["at a free-mail provider", DOMAIN, "gmail.com", {}],
    ["below a free-mail provider", DOMAIN, "mail.web.de", {}],
    ["where the reply ends nothing", { ...DOMAIN, primaryReplyAction: "continue" }, "acme.example", {}],
    ["where it pauses", { ...DOMAIN, primaryReplyAction: "pause" }, "acme.example", {}],
    ["where a program answers", DOMAIN, "acme.example", { headers: { "Auto-Submitted": "auto-replied" } }],
    ["where he opts out for himself", DOMAIN, "acme.example", { text: "stop" }],
  ])("%s", async (_, fields, domain, said) => {
    const { sequence } = await makeDrip([0, 24], fields);
    await join(sequence, `ada@${domain}`);
    const ben = await join(sequence, `ben@${domain}`);
    await settle();
    await reply(`ada@${domain}`, said);
    expect(await rowOf(ben.enrollment)).toMatchObject({ standing: "ACTIVE" });
  });

  test("who is enrolled after the reply", async () => {
    const { sequence } = await makeDrip([0, 24], DOMAIN);
    await join(sequence, "ada@acme.example");
    await settle();
    await api("POST", "/v1/replies", { platform: "EMAIL", from: "ada@acme.example", text: "Hm" });
    faults.queuesDown.add("jobs");
    await settle();
    faults.queuesDown.clear();
    const late = await join(sequence, "ben@acme.example");
    travel(120_000);
    await sweep();
    await settle();
    expect(await rowOf(late.enrollment)).toMatchObject({ standing: "ACTIVE" });
  });

  test("of another workspace", async () => {
    const { sequence } = await makeDrip([0, 24], DOMAIN);
    await join(sequence, "ada@acme.example");
    const ben = await join(sequence, "ben@acme.example");
    await settle();
    await db().prepare("UPDATE addresses SET workspace_id = 2 WHERE key LIKE 'ben%'").run();
    await reply("ada@acme.example");
    expect(await rowOf(ben.enrollment)).toMatchObject({ standing: "ACTIVE" });
  });
});

test("the nudge is lost -> the sweep brings it", async () => {
  const { sequence } = await makeDrip([0, 24], DOMAIN);
  await join(sequence, "ada@acme.example");
  const ben = await join(sequence, "ben@acme.example");
  await settle();
  faults.queuesDown.add("jobs");
  await reply("ada@acme.example");
  expect(await rowOf(ben.enrollment)).toMatchObject({ standing: "ACTIVE" });
  faults.queuesDown.clear();
  travel(120_000);
  await sweep();
  await settle();
  expect(await whyOf(ben)).toBe("removed");
});

test("a company of more than a page, in two sequences, and one who is held back by a throttle -> all of them", async () => {
  const { sequence } = await makeDrip([24], DOMAIN);
  const throttled = await makeDrip([24], { ...DOMAIN, throttleCapacity: 1 });
  const ada = await join(sequence, "ada@acme.example");
  await enroll(throttled.sequence, ada.contact, "EMAIL");
  const waits = await join(throttled.sequence, "wes@acme.example");
  await settle();
  const [contacts, addresses] = [350, 350];
  await db().batch([
    db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO contacts (id, workspace_id, platform, created_at, updated_at) SELECT 900000 + i, 1, 'EMAIL', 0, 0 FROM n`,
      )
      .bind(contacts),
    db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO addresses (workspace_id, platform, key, contact_id, address)
         SELECT 1, 'EMAIL', 'p' || i || '@acme.example', 900000 + i, 'p' || i || '@acme.example' FROM n`,
      )
      .bind(addresses),
  ]);
  const last = await enroll(sequence, "contact_900350", "EMAIL");
  await settle();
  await reply("ada@acme.example");
  expect(await rowOf(last)).toMatchObject({ why: "removed" });
  expect(await rowOf(waits.enrollment)).toMatchObject({ why: "removed" });
});

test("the company is found by its index, however many others there are", async () => {
  const plan = await db()
    .prepare(
      `EXPLAIN QUERY PLAN SELECT DISTINCT a.contact_id FROM json_each('["acme.example"]') d CROSS JOIN addresses a
       WHERE a.workspace_id = 1 AND substr(a.key, instr(a.key, '@') + 1) = d.value
         AND a.platform = 'EMAIL' AND a.contact_id > 5 ORDER BY a.contact_id LIMIT 200`,
    )
    .all<{ detail: string }>();
  expect(plan.results.map(({ detail }) => detail).join()).toContain(
    "addresses_by_domain (workspace_id=? AND <expr>=? AND contact_id>?)",
  );
});

test("v1 takes and shows it, a copy keeps it, and the other two APIs leave it as it is", async () => {
  const { body } = await api("POST", "/v1/sequences", { name: "Scoped", replyScope: "domain" });
  const { id } = body.sequence;
  expect(body.sequence.replyScope).toBe("domain");
  const copy = await api("POST", `/v1/sequences/${id}/duplicate`, {});
  expect(copy.body.sequence.replyScope).toBe("domain");
  await api("PATCH", `/api/v1/sequences/${id.slice(4)}`, { sequence: { label: "Renamed" } });
  await api("PATCH", `/v1/sequences/${id}`, { name: "Renamed again" });
  expect((await api("GET", `/v1/sequences/${id}`)).body.sequence.replyScope).toBe("domain");
  expect((await api("PATCH", `/v1/sequences/${id}`, { replyScope: "contact" })).body.sequence.replyScope).toBe(
    "contact",
  );
  expect((await api("POST", "/v1/sequences", { name: "Plain" })).body.sequence.replyScope).toBe("contact");
  for (const replyScope of ["company", 5, null, true, []]) {
    expect((await api("PATCH", `/v1/sequences/${id}`, { replyScope })).status).toBe(400);
  }
});

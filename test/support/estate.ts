/** Knows how to fill the first workspace with one of everything, marked throughout, and to tell whether any of it has changed. */
import type { IdNoun } from "../../src/dialects/v1/ids";
import { fillCatalogue } from "./catalogue";
import { makeCadence, taskDraft, tasksOf } from "./tasks";
import { api, db, deliver, drain, enroll, type Json, makeContact, settle } from "./world";

/** Stands in every text of the first workspace. */
export const MARK = /zanzibar/i;

export type Estate = Partial<Record<IdNoun, string>>;

async function made(path: string, body: unknown, key: string): Promise<Json> {
  const answer = await api("POST", path, body);
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body[key];
}

/** One of everything that v1 has an id for, by what it is called there; and of everything that the others list. */
export async function fillEstate(): Promise<Estate> {
  await fillCatalogue();
  const { sequence, steps } = await makeCadence(
    { kind: "message", label: null, delay: 0, subject: null, body: "Hello Zanzibar", format: "text", settings: {} },
    taskDraft({ note: "Ask Zanzibar" } as never, { delay: 60 }),
  );
  const contact = await makeContact({ username: "zanzibar", displayName: "Zanzibar", phone: "+436641234567" });
  const enrollment = await enroll(sequence, contact);
  await settle();
  const user = (await made("/v1/users", { email: "user@zanzibar.example", firstName: "Zanzibar" }, "user")).id;
  const rules = { conditions: [{ field: "tags", op: "contains", value: "zanzibar" }] };
  await deliver([{ queue: "dripline-replies-dead", body: { workspaceId: 1, text: "A letter to Zanzibar" } }]);
  const estate: Estate = {
    workspace: "ws_1",
    sequence,
    step: `step_${steps[0]}`,
    enrollment,
    contact,
    user,
    key: (await made(`/v1/users/${user}/keys`, { name: "Zanzibar", scopes: ["contacts_read"] }, "key")).id,
    message: (await api("GET", `/v1/messages?enrollmentId=${enrollment}`)).body.messages[0]?.id,
    reply: (await made("/v1/replies", { platform: "TWITTER", from: "somebody", text: "Zanzibar!" }, "reply")).id,
    letter: (await api("GET", "/v1/dead-letters")).body.deadLetters[0]?.id,
    segment: (await made("/v1/segments", { name: "Zanzibar", rules }, "segment")).id,
    schedule: (
      await made("/v1/schedules", { name: "Zanzibar", openings: [{ day: 1, from: "09:00", to: "17:00" }] }, "schedule")
    ).id,
    ruleset: (await made("/v1/rulesets", { name: "Zanzibar" }, "ruleset")).id,
    mailbox: (await made("/v1/mailboxes", { email: "box@zanzibar.example", name: "Zanzibar" }, "mailbox")).id,
    task:
      (await made("/v1/tasks", { contactId: contact, note: "Call Zanzibar" }, "task")).id ??
      (await tasksOf(enrollment))[0]?.id,
    priority: "priority_1",
    secret: (await made("/v1/mail-hook/secrets", {}, "mailHookSecret")).id,
    suppression: (
      await made(
        "/v1/suppressions",
        { platform: "EMAIL", address: "no@zanzibar.example", reason: "bounced" },
        "suppression",
      )
    ).id,
    job: (await made(`/v1/sequences/${sequence}/enrollments/bulk`, { contactIds: [contact] }, "job")).id,
    variant: (
      await made(
        `/v1/sequences/${sequence}/steps/step_${steps[0]}/variants`,
        { messageTemplate: "Zanzibar" },
        "variant",
      )
    ).id,
    ...(await makeEndpoint()),
  };
  await db().batch(
    MARKED.map(([table, column]) =>
      db().prepare(`UPDATE ${table} SET ${column} = 'Zanzibar ' || ${column} WHERE ${column} NOT LIKE '%zanzibar%'
        AND workspace_id = 1`),
    ),
  );
  await drain();
  return estate;
}

/** One that nobody calls. */
async function makeEndpoint(): Promise<Estate> {
  const { id: webhook } = await made(
    "/v1/webhooks",
    { url: "https://zanzibar.example", description: "Zanzibar" },
    "webhook",
  );
  await db().prepare("UPDATE webhooks SET paused_at = 1").run();
  return { webhook, delivery: (await made(`/v1/webhooks/${webhook}/test`, {}, "delivery")).id };
}

const MARKED = [
  ["users", "first_name"],
  ["users", "username"],
  ["stages", "name"],
  ["mailboxes", "email"],
  ["rulesets", "name"],
  ["categories", "name"],
  ["sequences", "name"],
  ["steps", "body"],
  ["templates", "name"],
  ["templates", "body"],
  ["contacts", "first_name"],
  ["messages", "excerpt"],
  ["priorities", "name"],
  ["tasks", "note"],
  ["calls", "outcome"],
] as const;

/** Columns that a look changes, or that tell when something was last looked for. */
const RESTLESS = /^(last_used_at|touched_at|tidied_at)$/;

/** Every row of the first workspace in the database, by table. */
export async function rowsOfEstate(): Promise<Record<string, string[]>> {
  const tables = await db()
    .prepare(
      `SELECT m.name AS "table", EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'workspace_id') AS owned
       FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_cf%' ESCAPE '\\'
         AND m.name NOT IN ('d1_migrations', 'clock')`,
    )
    .all<{ table: string; owned: number }>();
  const rows: Record<string, string[]> = {};
  for (const { table, owned } of tables.results) {
    const where = owned ? "WHERE workspace_id = 1" : table === "workspaces" ? "WHERE id = 1" : "";
    const { results } = await db().prepare(`SELECT * FROM ${table} ${where}`).all();
    const kept = results.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !RESTLESS.test(name))));
    rows[table] = kept.map((row) => JSON.stringify(row)).sort();
  }
  return rows;
}

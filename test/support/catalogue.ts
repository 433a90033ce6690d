/** Knows a small world to ask about: users, sequences, steps, prospects, their states, mailings and more, written as rows. */
import { db, START } from "./world";

const MINUTE = 60_000;

function insert(table: string, rows: Record<string, unknown>[]): D1PreparedStatement[] {
  return rows.map((row) => {
    const names = Object.keys(row);
    const marks = names.map(() => "?").join();
    return db()
      .prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${marks})`)
      .bind(...Object.values(row));
  });
}

const at = (minutes: number) => START + minutes * MINUTE;

const USERS = [
  { id: 11, first_name: "Ada", last_name: "Ash", email: "ada@sales.example", username: "ada", locked: 0 },
  { id: 12, first_name: "Bo", last_name: "Birch", email: "bo@sales.example", username: "bo", locked: 1 },
];

const STAGES = [
  { id: 5, name: "Hot", place: 2, color: "#f00" },
  { id: 6, name: "Cold", place: 1 },
];

const MAILBOXES = [
  { id: 4, user_id: 11, email: "ada@mail.example", details: '{"smtpHost":"smtp.mail.example","sendMaxRetries":3}' },
  { id: 5, user_id: 11, email: "ash@mail.example" },
  { id: 6, user_id: 12, email: "gone@mail.example", deleted_at: START },
];

const RULESETS = [
  { id: 7, name: "Strict", owner_id: 11, details: '{"bouncedStage":5,"finishedStage":99,"applyCompletedStageIn":60}' },
  { id: 8, name: "Loose", permit_duplicates: "allow", touched_interval: 60 },
];

const CATEGORIES = [
  { id: 21, name: "Outbound", color: "#0f0" },
  { id: 22, name: "Inbound", allow_templates: 0 },
];

const MEMBERSHIPS = [
  { id: 31, category_id: 21, content_type: "sequence", content_id: 101 },
  { id: 32, category_id: 22, content_type: "sequence", content_id: 101 },
  { id: 33, category_id: 21, content_type: "sequence", content_id: 105 },
  { id: 34, category_id: 21, content_type: "sequence", content_id: 106 },
];

const SEQUENCES = [
  {
    id: 101,
    name: "Alpha",
    status: "ACTIVE",
    share_type: "shared",
    owner_id: 11,
    enabled_at: at(5),
    throttle_max_adds: 50,
  },
  {
    id: 102,
    name: "Beta",
    status: "PAUSED",
    share_type: "read_only",
    owner_id: 12,
    throttle_max_adds: 10,
    ruleset_id: 7,
  },
  { id: 103, name: "Gamma, the third", status: "DRAFT", share_type: "shared", owner_id: 11, sales_motion: "outbound" },
  {
    id: 104,
    name: "Beta",
    status: "ACTIVE",
    share_type: "shared",
    owner_id: 11,
    enabled_at: at(1),
    throttle_max_adds: 20,
  },
  { id: 105, name: "Gone", status: "ARCHIVED", share_type: "shared", owner_id: 11 },
  { id: 106, name: "Hidden", status: "ACTIVE", share_type: "private", owner_id: 12, enabled_at: at(2) },
];

/** The third is numbered before the second, which stands after the condition. */
const STEPS = [
  { id: 201, sequence_id: 101, parent_id: null, kind: "entry" },
  { id: 202, sequence_id: 101, parent_id: 201, kind: "message", delay: 60 },
  { id: 203, sequence_id: 101, parent_id: 202, kind: "condition", settings: '{"test":{"on":"reply"},"upTo":0}' },
  { id: 204, sequence_id: 101, parent_id: 203, kind: "condition_branch", branch: 1 },
  { id: 205, sequence_id: 101, parent_id: 203, kind: "condition_branch", branch: 0 },
  { id: 206, sequence_id: 101, parent_id: 203, kind: "delay", delay: 3600 },
  { id: 207, sequence_id: 101, parent_id: 206, kind: "message", delay: 40 },
  { id: 208, sequence_id: 101, parent_id: 204, kind: "message", delay: 86_400 },
  { id: 209, sequence_id: 102, parent_id: null, kind: "entry" },
  { id: 210, sequence_id: 102, parent_id: 209, kind: "message" },
  { id: 211, sequence_id: 105, parent_id: null, kind: "message" },
  {
    id: 213,
    sequence_id: 102,
    parent_id: 210,
    kind: "task",
    delay: 60,
    settings: '{"type":"call","note":"Ask for Bob","autoskip":7200,"priorityId":3}',
    date: "2040-01-05",
  },
  { id: 212, sequence_id: 101, parent_id: 207, kind: "message", deleted_at: at(9) },
];

/** One is private to somebody else, one is the text of a step alone, one is archived, and one was deleted. */
const TEMPLATES = [
  { id: 501, name: "Intro", subject: "Hi", body: "<p>Hello</p>", owner_id: 11 },
  { id: 502, name: "Secret", body: "<p>Hush</p>", share_type: "private", owner_id: 12 },
  { id: 503, name: "Message", body: "Plain", format: "text", owner_id: 12, private_step_id: 202 },
  { id: 504, name: "Former", body: "<p>Bye</p>", owner_id: 11, archived_at: at(4) },
  { id: 505, name: "Gone", body: "x", archived_at: at(4), deleted_at: at(5) },
  { id: 506, name: "Of a step that was deleted", body: "x", private_step_id: 212 },
];

const SEQUENCE_TEMPLATES = [
  { id: 601, step_id: 202, template_id: 503, enabled_at: at(2) },
  { id: 602, step_id: 202, template_id: 501, creator_id: 11 },
  { id: 603, step_id: 212, template_id: 506 },
];

const PROSPECTS = [
  {
    id: 301,
    first_name: "Cy",
    last_name: "Cole",
    owner_id: 11,
    custom_fields: '{"title":"CEO","custom7":"x"}',
    timezone: "Asia/Tokyo",
  },
  { id: 302, first_name: "Di", last_name: "Dunn", owner_id: 12, custom_fields: '{"title":"CTO"}', opted_out_at: at(3) },
  { id: 303, first_name: "Ed", owner_id: 11, stage_id: 5, custom_fields: '{"linkedInSlug":"ed"}' },
  { id: 304, first_name: "Erased", erased_at: at(1) },
];

const STATES = [
  {
    id: 401,
    sequence_id: 101,
    contact_id: 301,
    state: "waiting",
    standing: "ACTIVE",
    step_id: 202,
    user_id: 11,
    deliver_count: 1,
    mailbox_id: 4,
  },
  { id: 402, sequence_id: 102, contact_id: 301, state: "waiting", standing: "ACTIVE", step_id: 210 },
  {
    id: 403,
    sequence_id: 101,
    contact_id: 302,
    state: "ended",
    why: "opted_out",
    standing: "EXITED",
    last_step_id: 202,
    deliver_count: 1,
  },
  { id: 404, sequence_id: 101, contact_id: 303, state: "ended", why: "replied", standing: "EXITED", replied_at: at(7) },
  { id: 405, sequence_id: 105, contact_id: 303, state: "ended", why: "archived", standing: "EXITED" },
  { id: 406, sequence_id: 104, contact_id: 304, state: "ended", why: "removed", standing: "EXITED" },
  {
    id: 407,
    sequence_id: 104,
    contact_id: 302,
    state: "paused",
    why: "out_of_office",
    pause_reason: "out_of_office",
    standing: "ACTIVE",
  },
  { id: 408, sequence_id: 102, contact_id: 303, state: "waiting", standing: "ACTIVE", last_step_id: 210 },
  { id: 409, sequence_id: 104, contact_id: 303, state: "ended", why: "failed", standing: "FAILED", error: "no" },
  { id: 410, sequence_id: 101, contact_id: 301, state: "ended", why: "removed", standing: "EXITED", deleted_at: at(8) },
  { id: 411, sequence_id: 106, contact_id: 303, state: "waiting", standing: "ACTIVE" },
];

/** Ids as the object of the enrollment gives them. */
const MAILINGS = [
  {
    id: 401 * 4096 + 1,
    enrollment_id: 401,
    contact_id: 301,
    sequence_id: 101,
    step_id: 202,
    status: "sent",
    opened_at: at(6),
    sequence_template_id: 602,
    template_id: 501,
  },
  {
    id: 403 * 4096 + 1,
    enrollment_id: 403,
    contact_id: 302,
    sequence_id: 101,
    step_id: 202,
    status: "sent",
    provider_id: "<p@x>",
  },
  {
    id: 402 * 4096 + 1,
    enrollment_id: 402,
    contact_id: 301,
    sequence_id: 102,
    step_id: 210,
    status: "failed",
    error: "550",
  },
];

/** The second stands alone. */
const TASKS = [
  {
    id: 408 * 4096 + 4095,
    enrollment_id: 408,
    contact_id: 303,
    sequence_id: 102,
    step_id: 213,
    action: "call",
    task_type: "sequence_step_call",
    state: "incomplete",
    owner_id: 12,
    priority_id: 3,
    due_at: at(4),
  },
  {
    id: 900 * 4096,
    contact_id: 301,
    action: "email",
    task_type: "manual",
    state: "complete",
    owner_id: 11,
    completer_id: 11,
    completed_at: at(8),
  },
];

const CALLS = [
  {
    id: 601,
    contact_id: 303,
    enrollment_id: 408,
    sequence_id: 102,
    step_id: 213,
    task_id: 408 * 4096 + 4095,
    user_id: 12,
    outcome: "Answered",
    details: '{"to":"+49301","tags":["Interested"]}',
  },
  { id: 602, contact_id: 301, user_id: 11, direction: "inbound", details: '{"userCallType":"voip"}' },
];

/** All belong to the first workspace, whose key is that of user 1; each was made and changed as many minutes in as its id says. */
export async function fillCatalogue(): Promise<void> {
  const times = ({ id }: { id: number }) => ({ created_at: at(id), updated_at: at(1000 - id) });
  const made = <R extends { id: number }>(rows: R[]) =>
    rows.map((row) => ({ workspace_id: 1, creator_id: 11, created_at: at(row.id), ...row }));
  const changed = <R extends { id: number }>(rows: R[]) =>
    made(rows.map((row) => ({ updated_at: at(1000 - row.id), ...row })));
  await db().batch([
    ...insert(
      "users",
      USERS.map((user) => ({ workspace_id: 1, name: user.first_name, created_at: START, ...user })),
    ),
    ...insert("stages", changed(STAGES)),
    ...insert("mailboxes", changed(MAILBOXES.map((row) => ({ email_key: row.email, ...row })))),
    ...insert("rulesets", changed(RULESETS)),
    ...insert("categories", changed(CATEGORIES)),
    ...insert("memberships", made(MEMBERSHIPS)),
    ...insert(
      "sequences",
      SEQUENCES.map((row) => ({
        workspace_id: 1,
        rules: '{"conditions":[]}',
        creator_id: 1,
        updater_id: 1,
        ...times(row),
        ...row,
      })),
    ),
    ...insert(
      "steps",
      STEPS.map((row) => ({ ...times(row), ...row })),
    ),
    ...insert(
      "templates",
      TEMPLATES.map((row) => ({ workspace_id: 1, format: "html", ...times(row), ...row })),
    ),
    ...insert(
      "sequence_templates",
      SEQUENCE_TEMPLATES.map((row) => ({ workspace_id: 1, ...times(row), ...row })),
    ),
    ...insert(
      "contacts",
      PROSPECTS.map((row) => ({ workspace_id: 1, platform: "EMAIL", ...times(row), ...row })),
    ),
    ...insert("addresses", [
      { workspace_id: 1, platform: "EMAIL", key: "cy@acme.example", contact_id: 301, address: "Cy@Acme.example" },
      { workspace_id: 1, platform: "EMAIL", key: "di@acme.example", contact_id: 302, address: "di@acme.example" },
    ]),
    ...insert(
      "enrollments",
      STATES.map((row) => ({
        workspace_id: 1,
        platform: "EMAIL",
        enrolled_at: at(row.id),
        updated_at: at(1000 - row.id),
        version: 1,
        ...row,
      })),
    ),
    ...insert(
      "messages",
      MAILINGS.map((row) => ({
        workspace_id: 1,
        platform: "EMAIL",
        attempts: 1,
        at: at(row.enrollment_id),
        fact: 1,
        created_at: at(row.enrollment_id),
        updated_at: at(1000 - row.enrollment_id),
        state_changed_at: at(row.enrollment_id),
        ...row,
      })),
    ),
    ...insert(
      "tasks",
      TASKS.map((row) => {
        const times = { created_at: at(row.id % 7), updated_at: at(9), state_changed_at: at(9) };
        return { workspace_id: 1, creator_id: row.owner_id, ...times, ...row };
      }),
    ),
    ...insert(
      "calls",
      CALLS.map((row) => ({ workspace_id: 1, state: "completed", ...times(row), ...row })),
    ),
  ]);
}

import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import worker from "../support/worker";
import {
  type Answer,
  api,
  begin,
  db,
  KEY,
  makeContact,
  makeDrip,
  makeMailbox,
  OTHER_KEY,
  START,
  settle,
} from "../support/world";

let sequence: string;
let path: string;

beforeEach(async () => {
  await begin();
  ({ sequence } = await makeDrip([24]));
  path = `/v1/sequences/${sequence}/enrollments/bulk`;
});

interface Sent {
  key?: string;
  idempotency?: string;
  type?: string;
  query?: string;
}

async function post(
  body: string | Uint8Array | ReadableStream<Uint8Array>,
  sent: Sent = {},
): Promise<Answer & { replayed: boolean }> {
  const { key = KEY, idempotency, type = "text/csv", query = "" } = sent;
  const headers = { "content-type": type, authorization: `Bearer ${key}` };
  const request = new Request<unknown, IncomingRequestCfProperties>(`https://dripline.test${path}${query}`, {
    method: "POST",
    headers: { ...headers, ...(idempotency === undefined ? {} : { "idempotency-key": idempotency }) },
    body,
  });
  const ctx = createExecutionContext();
  const response = await worker.fetch(request, env, ctx);
  const told = { status: response.status, body: await response.json() };
  await waitOnExecutionContext(ctx);
  return { ...told, replayed: response.headers.get("idempotency-replayed") === "true" };
}

async function staged(): Promise<number> {
  const count = "SELECT (SELECT COUNT(*) FROM bulk_jobs) + (SELECT COUNT(*) FROM bulk_chunks) AS n";
  return (await db().prepare(count).first<{ n: number }>())?.n ?? -1;
}

const refusal = (status: number, code: string, message: unknown = expect.any(String)) => ({
  status,
  body: { error: expect.objectContaining({ code, message }) },
});

describe("a file of contacts", () => {
  test("is answered with a job that has everybody", async () => {
    const csv = '\uFEFFE-Mail,First name,Company\r\nann@x.test,Ann,"Ash, Inc."\r\nbob@x.test,Bob,\r\nnobody,,\r\n';
    const { status, body } = await post(csv);
    expect([status, body]).toEqual([
      202,
      {
        job: {
          id: expect.stringMatching(/^job_\d+$/),
          kind: "bulk_enrollment",
          sequenceId: sequence,
          state: "queued",
          ...{ total: 3, done: 0, enrolled: 0, refused: 0 },
          createdAt: "2040-01-02T09:00:00Z",
          finishedAt: null,
        },
      },
    ]);
    await settle();
    const { job } = (await api("GET", `/v1/jobs/${body.job.id}`)).body;
    expect(job).toMatchObject({ state: "done", done: 3, enrolled: 2, refused: 1, finishedAt: expect.any(String) });
    expect((await api("GET", `/v1/jobs/${body.job.id}/refusals`)).body).toEqual({
      refusals: [
        {
          ...{ row: 4, contactId: null, address: "nobody", code: "VALIDATION_ERROR", kind: "bad_value" },
          reason: "E-Mail is no EMAIL address",
        },
      ],
      pagination: { page: 1, limit: 50, total: 1, totalPages: 1 },
    });
    const { contacts } = (await api("GET", "/v1/contacts?search=ann")).body;
    expect(contacts).toMatchObject([{ email: "ann@x.test", firstName: "Ann", customFields: { company: "Ash, Inc." } }]);
    expect((await api("GET", "/v1/jobs?limit=1")).body).toMatchObject({ jobs: [job], pagination: { total: 1 } });
  });

  test("is read piece by piece, wherever the pieces are cut", async () => {
    const bytes = new TextEncoder().encode('email,name\r\nann@x.test,"Ann\r\nÄsh"\r\nbob@x.test,Bøb');
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
    const { body } = await post(pieces);
    await settle();
    expect((await api("GET", `/v1/jobs/${body.job.id}`)).body.job).toMatchObject({ total: 2, enrolled: 2 });
    const { contacts } = (await api("GET", "/v1/contacts")).body;
    expect(contacts.map((one: { displayName: string }) => one.displayName)).toEqual(["Bøb", "Ann\r\nÄsh"]);
  });

  test("says by a mapping what its columns are, and on which platform, by which mailbox", async () => {
    const mailbox = await makeMailbox();
    const mapping = encodeURIComponent(JSON.stringify({ Kunde: "email" }));
    for (const named of [`mapping=${mapping}`, "mapping[Kunde]=email"]) {
      const query = `?${named}&mapping[Stadt]=customFields.city&platform=EMAIL&mailboxId=${mailbox}&delimiter=;`;
      expect((await post(`Kunde;Stadt\n${named.length}@x.test;Rom`, { query })).status).toBe(202);
    }
    await settle();
    const { enrollments } = (await api("GET", `/v1/sequences/${sequence}/enrollments`)).body;
    expect(enrollments).toMatchObject([{ mailboxId: mailbox }, { mailboxId: mailbox }]);
  });

  test.each<[string, string | Uint8Array, string, string]>([
    ["nothing", "", "", "body has no rows below its header"],
    ["no address", "name\nAnn", "", "body has no column with an address: name one email"],
    ["not UTF-8", new Uint8Array([0x65, 0x6d, 0xff, 0xfe, 0x0a]), "", "body is not UTF-8"],
    [
      "UTF-8 that is cut off",
      new Uint8Array([...new TextEncoder().encode("email\na@x.test\n"), 0xc3]),
      "",
      "body is not UTF-8",
    ],
    [
      "a quotation mark that is not closed",
      'email\n"a@x.test',
      "",
      expect.stringContaining("row 2") as unknown as string,
    ],
    ["too many rows", `email\n${"a@x.test\n".repeat(50_001)}`, "", "body has more than 50000 rows"],
    [
      "an unknown platform",
      "email\na@x.test",
      "?platform=PIGEON",
      expect.stringContaining("platform") as unknown as string,
    ],
    ["an unknown delimiter", "email\na@x.test", "?delimiter=x", "delimiter must be one of , ; | and tab"],
    ["no mapping", "email\na@x.test", "?mapping=5", "mapping must be a JSON object of columns and fields"],
    [
      "a mapping of nothing",
      "email\na@x.test",
      "?mapping[Mail]=email",
      "mapping names the column Mail, which is not there",
    ],
    [
      "neither yes nor no",
      "email\na@x.test",
      "?updateExisting=maybe",
      expect.stringContaining("updateExisting") as unknown as string,
    ],
  ])("is refused, and leaves nothing: %s", async (_, body, query, message) => {
    expect(await post(body, { query })).toMatchObject(refusal(400, "VALIDATION_ERROR", message));
    expect([await staged(), faults.letters]).toEqual([0, []]);
  });

  test("whose sender goes away half way leaves nothing", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(`email\n${"a@x.test\n".repeat(9000)}`));
        controller.error(new Error("gone"));
      },
    });
    expect((await post(broken).catch(() => ({ status: 500 }))).status).toBe(500);
    expect(await staged()).toBe(0);
  });
});

describe("a list of people", () => {
  test.each<[string, unknown, string, string]>([
    ["nothing", {}, "BAD_REQUEST", "contactIds or contacts is required"],
    ["nobody", { contactIds: [] }, "VALIDATION_ERROR", "contactIds must not be empty"],
    [
      "both",
      { contactIds: ["contact_1"], contacts: [{}] },
      "VALIDATION_ERROR",
      "contacts cannot be given beside contactIds",
    ],
    ["no list", { contactIds: "contact_1" }, "BAD_REQUEST", "contactIds must be a list"],
    ["numbers", { contactIds: [1] }, "BAD_REQUEST", "contactIds.0 must be a string"],
    [
      "no id",
      { contactIds: ["contact_1", "seq_1"] },
      "BAD_REQUEST",
      expect.stringContaining("contactIds.1") as unknown as string,
    ],
    ["no people", { contacts: ["ann"] }, "BAD_REQUEST", "contacts.0 must be an object"],
    [
      "too many",
      { contactIds: Array(50_001).fill("contact_1") },
      "VALIDATION_ERROR",
      "contactIds must have at most 50000 entries",
    ],
    [
      "an unknown platform",
      { contactIds: ["contact_1"], platform: "PIGEON" },
      "VALIDATION_ERROR",
      expect.any(String) as unknown as string,
    ],
    [
      "no mailbox",
      { contactIds: ["contact_1"], mailboxId: "contact_1" },
      "BAD_REQUEST",
      expect.any(String) as unknown as string,
    ],
  ])("is refused, and leaves nothing: %s", async (_, body, code, message) => {
    const { status, body: told } = await api("POST", path, body);
    expect([status, told.error]).toEqual([400, expect.objectContaining({ code, message })]);
    expect([await staged(), faults.letters]).toEqual([0, []]);
  });

  test("where it is too large, is refused unread", async () => {
    const body = { contacts: [{ platform: "EMAIL", email: "a@x.test", displayName: "x".repeat(4 * 1024 ** 2) }] };
    expect(await api("POST", path, body)).toEqual(refusal(400, "BAD_REQUEST", "The body is larger than 4 MiB"));
    expect(await staged()).toBe(0);
  });

  test("somebody in it who could not be made alone is refused alone", async () => {
    const contacts = [
      { platform: "EMAIL" },
      { platform: "EMAIL", email: "a@x.test" },
      { platform: 5 },
      { username: "x" },
    ];
    const { body } = await api("POST", path, { contacts });
    await settle();
    const { refusals } = (await api("GET", `/v1/jobs/${body.job.id}/refusals`)).body;
    expect(refusals.map((one: { row: number; reason: string }) => [one.row, one.reason])).toEqual([
      [1, "username is required"],
      [3, "platform must be a string"],
      [4, "platform is required"],
    ]);
  });

  test("into an archived or a locked sequence, or by a mailbox of others, is refused at once", async () => {
    const body = { contactIds: ["contact_1"] };
    const theirs = (await api("POST", "/v1/mailboxes", { email: "box@theirs.example" }, OTHER_KEY)).body.mailbox.id;
    expect(await api("POST", path, { ...body, mailboxId: theirs })).toEqual(refusal(404, "NOT_FOUND"));
    await db().prepare("UPDATE sequences SET locked = 1").run();
    expect(await api("POST", path, body)).toEqual(refusal(409, "CONFLICT"));
    await db().prepare("UPDATE sequences SET locked = 0, status = 'ARCHIVED'").run();
    expect(await api("POST", path, body)).toEqual(refusal(409, "CONFLICT"));
    expect(await staged()).toBe(0);
  });
});

describe("an idempotency key", () => {
  const csv = "email\nann@x.test\n";

  test("has the same request answered with the same job, also when that is done, and another refused", async () => {
    const first = await post(csv, { idempotency: "once" });
    expect(first).toMatchObject({ status: 202, replayed: false });
    await settle();
    const again = await post(csv, { idempotency: "once" });
    expect(again).toMatchObject({
      status: 202,
      replayed: true,
      body: { job: { id: first.body.job.id, state: "done" } },
    });
    expect((await post("email\nbob@x.test\n", { idempotency: "once" })).status).toBe(409);
    expect((await post(csv, { idempotency: "once", query: "?platform=EMAIL" })).status).toBe(409);
    expect((await api("GET", "/v1/jobs")).body.pagination.total).toBe(1);
  });

  test("of several requests at a time makes one job", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(csv, { idempotency: "race" })));
    expect(new Set(answers.map(({ body }) => body.job.id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await staged()).toBe(2);
  });

  test("is each user's own", async () => {
    const { user } = (await api("POST", "/v1/users", { email: "bob@x.test" })).body;
    const { key } = (await api("POST", `/v1/users/${user.id}/keys`, {})).body;
    const first = await post(csv, { idempotency: "same" });
    const other = await post("email\nbob@x.test\n", { idempotency: "same", key: key.key });
    expect(other).toMatchObject({ status: 202, replayed: false });
    expect(other.body.job.id).not.toBe(first.body.job.id);
  });

  test("is another one in another workspace", async () => {
    await post(csv, { idempotency: "same" });
    const { body } = await api("POST", "/v1/sequences", { name: "Theirs" }, OTHER_KEY);
    path = `/v1/sequences/${body.sequence.id}/enrollments/bulk`;
    expect(await post(csv, { idempotency: "same", key: OTHER_KEY })).toMatchObject({ status: 202, replayed: false });
  });

  test.each(["", "two words", "x".repeat(256)])("that is malformed is refused: %s", async (idempotency) => {
    expect(await post(csv, { idempotency })).toMatchObject(refusal(400, "IDEMPOTENCY_INVALID_KEY"));
    expect(await staged()).toBe(0);
  });
});

test("whoever may not make contacts brings none along, and enrolls those who are there", async () => {
  const key = "vb_live_only_enrolls";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  await db()
    .prepare(
      "INSERT INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at) VALUES (?, 1, 1, '', '[\"sequences_write\"]', ?)",
    )
    .bind(new Uint8Array(digest).toHex(), START)
    .run();
  const lacking = refusal(403, "AUTHORIZATION_ERROR", "The key lacks the scope contacts_write");
  expect(await post("email\na@x.test", { key })).toMatchObject(lacking);
  expect(await api("POST", path, { contacts: [{ platform: "EMAIL", email: "a@x.test" }] }, key)).toEqual(lacking);
  expect((await api("POST", path, { contactIds: [await makeContact()] }, key)).status).toBe(202);
});

test("a job, its refusals and the list of jobs are there for their own workspace, and for who sees the sequence", async () => {
  const { body } = await api("POST", path, { contactIds: ["contact_1"] });
  await settle();
  const { id } = body.job;
  for (const tail of ["", "/refusals"]) {
    expect(await api("GET", `/v1/jobs/${id}${tail}`, undefined, OTHER_KEY)).toEqual(
      refusal(404, "NOT_FOUND", "Job not found"),
    );
  }
  expect((await api("GET", "/v1/jobs", undefined, OTHER_KEY)).body.jobs).toEqual([]);
  await db().prepare("UPDATE sequences SET share_type = 'private', owner_id = 99").run();
  expect((await api("GET", `/v1/jobs/${id}`)).status).toBe(404);
  expect((await api("GET", "/v1/jobs")).body).toMatchObject({ jobs: [], pagination: { total: 0 } });
});

describe("what is too long for the database to hold is refused, and nothing breaks", () => {
  const LONG = "x".repeat(3_000_000);
  test.each<[string, object, string]>([
    ["the name of a field", { customFields: { [LONG]: 1 } }, "row has more than 65536 characters"],
    ["a field", { customFields: { x: LONG } }, "customFields must be at most 10000 bytes of JSON"],
    ["a tag", { tags: [LONG] }, expect.stringContaining("tags.0") as unknown as string],
    ["a name", { firstName: LONG }, expect.stringContaining("firstName") as unknown as string],
  ])("of somebody in a list: %s", async (_, long, reason) => {
    const contacts = [
      { platform: "EMAIL", email: "long@x.test", ...long },
      { platform: "EMAIL", email: "a@x.test" },
    ];
    const { status, body } = await api("POST", path, { contacts });
    expect(status).toBe(202);
    await settle();
    expect((await api("GET", `/v1/jobs/${body.job.id}`)).body.job).toMatchObject({ enrolled: 1, refused: 1 });
    const { refusals } = (await api("GET", `/v1/jobs/${body.job.id}/refusals`)).body;
    expect(refusals).toMatchObject([{ row: 1, reason }]);
  });

  test.each<[string, string, number, string | null]>([
    [
      "the name of a column",
      `email,timezone${"-".repeat(90_000)}\na@x.test,Nowhere`,
      202,
      `timezone${"-".repeat(247)} must`,
    ],
    ["a row", `email,city\na@x.test,${LONG}`, 400, null],
    ["a cell", `email,city\na@x.test,${LONG.slice(0, 90_000)}`, 202, "city is too long"],
    ["many cells", `email,city\na@x.test${",b".repeat(40_000)}`, 202, "row has 40001 cells"],
  ])("of a file: %s", async (_, csv, expected, reason) => {
    const { status, body } = await post(csv);
    expect(status).toBe(expected);
    await settle();
    if (reason === null) return expect(await staged()).toBe(0);
    const { refusals } = (await api("GET", `/v1/jobs/${body.job.id}/refusals`)).body;
    expect(refusals).toMatchObject([{ row: 2, reason: expect.stringContaining(reason) }]);
  });
});

describe("of unfinished ones a workspace has twenty at most", () => {
  const full = refusal(402, "LIMIT_EXCEEDED", "A workspace holds at most 20 unfinished bulk enrollments");
  const some = { contactIds: ["contact_1"] };

  test("that wait to be done: the next is taken once they are, and before that elsewhere", async () => {
    for (let i = 0; i < 20; i++) expect((await api("POST", path, some)).status).toBe(202);
    expect(await api("POST", path, some)).toEqual(full);
    const { body } = await api("POST", "/v1/sequences", { name: "Theirs" }, OTHER_KEY);
    const theirs = `/v1/sequences/${body.sequence.id}/enrollments/bulk`;
    expect((await api("POST", theirs, some, OTHER_KEY)).status).toBe(202);
    await settle();
    expect((await api("POST", path, some)).status).toBe(202);
  });

  test("whichever were begun last: those that are done take no place of one that is not", async () => {
    await db().exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 41)
      INSERT INTO bulk_jobs (workspace_id, sequence_id, state, created_at, begun_at, touched_at)
      SELECT 1, 1, iif(i <= 12, 'queued', iif(i <= 19, 'running', 'done')), 0, 0, 0 FROM n`.replaceAll("\n", " "),
    );
    expect((await api("POST", path, some)).status).toBe(202);
    expect(await api("POST", path, some)).toEqual(full);
  });

  test("those that come in and those that wait together", async () => {
    const sender = new TransformStream<Uint8Array, Uint8Array>();
    const slow = post(sender.readable);
    while ((await staged()) < 1) await scheduler.wait(5);
    for (let i = 0; i < 19; i++) expect((await api("POST", path, some)).status).toBe(202);
    expect(await api("POST", path, some)).toEqual(full);
    const writer = sender.writable.getWriter();
    await writer.write(new TextEncoder().encode("email\na@x.test"));
    await writer.close();
    expect((await slow).status).toBe(202);
    expect(await api("POST", path, some)).toEqual(full);
  });

  test("that come in at a time, and a key that came before is answered all the same", async () => {
    const before = await post("email\na@x.test", { idempotency: "before" });
    await settle();
    const senders: ReadableStreamDefaultController<Uint8Array>[] = [];
    const slow = () => new ReadableStream<Uint8Array>({ start: (controller) => void senders.push(controller) });
    const answers = Array.from({ length: 20 }, () => post(slow()));
    while ((await staged()) < 21) await scheduler.wait(5);
    expect(await post("email\na@x.test")).toMatchObject(full);
    expect(await post("email\na@x.test", { idempotency: "before" })).toMatchObject({
      replayed: true,
      body: { job: { id: before.body.job.id } },
    });
    for (const sender of senders) {
      sender.enqueue(new TextEncoder().encode("email\na@x.test"));
      sender.close();
    }
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(20).fill(202));
    await settle();
    expect((await post("email\na@x.test")).status).toBe(202);
  });
});

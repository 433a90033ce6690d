/** Knows v1's routes on bulk enrollment: who is to be enrolled comes in as JSON or as CSV, and a job sees to them. */
import type { Handler } from "hono";
import * as z from "zod";
import type { BulkOptions } from "../../../domain/bulk";
import type { Entry } from "../../../domain/candidate";
import { ok, type Result } from "../../../domain/failure";
import { isIdempotencyKey } from "../../../domain/idempotency";
import { allows } from "../../../domain/scope";
import * as bulk from "../../../engine/bulk";
import { contextFor } from "../../../engine/context";
import type { Front, Http } from "../../http";
import { type Uploading, uploadOf } from "../../upload";
import { described, endpoint, isForm, lacking, NO_FORMS, routes } from "../endpoint";
import { KEY_MALFORMED, type Refusal, refusalOf, refuse } from "../errors";
import { malformed, read } from "../ids";
import {
  entriesIn,
  entriesOf,
  FileQuery,
  parseFileQuery,
  parseRows,
  Rows,
  ShownJob,
  ShownRefusal,
  showJob,
  showRefusal,
  wholeOf,
} from "../wire/bulk";
import { pagination } from "../wire/page";
import { type Parsed, pageQuery } from "../wire/parse";
import { oneAs, pageOf } from "../wire/shape";

/** Bytes: JSON is held as a whole, and fifty thousand ids are one; a file is never. */
const LARGEST_JSON = 4 * 1024 ** 2;
export const LARGEST_FILE = 64 * 1024 ** 2;

type Asked = Omit<BulkOptions, "sequenceId"> & { entries: bulk.Upload["entries"]; brings: boolean };

const enroll: Handler<Front> = async (c) => {
  const { caller, doors } = c.var;
  if (!allows(caller.scopes, "sequences_write")) return refuse(c, lacking("sequences_write"));
  const sequenceId = read("sequence", c.req.param("id") ?? "");
  if (sequenceId === null) return refuse(c, malformed("id", "sequence"));
  const key = keyOf(c);
  if (!key.ok) return refuse(c, key.refusal);
  const isFile = /^text\/csv\b/i.test(c.req.header("content-type") ?? "");
  if (!isFile && isForm(c)) return refuse(c, NO_FORMS);
  const sentWith = `${sequenceId} ${isFile ? "csv" : "json"} ${new URL(c.req.url).search}`;
  const upload = uploadOf(c.req.raw.body, isFile ? LARGEST_FILE : LARGEST_JSON, sentWith);
  const asked = isFile ? fileOf(c, upload) : await rowsOf(upload);
  if (!asked.ok) return refuse(c, asked.refusal);
  const { entries, brings, ...options } = asked.value;
  if (brings && !allows(caller.scopes, "contacts_write")) return refuse(c, lacking("contacts_write"));
  const ctx = contextFor(doors, caller.workspaceId, caller.userId);
  const { fingerprint } = upload;
  const begun = await bulk.begin(ctx, { ...options, sequenceId }, { entries, fingerprint, key: key.value });
  if (!begun.ok) return refuse(c, refusalOf(begun.failure));
  if (begun.value.replayed) c.header("idempotency-replayed", "true");
  return c.json({ job: showJob(begun.value.job) }, 202);
};

export const enrollMany = described(enroll, {
  operation: "bulkEnroll",
  summary: "Enroll up to 50,000 people: contacts, new ones, or a CSV file, whose options stand in the query",
  scope: "sequences_write",
  ids: { id: "sequence" },
  query: FileQuery,
  body: Rows,
  file: "text/csv",
  status: 202,
  answer: oneAs("job", ShownJob),
});

function keyOf(c: Http): Parsed<string | null> {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return { ok: true, value: null };
  return isIdempotencyKey(key) ? { ok: true, value: key } : { ok: false, refusal: KEY_MALFORMED };
}

const no = (message: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { code: "BAD_REQUEST", message },
});

function fileOf(c: Http, { texts }: Uploading): Parsed<Asked> {
  const query = parseFileQuery(c.req.query());
  if (!query.ok) return query;
  const { platform = null, mailboxId = null, updateExisting = false, delimiter = null, mapping } = query.value;
  const entries = entriesOf(texts, { platform, delimiter, mapping });
  return { ok: true, value: { platform, mailboxId, updateExisting, entries, brings: true } };
}

async function rowsOf({ texts }: Uploading): Promise<Parsed<Asked>> {
  const text = await wholeOf(texts);
  if (!text.ok) return no(refusalOf(text.failure).message.replace(/^body/, "The body"));
  const value = jsonIn(text.value);
  if (value === undefined) return no("The body is not valid JSON");
  const rows = parseRows(value);
  if (!rows.ok) return rows;
  const { platform = null, mailboxId = null, updateExisting = false, contacts } = rows.value;
  const entries = once(() => entriesIn(rows.value));
  return { ok: true, value: { platform, mailboxId, updateExisting, entries, brings: contacts !== undefined } };
}

function jsonIn(text: string): unknown {
  try {
    return text.trim() === "" ? {} : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

async function* once(entries: () => Entry[]): AsyncGenerator<Result<Entry[]>> {
  yield ok(entries());
}

const of = { id: "job" } as const;

export const jobRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listJobs",
      summary: "Bulk enrollments, the newest first",
      answer: pageOf("jobs", ShownJob),
      scope: "sequences_read",
      query: z.object(pageQuery(50)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await bulk.list(ctx, query);
        return ok({ jobs: items.map(showJob), pagination: pagination(page) });
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      operation: "getJob",
      summary: "How far a bulk enrollment is",
      answer: oneAs("job", ShownJob),
      scope: "sequences_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const found = await bulk.show(ctx, ids.id);
        return found.ok ? ok({ job: showJob(found.value) }) : found;
      },
    }),
  )
  .get(
    "/:id/refusals",
    endpoint({
      operation: "listRefusals",
      summary: "Who was not enrolled, and why",
      answer: pageOf("refusals", ShownRefusal),
      scope: "sequences_read",
      ids: of,
      query: z.object(pageQuery(50)),
      run: async ({ ctx, ids, query }) => {
        const listed = await bulk.refusals(ctx, ids.id, query);
        if (!listed.ok) return listed;
        const { items, ...page } = listed.value;
        return ok({ refusals: items.map(showRefusal), pagination: pagination(page) });
      },
    }),
  );

/** Knows how people come into a sequence from its page: one who is a contact, many whose addresses are pasted, or a file. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front, Http } from "../../dialects/http";
import { uploadOf } from "../../dialects/upload";
import { STATUS } from "../../dialects/v1/errors";
import { LARGEST_FILE } from "../../dialects/v1/routes/bulk";
import { entriesOf, parseFileQuery, wholeOf } from "../../dialects/v1/wire/bulk";
import { idOf, platformName } from "../../dialects/v1/wire/parse";
import type { Entry } from "../../domain/candidate";
import { type Failure, ok, type Result, refuse } from "../../domain/failure";
import { isIdempotencyKey } from "../../domain/idempotency";
import { isTable, listed, withTags } from "../../domain/pasted";
import type { Platform } from "../../domain/platform";
import { allows } from "../../domain/scope";
import { enroll } from "../../engine/admission";
import * as bulk from "../../engine/bulk";
import type { KeyHolder } from "../../engine/keys";
import { upload } from "../kit/files";
import { ticked } from "../kit/form";
import { nameOf } from "../kit/names";
import { action, page } from "../kit/page";
import { typedTags } from "./fields";
import { intakePage } from "./intakepage";
import { jobPath } from "./jobs";
import { journeyPath } from "./persontraffic";
import { Preview } from "./preview";

const of = { id: "sequence" } as const;
const scope = "sequences_write";
const query = z.object({ search: z.string().max(255).default("") });
const key = z.string().max(100).refine(isIdempotencyKey, "must be that of the page: open it again");

const PastedForm = z.object({
  list: z.string(),
  platform: platformName,
  tags: typedTags,
  updateExisting: ticked,
  key,
});

/** What is read to see what a file looks like. */
const PREVIEWED = 256 * 1024;

export const intake = new Hono<Front>()
  .get(
    "/sequences/:id/enroll",
    page({
      scope,
      ids: of,
      query,
      show: ({ ctx, caller, ids, query }) => intakePage({ ctx, caller, id: ids.id, ...query }),
    }),
  )
  .post(
    "/sequences/:id/enroll",
    action({
      scope,
      ids: of,
      query,
      form: z.object({ contact: idOf("contact"), platform: platformName }),
      run: async ({ ctx, ids: { id: sequenceId }, form: { contact: contactId, platform } }) => {
        const enrolled = await enroll(ctx, { sequenceId, contactId, platform });
        if (!enrolled.ok) return enrolled;
        const { row, contact } = enrolled.value;
        return ok({ to: journeyPath(sequenceId, row.id), said: `${nameOf(contact)} is enrolled.` });
      },
      again: ({ ctx, caller, ids, query }, faulty) => intakePage({ ctx, caller, id: ids.id, ...query, faulty }),
    }),
  )
  .post(
    "/sequences/:id/enroll/many",
    action({
      scope,
      ids: of,
      form: PastedForm,
      run: async ({ ctx, caller, ids: { id: sequenceId }, form }) => {
        const lacks = lackingToBring(caller);
        if (lacks) return lacks;
        const { list, platform, tags, updateExisting } = form;
        const entries = isTable(list, platform) ? rowsOf(list, platform) : listOf(list, platform);
        const print = await fingerprintOf([sequenceId, platform, tags, updateExisting, list]);
        // Sent twice, the same list is one job; another list sent from the same page is another.
        const told = { entries: tagged(entries, tags), fingerprint: async () => print, key: `${form.key}.${print}` };
        const options = { sequenceId, platform, mailboxId: null, updateExisting };
        if (list.trim() === "") return refuse({ kind: "blank", field: "list" });
        const begun = atList(await bulk.begin(ctx, options, told));
        return begun.ok ? ok({ to: jobPath(begun.value.job.id) }) : begun;
      },
      again: ({ ctx, caller, ids }, faulty) => intakePage({ ctx, caller, id: ids.id, search: "", faulty }),
    }),
  )
  .post(
    "/sequences/:id/enroll/preview",
    upload({
      scope,
      ids: of,
      type: "text/csv",
      run: async ({ c }) => {
        const asked = parseFileQuery(c.req.query());
        if (!asked.ok) return ok(c.json({ message: asked.refusal.message }, STATUS[asked.refusal.code]));
        const text = await wholeOf(uploadOf(c.req.raw.body, PREVIEWED, "").texts);
        if (!text.ok) return ofFile(text);
        const { platform = "EMAIL", mapping } = asked.value;
        return ok(await c.html(<Preview text={text.value} platform={platform} mapping={mapping} />));
      },
    }),
  )
  .post(
    "/sequences/:id/enroll/file",
    upload({
      scope,
      ids: of,
      type: "text/csv",
      run: async ({ c, ctx, caller, ids: { id: sequenceId } }) => {
        const lacks = lackingToBring(caller);
        if (lacks) return lacks;
        const asked = parseFileQuery(c.req.query());
        if (!asked.ok) return ok(c.json({ message: asked.refusal.message }, STATUS[asked.refusal.code]));
        const more = z.object({ tags: typedTags, key }).safeParse(c.req.query());
        if (!more.success) return ok(malformed(c, more.error));
        const { platform = null, updateExisting = false, mapping } = asked.value;
        const { texts, fingerprint } = uploadOf(c.req.raw.body, LARGEST_FILE, new URL(c.req.url).search);
        const entries = tagged(entriesOf(texts, { platform, delimiter: null, mapping }), more.data.tags);
        const options = { sequenceId, platform, mailboxId: null, updateExisting };
        const begun = await bulk.begin(ctx, options, { entries, fingerprint, key: more.data.key });
        return begun.ok ? ok(c.json({ to: jobPath(begun.value.job.id) })) : ofFile(begun);
      },
    }),
  );

/** Whoever is not there yet becomes a contact. */
function lackingToBring({ scopes }: KeyHolder): { ok: false; failure: Failure } | null {
  return allows(scopes, "contacts_write") ? null : refuse({ kind: "beyond_scope", scope: "contacts_write" });
}

function malformed(c: Http, error: z.ZodError): Response {
  const [issue] = error.issues;
  return c.json({ message: `${issue?.path.join(".") ?? ""} ${issue?.message ?? "is malformed"}`.trim() }, 400);
}

async function* tagged(
  entries: AsyncIterable<Result<readonly Entry[]>>,
  tags: readonly string[],
): AsyncGenerator<Result<readonly Entry[]>> {
  for await (const some of entries) yield some.ok ? ok(some.value.map((entry) => withTags(entry, tags))) : some;
}

async function* listOf(list: string, platform: Platform): AsyncGenerator<Result<readonly Entry[]>> {
  yield ok(listed(list, platform));
}

function rowsOf(list: string, platform: Platform): AsyncGenerator<Result<readonly Entry[]>> {
  async function* texts(): AsyncGenerator<Result<string>> {
    yield ok(list.trimStart());
  }
  return entriesOf(texts(), { platform, delimiter: null, mapping: {} });
}

/** What programs call the body is here what was pasted. */
function atList<T>(result: Result<T>): Result<T> {
  if (result.ok || result.failure.kind !== "bad_value" || result.failure.field !== "body") return result;
  return refuse({ ...result.failure, field: "list" });
}

/** What programs call the body is here a file. */
function ofFile<T>(result: Result<T> & { ok: false }): Result<never> {
  const { failure } = result;
  if (failure.kind !== "bad_value" || failure.field !== "body") return result;
  return refuse({ ...failure, field: "The file" });
}

async function fingerprintOf(told: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(told));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

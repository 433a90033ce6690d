/** Knows the verbs on bulk enrollment: begin one, show it, list them, and tell who was refused. */
import {
  type BulkJob,
  type BulkOptions,
  MOST_CHUNKS,
  MOST_ROWS,
  MOST_UNFINISHED,
  packer,
  type RowRefusal,
} from "../domain/bulk";
import type { Entry } from "../domain/candidate";
import { badFile } from "../domain/csv";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { warn } from "../log";
import { countBulkJobs, findBulkJob, findByKey, listBulkJobs, listRefusals } from "../storage/bulk";
import { beginStaging, dropStaging, finishStaging, stageChunk } from "../storage/bulkstaging";
import { findSequence } from "../storage/sequences";
import { isUnknown } from "./admission";
import { nudgeBulk } from "./bulkwork";
import type { Context } from "./context";
import { type Page, type Paged, windowOf } from "./page";

export interface Upload {
  /** The rows as they come in; a failure is the last of them. */
  entries: AsyncIterable<Result<readonly Entry[]>>;
  /** Tells this request from others, once all of it has come in. */
  fingerprint: () => Promise<string>;
  key: string | null;
}

export interface Begun {
  job: BulkJob;
  /** Whether a request before has begun it. */
  replayed: boolean;
}

/**
 * Takes in all rows, and answers once they stand in D1. Of requests with one key that come at a time each is staged, and the
 * first that is there whole is the job: so nothing waits for a request that may have died.
 */
export async function begin(ctx: Context, options: BulkOptions, upload: Upload): Promise<Result<Begun>> {
  const { db, workspaceId } = ctx;
  const before = upload.key === null ? null : await findByKey(db, ctx, upload.key);
  if (before) return replay(ctx, upload, before);
  const fault = await faultIn(ctx, options);
  if (fault) return refuse(fault);
  const by = { workspaceId, userId: ctx.userId, createdAt: ctx.now.journey, begunAt: ctx.now.wall };
  const id = await beginStaging(db, { ...options, ...by });
  if (id === null) return refuse({ kind: "too_many", what: "unfinished bulk enrollments", max: MOST_UNFINISHED });
  try {
    const staged = await stage(ctx, id, upload);
    if (!staged.ok || staged.value.replayed) await dropStaging(db, id);
    else await nudgeBulk(ctx, id);
    return staged;
  } catch (error) {
    await dropStaging(db, id).catch((left: unknown) => {
      warn("staged rows were left to the sweep", { job: id, error: left });
    });
    throw error;
  }
}

async function faultIn(ctx: Context, { sequenceId, mailboxId }: BulkOptions): Promise<Failure | null> {
  const sequence = await findSequence(ctx.db, ctx, sequenceId);
  if (!sequence) return { kind: "not_found", what: "sequence" };
  if (sequence.status === "ARCHIVED") return { kind: "sequence_archived" };
  if (sequence.locked) return { kind: "sequence_locked" };
  return (await isUnknown(ctx, mailboxId)) ? { kind: "not_found", what: "mailbox" } : null;
}

/** The body is read to its end, so that it can be told whether it is the same. Whoever asks again may wait for a lost nudge. */
async function replay(ctx: Context, { entries, fingerprint }: Upload, job: BulkJob): Promise<Result<Begun>> {
  for await (const some of entries) if (!some.ok) return some;
  if ((await fingerprint()) !== job.fingerprint) return refuse({ kind: "key_reused" });
  if (!job.closed) await nudgeBulk(ctx, job.id);
  return ok({ job, replayed: true });
}

async function stage(ctx: Context, job: number, { entries, fingerprint, key }: Upload): Promise<Result<Begun>> {
  const { db } = ctx;
  const chunks = packer();
  let [total, chunk] = [0, 0];
  const put = async (texts: readonly string[]): Promise<Result<null>> => {
    for (const text of texts) {
      if (chunk === MOST_CHUNKS) return badFile("has more text than a job can hold");
      if (!(await stageChunk(db, job, chunk++, text))) return refuse(TOO_SLOW);
    }
    return ok(null);
  };
  for await (const some of entries) {
    if (!some.ok) return some;
    total += some.value.length;
    if (total > MOST_ROWS) return badFile(`has more than ${MOST_ROWS} rows`);
    const staged = await put(chunks.add(some.value));
    if (!staged.ok) return staged;
  }
  const rest = await put(chunks.rest());
  if (!rest.ok) return rest;
  const told = { job, total, chunks: chunk, key, fingerprint: await fingerprint(), wall: ctx.now.wall };
  const staged = await finishStaging(db, told).catch(async (error: unknown) => {
    // Another request with the same key was quicker.
    const winner = key === null ? null : await findByKey(db, ctx, key);
    if (winner) return winner;
    throw error;
  });
  if (!staged) return refuse(TOO_SLOW);
  if (staged.id === job) return ok({ job: staged, replayed: false });
  return told.fingerprint === staged.fingerprint ? ok({ job: staged, replayed: true }) : refuse({ kind: "key_reused" });
}

const TOO_SLOW: Failure = { kind: "unavailable", what: "the rows came in too slowly" };

export async function show(ctx: Context, id: number): Promise<Result<BulkJob>> {
  const job = await findBulkJob(ctx.db, ctx, id);
  return job ? ok(job) : missing("job");
}

export async function list(ctx: Context, page: Page): Promise<Paged<BulkJob>> {
  const [items, total] = await Promise.all([listBulkJobs(ctx.db, ctx, windowOf(page)), countBulkJobs(ctx.db, ctx)]);
  return { ...page, items, total };
}

export async function refusals(ctx: Context, id: number, page: Page): Promise<Result<Paged<RowRefusal>>> {
  const job = await findBulkJob(ctx.db, ctx, id);
  if (!job) return missing("job");
  return ok({ ...page, items: await listRefusals(ctx.db, job, windowOf(page)), total: job.refused });
}

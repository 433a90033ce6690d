/** Knows bulk enrollment as v1 writes and reads it: the options, the rows as JSON or as CSV, the job and its refusals. */
import * as z from "zod";
import { type BulkJob, MOST_ROWS, type RowRefusal } from "../../../domain/bulk";
import type { Candidate, Entry } from "../../../domain/candidate";
import { contactFile, type FileOptions } from "../../../domain/contactfile";
import { DELIMITERS } from "../../../domain/csv";
import { type Failure, ok, type Result } from "../../../domain/failure";
import { isAddress } from "../../../domain/platform";
import { addressesOf } from "../../../engine/addresses";
import { invalid, type Refusal, refusalOf } from "../errors";
import { spell } from "../ids";
import { CreateContact } from "./contact";
import { idOf, type Parsed, parse, platformName, spelled } from "./parse";
import { Count, Instant } from "./shape";
import { instant, instantOrNull } from "./time";

const options = {
  platform: platformName.optional(),
  mailboxId: idOf("mailbox").nullable().optional(),
};

export const Rows = z.object({
  ...options,
  updateExisting: z.boolean().optional(),
  contactIds: z.array(idOf("contact")).max(MOST_ROWS).optional(),
  contacts: z.array(z.record(z.string(), z.unknown())).max(MOST_ROWS).optional(),
});

export type BulkRows = z.output<typeof Rows>;

export function parseRows(value: unknown): Parsed<BulkRows> {
  const parsed = parse(Rows, value);
  if (!parsed.ok) return parsed;
  const { contactIds, contacts } = parsed.value;
  if (!contactIds && !contacts) return no({ code: "BAD_REQUEST", message: "contactIds or contacts is required" });
  if (contactIds && contacts) return no(invalid("contacts", "contacts cannot be given beside contactIds"));
  const field = contactIds ? "contactIds" : "contacts";
  return (contactIds ?? contacts)?.length ? parsed : no(invalid(field, `${field} must not be empty`));
}

const no = (refusal: Refusal): { ok: false; refusal: Refusal } => ({ ok: false, refusal });

/** The rows of a JSON body, numbered from 1. */
export function entriesIn({ contactIds, contacts }: BulkRows): Entry[] {
  if (contactIds) return contactIds.map((contact, i) => ({ row: i + 1, contact }));
  return (contacts ?? []).map((contact, i) => ({ row: i + 1, ...brought(contact) }));
}

/** Whoever could not be made by himself is refused by himself. */
function brought(contact: unknown): { candidate: Candidate } | { failure: Failure; address: string | null } {
  const parsed = parse(CreateContact, contact);
  if (!parsed.ok) return { failure: asFailure(parsed.refusal), address: null };
  const { sent, ...draft } = parsed.value;
  const addresses = addressesOf(draft);
  const wrong = addresses.find(({ platform, address }) => !isAddress(platform, address));
  if (wrong) {
    const message = `is no ${wrong.platform} address`;
    return { failure: { kind: "bad_value", field: sent, message }, address: wrong.address };
  }
  const { platform, displayName, firstName, lastName, avatarUrl, timezone, tags = [], customFields = {} } = draft;
  const names = { displayName: displayName ?? null, firstName: firstName ?? null, lastName: lastName ?? null };
  const more = { avatarUrl: avatarUrl ?? null, timezone: timezone ?? null, tags, customFields };
  return { candidate: { platform, addresses, ...names, ...more } };
}

/** Every message names its field first. */
function asFailure({ message, details }: Refusal): Failure {
  const field = details?.field ?? message.split(" ", 1)[0] ?? "contact";
  return {
    kind: "bad_value",
    field,
    message: message.startsWith(`${field} `) ? message.slice(field.length + 1) : message,
  };
}

export const FileQuery = z.object({
  ...options,
  updateExisting: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional(),
  delimiter: z
    .string()
    .transform((text) => (text === "tab" ? "\t" : text))
    .refine((text) => DELIMITERS.some((one) => one === text), "must be one of , ; | and tab")
    .optional(),
  mapping: z.string().optional(),
});

export type BulkFile = Omit<z.output<typeof FileQuery>, "mapping"> & { mapping: Record<string, string> };

const Mapping = z.record(z.string(), z.string());

/** A mapping is one JSON object, or `mapping[column]=field` for each column. */
export function parseFileQuery(query: Record<string, string>): Parsed<BulkFile> {
  const parsed = parse(FileQuery, query);
  if (!parsed.ok) return parsed;
  const each = Object.entries(query).flatMap(([name, field]) => {
    const column = /^mapping\[(.*)\]$/s.exec(name)?.[1];
    return column === undefined ? [] : [[column.trim(), field] as const];
  });
  const whole = mappingIn(parsed.value.mapping ?? "{}");
  if (whole === null) return no(invalid("mapping", "mapping must be a JSON object of columns and fields"));
  return { ok: true, value: { ...parsed.value, mapping: { ...whole, ...Object.fromEntries(each) } } };
}

function mappingIn(text: string): Record<string, string> | null {
  try {
    return Mapping.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The rows of a file as its text comes in. */
export async function* entriesOf(
  texts: AsyncIterable<Result<string>>,
  options: FileOptions,
): AsyncGenerator<Result<Entry[]>> {
  const file = contactFile(options);
  for await (const text of texts) {
    const entries = text.ok ? file.push(text.value) : text;
    yield entries;
    if (!entries.ok) return;
  }
  yield file.end();
}

/** The whole of a text that came in pieces. */
export async function wholeOf(texts: AsyncIterable<Result<string>>): Promise<Result<string>> {
  const pieces: string[] = [];
  for await (const text of texts) {
    if (!text.ok) return text;
    pieces.push(text.value);
  }
  return ok(pieces.join(""));
}

export const ShownJob = z
  .object({
    id: spelled("job"),
    kind: z.literal("bulk_enrollment"),
    sequenceId: spelled("sequence"),
    state: z.enum(["staging", "queued", "running", "done", "failed"]),
    total: Count,
    done: Count,
    enrolled: Count,
    refused: Count,
    createdAt: Instant,
    finishedAt: Instant.nullable(),
  })
  .meta({ id: "Job" });

export const ShownRefusal = z.object({
  row: z.int(),
  contactId: spelled("contact").nullable(),
  address: z.string().nullable(),
  code: z.string(),
  kind: z.string(),
  reason: z.string(),
});

export function showJob(job: BulkJob) {
  return {
    id: spell("job", job.id),
    kind: "bulk_enrollment" as const,
    sequenceId: spell("sequence", job.sequenceId),
    state: job.state,
    total: job.total,
    done: job.enrolled + job.refused,
    enrolled: job.enrolled,
    refused: job.refused,
    createdAt: instant(job.createdAt),
    finishedAt: instantOrNull(job.finishedAt),
  };
}

/** The code and the words are those that enrolling, or making, this contact by himself would have been refused with. */
export function showRefusal({ row, contactId, address, failure }: RowRefusal) {
  const { code, message } = refusalOf(failure);
  return {
    row,
    contactId: contactId === null ? null : spell("contact", contactId),
    address,
    code,
    kind: failure.kind,
    reason: message,
  };
}

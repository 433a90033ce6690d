/** Knows how a page is made: who may see it, which ids and query it takes, and what is shown where it cannot be. */
import type { Handler } from "hono";
import type * as z from "zod";
import { type Front, type Http, limitsFor } from "../../dialects/http";
import { described, lacking, NOTHING, readAll } from "../../dialects/v1/endpoint";
import { invalid, NEEDS_AGENCY, type Refusal, refusalOf, STATUS } from "../../dialects/v1/errors";
import type { IdNoun } from "../../dialects/v1/ids";
import { parse } from "../../dialects/v1/wire/parse";
import type { Result } from "../../domain/failure";
import { includes } from "../../domain/plan";
import { allows, type Scope } from "../../domain/scope";
import { takeOne } from "../../engine/allowances";
import { type Context, contextFor } from "../../engine/context";
import type { KeyHolder } from "../../engine/keys";
import { know } from "../../log";
import { type Fields, fieldsOf, saidIn } from "./form";
import { dropSession, isOwnForm, type Session, sessionOf } from "./session";
import { leadOn, localPath, type Page, showPage, showRefusal } from "./show";

export interface Asked<Ids extends string, Q> {
  c: Http;
  ctx: Context;
  caller: KeyHolder;
  ids: Record<Ids, number>;
  query: Q;
}

export interface Taken<Ids extends string, Q extends z.ZodType> {
  scope: Scope | null;
  ids?: Record<Ids, IdNoun>;
  query?: Q;
}

interface Shown<Ids extends string, Q extends z.ZodType> extends Taken<Ids, Q> {
  /** Or what is to be answered as it is, in place of a page. */
  show: (asked: Asked<Ids, z.output<Q>>) => Promise<Result<Page | Response>>;
}

/** What was done, and where to look now. */
export interface Done {
  to: string;
  said?: string;
}

/** What was wrong with a form, and all that was entered. */
export interface Faulty {
  fields: Fields;
  fault: Fault;
}

export interface Fault {
  /** None where it is not about one field. */
  field: string | null;
  message: string;
  /** Where a template is broken. */
  line?: number;
  column?: number;
}

interface Acted<Ids extends string, Q extends z.ZodType, F extends z.ZodType> extends Taken<Ids, Q> {
  form?: F;
  /** Where nothing was done yet, or what is told is told once and stands in no address, a page or anything else is the answer. */
  run: (asked: Asked<Ids, z.output<Q>> & { form: z.output<F> }) => Promise<Result<Done | Page | Response>>;
  /** What the form is about stands at, as the page told it by `Version`: where others have changed it since, nothing is done. */
  current?: (asked: Asked<Ids, z.output<Q>>) => Promise<Result<number>>;
  /** The form once more, with what was wrong; without it that is told on the page that it came from. */
  again?: (asked: Asked<Ids, z.output<Q>>, faulty: Faulty) => Promise<Result<Page>>;
}

/** Answers with a page, for whoever is signed in. */
export function page<Ids extends string = never, Q extends z.ZodType = typeof NOTHING>(
  spec: Shown<Ids, Q>,
): Handler<Front> {
  const handler: Handler<Front> = async (c) => {
    const session = await sessionOf(c);
    if (!session) return toSignIn(c);
    const asked = await askedOf(c, session, spec);
    if ("code" in asked) return showRefusal(c, session, asked);
    const shown = await spec.show(asked);
    if (!shown.ok) return showRefusal(c, session, refusalOf(shown.failure));
    return shown.value instanceof Response ? shown.value : showPage(c, session, shown.value);
  };
  return described(handler, specified(spec));
}

/** Does what a form asks for, and leads on to a page that shows it. */
export function action<
  Ids extends string = never,
  Q extends z.ZodType = typeof NOTHING,
  F extends z.ZodType = typeof NOTHING,
>(spec: Acted<Ids, Q, F>): Handler<Front> {
  const handler: Handler<Front> = async (c) => {
    const session = await sessionOf(c);
    if (!session) return toSignIn(c);
    c.set("caller", session.caller);
    const fields = await fieldsOf(c);
    const { csrf = "", ...told } = fields === "too large" ? {} : (fields ?? {});
    if (fields === "too large") return showRefusal(c, session, TOO_LARGE);
    if (fields === null || !(await isOwnForm(c, String(csrf)))) return showRefusal(c, session, NOT_OURS);
    const asked = await askedOf(c, session, spec);
    if ("code" in asked) return showRefusal(c, session, asked);
    const form = parse(spec.form ?? NOTHING, told);
    // The default is what the type of an action without a form says.
    const run = (value: unknown) => spec.run({ ...asked, form: value as z.output<F> });
    const changed = await isChanged(told, () => spec.current?.(asked));
    const done = form.ok && !changed ? await run(form.value) : null;
    if (done?.ok) return answered(c, session, done.value);
    const refusal = form.ok ? (done && refusalOf(done.failure)) || CHANGED : form.refusal;
    const again = spec.again && (await spec.again(asked, { fields: told, fault: faultOf(refusal, told) }));
    if (again?.ok) return showPage(c, session, { ...again.value, status: STATUS[refusal.code] });
    return leadOn(c, pathBefore(c), { kind: "refused", text: refusal.message });
  };
  return described(handler, specified(spec));
}

function answered(c: Http, session: Session, done: Done | Page | Response) {
  if (done instanceof Response) return done;
  return "to" in done ? leadOn(c, done.to, done.said && { kind: "done", text: done.said }) : showPage(c, session, done);
}

/** Only of a form that tells what was seen, and where what it is about is still there. */
async function isChanged({ seen }: Fields, current: () => Promise<Result<number>> | undefined): Promise<boolean> {
  const now = seen === undefined ? undefined : await current();
  return now?.ok === true && String(now.value) !== seen;
}

const CHANGED: Refusal = {
  code: "CONFLICT",
  message:
    "Somebody has changed this since you opened it, and nothing is saved. What you entered is below: look at what is there now, and save once more if it still holds.",
};
const TOO_LARGE: Refusal = {
  code: "BAD_REQUEST",
  message: "That is more than a form takes. A long list of people is imported as a file instead.",
};
const NOT_OURS: Refusal = {
  code: "AUTHORIZATION_ERROR",
  message: "This form is out of date. Open the page again and repeat what you did.",
};

export function specified<Ids extends string>({ scope, ids }: Taken<Ids, z.ZodType>) {
  return { ...(scope === null ? {} : { scope }), ...(ids === undefined ? {} : { ids }) };
}

export async function askedOf<Ids extends string, Q extends z.ZodType>(
  c: Http,
  { caller }: Session,
  spec: Taken<Ids, Q>,
): Promise<Asked<Ids, z.output<Q>> | Refusal> {
  c.set("caller", caller);
  know({ workspace: caller.workspaceId, key: caller.keyId });
  if (spec.scope !== null && !allows(caller.scopes, spec.scope)) return lacking(spec.scope);
  if (spec.scope?.startsWith("sequences_") && !includes(caller, "dm_sequences")) return NEEDS_AGENCY;
  // Pages have an allowance of their own beside that of the key's requests.
  const { retryAfter } = takeOne(-caller.keyId, limitsFor(c).requestsPerMinute, c.var.doors.now.wall);
  if (retryAfter !== null) {
    c.header("retry-after", String(retryAfter));
    return { code: "RATE_LIMITED", message: `Too many pages at once: go on in ${retryAfter} seconds` };
  }
  const read = await readAll(c, spec.ids === undefined ? {} : { ids: spec.ids });
  if (!read.ok) return read.refusal;
  const query = parse(spec.query ?? NOTHING, saidIn(c.req.query()));
  if (!query.ok) return query.refusal;
  const ctx = contextFor(c.var.doors, caller.workspaceId, caller.userId);
  return { c, ctx, caller, ids: read.value.ids, query: query.value as z.output<Q> };
}

export function faultOf({ message, details }: Refusal, fields: Fields = {}): Fault {
  const { field, line, column }: { field?: string; [more: string]: unknown } = details ?? {};
  const place = typeof line === "number" && typeof column === "number" ? { line, column } : {};
  return { field: field ?? fieldIn(message, fields), message, ...place };
}

/** What is not even of its type, or is lacking, is named by the message alone. */
function fieldIn(message: string, fields: Fields): string | null {
  const [name = ""] = message.split(" ");
  return Object.hasOwn(fields, name) ? name : null;
}

/** A fault of one field of a form, where no rule of the engine tells it. */
export function faultIn(field: string, message: string): Fault {
  return faultOf(invalid(field, message), {});
}

/** To sign in, and back to where somebody wanted to go; a form that was sent is not sent again. */
export function toSignIn(c: Http): Response {
  dropSession(c);
  const { pathname, search } = new URL(c.req.url);
  const next = c.req.method === "GET" ? `${pathname}${search}` : "/";
  return c.redirect(next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`, 303);
}

/** The page of ours that a form was sent from. */
function pathBefore(c: Http): string {
  const referer = c.req.header("referer") ?? "";
  const [here, before] = [new URL(c.req.url), URL.canParse(referer) ? new URL(referer) : null];
  return before?.host === here.host ? localPath(`${before.pathname}${before.search}`) : "/";
}

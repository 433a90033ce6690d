/** Knows how files come and go: one that a script of ours sends, with the token of its page in a header, and one to be kept. */
import type { Handler } from "hono";
import type * as z from "zod";
import type { Front } from "../../dialects/http";
import { described, type NOTHING } from "../../dialects/v1/endpoint";
import { type Refusal, refusalOf, STATUS } from "../../dialects/v1/errors";
import type { Result } from "../../domain/failure";
import { type Asked, askedOf, specified, type Taken, toSignIn } from "./page";
import { isOwnForm, sessionOf } from "./session";
import { showRefusal } from "./show";

interface Sent<Ids extends string, Q extends z.ZodType> extends Taken<Ids, Q> {
  /** The content type that the body must have. */
  type: string;
  run: (asked: Asked<Ids, z.output<Q>>) => Promise<Result<Response>>;
}

/** The body is left to whoever reads it, and piece by piece. A refusal is told as JSON: `{ "message": … }`. */
export function upload<Ids extends string = never, Q extends z.ZodType = typeof NOTHING>(
  spec: Sent<Ids, Q>,
): Handler<Front> {
  const handler: Handler<Front> = async (c) => {
    const no = ({ code, message }: Refusal) => c.json({ message }, STATUS[code]);
    const session = await sessionOf(c);
    if (!session) return no({ code: "UNAUTHORIZED", message: "You are signed out: sign in again" });
    if (!(await isOwnForm(c, c.req.header("x-dripline-csrf") ?? ""))) return no(NOT_OURS);
    const [type = ""] = (c.req.header("content-type") ?? "").split(";");
    if (type.trim().toLowerCase() !== spec.type) return no(OF_ANOTHER_TYPE);
    const asked = await askedOf(c, session, spec);
    if ("code" in asked) return no(asked);
    const done = await spec.run(asked);
    return done.ok ? done.value : no(refusalOf(done.failure));
  };
  return described(handler, { ...specified(spec), file: spec.type });
}

interface Kept<Ids extends string, Q extends z.ZodType> extends Taken<Ids, Q> {
  run: (asked: Asked<Ids, z.output<Q>>) => Promise<Result<Response>>;
}

/** Where there is no file to be had, a page says why. */
export function download<Ids extends string = never, Q extends z.ZodType = typeof NOTHING>(
  spec: Kept<Ids, Q>,
): Handler<Front> {
  const handler: Handler<Front> = async (c) => {
    const session = await sessionOf(c);
    if (!session) return toSignIn(c);
    const asked = await askedOf(c, session, spec);
    if ("code" in asked) return showRefusal(c, session, asked);
    const found = await spec.run(asked);
    return found.ok ? found.value : showRefusal(c, session, refusalOf(found.failure));
  };
  return described(handler, specified(spec));
}

const NOT_OURS: Refusal = { code: "AUTHORIZATION_ERROR", message: "Open this page again and repeat it" };
const OF_ANOTHER_TYPE: Refusal = { code: "UNSUPPORTED_MEDIA_TYPE", message: "This is no file of the right type" };

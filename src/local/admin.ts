/** `npm run admin -- COMMAND`: what an operator does to workspaces, users and keys, over `/admin`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ok, refuse } from "../domain/failure.ts";
import { type Ask, type Fault, obey, REFUSED, type Told, UNANSWERED } from "./commands.ts";
import type { Json } from "./tell.ts";

const { PORT = "8787", DRIPLINE_STATE = ".wrangler/state", DRIPLINE_OPERATOR } = process.env;
const { DRIPLINE_URL = `http://127.0.0.1:${PORT}` } = process.env;
const LONGEST_WAIT = 30_000;

/** The one that was given, or the one that `npm start` has made. */
function operatorsToken(): string {
  const kept = join(DRIPLINE_STATE, "operator");
  return DRIPLINE_OPERATOR || (existsSync(kept) ? readFileSync(kept, "utf8") : "");
}

const ask: Ask = async (method, path, body) => {
  try {
    const response = await fetch(`${DRIPLINE_URL.replace(/\/+$/, "")}/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${operatorsToken()}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(LONGEST_WAIT),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return read(response.status, await response.text());
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return refuse<Fault>({ code: UNANSWERED, message: `${DRIPLINE_URL} did not answer: ${cause}` });
  }
};

function read(status: number, text: string): Told<Json> {
  const body = parsed(text);
  if (body !== null && status < 300) return ok(body);
  const { code, message } = body?.error ?? {};
  return refuse<Fault>({ code: REFUSED, message: code ? `${code}: ${message}` : `the server answered ${status}` });
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const done = await obey(process.argv.slice(2), ask);
if (done.ok) console.log(done.value);
else {
  console.error(done.failure.message);
  process.exitCode = done.failure.code;
}

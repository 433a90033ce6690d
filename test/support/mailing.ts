/** Knows how a mail comes in: by the runtime's own handler, from a server that hears whether it was taken. */
import { env } from "cloudflare:workers";
import { messageId } from "../../src/domain/message";
import { sealedText } from "../../src/domain/token";
import { settingsOf } from "../../src/env";
import { sealOf } from "../../src/seal";
import { filled, type Names, streamed } from "./mails";
import worker from "./worker";
import { api, idOf } from "./world";

declare global {
  interface ImportMeta {
    /** Read by the bundler of the tests, so that the files are there in a runtime that has none. */
    glob<T>(pattern: string, how: { query: string; import: string; eager: true }): Record<string, T>;
  }
}

const CORPUS = import.meta.glob<string>("../corpus/*.eml", { query: "?raw", import: "default", eager: true });

export interface Delivery {
  from?: string;
  to?: string;
  /** What the server is told of its size; as large as it is unless told otherwise. */
  size?: number;
}

/** Why it was refused for good; null where it was taken. Throws where it is to be sent again. */
export async function mailIn(raw: Uint8Array | string, delivery: Delivery = {}): Promise<string | null> {
  const bytes = typeof raw === "string" ? new TextEncoder().encode(raw.replace(/\r?\n/g, "\r\n")) : raw;
  const { from = "ada@acme.example", to = "bob@sender.example", size = bytes.length } = delivery;
  let refusal: string | null = null;
  const message = {
    from,
    to,
    raw: streamed(bytes),
    rawSize: size,
    headers: new Headers(),
    setReject: (reason: string) => {
      refusal = reason;
    },
  };
  await worker.email(message as unknown as ForwardableEmailMessage, env);
  return refusal;
}

/** A mail of the corpus. */
export function corpus(file: string, names: Names): Uint8Array {
  const text = CORPUS[`../corpus/${file}.eml`];
  if (text === undefined) throw new Error(`no such mail: ${file}`);
  return filled(new TextEncoder().encode(text), names);
}

/** What names the n-th message of an enrollment. */
export async function namesOf(enrollment: string, n = 1, workspace = 1): Promise<Names> {
  const id = idOf(enrollment);
  const seal = await sealOf(settingsOf(env).secret, sealedText(workspace, id));
  const message = messageId(id, n);
  const bad = seal.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
  return {
    id: `msg_${message}.${seal}@sender.example`,
    bad: `msg_${message}.${bad}@sender.example`,
    token: `${workspace}-${message}-${seal}`,
  };
}

/** The replies as the API lists them, the newest first. */
// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely, and every look is an assertion
export async function replies(key?: string): Promise<any[]> {
  return (await api("GET", "/v1/replies", undefined, key)).body.replies;
}

/** Knows a customer's endpoint that fails in every way, and writes down each request that reaches it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

/** What it does instead of taking what comes and saying so. */
interface Conduct {
  /** Whether it takes the message though it does not say so. */
  accepts: boolean;
  status?: number;
  headers?: Record<string, string>;
  /** Milliseconds before it answers. */
  delay?: number;
  /** What it writes before it cuts the line. */
  cut?: string;
  /** Stops with all that is under way, and listens no more. */
  dies?: true;
  /** Nobody listens. */
  down?: true;
}

/** Of messages it shuts the channel, which is opened again. A journey whose own request is told so fails, as it should: none is. */
const GONE = 410;

export const RECEIVER_HARMS = {
  "receiver is down": { accepts: false, down: true },
  "receiver dies after accepting": { accepts: true, dies: true },
  "receiver cuts the line after accepting": { accepts: true, cut: "" },
  "receiver gives half an answer": { accepts: true, cut: "HTTP/1.1 20" },
  "receiver is slow": { accepts: true, delay: 2500 },
  "receiver answers 500": { accepts: false, status: 500 },
  "receiver accepts and answers 503": { accepts: true, status: 503 },
  "receiver answers 429": { accepts: false, status: 429, headers: { "retry-after": "1" } },
  "receiver is gone": { accepts: false, status: GONE },
} satisfies Record<string, Conduct>;

export type ReceiverHarm = keyof typeof RECEIVER_HARMS;

/** One request. Wall times. */
export interface Arrival {
  at: number;
  accepted: boolean;
  /** Whether it was told that it was accepted. */
  confirmed: boolean;
  /** All of its body, behind whom it was for. */
  bytes: string;
}

export interface Received {
  /** `msg_…` of a message, `act_…` of a request that a step makes. */
  id: string;
  arrivals: Arrival[];
}

/** It takes this long, so that a kill finds messages that were accepted and not yet recorded. */
const USUAL_DELAY = 150;
const KEEP_ALIVE = 120_000;

export interface Receiver {
  url: string;
  received: Map<string, Received>;
  forged: string[];
  /** How many requests are still without an answer. */
  open: () => number;
  trust: (secret: string) => void;
  suffer: (how: ReceiverHarm) => void;
  mend: () => void;
  close: () => Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Receiver["received"] = new Map();
  const forged: string[] = [];
  const secrets: string[] = [];
  let conduct: Conduct | null = null;
  let open = 0;
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = await textOf(request);
    const id = String(request.headers["webhook-id"] ?? request.headers["idempotency-key"]);
    const fault = faultIn(request, bytes, secrets);
    if (fault !== null) {
      forged.push(`${id}: ${fault}`);
      return void response.writeHead(401).end();
    }
    const { accepts = true, status = 204, headers = {}, delay = USUAL_DELAY, cut, dies } = conduct ?? {};
    const whole = `${request.method} ${request.url}\n${bytes}`;
    const arrival: Arrival = { at: Date.now(), accepted: accepts, confirmed: false, bytes: whole };
    received.set(id, { id, arrivals: [...(received.get(id)?.arrivals ?? []), arrival] });
    if (dies) return stopListening();
    await sleep(delay);
    if (cut !== undefined) return void request.socket.end(cut, () => request.socket.destroy());
    response.writeHead(request.url?.startsWith(ACTS) && status === GONE ? 500 : status, headers).end(() => {
      arrival.confirmed = status < 300;
    });
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
    open += 1;
    response.once("close", () => {
      open -= 1;
    });
    // A caller that is killed while it speaks is no fault of the receiver's.
    take(request, response).catch(() => request.socket.destroy());
  });
  const stopListening = () => {
    server.close();
    server.closeAllConnections();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    forged,
    open: () => open,
    trust: (secret) => secrets.push(secret),
    suffer: (how) => {
      conduct = RECEIVER_HARMS[how];
      if (conduct.down) stopListening();
    },
    mend: () => {
      conduct = null;
      if (!server.listening) server.listen(port, "127.0.0.1");
    },
    close: async () => stopListening(),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Why a request is not believed. By which clock it was signed is the sender's affair, for that one leaps. */
function faultIn({ url, headers }: IncomingMessage, bytes: string, secrets: readonly string[]): string | null {
  if (url !== MESSAGES) return headers["idempotency-key"] === undefined ? "it has no key" : null;
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = headers;
  const signedAt = new Date(Number(at) * 1000);
  const isRight = secrets.some((secret) => new Webhook(secret).sign(String(id), signedAt, bytes) === signature);
  return isRight ? null : "its signature is wrong";
}

export const MESSAGES = "/messages";
/** Where steps' own requests go. */
export const ACTS = "/acts";

/** Knows how to receive messages as a customer's endpoint would: who signed them, how often each came, with which bytes. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

/** The `data` of a `message.send`, as far as it is looked at here. */
export interface Message {
  id: string;
  sequenceId: string;
  stepId: string;
  enrollmentId: string;
  contactId: string;
  to: string;
  body: string;
}

export interface Delivery {
  /** The `webhook-id`, by which a receiver tells a repeat from a new message. */
  id: string;
  message: Message;
  /** The `timestamp` of the body: when the message was made, by the journey's clock. */
  madeAt: number;
  /** The bytes that came first. */
  bytes: string;
  /** Wall times at which it came, the first of them first. */
  arrivals: number[];
  /** How many repeats had other bytes than the first. */
  altered: number;
}

/** What to do instead of answering 204 at once. */
export interface Conduct {
  /** Milliseconds to wait before answering. */
  delay?: number;
  /** A status to answer instead; the message is then not accepted. */
  status?: number;
  /** Accepts the message and cuts the connection without an answer. */
  drop?: boolean;
}

export interface Receiver {
  url: string;
  /** What was accepted, by `webhook-id`, in the order in which it first came. */
  deliveries: Map<string, Delivery>;
  /** Why requests were not believed: a wrong signature, or a body that is no message. */
  forged: string[];
  /** How many requests are still without an answer. */
  open: () => number;
  /** Sets the secret of the channel, which is shown once it has the receiver's URL. */
  trust: (secret: string) => void;
  close: () => Promise<void>;
}

export type Behave = (id: string) => Conduct;

/** Longer than any pause between two messages, so that no request meets a connection that is just being closed. */
const KEEP_ALIVE = 120_000;

/** Starts a receiver on a free port of this machine. */
export async function startReceiver(behave: Behave = () => ({})): Promise<Receiver> {
  const deliveries = new Map<string, Delivery>();
  const forged: string[] = [];
  let open = 0;
  let secret: string | null = null;
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = await textOf(request);
    const id = String(request.headers["webhook-id"]);
    const fault = verify(bytes, request, secret);
    if (fault !== null) {
      forged.push(`${id}: ${fault}`);
      return void response.writeHead(401).end();
    }
    const { delay = 0, status = 204, drop = false } = behave(id);
    if (status < 300) record(deliveries, id, bytes);
    if (delay > 0) await sleep(delay);
    if (drop) return void request.socket.destroy();
    response.writeHead(status).end();
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
    open += 1;
    response.once("close", () => {
      open -= 1;
    });
    // A caller that is killed while it speaks is no fault of the receiver's.
    receive(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/messages`,
    deliveries,
    forged,
    open: () => open,
    trust: (shown) => {
      secret = shown;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Why a request is not believed, or null. */
function verify(bytes: string, { headers }: IncomingMessage, secret: string | null): string | null {
  if (secret === null) return "it came before the secret was known";
  try {
    const body = new Webhook(secret).verify(bytes, headers as Record<string, string>) as { type?: unknown };
    return body.type === "message.send" ? null : `its type is ${body.type}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function record(deliveries: Map<string, Delivery>, id: string, bytes: string): void {
  const known = deliveries.get(id);
  if (known) {
    known.arrivals.push(Date.now());
    if (known.bytes !== bytes) known.altered += 1;
    return;
  }
  const { timestamp, data } = JSON.parse(bytes) as { timestamp: string; data: Message };
  deliveries.set(id, { id, message: data, madeAt: Date.parse(timestamp), bytes, arrivals: [Date.now()], altered: 0 });
}

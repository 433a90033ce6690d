/** Knows how to receive messages as a customer's endpoint would: who signed them, and how often each came. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

export interface Delivery {
  /** The `webhook-id`, by which a receiver tells a repeat from a new message. */
  id: string;
  /** Wall times at which it came, the first of them first. */
  arrivals: number[];
}

export interface Receiver {
  url: string;
  /** What was accepted, by `webhook-id`, in the order in which it first came. */
  deliveries: Map<string, Delivery>;
  /** Why requests were not believed: a wrong signature, or a body that is no message. */
  forged: string[];
  /** Sets the secret of the channel, which is shown once it has the receiver's URL. */
  trust: (secret: string) => void;
  close: () => Promise<void>;
}

/** Longer than any pause between two messages, so that no request meets a connection that is just being closed. */
const KEEP_ALIVE = 120_000;

/** Starts a receiver on a free port of this machine. */
export async function startReceiver(): Promise<Receiver> {
  const deliveries = new Map<string, Delivery>();
  const forged: string[] = [];
  let secret: string | null = null;
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = await textOf(request);
    const id = String(request.headers["webhook-id"]);
    const fault = verify(bytes, request, secret);
    if (fault !== null) {
      forged.push(`${id}: ${fault}`);
      return void response.writeHead(401).end();
    }
    deliveries.set(id, { id, arrivals: [...(deliveries.get(id)?.arrivals ?? []), Date.now()] });
    response.writeHead(204).end();
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
    // A caller that is killed while it speaks is no fault of the receiver's.
    receive(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/messages`,
    deliveries,
    forged,
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

/** Knows a customer's endpoint in Node that believes only what an independent verifier does, and that can be out of order in several ways. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

export type Conduct = "well" | "refusing" | "failing" | "hanging";

export interface Told {
  /** By which a repeat is known. */
  id: string;
  number: number;
  type: string;
  text: string;
  /** Of the wall. */
  at: number;
}

export interface Ear {
  url: string;
  /** What it has taken, in the order in which it came; repeats too. */
  heard: Told[];
  /** Calls that it did not take, by how it was then; those that it refused it never saw. */
  turnedAway: Map<Conduct, number>;
  /** What was not signed for it. */
  forged: string[];
  trust: (secret: string) => void;
  become: (conduct: Conduct) => void;
  close: () => void;
}

export async function startEar(): Promise<Ear> {
  const heard: Told[] = [];
  const turnedAway: Ear["turnedAway"] = new Map();
  const forged: string[] = [];
  let secret = "";
  let conduct: Conduct = "well";
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const text = await textOf(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    try {
      new Webhook(secret).verify(text, headers);
    } catch (error) {
      forged.push(`${headers["webhook-id"]}: ${error}`);
    }
    if (conduct !== "well") turnedAway.set(conduct, (turnedAway.get(conduct) ?? 0) + 1);
    if (conduct === "hanging") return;
    if (conduct === "failing") return void response.writeHead(503).end("out of order");
    const { type } = JSON.parse(text) as { type: string };
    const [id = "", number] = [headers["webhook-id"], Number(headers["dripline-number"])];
    heard.push({ id, number, type, text, at: Date.now() });
    response.writeHead(204).end();
  };
  // A caller that is killed while it speaks is no fault of the endpoint's.
  const server = createServer((request, response) => void take(request, response).catch(() => request.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    url: `http://127.0.0.1:${port}/events`,
    heard,
    turnedAway,
    forged,
    trust: (told) => {
      secret = told;
    },
    become: (next) => {
      if (conduct === "hanging" || next === "refusing") server.closeAllConnections();
      conduct = next;
      if (next === "refusing") server.close();
      else if (!server.listening) server.listen(port, "127.0.0.1");
    },
    close,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

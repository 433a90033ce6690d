/** An endpoint on this machine, in Node, that answers by its path: at once, never, or with a body that has no end. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** `/accepting`, `/endless`, `/failing` with a body without an end, `/mute` with one that never begins, `/silent`; `/open`: how many are still without an end. */
    endpoint: string;
  }
}

const DRIP = 50;

/** Answers that have begun, and of which nobody has had enough yet. */
const open = new Set<ServerResponse>();

function withoutEnd(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "text/plain" });
  open.add(response);
  const timer = setInterval(() => response.write("drip\n"), DRIP);
  response.once("close", () => {
    open.delete(response);
    clearInterval(timer);
  });
}

/** Runs while the tests do. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const server = createServer((request, response) => {
    switch (request.url) {
      case "/endless":
        return withoutEnd(response, 200);
      case "/failing":
        return withoutEnd(response, 503);
      case "/mute":
        response.writeHead(200, { "content-type": "text/plain" });
        return response.flushHeaders();
      case "/silent":
        return undefined;
      case "/open":
        return response.end(String(open.size));
      default:
        return response.writeHead(204).end();
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", () => ready()));
  provide("endpoint", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

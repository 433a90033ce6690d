/** Knows how to hear messages arrive: which enrollment's, and when. Nothing else is looked at, so that hearing costs little. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Ears {
  url: string;
  /** Messages in the order of their arrival. */
  heard: Heard[];
  /** Waits until so many have come; gives up after a while, and says how many there were. */
  until: (count: number, longest: number) => Promise<number>;
  forget: () => void;
  close: () => void;
}

export interface Heard {
  enrollment: number;
  at: number;
}

export async function listen(): Promise<Ears> {
  const heard: Heard[] = [];
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const at = Date.now();
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    request.on("end", () => {
      heard.push({ at, enrollment: Number(/"enrollmentId":"enroll_(\d+)"/.exec(text)?.[1]) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/messages`,
    heard,
    until: async (count, longest) => {
      for (const began = Date.now(); heard.length < count && Date.now() - began < longest; ) {
        await new Promise((settle) => setTimeout(settle, 5));
      }
      return heard.length;
    },
    forget: () => {
      heard.length = 0;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Knows how to stand in for a customer's endpoint: it records what arrives, and answers as the test wishes. */
import { type MockInstance, vi } from "vitest";
import { faults, until } from "./faults";
import { api } from "./world";

export interface Delivery {
  id: string;
  body: string;
  headers: Headers;
}

export interface Receiver {
  deliveries: Delivery[];
  secret: string;
  /** How the next deliveries are answered; by default 204. */
  answer: (delivery: Delivery) => Response | Promise<Response>;
  spy: MockInstance<typeof fetch>;
}

export const accept = () => new Response(null, { status: 204 });

/** Makes `platform` go to an endpoint that the test holds in its hands. */
export async function receive(platform = "TWITTER"): Promise<Receiver> {
  const spy = vi.spyOn(globalThis, "fetch");
  const receiver: Receiver = { deliveries: [], secret: "", answer: accept, spy };
  spy.mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init as RequestInit);
    const id = request.headers.get("webhook-id") ?? "";
    const delivery = { id, body: await request.text(), headers: request.headers };
    receiver.deliveries.push(delivery);
    return receiver.answer(delivery);
  });
  const { body } = await api("PUT", `/v1/channels/${platform}`, { kind: "webhook", url: "https://receiver.test/hook" });
  receiver.secret = body.channel.secret;
  return receiver;
}

export interface Gate {
  /** Settles when a delivery has come as far as the gate. */
  reached: () => Promise<void>;
  open: () => void;
  answer: () => Promise<Response>;
}

/** A gate that a delivery waits at until the test opens it. */
export function gate(): Gate {
  let arrived = false;
  let opened = false;
  return {
    reached: () => until(() => arrived),
    open: () => {
      opened = true;
    },
    answer: async () => {
      const { crashes } = faults;
      arrived = true;
      await until(() => opened || faults.crashes > crashes);
      // Who was cut off here hears nothing any more.
      return opened ? accept() : new Promise<Response>(() => {});
    },
  };
}

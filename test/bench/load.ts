/** Knows how to put load on a server: connections that are kept open, each asking again as soon as it was answered. */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

export interface Ask {
  method: string;
  path: string;
  body?: string;
}

export interface Client {
  /** The nth request, and its answer; whatever is no success is thrown. */
  send(ask: Ask): Promise<string>;
  close(): void;
}

/** So many requests are under way at a time. */
export const AT_A_TIME = 16;

export function clientOf(url: string, key: string): Client {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME * 2 });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const send = ({ method, path, body }: Ask): Promise<string> =>
    new Promise<string>((settle, fail) => {
      const sent = request({ hostname, port, method, path, agent, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => {
          const { statusCode = 0 } = response;
          if (statusCode < 300) settle(text);
          else fail(new Error(`${method} ${path} answered ${statusCode}: ${text.slice(0, 500)}`));
        });
      });
      // A connection that was kept open may be closed just as it is used again.
      sent.on("error", (error) =>
        sent.reusedSocket ? settle(send({ method, path, ...(body ? { body } : {}) })) : fail(error),
      );
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
}

export interface Rate {
  perSecond: number;
  /** Milliseconds of processor time that the server took for each; null where the system does not tell. */
  cpu: number | null;
}

/** What a number of connections get done in a time, each doing one thing after another. */
export async function rateOf(
  deed: () => Promise<unknown>,
  { ms, pid, width = AT_A_TIME }: { ms: number; pid: number | null; width?: number },
): Promise<Rate> {
  let done = 0;
  const used = cpuOf(pid);
  const began = performance.now();
  const worker = async () => {
    while (performance.now() - began < ms) {
      await deed();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  const wall = performance.now() - began;
  const after = cpuOf(pid);
  return { perSecond: (done / wall) * 1000, cpu: used === null || after === null ? null : (after - used) / done };
}

/** Does something a number of times, a bounded number at a time; how many a second. */
export async function pace(count: number, deed: (i: number) => Promise<unknown>, width = AT_A_TIME): Promise<number> {
  let next = 0;
  const began = performance.now();
  const worker = async () => {
    while (next < count) await deed(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return (count / (performance.now() - began)) * 1000;
}

/** Ticks of the kernel's clock in a second. */
const TICKS = 100;

/** Milliseconds of processor time that a process has had. */
function cpuOf(pid: number | null): number | null {
  if (pid === null) return null;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1000;
}

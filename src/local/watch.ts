/** Knows whether the runtime still answers, and ends it where it does not: a part of it may have died, and the rest stand still. */
import type { Server } from "./server.ts";

const EVERY = 5000;
/** As long as it may be busy with something else, in wall milliseconds. */
const PATIENCE = 45_000;
/** In which it may end by itself. */
const GRACE = 10_000;

/** Looks until it has gone. Whatever it answers, it answers. */
export async function watch({ url, process: runtime, gone }: Server): Promise<void> {
  let isGone = false;
  const ended = gone.then(() => {
    isGone = true;
  });
  for (let heard = Date.now(); !isGone; ) {
    await Promise.race([pause(EVERY), ended]);
    if (await isAnswering(url)) heard = Date.now();
    if (isGone || Date.now() - heard < PATIENCE) continue;
    console.error("The runtime does not answer any more; it is ended.");
    runtime.kill("SIGTERM");
    await Promise.race([pause(GRACE), ended]);
    if (!isGone) runtime.kill("SIGKILL");
    return;
  }
}

function isAnswering(url: string): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(EVERY) }).then(
    async ({ body }) => {
      await body?.cancel();
      return true;
    },
    () => false,
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((settle) => setTimeout(settle, ms).unref());
}

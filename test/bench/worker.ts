/** The worker as the bench runs it: the real one, and in the same isolate what it is compared with. */
import worker from "../../src/worker";
import { type BareEnv, bare } from "./bare";
import { RECORD, record } from "./record";

export { Enrollment } from "../../src/enrollment/object";
export { Sender } from "../../src/sender/object";
export { Bare, Drip } from "./bare";

export default {
  fetch: async (request, env, ctx) => {
    if (new URL(request.url).pathname.startsWith("/bare/")) return bare.fetch(request, env, ctx);
    if (request.headers.has(RECORD)) return record(request, env, (recorded) => worker.fetch(request, recorded, ctx));
    return worker.fetch(request, env, ctx);
  },
  queue: (batch, env) => worker.queue(batch, env),
  scheduled: (controller, env) => worker.scheduled(controller, env),
} satisfies ExportedHandler<BareEnv>;

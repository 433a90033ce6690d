/** The worker as the tests run it: the real one, in an environment that can be harmed. */
import { Enrollment as RealEnrollment } from "../../src/enrollment/object";
import worker from "../../src/worker";
import { faults, faulty, until } from "./faults";

export { Sender } from "../../src/sender/object";

export class Enrollment extends RealEnrollment {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }

  override async alarm(): Promise<void> {
    const { crashes } = faults;
    let done = false;
    const running = super.alarm().finally(() => {
      done = true;
    });
    await until(() => done || faults.crashes > crashes);
    if (done) await running;
  }
}

export default {
  fetch: (request, env, ctx) => worker.fetch(request, faulty(env), ctx),
  queue: (batch, env) => worker.queue(batch, faulty(env)),
  email: (message, env) => worker.email(message, faulty(env)),
  scheduled: (controller, env) => worker.scheduled(controller, faulty(env)),
} satisfies ExportedHandler<Env>;

/** The worker as it is attacked: the real one, in an environment that suffers, with a door by which it is told what from. */
import { Enrollment as RealEnrollment } from "../../src/enrollment/object";
import { Sender as RealSender } from "../../src/sender/object";
import worker from "../../src/worker";
import type { Faults } from "./faults.ts";
import { platformNow, platformTime, struck, suffer } from "./struck.ts";

export class Enrollment extends RealEnrollment {
  constructor(ctx: DurableObjectState, env: Env) {
    const { storage } = ctx;
    const setAlarm = storage.setAlarm.bind(storage);
    storage.setAlarm = (at, options) => setAlarm(platformTime(Number(at)), options);
    super(ctx, struck(env));
  }

  /** The wall clock has leapt: what was to ring at a time of it rings so much sooner. */
  async leap(by: number): Promise<void> {
    const { storage } = this.ctx;
    const at = await storage.getAlarm();
    if (at !== null) await storage.setAlarm(Math.max(at - by, platformNow()) + Date.now() - platformNow());
  }
}

export class Sender extends RealSender {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, struck(env));
  }
}

/** Objects that are told of a leap at a time. */
const AT_A_TIME = 100;

async function leap(env: Env, by: number): Promise<void> {
  const objects = env.ENROLLMENTS as unknown as DurableObjectNamespace<Enrollment>;
  const { results } = await env.DB.prepare("SELECT id FROM enrollments").all<{ id: number }>();
  for (let i = 0; i < results.length; i += AT_A_TIME) {
    const some = results.slice(i, i + AT_A_TIME);
    await Promise.all(some.map(({ id }) => objects.get(objects.idFromName(String(id))).leap(by)));
  }
}

async function told(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const body = await request.json();
  if (pathname.endsWith("/faults")) suffer(body as Faults);
  if (pathname.endsWith("/leap")) await leap(env, (body as { by: number }).by);
  if (pathname.endsWith("/reply")) await env.REPLIES.send(body);
  return new Response(null, { status: 204 });
}

export default {
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname.startsWith("/harm/") ? told(request, env) : worker.fetch(request, struck(env), ctx),
  queue: (batch, env) => worker.queue(batch, struck(env)),
  email: (message, env) => worker.email(message, struck(env)),
  scheduled: (controller, env) => worker.scheduled(controller, struck(env)),
} satisfies ExportedHandler<Env>;

/** Knows the least that could do the same on this platform: plain routes, a plain object with an alarm, and a Workflow. */
import { DurableObject, WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { Hono } from "hono";
import type { Trip } from "../../src/domain/enrollment";
import type { Reading } from "../../src/domain/time";
import type { Command, Enrollment } from "../../src/enrollment/object";
import type { Recording, Statement } from "./record";

export interface BareEnv extends Env {
  BARE: DurableObjectNamespace<Bare>;
  DRIP: Workflow<DripParams>;
}

export interface DripParams {
  enrollment: number;
  contact: number;
  receiver: string;
  /** Seconds before each message. */
  delays: number[];
}

/** An object that remembers something and sets an alarm. */
export class Bare extends DurableObject {
  begin(state: Record<string, unknown>, alarm: number): number {
    this.ctx.storage.kv.put("state", state);
    void this.ctx.storage.setAlarm(alarm);
    return alarm;
  }

  look(): unknown {
    return this.ctx.storage.kv.get("state") ?? null;
  }

  override async alarm(): Promise<void> {
    this.ctx.storage.kv.put("rang", true);
  }
}

/** A drip as one would write it on Workflows: the contact is looked at before each message, and nothing else is kept. */
export class Drip extends WorkflowEntrypoint<BareEnv, DripParams> {
  override async run({ payload }: Readonly<WorkflowEvent<DripParams>>, step: WorkflowStep): Promise<void> {
    const { enrollment, contact, receiver, delays } = payload;
    for (const [i, delay] of delays.entries()) {
      if (delay > 0) await step.sleep(`delay ${i}`, `${delay} seconds`);
      await step.do(`message ${i}`, async () => {
        const row = await this.env.DB.prepare("SELECT * FROM contacts WHERE id = ? AND opted_out_at IS NULL")
          .bind(contact)
          .first<{ first_name: string }>();
        const data = { enrollmentId: `enroll_${enrollment}`, body: `Message ${i + 1} to ${row?.first_name}` };
        const body = JSON.stringify({ type: "message.send", data });
        const headers = { "content-type": "application/json", "webhook-id": `${enrollment}/${i}` };
        const response = await fetch(receiver, { method: "POST", body, headers });
        await response.body?.cancel();
      });
    }
  }
}

export const bare = new Hono<{ Bindings: BareEnv }>().basePath("/bare");

bare.get("/nothing", (c) => c.json({ ok: true }));

interface Plan {
  waves: Recording["waves"];
  /** What stands in place of a value that must be another each time. */
  token: string;
}

const plans = new Map<string, Plan>();
let nth = 0;

bare.put("/plans/:id", async (c) => {
  plans.set(c.req.param("id"), await c.req.json<Plan>());
  return c.json({ ok: true });
});

/** Asks what was recorded, in the same waves, and answers with what it was told. */
bare.all("/plans/:id", async (c) => {
  const plan = plans.get(c.req.param("id"));
  if (!plan) return c.json({ error: "no such plan" }, 404);
  if (c.req.method === "POST") await c.req.json();
  const name = `bare${++nth}`;
  const fresh = (param: Param) =>
    typeof param === "string" && param.includes(plan.token) ? param.replaceAll(plan.token, name) : param;
  const answers: unknown[] = [];
  for (const wave of plan.waves) {
    const asked = wave.map((question) =>
      question.to === "object" ? look(c.env) : ask(c.env.DB, question.statements, fresh),
    );
    answers.push(...(await Promise.all(asked)));
  }
  return c.json({ answers });
});

type Param = Statement["params"][number];

async function ask(db: D1Database, statements: readonly Statement[], fresh: (param: Param) => Param): Promise<unknown> {
  const bound = statements.map(({ sql, params }) => db.prepare(sql).bind(...params.map(fresh)));
  const [first] = bound;
  if (bound.length === 1 && first) return (await first.all()).results;
  return (await db.batch(bound)).map(({ results }) => results);
}

function look({ BARE }: BareEnv): Promise<unknown> {
  return BARE.get(BARE.idFromName("looked at")).look();
}

/** The bare loop: a row, an object, an alarm. */
bare.post("/enroll", async (c) => {
  const { contactId } = await c.req.json<{ contactId: number }>();
  const at = Date.now();
  const dueAt = at + 3_600_000;
  const { results } = await c.env.DB.prepare(
    "INSERT INTO bare_enrollments (workspace_id, sequence_id, contact_id, state, due_at, enrolled_at) VALUES (1, 1, ?, 'waiting', ?, ?) RETURNING id",
  )
    .bind(contactId, dueAt, at)
    .all<{ id: number }>();
  const id = results[0]?.id ?? 0;
  const state = { id, contactId, step: 1, dueAt, enrolledAt: at };
  await c.env.BARE.get(c.env.BARE.idFromName(String(id))).begin(state, dueAt);
  return c.json({ enrollment: state }, 201);
});

bare.post("/drips", async (c) => {
  const params = await c.req.json<DripParams>();
  const { id } = await c.env.DRIP.create({ id: `drip-${params.enrollment}`, params });
  return c.json({ id }, 201);
});

export interface Starting {
  trip: Trip;
  event: Extract<Command, { kind: "start" }>;
}

/** Starts objects of rows that were planted, as if they had been enrolled long ago. */
bare.post("/start", async (c) => {
  const { starting, now } = await c.req.json<{ starting: Starting[]; now: Reading }>();
  const objects = c.env.ENROLLMENTS as DurableObjectNamespace<Enrollment>;
  const start = ({ trip, event }: Starting) =>
    objects.get(objects.idFromName(String(trip.id))).command(trip, event, now);
  await Promise.all(starting.map(start));
  return c.json({ ok: true });
});

/** Knows the page that simulates a sequence. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { refusalOf } from "../../dialects/v1/errors";
import type { Contact } from "../../domain/contact";
import { ok, type Result, refuse } from "../../domain/failure";
import { allows } from "../../domain/scope";
import { wordsOf } from "../../domain/terms";
import * as contacts from "../../engine/contacts";
import type { Context } from "../../engine/context";
import * as sequences from "../../engine/sequences";
import { type Simulation, simulateIn } from "../../engine/simulation";
import { type Asked, type Fault, faultIn, faultOf, page } from "../kit/page";
import type { Page } from "../kit/show";
import { AnyQuery, readAsked, type SimulationAsked, waysOf, zonesOf } from "./simulating";
import { SimulationPage, type SimulationProps } from "./simulation";

/** Steps that are told of each zone, over all ways: whoever wants to see further chooses a way. */
const MOST_TOLD = 40;
const MOST_CHOICES = 8;

interface Whom {
  contact: Contact | null;
  choices: readonly Contact[];
  fault: Fault | null;
}

const NOBODY: Whom = { contact: null, choices: [], fault: null };

async function whomOf(ctx: Context, { contact, who }: SimulationAsked): Promise<Whom> {
  if (who !== undefined) {
    const filter = { words: wordsOf(who), tags: [], platform: null };
    const { items, total } = await contacts.list(ctx, { ...filter, page: 1, limit: MOST_CHOICES });
    if (total === 1) return { ...NOBODY, contact: items[0] ?? null };
    return { ...NOBODY, choices: items, fault: total === 0 ? faultIn("who", "Nobody is found by that") : null };
  }
  const found = contact === undefined ? null : await contacts.show(ctx, contact);
  if (found?.ok) return { ...NOBODY, contact: found.value };
  return { ...NOBODY, fault: found && faultIn("who", "That contact is not there any more") };
}

type Simulated = Pick<SimulationProps, "simulations"> & { fault: Fault | null };

async function simulated(
  ctx: Context,
  id: number,
  asked: SimulationAsked,
  contact: Contact | null,
): Promise<Simulated> {
  const told = { sequenceId: id, contactId: contact?.id ?? null, platform: asked.platform, startAt: asked.start };
  const done: Result<Simulation[]> = await simulateIn(
    ctx,
    { ...told, ways: waysOf(asked), most: MOST_TOLD },
    zonesOf(asked, contact !== null),
  );
  return done.ok
    ? { simulations: done.value, fault: null }
    : { simulations: null, fault: { ...faultOf(refusalOf(done.failure)), field: null } };
}

async function show({ ctx, caller, ids: { id }, query }: Asked<"id", Record<string, string>>): Promise<Result<Page>> {
  const searches = allows(caller.scopes, "contacts_read");
  if (!searches && (query.contact || query.who)) return refuse({ kind: "beyond_scope", scope: "contacts_read" });
  const found = await sequences.show(ctx, id);
  if (!found.ok) return found;
  const { sequence, steps } = found.value;
  const none = !steps.some(({ kind, deletedAt }) => kind !== "entry" && deletedAt === null);
  const empty = sequence.status === "ARCHIVED" ? "archived" : none ? "steps" : null;
  const { asked, fault } = readAsked(query);
  const whom = fault === null && empty === null ? await whomOf(ctx, asked) : NOBODY;
  const ready = empty === null && fault === null && whom.fault === null && whom.choices.length === 0;
  const told: Simulated = ready ? await simulated(ctx, id, asked, whom.contact) : { simulations: null, fault: null };
  const wrong = fault ?? whom.fault ?? told.fault;
  const faulty = wrong ? { fields: query, fault: wrong } : undefined;
  const { contact, choices } = whom;
  const props = { sequence, query, faulty, contact, choices, searches, simulations: told.simulations, empty } as const;
  return ok({
    ...{ title: `Simulate ${sequence.name}`, section: "sequences", body: <SimulationPage {...props} /> },
    ...(wrong ? { status: 400 } : {}),
  });
}

export const simulations = new Hono<Front>().get(
  "/sequences/:id/simulate",
  page({ scope: "sequences_read", ids: { id: "sequence" }, query: AnyQuery, show }),
);

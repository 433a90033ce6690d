/** (a) Each main route beside a bare one that asks D1 and the objects for the same, and does nothing else. */
import { type Findings, inTurn, ROUNDS, ratioOf, shown } from "./figures.ts";
import { type Ask, type Client, clientOf, type Rate, rateOf } from "./load.ts";
import type { Recording } from "./record.ts";
import type { Runtime } from "./runtime.ts";
import { call, type Drip, makeDrip, plantContacts, plantEnrollments } from "./stage.ts";

const WANTED = 0.8;
const ROUND = 400;
/** Rows that the lists are full of. */
const CROWD = 200;
const SEQUENCES = 20;

interface Route {
  name: string;
  method?: "GET" | "POST";
  path: string;
  /** Made anew for each request, with a name that nobody has. */
  body?: (name: string) => object;
}

interface Known extends Drip {
  enrollment: number;
  contact: number;
}

function routesOf({ sequence, enrollment, contact }: Known): Route[] {
  const person = (name: string) => ({
    username: name,
    firstName: "Ada",
    lastName: "Byron",
    customFields: { team: "A" },
  });
  return [
    { name: "v1: who am I", path: "/v1/auth/me" },
    { name: "v1: sequences", path: "/v1/sequences" },
    { name: "v1: a sequence with its statistics", path: `/v1/sequences/seq_${sequence}` },
    { name: "v1: its steps", path: `/v1/sequences/seq_${sequence}/steps` },
    { name: "v1: its enrollments", path: `/v1/sequences/seq_${sequence}/enrollments?limit=20` },
    {
      name: "v1: an enrollment with its history",
      path: `/v1/sequences/seq_${sequence}/enrollments/enroll_${enrollment}`,
    },
    { name: "v1: contacts", path: "/v1/contacts?limit=20" },
    { name: "v1: a contact", path: `/v1/contacts/contact_${contact}` },
    { name: "v1: messages", path: `/v1/messages?sequence=seq_${sequence}&limit=20` },
    {
      name: "v1: make a contact",
      method: "POST",
      path: "/v1/contacts",
      body: (name) => ({ platform: "WEBHOOK", ...person(name) }),
    },
    { name: "v1: make a sequence", method: "POST", path: "/v1/sequences", body: (name) => ({ name }) },
    { name: "broadcast: sequences", path: "/api/v1/sequences" },
    { name: "broadcast: a sequence with its steps", path: `/api/v1/sequences/${sequence}?include_steps=true` },
    {
      name: "broadcast: make a subscriber",
      method: "POST",
      path: "/api/v1/subscribers",
      body: (name) => ({ subscriber: { email: `${name}@example.com`, first_name: "Ada" } }),
    },
    { name: "outreach: sequences", path: "/api/v2/sequences?page[size]=20" },
    { name: "outreach: prospects", path: "/api/v2/prospects?page[size]=20" },
    { name: "outreach: a prospect", path: `/api/v2/prospects/${contact}` },
    {
      name: "outreach: sequence states",
      path: `/api/v2/sequenceStates?filter[sequence][id]=${sequence}&page[size]=20`,
    },
    {
      name: "outreach: make a prospect",
      method: "POST",
      path: "/api/v2/prospects",
      body: (name) => ({
        data: { type: "prospect", attributes: { firstName: "Ada", emails: [`${name}@example.com`] } },
      }),
    },
  ];
}

async function setStage(runtime: Runtime, client: Client): Promise<Known> {
  for (let i = 1; i < SEQUENCES; i++) await makeDrip(runtime, client, [3600, 3600, 3600], `No. ${i}`);
  const drip = await makeDrip(runtime, client, [3600, 3600, 3600]);
  await plantEnrollments(runtime, drip, CROWD);
  const contact = await plantContacts(runtime, CROWD);
  const asked = { contactId: `contact_${contact}`, platform: "WEBHOOK" };
  const path = `/v1/sequences/seq_${drip.sequence}/enrollments`;
  const { enrollment } = await call<{ enrollment: { id: string } }>(client, "POST", path, asked);
  return { ...drip, contact, enrollment: Number(enrollment.id.slice("enroll_".length)) };
}

let names = 0;
const TOKEN = "benchtoken";

function asked({ method = "GET", path, body }: Route): Ask {
  names += 1;
  return body ? { method, path, body: JSON.stringify(body(`name${names}`)) } : { method, path };
}

/** Makes the bare route ask what the real one has asked. */
async function teach(runtime: Runtime, client: Client, route: Route, id: number): Promise<Recording> {
  await client.send(asked(route)); // so that what an isolate remembers is there
  const sent = route.body ? { body: JSON.stringify(route.body(`${TOKEN}${id}`)) } : {};
  const headers = { authorization: `Bearer ${runtime.key}`, "content-type": "application/json", "bench-record": "1" };
  const response = await fetch(runtime.url + route.path, { method: route.method ?? "GET", headers, ...sent });
  const recording = (await response.json()) as Recording;
  if (recording.status >= 300) throw new Error(`${route.name} answered ${recording.status}: ${recording.answer}`);
  await call(client, "PUT", `/bare/plans/${id}`, { waves: recording.waves, token: `${TOKEN}${id}` });
  return recording;
}

async function compare(runtime: Runtime, client: Client, route: Route, id: number) {
  const { waves } = await teach(runtime, client, route, id);
  const bare = { ...route, path: `/bare/plans/${id}` };
  const rate = (of: Route) => () => rateOf(() => client.send(asked(of)), { ms: ROUND, pid: runtime.pid });
  const [real = [], plain = []] = await inTurn(ROUNDS, [rate(route), rate(bare)]);
  const speeds = (rates: Rate[]) => rates.map(({ perSecond }) => perSecond);
  const statements = waves.flat().reduce((sum, one) => sum + (one.to === "d1" ? one.statements.length : 0), 0);
  return { route, waves, statements, real, plain, ratio: ratioOf(speeds(real), speeds(plain)) };
}

export async function routes(runtime: Runtime): Promise<Findings> {
  const client = clientOf(runtime.url, runtime.key);
  const known = await setStage(runtime, client);
  const found = [];
  for (const [id, route] of routesOf(known).entries()) found.push(await compare(runtime, client, route, id));
  client.close();
  const rows = found.map(({ route, waves, statements, real, plain, ratio }) => [
    route.name,
    `${statements} in ${waves.length}`,
    ...[real, plain].map((rates) => shown(medianOf(rates, ({ perSecond }) => perSecond))),
    ...[real, plain].map((rates) => shown(medianOf(rates, ({ cpu }) => cpu ?? Number.NaN))),
    shown(ratio),
  ]);
  const short = found.filter(({ ratio }) => ratio < WANTED);
  const head = ["route", "statements in turns", "requests/s", "bare", "CPU ms", "bare", "ratio"];
  return {
    tables: [{ title: "Routes beside bare ones that ask the same of D1 and the objects", head, rows }],
    targets: [
      {
        what: `requests/s of ${found.length} routes`,
        wanted: `${WANTED} of the bare route`,
        found: `${found.length - short.length} of them; the lowest ${shown(Math.min(...found.map(({ ratio }) => ratio)))}`,
        met: short.length === 0,
      },
    ],
  };
}

function medianOf(rates: Rate[], figure: (rate: Rate) => number): number {
  const values = rates.map(figure).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Knows what people do while journeys are under way: they answer, leave, edit, and throw switches. */
import { type Api, must } from "./client.ts";
import type { Flow, Person } from "./flows.ts";
import type { Deed, Switch } from "./plan.ts";
import type { Victim } from "./victim.ts";

export interface Scene {
  api: Api;
  server: Victim;
  flows: readonly Flow[];
  people: readonly Person[];
  enrolled: ReadonlySet<Person>;
  /** What was answered with 2xx, to be looked for afterwards. */
  promised: Promised[];
  /** The steps that were deleted or moved about, or may have been. */
  edited: Set<string>;
  /** Whether D1 is being harmed: then a reply may be on the queue alone, and be lost with it. */
  isHarmed: () => boolean;
}

export interface Promised {
  what: "reply" | "stop" | "exit" | "erase" | "archive";
  person: Person | null;
  /** Of a reply: the provider's id of it. */
  messageId?: string;
  /** Wall time of the answer. */
  at: number;
  /** D1 was being harmed around it. */
  harmed: boolean;
}

/** Whose journeys may be answered, ended and paused. */
const ANSWERING = ["finishes", "pauses"];
const LISTENING = [...ANSWERING, "continues"];

export async function act(scene: Scene, deed: Deed): Promise<void> {
  switch (deed.what) {
    case "reply":
    case "reply twice":
    case "reply late":
    case "reply by queue":
    case "stop":
      return answer(scene, deed.what, deed.who);
    case "exit":
    case "pause":
      return turn(scene, deed.what, deed.who);
    case "erase":
      return erase(scene, deed.who);
    case "insert":
    case "delete":
    case "move":
    case "text":
    case "delay":
      return edit(scene, deed.what, deed.who);
    case "complete":
      return completeTask(scene, deed.who);
    case "archive":
      return archive(scene);
    case "off":
    case "on":
      return throwSwitch(scene, deed.of, deed.what);
  }
}

export function flowOf({ flows }: Pick<Scene, "flows">, name: string): Flow {
  const flow = flows.find((one) => one.name === name);
  if (!flow) throw new Error(`there is no flow ${name}`);
  return flow;
}

/** The same one for the same number, or the next who is enrolled by then; nobody while none is. */
function someone({ people, enrolled }: Scene, flows: readonly string[], who: number): Person | null {
  const among = people.filter(({ flow }) => flows.includes(flow));
  const from = Math.floor(who * among.length);
  return [...among.slice(from), ...among.slice(0, from)].find((person) => enrolled.has(person)) ?? null;
}

function promise(scene: Scene, what: Promised["what"], person: Person | null, more: Partial<Promised> = {}): void {
  scene.promised.push({ what, person, at: Date.now(), harmed: scene.isHarmed(), ...more });
}

async function answer(scene: Scene, what: string, who: number): Promise<void> {
  const { api, server } = scene;
  const person = someone(scene, what === "stop" ? ANSWERING : LISTENING, who);
  if (person === null) return;
  const messageId = `reply-${who}`;
  const text = what === "stop" ? "STOP" : "Tell me more";
  const said = { platform: "WEBHOOK", from: person.name, text, messageId };
  if (what === "reply by queue") {
    const inbound = { v: 1, workspaceId: 1, ...said, receivedAt: Date.now() + server.leapt() };
    await Promise.all([server.enqueue(inbound), server.enqueue(inbound)]);
    return;
  }
  // One from before he was enrolled answers something else.
  const late = what === "reply late" ? { receivedAt: new Date(LONG_AGO).toISOString() } : {};
  const before = scene.isHarmed();
  for (let copies = what === "reply twice" ? 2 : 1; copies > 0; copies--) {
    await must(api, "POST", "/v1/replies", { ...said, ...late });
  }
  promise(scene, what === "stop" ? "stop" : "reply", person, { messageId, harmed: before || scene.isHarmed() });
}

const LONG_AGO = Date.UTC(2020, 0, 1);

async function enrollmentOf(api: Api, flow: Flow, person: Person): Promise<string | null> {
  for (let page = 1; ; page++) {
    const path = `/v1/sequences/${flow.sequence}/enrollments?limit=100&page=${page}`;
    const { enrollments } = await must<{ enrollments: { id: string; contactId: string }[] }>(api, "GET", path);
    if (enrollments.length === 0) return null;
    const own = enrollments.find(({ contactId }) => contactId === person.id);
    if (own) return own.id;
  }
}

/** 409: he has ended, or is paused already. */
async function turn(scene: Scene, what: "exit" | "pause", who: number): Promise<void> {
  const { api } = scene;
  const person = someone(scene, ANSWERING, who);
  if (person === null) return;
  const flow = flowOf(scene, person.flow);
  const enrollment = await enrollmentOf(api, flow, person);
  if (enrollment === null) return;
  const path = `/v1/sequences/${flow.sequence}/enrollments/${enrollment}`;
  const { status } = await (what === "exit" ? api("DELETE", path) : api("POST", `${path}/pause`));
  if (what === "exit" && status < 300) promise(scene, "exit", person);
}

/** Asked again it may find that it was done already. */
async function archive(scene: Scene): Promise<void> {
  const { status, tries } = await scene.api("DELETE", `/v1/sequences/${flowOf(scene, "archived").sequence}`);
  if (status >= 300 && tries === 1) throw new Error(`a sequence was not archived: ${status}`);
  promise(scene, "archive", null);
}

async function erase(scene: Scene, who: number): Promise<void> {
  const person = someone(scene, ANSWERING, who);
  if (person === null) return;
  const { status } = await scene.api("DELETE", `/v1/contacts/${person.id}`);
  if (status < 300) promise(scene, "erase", person);
}

/** An edit that got no answer may have been made; nothing is made twice by asking again but an inserted step. */
async function edit(scene: Scene, what: string, who: number): Promise<void> {
  const { api, edited } = scene;
  const flow = flowOf(scene, "edited");
  const path = `/v1/sequences/${flow.sequence}/steps`;
  // The first and the last stay as they are, so that all must get them.
  const middle = flow.steps.slice(1, -1);
  const step = middle[Math.floor(who * middle.length)] ?? "";
  switch (what) {
    case "insert":
      await api("POST", path, { messageTemplate: "Put in between", delayHours: 1, stepOrder: 2 });
      return;
    case "delete":
      edited.add(step);
      await api("DELETE", `${path}/${step}`);
      return;
    case "move":
      edited.add(step);
      await api("PATCH", `${path}/${step}`, { stepOrder: 2 });
      return;
    case "text":
      await api("PATCH", `${path}/${step}`, { messageTemplate: `Said anew (${who})` });
      return;
    case "delay":
      await api("PATCH", `${path}/${step}`, { delayHours: Math.floor(who * 6) });
  }
}

async function completeTask({ api }: Scene, who: number): Promise<void> {
  const { tasks } = await must<{ tasks: { id: string }[] }>(api, "GET", "/v1/tasks?state=incomplete&limit=100");
  const task = tasks[Math.floor(who * tasks.length)];
  if (task) await api("POST", `/v1/tasks/${task.id}/complete`, {});
}

async function throwSwitch(scene: Scene, of: Switch, to: "off" | "on"): Promise<void> {
  const { api } = scene;
  const verb = to === "off" ? "pause" : "resume";
  switch (of) {
    case "workspace":
      await must(api, "POST", `/v1/workspace/${verb}`);
      return;
    case "channel":
      await must(api, "POST", `/v1/channels/WEBHOOK/${verb}`, {});
      return;
    case "sequence": {
      const status = to === "off" ? "PAUSED" : "ACTIVE";
      await must(api, "PATCH", `/v1/sequences/${flowOf(scene, "held").sequence}`, { status });
    }
  }
}

/** All switches on again, channels mended, and whoever was paused by hand let go: from here on everybody comes to his end. */
export async function mend(scene: Scene): Promise<void> {
  const { api } = scene;
  await throwSwitch(scene, "workspace", "on");
  await throwSwitch(scene, "sequence", "on");
  await mendChannels(api);
  for (const name of ANSWERING) {
    const { sequence } = flowOf(scene, name);
    for (const id of await pausedIn(api, sequence))
      await api("POST", `/v1/sequences/${sequence}/enrollments/${id}/resume`);
  }
}

async function pausedIn(api: Api, sequence: string): Promise<string[]> {
  const paused: string[] = [];
  for (let page = 1; ; page++) {
    const path = `/v1/sequences/${sequence}/enrollments?limit=100&status=ACTIVE&page=${page}`;
    const { enrollments } = await must<{ enrollments: { id: string; paused: boolean }[] }>(api, "GET", path);
    if (enrollments.length === 0) return paused;
    paused.push(...enrollments.filter((one) => one.paused).map(({ id }) => id));
  }
}

/** A receiver that answered that it was gone has shut its channel. */
export async function mendChannels(api: Api): Promise<void> {
  for (const platform of ["WEBHOOK", "EMAIL"]) {
    const path = `/v1/channels/${platform}`;
    const { channel } = await must<{ channel: { status: string } }>(api, "GET", path);
    if (channel.status === "PAUSED") await must(api, "POST", `${path}/resume`);
  }
}

/** Knows each dialect as a face with the same verbs, so that one story can be told through any of them. */
import { call, doc, make as makeResource } from "./outreach";
import { api, drain, type Json } from "./world";

/** Somebody in a sequence, as every dialect can tell it. */
export interface Seen {
  email: string;
  /** `active`, `completed`, or `exited`. */
  standing: string;
}

export interface Face {
  name: string;
  make(label: string): Promise<number>;
  addMessage(sequence: number, text: string, hours: number): Promise<void>;
  switchOn(sequence: number): Promise<void>;
  /** The status of the answer. */
  enroll(sequence: number, email: string): Promise<number>;
  exit(sequence: number, email: string): Promise<number>;
  list(sequence: number): Promise<Seen[]>;
  live(sequence: number): Promise<number>;
  /** Delays in hours, in order. */
  messages(sequence: number): Promise<{ text: string; hours: number }[]>;
  archive(sequence: number): Promise<void>;
  /** The status of a look at it. */
  look(sequence: number): Promise<number>;
  /** What it calls a standing, where it does not tell all ends apart. */
  word?(standing: string): string;
}

const number = (id: string) => Number(id.replace(/^[a-z]+_/, ""));

async function contactBy(email: string): Promise<string> {
  const { body } = await api("GET", `/v1/contacts?search=${encodeURIComponent(email)}`);
  const found = body.contacts.find((contact: Json) => contact.email === email);
  if (found) return found.id;
  return (await api("POST", "/v1/contacts", { platform: "EMAIL", email })).body.contact.id;
}

const enrollmentsIn = async (sequence: number): Promise<Json[]> =>
  (await api("GET", `/v1/sequences/seq_${sequence}/enrollments?limit=100`)).body.enrollments;

const STANDINGS: Record<string, string> = {
  ACTIVE: "active",
  COMPLETED: "completed",
  EXITED: "exited",
  FAILED: "failed",
};

const v1: Face = {
  name: "v1",
  make: async (name) => number((await api("POST", "/v1/sequences", { name })).body.sequence.id),
  addMessage: async (sequence, text, hours) => {
    await api("POST", `/v1/sequences/seq_${sequence}/steps`, { messageTemplate: text, delayHours: hours });
  },
  switchOn: async (sequence) => {
    await api("PATCH", `/v1/sequences/seq_${sequence}`, { status: "ACTIVE" });
    await drain();
  },
  enroll: async (sequence, email) => {
    const body = { contactId: await contactBy(email), platform: "EMAIL" };
    return (await api("POST", `/v1/sequences/seq_${sequence}/enrollments`, body)).status;
  },
  exit: async (sequence, email) => {
    const contact = await contactBy(email);
    const all = await enrollmentsIn(sequence);
    const live = all.find(({ contactId, status }) => contactId === contact && status === "ACTIVE");
    const any = live ?? all.find(({ contactId }) => contactId === contact);
    return (await api("DELETE", `/v1/sequences/seq_${sequence}/enrollments/${any.id}`)).status;
  },
  list: async (sequence) => {
    const all = await enrollmentsIn(sequence);
    return all.reverse().map(({ contact, status }) => ({ email: contact.username, standing: STANDINGS[status] ?? "" }));
  },
  live: async (sequence) => (await api("GET", `/v1/sequences/seq_${sequence}`)).body.enrollmentStats.ACTIVE,
  messages: async (sequence) => {
    const { body } = await api("GET", `/v1/sequences/seq_${sequence}/steps`);
    return body.steps.map((step: Json) => ({ text: step.messageTemplate, hours: step.delayHours }));
  },
  archive: async (sequence) => {
    await api("DELETE", `/v1/sequences/seq_${sequence}`);
  },
  look: async (sequence) => (await api("GET", `/v1/sequences/seq_${sequence}`)).status,
};

const ENDED: Record<string, string> = { active: "active", completed: "completed", removed: "exited", error: "failed" };

const broadcast: Face = {
  name: "broadcast",
  make: async (label) => (await api("POST", "/api/v1/sequences", { label })).body.id,
  addMessage: async (sequence, text, hours) => {
    const delay = { action: "delay", label: "Wait", delay: hours * 3600 };
    if (hours > 0) await api("POST", `/api/v1/sequences/${sequence}/steps.json`, delay);
    await api("POST", `/api/v1/sequences/${sequence}/steps.json`, { action: "send_email", body: text });
  },
  switchOn: async (sequence) => {
    await api("PATCH", `/api/v1/sequences/${sequence}`, { active: true });
    await drain();
  },
  enroll: async (sequence, email) =>
    (await api("POST", `/api/v1/sequences/${sequence}/add_subscriber.json`, { subscriber: { email } })).status,
  exit: async (sequence, email) => {
    const path = `/api/v1/sequences/${sequence}/remove_subscriber.json`;
    return (await api("DELETE", path, { subscriber: { email } })).status;
  },
  list: async (sequence) => {
    const { body } = await api("GET", `/api/v1/sequences/${sequence}/list_subscribers.json?page=1`);
    return body.subscriber_sequences.map(({ subscriber, status }: Json) => ({
      email: subscriber.email,
      standing: ENDED[status] ?? status,
    }));
  },
  live: async (sequence) => (await api("GET", `/api/v1/sequences/${sequence}`)).body.subscribers_count,
  messages: async (sequence) => {
    const { body } = await api("GET", `/api/v1/sequences/${sequence}?include_steps=true`);
    let hours = 0;
    return body.steps.flatMap((step: Json) => {
      hours += (step.delay ?? 0) / 3600;
      if (step.action !== "send_email") return [];
      const shown = { text: step.body, hours };
      hours = 0;
      return [shown];
    });
  },
  archive: async (sequence) => {
    await api("DELETE", `/api/v1/sequences/${sequence}`);
  },
  look: async (sequence) => (await api("GET", `/api/v1/sequences/${sequence}`)).status,
};

async function prospectBy(email: string): Promise<number> {
  const { body } = await call("GET", `/prospects?filter[emails]=${encodeURIComponent(email)}`);
  return body.data[0]?.id ?? (await makeResource("prospect", { emails: [email] })).id;
}

const LIVE = ["active", "pending", "paused", "disabled"];

const statesIn = async (sequence: number, more = ""): Promise<Json> =>
  (await call("GET", `/sequenceStates?filter[sequence][id]=${sequence}&sort=createdAt${more}`)).body;

const outreach: Face = {
  name: "outreach",
  make: async (name) => {
    const again = await makeResource("ruleset", { name: "Again and again", permitDuplicateProspects: "allow" });
    return (await makeResource("sequence", { name }, { ruleset: ["ruleset", again.id] })).id;
  },
  addMessage: async (sequence, text, hours) => {
    const attributes = { stepType: "auto_email", interval: hours * 3600 };
    const step = await makeResource("sequenceStep", attributes, { sequence: ["sequence", sequence] });
    const template = await makeResource("template", { name: text, bodyHtml: text });
    await makeResource(
      "sequenceTemplate",
      {},
      { sequenceStep: ["sequenceStep", step.id], template: ["template", template.id] },
    );
  },
  switchOn: async (sequence) => {
    await call("POST", `/sequences/${sequence}/actions/activate`);
    await drain();
  },
  enroll: async (sequence, email) => {
    const prospect = await prospectBy(email);
    const state = doc("sequenceState", {}, { prospect: ["prospect", prospect], sequence: ["sequence", sequence] });
    return (await call("POST", "/sequenceStates", state)).status;
  },
  exit: async (sequence, email) => {
    const { data } = await statesIn(sequence, `&filter[prospect][id]=${await prospectBy(email)}`);
    const state = data.find(({ attributes }: Json) => LIVE.includes(attributes.state)) ?? data[0];
    return (await call("POST", `/sequenceStates/${state.id}/actions/finish`)).status;
  },
  list: async (sequence) => {
    const { data, included } = await statesIn(sequence, "&include=prospect");
    return data.map(({ attributes, relationships }: Json) => {
      const prospect = included.find(({ id }: Json) => id === relationships.prospect.data.id);
      return { email: prospect.attributes.emails[0], standing: attributes.state };
    });
  },
  live: async (sequence) => (await statesIn(sequence, `&filter[state]=${LIVE.join()}`)).meta.count,
  messages: async (sequence) => {
    const include = "include=sequenceTemplates.template";
    const { body } = await call("GET", `/sequenceSteps?filter[sequence][id]=${sequence}&sort=order&${include}`);
    const found = (type: string, id: number) => body.included.find((one: Json) => one.type === type && one.id === id);
    return body.data.map(({ attributes, relationships }: Json) => {
      const variant = found("sequenceTemplate", relationships.sequenceTemplates.data[0].id);
      const template = found("template", variant.relationships.template.data.id);
      return { text: template.attributes.bodyHtml, hours: attributes.interval / 3600 };
    });
  },
  archive: async (sequence) => {
    await call("DELETE", `/sequences/${sequence}`);
  },
  look: async (sequence) => (await call("GET", `/sequences/${sequence}`)).status,
  word: (standing) => (standing === "active" ? "active" : "finished"),
};

export const FACES: readonly Face[] = [v1, broadcast, outreach];

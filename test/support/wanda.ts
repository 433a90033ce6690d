/** Knows somebody of whom everything is known that can be: each word of hers is made up, and stands in one place. */
import { call, doc } from "./outreach";
import { receive } from "./receiver";
import { makeSegment, VIPS } from "./segments";
import { mailDraft, makeCadence, messageDraft, taskDraft, taskOf } from "./tasks";
import { chain, makeSequence } from "./tree";
import { api, db, deliver, drain, enroll, idOf, makeDrip, pass, settle, stateOf, sweep } from "./world";

export const WORDS = {
  profile: [
    "wandaname",
    "wandafirst",
    "wandalast",
    "wandaavatar",
    "wandatag",
    "wandafield",
    "wandasource",
    "198.51.100.77",
  ],
  addresses: ["wandahandle", "wanda-mail", "wanda-second", "wanda-platform-id"],
  sent: ["wandafieldbody", "wandafieldsubject", "wandafieldpreview", "wandafieldtask"],
  replied: ["wandareply", "wandaheader", "wandareplyid", "wandaunmatched", "wandasoft", "wandatopic"],
  noted: ["wandanote", "wandaalone", "wandacall", "wandadialed"],
  happened: ["wandaclick", "wandafault", "wandaletter", "wandatelling", "wandaformer"],
};

export const ALL = Object.values(WORDS).flat();

export interface Wanda {
  contact: string;
  /** Waiting after a message, at a task, done, paused, failed, held by its sequence, and backing off. */
  enrollments: string[];
}

/** Of what is rendered, she gives the half and the template the other: only together they are hers. */
const hers = (half: string) => `{{ custom.secret | append: '${half}' }}`;

export async function makeWanda({ optsOut }: { optsOut: boolean }): Promise<Wanda> {
  await makeSegment(VIPS, "Those");
  const former = "former-wandaformer@example.com";
  const made = await api("POST", "/v1/contacts", {
    platform: "TWITTER",
    username: "wandahandle",
    platformId: "wanda-platform-id",
    displayName: "wandaname",
    firstName: "wandafirst",
    lastName: "wandalast",
    avatarUrl: "https://example.com/wandaavatar.png",
    email: former,
    tags: ["vip", "wandatag"],
    customFields: { secret: "wandafield" },
  });
  const contact: string = made.body.contact.id;
  await api("POST", "/v1/suppressions", { platform: "EMAIL", address: former, reason: "bounced" });
  await api("PATCH", `/api/v1/subscribers/${idOf(contact)}`, { subscriber: { ip_address: "198.51.100.77" } });
  const attributes = { emails: ["wanda-mail@example.com", "wanda-second@example.com"], source: "wandasource" };
  await call("PATCH", `/prospects/${idOf(contact)}`, doc("prospect", attributes, {}, idOf(contact)));
  await sweep();
  await settle();
  const enrollments = [
    await waiting(contact),
    await atTask(contact),
    await completed(contact),
    await paused(contact),
    await failed(contact),
    await held(contact),
    await backingOff(contact),
  ];
  await talk(contact);
  await bury(enrollments[0] ?? "");
  if (optsOut) await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
  await drain();
  return { contact, enrollments };
}

async function waiting(contact: string): Promise<string> {
  const sequence = await makeSequence("Mails");
  const mail = { subject: hers("subject"), preheader: hers("preview"), body: hers("body") };
  await chain(sequence, [
    { action: "send_email", label: "A", ...mail },
    { action: "delay", label: "B", delay: 8_640_000 },
  ]);
  await api("PATCH", `/api/v1/sequences/${sequence}`, { exit_on_reply: false });
  const enrollment = await enroll(`seq_${sequence}`, contact, "EMAIL");
  await settle();
  const { lastMessage } = await stateOf(enrollment);
  const url = "https://example.com/wandaclick";
  await api("POST", `/v1/messages/msg_${lastMessage}/events`, { type: "clicked", url });
  return enrollment;
}

async function atTask(contact: string): Promise<string> {
  const { sequence } = await makeCadence(mailDraft(hers("task")), taskDraft());
  const enrollment = await enroll(sequence, contact, "EMAIL");
  await settle();
  const task = await taskOf(enrollment);
  await api("PATCH", `/v1/tasks/${task.id}`, { note: "wandanote" });
  await api("POST", `/v1/tasks/${task.id}/deliver`);
  await settle();
  return enrollment;
}

async function completed(contact: string): Promise<string> {
  const { sequence } = await makeCadence(messageDraft("Bye"));
  const enrollment = await enroll(sequence, contact);
  await settle();
  return enrollment;
}

async function paused(contact: string): Promise<string> {
  const { sequence } = await makeDrip([0, 24]);
  const enrollment = await enroll(sequence, contact);
  await settle();
  await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/pause`);
  return enrollment;
}

/** Its endpoint is given up, with words that name her. */
async function failed(contact: string): Promise<string> {
  const receiver = await receive("TWITTER");
  receiver.answer = () => Promise.reject(new Error("no way to wandafault"));
  const { sequence } = await makeDrip([0]);
  const enrollment = await enroll(sequence, contact);
  await pass(5 * 86_400_000, 86_400_000);
  await api("DELETE", "/v1/channels/TWITTER");
  receiver.spy.mockRestore();
  return enrollment;
}

async function held(contact: string): Promise<string> {
  const { sequence } = await makeDrip([0], { status: "DRAFT" });
  return enroll(sequence, contact);
}

async function backingOff(contact: string): Promise<string> {
  const receiver = await receive("TWITTER");
  receiver.answer = () => new Response("wandafault", { status: 503 });
  const { sequence } = await makeDrip([0, 5]);
  const enrollment = await enroll(sequence, contact);
  await settle();
  receiver.spy.mockRestore();
  return enrollment;
}

/** One reply is hers by the address that she is enrolled with, one came before anybody knew that it was hers. */
async function talk(contact: string): Promise<void> {
  const told = { text: "wandareply", messageId: "wandareplyid", headers: { "x-told": "wandaheader" } };
  await api("POST", "/v1/replies", { platform: "LINKEDIN", from: "wandahandle", ...told });
  await drain();
  await db().prepare("UPDATE replies SET contact_id = ? WHERE message_id = 'wandareplyid'").bind(idOf(contact)).run();
  await api("POST", "/v1/replies", { platform: "EMAIL", from: "WANDA-second@example.com", text: "wandaunmatched" });
  await db().prepare("UPDATE replies SET outcome = 'unmatched' WHERE text = 'wandaunmatched'").run();
  await drain();
  const soft = { kind: "soft_bounce", text: "452 wandasoft is full", subject: "wandatopic", receivedAt: Date.now() };
  const server = {
    v: 1,
    workspaceId: 1,
    platform: "EMAIL",
    from: "wanda-mail@example.com",
    messageId: "soft",
    ...soft,
  };
  await deliver([{ queue: "dripline-replies", body: server }]);
  await api("POST", "/v1/tasks", { contactId: contact, note: "wandaalone" });
  const attributes = { direction: "outbound", note: "wandacall", to: "wandadialed" };
  const logged = await call("POST", "/calls", doc("call", attributes, { prospect: ["prospect", idOf(contact)] }));
  if (logged.status !== 201) throw new Error(JSON.stringify(logged.body));
  await settle();
}

async function bury(enrollment: string): Promise<void> {
  const receivedAt = Date.now();
  const from = "wanda-mail@example.com";
  const reply = { v: 1, workspaceId: 1, platform: "EMAIL", from, text: "wandaletter", receivedAt };
  const telling = { v: 1, workspace: 1, enrollment: idOf(enrollment), words: "wandatelling" };
  await deliver([
    { queue: "dripline-replies-dead", body: reply },
    { queue: "dripline-events-dead", body: telling },
  ]);
}

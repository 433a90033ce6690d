/** Mails on real objects: what is written on them, in what thread, and what the ledger and the lists tell of it. */
import { beforeEach, describe, expect, test } from "vitest";
import { readMessageId } from "../../src/domain/messageid";
import { readToken } from "../../src/domain/token";
import { namedBy } from "../../src/engine/named";
import { doorsOf } from "../support/context";
import { mailsOf, sendAs } from "../support/mail";
import { call } from "../support/outreach";
import { chain, makeSequence, subscribe } from "../support/tree";
import { api, begin, db, idOf, settle, show, stateOf } from "../support/world";

beforeEach(begin);

const THREE = [
  { action: "send_email", label: "One", subject: "Welcome, {{ email }}", body: "<p>1</p>", preheader: "Read me" },
  { action: "send_email", label: "Two", body: '<a href="{{ unsubscribe_url }}">Stop</a>' },
  { action: "send_email", label: "Three", subject: "News", body: "<p>3</p>" },
];

async function send(more: Record<string, unknown> = {}) {
  await sendAs("ada@example.com");
  const sequence = await makeSequence("Drip", more);
  await chain(sequence, THREE);
  const enrollment = await subscribe(sequence, "bob@example.org");
  await settle();
  return { sequence, enrollment, mails: await mailsOf(enrollment) };
}

describe("three mails of a journey", () => {
  test("thread until one begins anew, each named by what nobody can make up", async () => {
    const { enrollment, mails } = await send({ track_opens: true });
    expect(mails.map(({ subject }) => subject)).toEqual([
      "Welcome, bob@example.org",
      "Re: Welcome, bob@example.org",
      "News",
    ]);
    const ids = mails.map(({ mail }) => mail?.messageId ?? "");
    expect(mails.map(({ mail }) => mail?.references)).toEqual([[], [ids[0]], []]);
    expect(mails[0]).toMatchObject({ preheader: "Read me", mail: { tracks: { opens: true, clicks: false } } });
    for (const { mail, body } of mails) {
      expect(mail?.unsubscribeUrl).toBe(`https://drip.test/t/u/${mail?.token}`);
      const named = await namedBy(doorsOf(), mail?.token ?? "");
      expect(named).toMatchObject({ enrollment: { id: idOf(enrollment) }, ctx: { workspaceId: 1 } });
      const { message, seal } = readMessageId(mail?.messageId ?? "") ?? {};
      expect(readToken(mail?.token ?? "")).toEqual({ workspaceId: 1, message, seal });
      if (body.includes("Stop")) expect(body).toBe(`<a href="${mail?.unsubscribeUrl}">Stop</a>`);
    }
    expect((await stateOf(enrollment)).thread).toEqual({ subject: "News", ids: [ids[2]] });
  });

  test("are told of by the ledger, by v1 and by mailings as they went out", async () => {
    const { sequence, mails } = await send({ track_clicks: true });
    const ids = mails.map(({ mail }) => mail?.messageId ?? "");
    const { messages } = (await api("GET", `/v1/messages?sequence=seq_${sequence}`)).body;
    const [, second] = messages.reverse();
    expect((await api("GET", `/v1/messages/${second.id}`)).body.message.mail).toEqual({
      from: { address: "ada@example.com", name: "Ada" },
      replyTo: null,
      messageId: ids[1],
      references: [ids[0]],
      tracks: { opens: false, clicks: true },
      date: "2040-01-02T09:00:00Z",
    });
    const told = { messageId: ids[1], mailboxAddress: "ada@example.com", trackOpens: false, trackLinks: true };
    const { attributes } = (await call("GET", `/mailings/${idOf(second.id)}`)).body.data;
    expect(attributes).toMatchObject({ ...told, references: [ids[0]], subject: "Re: Welcome, bob@example.org" });
    const { data } = (await call("GET", `/mailings?filter[messageId]=${ids[1]}`)).body;
    expect(data.map(({ id }: { id: number }) => id)).toEqual([idOf(second.id)]);
    expect(data[0].attributes).toMatchObject(told);
  });

  test("what they were tracked by stays, whatever becomes of the sequence", async () => {
    const { sequence } = await send({ track_opens: true });
    await api("PATCH", `/api/v1/sequences/${sequence}`, { track_opens: false });
    const { data } = (await call("GET", `/mailings?filter[sequence][id]=${sequence}`)).body;
    expect(data.map(({ attributes }: { attributes: { trackOpens: boolean } }) => attributes.trackOpens)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("of an erased contact keep neither a thread nor a mail", async () => {
    const { enrollment, mails } = await send();
    const { contactId } = await show(`seq_${(await stateOf(enrollment)).trip.sequenceId}`, enrollment);
    await api("DELETE", `/v1/contacts/${contactId}`);
    await settle();
    expect((await stateOf(enrollment)).thread).toBeNull();
    expect(JSON.stringify(await mailsOf(enrollment))).not.toContain(mails[0]?.mail?.token);
  });
});

describe("a ruleset that asks for links", () => {
  test("-> each mail shows one, from the next on", async () => {
    await sendAs("ada@example.com");
    const sequence = await makeSequence("Drip");
    await chain(sequence, [{ action: "send_email", label: "One", body: "1" }]);
    const first = await subscribe(sequence, "one@example.org");
    await settle();
    const { body } = await api("POST", "/v1/rulesets", { name: "Links", includeUnsubscribeLinks: true });
    await api("PATCH", `/v1/sequences/seq_${sequence}`, { rulesetId: body.ruleset.id });
    const second = await subscribe(sequence, "two@example.org");
    await settle();
    const [before, after] = [...(await mailsOf(first)), ...(await mailsOf(second))];
    expect(before?.body).toBe("1");
    expect(after?.body).toBe(`1\n<p><a href="${after?.mail?.unsubscribeUrl}">Unsubscribe</a></p>\n`);
  });
});

describe("what a template asks to be seen", () => {
  test("is asked of the journeys under way, as soon as it is changed", async () => {
    await sendAs("ada@example.com");
    const sequence = await makeSequence("Drip");
    await chain(sequence, [{ action: "send_email", label: "One", body: "1" }]);
    const first = await subscribe(sequence, "one@example.org");
    await settle();
    const template = await db()
      .prepare("SELECT template_id AS id FROM messages WHERE enrollment_id = ?")
      .bind(idOf(first))
      .first<number>("id");
    await call("PATCH", `/templates/${template}`, {
      data: { type: "template", id: template, attributes: { trackOpens: true, trackLinks: true } },
    });
    const second = await subscribe(sequence, "two@example.org");
    await settle();
    const seen = [...(await mailsOf(first)), ...(await mailsOf(second))].map(({ mail }) => mail?.tracks);
    expect(seen).toEqual([
      { opens: false, clicks: false },
      { opens: true, clicks: true },
    ]);
  });
});

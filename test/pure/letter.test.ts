import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { Facts } from "../../src/domain/facts";
import type { Box } from "../../src/domain/mail";
import { type Content, messageId, type Outcome } from "../../src/domain/message";
import { answerTo, threadAfter } from "../../src/domain/thread";
import { HOUR } from "../../src/domain/time";
import { FIRST, forgetful, later, now, running, SECOND_STEP, trip, W } from "./given";
import { begun, goes, mailIn, mails, mailTrip, post, SEAL } from "./post";

const delivered: Outcome = { kind: "delivered", providerId: null };
const transient: Outcome = { kind: "transient", reason: "451" };
const permanent: Outcome = { kind: "permanent", reason: "550" };
const unknown: Outcome = { kind: "unknown", reason: "cut off" };

const idOf = (n: number) => `msg_${messageId(trip.id, n)}.${SEAL}@example.com`;
const tokenOf = (n: number) => `1-${messageId(trip.id, n)}-${SEAL}`;

function mail(facts: Facts): Content {
  const content = mailIn(facts);
  if (typeof content === "string") throw new Error(content);
  return content;
}

const box: Box = {
  id: 5,
  address: "me@sender.example",
  paused: false,
  reason: null,
  limits: null,
  asOf: 0,
};

describe("what stands in a mail", () => {
  test("of a first one: everything", () => {
    expect(mail(mails([{ subject: "Welcome, {{ first_name }}" }]))).toMatchObject({
      to: "Alice@Example.com",
      subject: "Welcome, Alice",
      mail: {
        from: { address: "ada@example.com", name: "Ada", replyTo: null },
        mailbox: null,
        token: tokenOf(1),
        messageId: idOf(1),
        references: [],
        unsubscribeUrl: `https://drip.test/t/u/${tokenOf(1)}`,
        tracks: { opens: false, clicks: false },
        date: W,
      },
    });
  });

  test("of a mailbox: which", () => {
    expect(mail(mails([{}], { post: { ...post, box } })).mail?.mailbox).toBe(5);
  });

  test.each([
    ["a transactional sequence", { sequence: { ...running.sequence, transactional: true } }],
    ["a service that nobody said how to reach", { post: { ...post, publicUrl: null } }],
  ])("of %s: no link that stops it, and the name is empty", (_, over) => {
    const { mail: made, body } = mail(mails([{ body: "[{{ unsubscribe_url }}]" }], over));
    expect({ made: made?.unsubscribeUrl, body }).toEqual({ made: null, body: "[]" });
  });

  test("its link -> where its template names it", () => {
    const { body, mail: made } = mail(mails([{ body: "Stop: {{ unsubscribe_url }}" }]));
    expect(body).toBe(`Stop: ${made?.unsubscribeUrl}`);
  });

  test("without a sender -> a message as before, with its link", () => {
    const facts = mails([{ body: "Stop: {{ unsubscribe_url }}" }], { post: { ...post, sender: null } });
    expect(mail(facts)).toMatchObject({ subject: "Welcome", body: `Stop: https://drip.test/t/u/${tokenOf(1)}` });
    expect(mail(facts).mail).toBeUndefined();
  });

  test("on another platform -> none, and the name is empty", () => {
    const { post: _, ...elsewhere } = mails([{ body: "[{{ unsubscribe_url }}]" }]);
    expect(mail(elsewhere).body).toBe("[]");
    expect(mail(elsewhere).mail).toBeUndefined();
  });

  test.each([
    ["nobody asks", {}, undefined, { opens: false, clicks: false }],
    ["the sequence asks", { opens: true, clicks: true }, undefined, { opens: true, clicks: true }],
    ["the template asks", {}, { opens: true, clicks: false }, { opens: true, clicks: false }],
    ["each asks for one", { clicks: true }, { opens: true, clicks: false }, { opens: true, clicks: true }],
  ])("what is to be seen of it: %s", (_, sequence, tracks, seen) => {
    const asked = { ...post, tracks: { ...post.tracks, ...sequence } };
    expect(mail(mails([{ tracks }], { post: asked })).mail?.tracks).toEqual(seen);
  });
});

describe("the link in a last line", () => {
  const url = `https://drip.test/t/u/${tokenOf(1)}`;
  const shown = { ...post, showsLink: true };
  const signed = {
    ...shown,
    box: { ...box, optOutSignature: "<p>Enough? <a href='%unsubscribe_url%'>Stop</a></p>" },
  };
  const transactional = { ...running.sequence, transactional: true };

  test.each([
    ["nobody asks for it", {}, { body: "Hi" }, "Hi"],
    ["a text", { post: shown }, { body: "Hi\n" }, `Hi\n\nUnsubscribe: ${url}\n`],
    [
      "HTML",
      { post: shown },
      { body: "<p>Hi</p>", format: "html" },
      `<p>Hi</p>\n<p><a href="${url}">Unsubscribe</a></p>\n`,
    ],
    [
      "HTML with an end",
      { post: shown },
      { body: "<body>Hi</BODY ></html>", format: "html" },
      `<body>Hi\n<p><a href="${url}">Unsubscribe</a></p>\n</BODY ></html>`,
    ],
    [
      "a mailbox's own words",
      { post: signed },
      { body: "Hi", format: "html" },
      `Hi\n<p>Enough? <a href='${url}'>Stop</a></p>\n`,
    ],
    [
      "own words without the link",
      { post: { ...signed, box: { ...signed.box, optOutSignature: "Bye" } } },
      { body: "Hi", format: "html" },
      `Hi\n<p><a href="${url}">Unsubscribe</a></p>\n`,
    ],
    ["its template has it", { post: shown }, { body: "Stop: {{ unsubscribe_url }}" }, `Stop: ${url}`],
    ["a transactional sequence", { post: shown, sequence: transactional }, { body: "Hi" }, "Hi"],
    ["a service that nobody said how to reach", { post: { ...shown, publicUrl: null } }, { body: "Hi" }, "Hi"],
  ])("%s", (_, over, written, body) => {
    expect(mail(mails([written], over)).body).toBe(body);
  });
});

describe("its subject", () => {
  test.each([
    ["its own", { subject: "Hello" }, "Hello"],
    ["none: the sequence's name", {}, "Welcome"],
    ["one that comes to nothing: the sequence's name", { subject: "{{ custom.none }} " }, "Welcome"],
    ["an answer to nothing: its own", { subject: "Hello", isReply: true }, "Hello"],
    ["an answer to nothing, without one", { isReply: true }, "Welcome"],
  ])("of a first mail: %s", (_, written, subject) => {
    expect(mail(mails([written])).subject).toBe(subject);
  });

  test.each([
    ["Welcome", "Re: Welcome"],
    ["Re: Welcome", "Re: Welcome"],
    ["RE: Welcome", "RE: Welcome"],
    ["re : Welcome", "re : Welcome"],
    ["Really", "Re: Really"],
    ["Regarding: you", "Re: Regarding: you"],
    ["", "Re: "],
  ])("of an answer to %j: %j", (subject, answer) => {
    expect(answerTo(subject)).toBe(answer);
  });
});

describe("a thread", () => {
  const [first, second, third] = [idOf(1), idOf(2), idOf(3)];
  /** What each of three mails was written with. */
  const threeOf = (facts: Facts, outcomes: Outcome[] = [delivered, delivered, delivered]) => {
    let state = begun;
    return outcomes.map((outcome, i) => {
      const went = goes(state, facts, outcome, i);
      state = went.state;
      const { subject, mail: made } = went.content;
      return [subject, made?.references];
    });
  };

  test("with a subject, without one, without one -> all in one", () => {
    expect(threeOf(mails([{ subject: "Welcome, {{ first_name }}" }]))).toEqual([
      ["Welcome, Alice", []],
      ["Re: Welcome, Alice", [first]],
      ["Re: Welcome, Alice", [first, second]],
    ]);
  });

  test("with a subject, without one, with one -> the third begins anew", () => {
    expect(threeOf(mails([{ subject: "Welcome" }, {}, { subject: "News" }]))).toEqual([
      ["Welcome", []],
      ["Re: Welcome", [first]],
      ["News", []],
    ]);
  });

  test("with a subject, with one, without one -> the third continues the second", () => {
    expect(threeOf(mails([{ subject: "Welcome" }, { subject: "News" }, {}]))[2]).toEqual(["Re: News", [second]]);
  });

  test("an answer continues it whatever its own subject", () => {
    expect(threeOf(mails([{ subject: "Hi" }, { subject: "Never seen", isReply: true }]))[1]).toEqual([
      "Re: Hi",
      [first],
    ]);
  });

  test("an answer whose own subject cannot be rendered -> is not asked for it", () => {
    const broken = { subject: "{% for i in (1..1000000000) %}{% endfor %}", isReply: true };
    expect(threeOf(mails([{ subject: "Hi" }, broken]))[1]).toEqual(["Re: Hi", [first]]);
  });

  test("a subject that comes to nothing -> continues it", () => {
    expect(threeOf(mails([{ subject: "Hi" }, { subject: " {{ custom.none }}" }]))[1]).toEqual(["Re: Hi", [first]]);
  });

  test("one that may have arrived -> is continued", () => {
    const facts = { ...forgetful, ...mails([{ subject: "Hi" }]), channel: forgetful.channel };
    expect(threeOf(facts, [unknown, delivered])[1]).toEqual(["Re: Hi", [first]]);
  });

  test("one that was refused, and retried -> is in the thread once", () => {
    const facts = mails([{ subject: "Hi" }]);
    const one = goes(begun, facts, delivered);
    const failed = goes(one.state, facts, permanent, 1);
    expect(failed.state.thread).toEqual({ subject: "Hi", ids: [first] });
    const retried = decide(failed.state, { kind: "retry" }, later(0)).state;
    const again = goes(retried, facts, delivered, 2);
    expect(again.content.mail).toMatchObject({ messageId: third, references: [first] });
    expect(again.state.thread?.ids).toEqual([first, third]);
  });

  test("one that is tried again -> goes with the same words, in a thread that has not moved", () => {
    const facts = mails([{ subject: "Hi" }]);
    const put = goes(begun, facts, transient);
    expect(put.state.thread).toBeNull();
    const edited = mails([{ subject: "Edited" }], { post: { ...post, sender: null } });
    expect(goes(put.state, edited, delivered, 1).content).toEqual(put.content);
  });

  test("one that went out while it was being ended -> is remembered, and no other follows", () => {
    const facts = mails([{ subject: "Hi" }]);
    const claimed = decide(begun, { kind: "wake", facts }, now);
    const ended = decide(claimed.state, { kind: "exit", why: "removed" }, now).state;
    const event = { kind: "outcome", message: messageId(trip.id, 1), attempt: 1, outcome: delivered, facts } as const;
    expect(decide(ended, event, now).state).toMatchObject({ phase: { is: "ended" }, thread: { ids: [first] } });
  });

  test("another journey of the same contact -> begins its own", () => {
    const other = { ...begun, trip: { ...mailTrip, id: 8, sequenceId: 6 } };
    expect(goes(other, mails([{ isReply: true, subject: "Hi" }]), delivered).content).toMatchObject({
      subject: "Hi",
      mail: { references: [], messageId: `msg_${messageId(8, 1)}.${SEAL}@example.com` },
    });
  });

  test("a journey that wrote before there was a sender -> its next mail begins one", () => {
    const before = { ...begun, phase: { is: "waiting", step: SECOND_STEP, dueAt: 0 }, ran: [FIRST] } as const;
    const content = mailIn(mails([{}, { subject: "Hi", isReply: true }]), {
      ...before,
      ran: [FIRST],
      lastMessage: 28673,
    });
    expect(content).toMatchObject({ subject: "Hi", mail: { references: [] } });
  });

  test("of forty mails -> the first id and the newest nineteen", () => {
    const ids = Array.from({ length: 40 }, (_, i) => idOf(i + 1));
    const base = mail(mails([{ subject: "Hi" }]));
    let thread = threadAfter(null, base);
    for (const messageId of ids.slice(1)) {
      if (base.mail)
        thread = threadAfter(thread, { ...base, mail: { ...base.mail, messageId, references: thread?.ids ?? [] } });
    }
    expect(thread?.ids).toEqual([ids[0], ...ids.slice(-19)]);
  });
});

describe("between attempts, and it comes from another address now", () => {
  const byMail: Partial<Facts> = { channel: { ...running.channel, kind: "email" } };
  const moved: Partial<Facts> = {
    ...byMail,
    post: { ...post, sender: { address: "bob@example.com", name: "Bob", replyTo: null } },
  };
  const refused = goes(begun, mails([{}], byMail), transient).state;
  const onward = (facts: Facts) => decide(refused, { kind: "wake", facts }, later(HOUR));

  test("nobody can have it -> given up, and made anew as the next message", () => {
    const { deeds, deliver } = onward(mails([{}], moved));
    expect(deeds).toMatchObject([
      {
        what: "message",
        status: "cancelled",
        message: messageId(trip.id, 1),
        reason: expect.stringContaining("address"),
      },
    ]);
    expect(deliver).toMatchObject({ message: messageId(trip.id, 2), attempt: 1 });
    expect(deliver?.content?.mail?.from.address).toBe("bob@example.com");
  });

  test("somebody may have it -> the same bytes again", () => {
    const doubted = goes(begun, mails([{}], byMail), unknown).state;
    const { deliver } = decide(doubted, { kind: "wake", facts: mails([{}], moved) }, later(HOUR));
    expect(deliver).toMatchObject({ message: messageId(trip.id, 1), attempt: 2 });
    expect(deliver?.content?.mail?.from.address).toBe("ada@example.com");
  });

  test.each([
    ["the same address", byMail],
    ["another address, but by a webhook, which asks for none", { ...moved, channel: running.channel }],
  ])("%s -> the same bytes again", (_, over) => {
    expect(onward(mails([{}], over)).deliver).toMatchObject({ message: messageId(trip.id, 1), attempt: 2 });
  });
});

/**
 * No object stays awake after its turn, for that is billed. `wrangler dev` never puts an object to sleep, so here the runtime
 * of the tests is asked to: it evicts an object that nothing holds at once, and waits for one that is held by a timer, by a
 * request without an answer, or by an open socket. A body that is not read to its end holds none here, only the connection:
 * whoever sends it knows.
 */

import { connect } from "cloudflare:sockets";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, test } from "vitest";
import type { Sender } from "../../src/sender/object";
import { pixelOf, visit } from "../support/reader";
import { chain, makeSequence, subscribe } from "../support/tree";
import {
  api,
  begin,
  enroll,
  HOUR,
  historyOf,
  idOf,
  makeContact,
  makeDrip,
  makeMailbox,
  objectOf,
  pass,
  settle,
  stateOf,
} from "../support/world";

beforeEach(begin);

const endpoint = inject("endpoint");
const ports = inject("mail");
const signedIn = { username: "dripline@mail.test", password: "pä ss:w@rd", host: "localhost" };

/** Evicting what nothing holds takes a few milliseconds; all that may hold one here, and would go by itself, takes far longer. */
const PATIENCE = 5000;
/** What is held does not go, however long one waits. */
const GLANCE = 200;

type Sleeper = Parameters<typeof evictDurableObject>[0];

/** Whether nothing keeps an object awake that runs. */
async function sleeps(stub: Sleeper, patience = PATIENCE): Promise<boolean> {
  const evicted = evictDurableObject(stub).then(() => true);
  evicted.catch(() => undefined); // one that is given up on fails later
  return Promise.race([evicted, scheduler.wait(patience).then(() => false)]);
}

async function expectAsleep(enrollment: string): Promise<void> {
  await stateOf(enrollment); // only what runs can be evicted
  expect(await sleeps(objectOf(enrollment))).toBe(true);
  expect(await openBodies()).toBe(0);
}

/** Bodies that the endpoint is still sending. That one was cancelled it hears a moment later. */
async function openBodies(): Promise<number> {
  for (let tries = 0; ; tries++) {
    const open = Number(await (await fetch(`${endpoint}/open`)).text());
    if (open === 0 || tries >= 20) return open;
    await scheduler.wait(10);
  }
}

async function webhookTo(path: string): Promise<void> {
  const { status } = await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: `${endpoint}${path}` });
  expect(status).toBe(200);
}

async function mailBy(port: number, more: object): Promise<void> {
  const transport = { kind: "smtp", host: "127.0.0.1", port, security: "optional", ...more };
  const { status } = await api("PUT", "/v1/channels/EMAIL", {
    kind: "email",
    transport,
    from: { address: "a@b.test" },
  });
  expect(status).toBe(200);
}

const fates = async (enrollment: string) =>
  (await historyOf(enrollment)).flatMap((entry) => (entry.what === "message" ? [entry.status] : []));

/** Leaves something behind in the object, and says how it is cleared away. */
type Harm = () => Promise<() => unknown>;

const HARMS: [what: string, harm: Harm][] = [
  [
    "a timer",
    async () => {
      const timer = setTimeout(() => undefined, HOUR);
      return () => clearTimeout(timer);
    },
  ],
  [
    "a timer that comes again and again",
    async () => {
      const timer = setInterval(() => undefined, 10);
      return () => clearInterval(timer);
    },
  ],
  [
    "a request without an answer",
    async () => {
      const controller = new AbortController();
      fetch(`${endpoint}/silent`, { signal: controller.signal }).catch(() => undefined);
      return () => controller.abort();
    },
  ],
  [
    "a socket",
    async () => {
      const socket = connect({ hostname: "127.0.0.1", port: ports.silent });
      await socket.opened;
      return () => socket.close();
    },
  ],
];

describe("what would keep an object awake is seen", () => {
  test.each(HARMS)("%s is left behind -> it stays awake until that is cleared away", async (_, harm) => {
    const { sequence } = await makeDrip([24]);
    const enrollment = await enroll(sequence);
    let clear: () => unknown = () => undefined;
    await runInDurableObject(objectOf(enrollment), async () => {
      clear = await harm();
    });
    expect(await sleeps(objectOf(enrollment), GLANCE)).toBe(false);
    await runInDurableObject(objectOf(enrollment), () => void clear());
    await expectAsleep(enrollment);
  });

  test("a body that nobody reads is left behind -> whoever sends it knows", async () => {
    const { sequence } = await makeDrip([24]);
    const stub = objectOf(await enroll(sequence));
    await runInDurableObject(stub, async () => {
      const { body } = await fetch(`${endpoint}/endless`);
      expect(await openBodies()).toBe(1);
      await body?.cancel();
    });
    expect(await openBodies()).toBe(0);
  });
});

describe("an object sleeps after its turn", () => {
  test.each([
    ["accepted", "/accepting", "sent"],
    ["accepted, and the answer has no end", "/endless", "sent"],
    ["turned away, and the answer has no end", "/failing", "retrying"],
  ])("a message by a webhook, %s", async (_, path, fate) => {
    await webhookTo(path);
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    expect(await fates(enrollment)).toEqual([fate]);
    await expectAsleep(enrollment);
  });

  test.each([
    ["taken", ports.plain, {}, "sent"],
    ["encrypted when asked to", ports.starttls, signedIn, "sent"],
    ["encrypted from the first byte", ports.tls, { ...signedIn, security: "tls" }, "sent"],
    ["whose certificate nobody trusts", ports.strangerTls, { security: "tls" }, "retrying"],
    ["cut off", ports.leaving, {}, "retrying"],
    ["without an answer until its time was over", ports.silent, {}, "retrying"],
    ["where nobody listens", ports.closed, {}, "retrying"],
  ])("a mail, %s", async (_, port, more, fate) => {
    await mailBy(port, more);
    const { sequence } = await makeDrip([0, 24]);
    const contact = await makeContact({ email: "hibernates@example.com" });
    const enrollment = await enroll(sequence, contact, "EMAIL");
    await settle();
    expect(await fates(enrollment)).toEqual([fate]);
    await expectAsleep(enrollment);
  });

  test.each(["/accepting", "/endless", "/failing"])("a web request to %s", async (path) => {
    const sequence = await makeSequence("Asks");
    const asks = { action: "make_http_request", label: "Ask", url: `${endpoint}${path}`, http_method: "POST" };
    await chain(sequence, [asks, { action: "delay", label: "Wait", delay: 86_400 }]);
    const enrollment = await subscribe(sequence, "asks@example.com");
    await settle();
    await expectAsleep(enrollment);
  });

  test("one that was held, then let go", async () => {
    await webhookTo("/accepting");
    const { sequence } = await makeDrip([0, 24], { status: "DRAFT" });
    const enrollment = await enroll(sequence);
    await settle();
    await expectAsleep(enrollment);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await settle();
    expect(await fates(enrollment)).toEqual(["sent"]);
    await expectAsleep(enrollment);
  });

  test("one that was paused, looked at, read of, and has ended", async () => {
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence, await makeContact({ email: "reads@example.com" }), "EMAIL");
    await settle();
    await visit(await pixelOf((await stateOf(enrollment)).lastMessage ?? 0));
    await pass(60_000);
    const path = `/v1/sequences/${sequence}/enrollments/${enrollment}`;
    for (const verb of ["pause", "resume"]) await api("POST", `${path}/${verb}`);
    await api("GET", path);
    await expectAsleep(enrollment);
    await api("DELETE", path);
    await expectAsleep(enrollment);
  });

  test("a mailbox that has given out its slots, and whoever waits for one", async () => {
    const mailbox = await makeMailbox({ dailyLimit: 1 });
    const { sequence } = await makeDrip([0], { useAnyMailbox: false, mailboxIds: [mailbox] });
    const all: string[] = [];
    for (const email of ["first@example.com", "second@example.com"]) {
      all.push(await enroll(sequence, await makeContact({ email }), "EMAIL"));
      await settle();
    }
    expect((await Promise.all(all.map(fates))).flat()).toEqual(["sent"]);
    for (const enrollment of all) await expectAsleep(enrollment);
    const senders = env.SENDERS as DurableObjectNamespace<Sender>;
    const sender = senders.get(senders.idFromName(String(idOf(mailbox))));
    expect((await sender.standing(Date.now(), "UTC")).sent).toBe(1);
    expect(await sleeps(sender)).toBe(true);
  });
});

import { afterEach, describe, expect, inject, test, vi } from "vitest";
import { call } from "../../src/channels/call";
import { callerIn } from "../../src/channels/endpoint";
import { strayed } from "../../src/channels/whereabouts";

const INSIDE = { kind: "broken", reason: "stands for a loopback or private address" };
const UNKNOWN = { kind: "transient", reason: "could not be looked up" };
let names = 0;
const fresh = () => `host${++names}.example`;
/** Answers of a directory, one for each kind of address. */
const answering = (...answers: Promise<string[]>[]) => ({ production: true, directory: () => answers });
const leadingTo = (...addresses: string[]) => answering(Promise.resolve(addresses));
const refused = () => {
  const none = Promise.reject(new Error("ENOTFOUND"));
  none.catch(() => undefined);
  return none;
};
const silent = () => new Promise<string[]>(() => {});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the name of a host that stands for", () => {
  test.each([
    ["an address of everybody's", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"], null],
    ["this machine", ["127.0.0.1"], INSIDE],
    ["this machine, as IPv6 has it", ["::1"], INSIDE],
    ["this machine, mapped", ["::ffff:127.0.0.1"], INSIDE],
    ["the network behind it", ["10.1.2.3"], INSIDE],
    ["a link's own addresses", ["fe80::1"], INSIDE],
    ["what clouds tell their machines", ["169.254.169.254"], INSIDE],
    ["one inside among others", ["93.184.215.14", "192.168.0.1"], INSIDE],
    ["another name that is inside", ["box.internal."], INSIDE],
    ["another name alone, which may lead anywhere", ["elsewhere.example."], UNKNOWN],
    ["nothing", [], UNKNOWN],
  ])("%s -> %s: %s", async (_, addresses, refusal) => {
    expect(await strayed(fresh(), leadingTo(...addresses))).toEqual(refusal);
  });

  test.each([
    ["nobody can tell", [refused, refused], UNKNOWN],
    ["nobody answers", [silent, silent], UNKNOWN],
    ["has addresses of one kind alone", [async () => ["93.184.215.14"], refused], null],
    ["has addresses of one kind, and the other is not answered", [async () => ["93.184.215.14"], silent], null],
    ["leads inside by one kind, and the other is not answered", [silent, async () => ["::1"]], INSIDE],
  ])("what %s", async (_, answers, stray) => {
    const began = performance.now();
    expect(await strayed(fresh(), answering(...answers.map((answer) => answer())))).toEqual(stray);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("what could not be told is asked for again, and then believed", async () => {
    const name = fresh();
    expect(await strayed(name, answering(refused()))).toEqual(UNKNOWN);
    expect(await strayed(name, leadingTo("93.184.215.14"))).toBeNull();
    expect(await strayed(name, answering(refused()))).toBeNull();
  });

  test("the same, again and again -> it is asked for once", async () => {
    let asked = 0;
    const directory = () => {
      asked += 1;
      return [Promise.resolve(["10.0.0.1"])];
    };
    const name = fresh();
    for (let i = 0; i < 3; i++) expect(await strayed(name, { production: true, directory })).toEqual(INSIDE);
    expect(asked).toBe(1);
  });

  test("this machine, in development -> it may be called", async () => {
    expect(await strayed(fresh(), { ...leadingTo("127.0.0.1"), production: false })).toBeNull();
  });
});

describe("where a name leads is looked at before anything is sent", () => {
  const POST = { headers: {}, body: "{}" };

  test.each([
    ["inside", () => leadingTo("10.0.0.1"), INSIDE],
    ["nobody knows where", () => answering(refused()), UNKNOWN],
  ])("%s -> neither a message, nor an event, leaves", async (_, bounds, { kind, reason }) => {
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response());
    const url = `https://${fresh()}/hook`;
    expect(await call(url, { method: "POST" }, bounds())).toEqual({ kind, reason: `the URL ${reason}` });
    const echo = await callerIn(bounds())(url, POST);
    expect(echo).toMatchObject({ status: null, excerpt: null, error: `the URL ${reason}` });
    expect(fetched).not.toHaveBeenCalled();
  });

  test("outside -> both do", async () => {
    const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 204 }));
    const [url, bounds] = [`https://${fresh()}/hook`, leadingTo("93.184.215.14")];
    expect(await call(url, { method: "POST" }, bounds)).toMatchObject({ kind: "delivered" });
    expect(await callerIn(bounds)(url, POST)).toMatchObject({ status: 204, error: null });
    expect(fetched).toHaveBeenCalledTimes(2);
  });
});

test.each([
  ["/mute", 200, null],
  ["/endless", 200, expect.stringContaining("drip")],
  ["/failing", 503, expect.stringContaining("drip")],
])("an endpoint that answers and has no end of it, %s -> has answered", async (path, status, excerpt) => {
  const echo = await callerIn({ production: false })(`${inject("endpoint")}${path}`, { headers: {}, body: "" });
  expect(echo).toMatchObject({ status, excerpt, error: null });
});

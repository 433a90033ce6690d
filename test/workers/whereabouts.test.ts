import { describe, expect, test } from "vitest";
import { call } from "../../src/channels/call";
import { strayed } from "../../src/channels/whereabouts";

const INSIDE = "stands for a loopback or private address";
let names = 0;
const fresh = () => `host${++names}.example`;
const leadingTo = (...addresses: string[]) => ({ production: true, directory: async () => addresses });

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
    ["nothing", [], null],
  ])("%s -> %s: %s", async (_, addresses, refusal) => {
    expect(await strayed(fresh(), leadingTo(...addresses))).toBe(refusal);
  });

  test("what nobody can tell -> it is called, and fails by itself", async () => {
    const directory = () => Promise.reject(new Error("no answer"));
    expect(await strayed(fresh(), { production: true, directory })).toBeNull();
  });

  test("what is asked for too long -> it is not waited for", async () => {
    const directory = () => new Promise<string[]>(() => {});
    const began = performance.now();
    expect(await strayed(fresh(), { production: true, directory })).toBeNull();
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("the same, again and again -> it is asked for once", async () => {
    let asked = 0;
    const directory = async () => {
      asked += 1;
      return ["10.0.0.1"];
    };
    const name = fresh();
    for (let i = 0; i < 3; i++) expect(await strayed(name, { production: true, directory })).toBe(INSIDE);
    expect(asked).toBe(1);
  });

  test("this machine, in development -> it may be called", async () => {
    expect(await strayed(fresh(), { ...leadingTo("127.0.0.1"), production: false })).toBeNull();
  });
});

test("a webhook whose name leads inside is not called, and its channel is at fault", async () => {
  const outcome = await call(`https://${fresh()}/hook`, { method: "POST" }, leadingTo("10.0.0.1"));
  expect(outcome).toEqual({ kind: "broken", reason: `the URL ${INSIDE}` });
});

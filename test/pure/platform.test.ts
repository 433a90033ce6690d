import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressKey, isAddress, PLATFORMS } from "../../src/domain/platform";
import "./luck";

describe("when two addresses are the same", () => {
  test.each([
    ["TWITTER", "@Alice", "alice"],
    ["TWITTER", "  alice ", "alice"],
    ["TWITTER", "@@alice", "@alice"],
    ["INSTAGRAM", "Alice.Smith", "alice.smith"],
    ["MASTODON", "@Alice@Example.social", "alice@example.social"],
    ["TELEGRAM", "@Alice_1", "alice_1"],
    ["EMAIL", " Alice@Example.COM ", "alice@example.com"],
    ["EMAIL", "@odd@example.com", "@odd@example.com"],
    ["SMS", "+1 (555) 01-02.03", "+1555010203"],
    ["SMS", "155501", "155501"],
    ["SMS", "ACME", "acme"],
    ["WHATSAPP", "+49 170 123", "+49170123"],
    ["WEBHOOK", " https://Example.com/Hook ", "https://Example.com/Hook"],
  ] as const)("%s %j -> compared as %j", (platform, address, key) => {
    expect(addressKey(platform, address)).toBe(key);
  });

  test.each([
    ["TWITTER", "@Alice", "ALICE"],
    ["SMS", "+1 (555) 01", "+155501"],
    ["EMAIL", "a@b.c", "A@B.C"],
  ] as const)("%s %s and %s -> the same", (platform, one, other) => {
    expect(addressKey(platform, one)).toBe(addressKey(platform, other));
  });

  test.each([
    ["TWITTER", "alice", "alicia"],
    ["SMS", "+155501", "155501"],
    ["WEBHOOK", "https://example.com/A", "https://example.com/a"],
  ] as const)("%s %s and %s -> not the same", (platform, one, other) => {
    expect(addressKey(platform, one)).not.toBe(addressKey(platform, other));
  });

  test("case and space around an address -> never matter, but in a URL's letters", () => {
    const cased = PLATFORMS.filter((platform) => platform !== "WEBHOOK");
    fc.assert(
      fc.property(fc.constantFrom(...cased), fc.stringMatching(/^[a-z0-9._]{1,20}$/), (platform, address) => {
        expect(addressKey(platform, ` ${address.toUpperCase()} `)).toBe(addressKey(platform, address));
      }),
    );
  });
});

describe("what can be an address at all", () => {
  test.each([
    ["EMAIL", "alice@example.com", true],
    ["EMAIL", " Alice@Example.co.uk ", true],
    ["EMAIL", "alice", false],
    ["EMAIL", "alice@localhost", false],
    ["EMAIL", "@example.com", false],
    ["EMAIL", "a@b@c.de", false],
    ["EMAIL", "alice smith@example.com", false],
    ["EMAIL", "o'neil+news@bücher.example", true],
    ["EMAIL", "alice,bob@example.com", false],
    ["EMAIL", "alice;bob@example.com", false],
    ["EMAIL", "<alice@example.com>", false],
    ["EMAIL", '"alice"@example.com', false],
    ["EMAIL", "alice@[127.0.0.1]", false],
    ["EMAIL", "alice(bob)@example.com", false],
    ["EMAIL", "alice@exam\u0000ple.com", false],
    ["EMAIL", "ali\u202ece@example.com", false],
    ["EMAIL", "alice@example.com\r\nBcc:x@y.example", false],
    ["TWITTER", "@alice", true],
    ["TWITTER", "@", false],
    ["TWITTER", "  ", false],
    ["SMS", "+1 555", true],
    ["SMS", "()", false],
    ["WEBHOOK", "https://example.com", true],
    ["WEBHOOK", "", false],
  ] as const)("%s %j -> %s", (platform, address, can) => {
    expect(isAddress(platform, address)).toBe(can);
  });
});

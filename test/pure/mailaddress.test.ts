/** Which addresses mail can be sent to, and how they are spelled. */
import { describe, expect, test } from "vitest";
import { readSender, spellAddress } from "../../src/domain/mailaddress";

describe("an address is spelled", () => {
  test.each<[address: string, spelled: string]>([
    ["alice@example.com", "alice@example.com"],
    ["Alice.O'Neil+tag@Example.COM", "Alice.O'Neil+tag@example.com"],
    ["a!#$%&'*+-/=?^_`{|}~b@x.test", "a!#$%&'*+-/=?^_`{|}~b@x.test"],
    ["alice@bücher.example", "alice@xn--bcher-kva.example"],
    ["alice@ＥＸＡＭＰＬＥ.com", "alice@example.com"],
    ["dripline@localhost", "dripline@localhost"],
    ["john..doe@docomo.test", '"john..doe"@docomo.test'],
    [".john.@docomo.test", '".john."@docomo.test'],
    [`${"a".repeat(64)}@x.test`, `${"a".repeat(64)}@x.test`],
  ])("%s", (address, spelled) => {
    expect(spellAddress(address)).toBe(spelled);
  });

  test.each([
    "",
    "@",
    "alice",
    "alice@",
    "@example.com",
    "alice@example.com@",
    "a@b@example.com",
    "alice@example..com",
    "alice@.example.com",
    "alice@example.com.",
    "alice@-example.com",
    "alice@exam_ple.com",
    "alice@[127.0.0.1]",
    "alice@127.0.0.1",
    "alice@2130706433",
    "alice@example.com:25",
    "alice@example.com/x",
    "alice@ex%61mple.com",
    "alice bob@example.com",
    '"alice bob"@example.com',
    'al"ice@example.com',
    "al\\ice@example.com",
    "alice,bob@example.com",
    "alice<x@example.com",
    "alice>@example.com",
    "alice(x)@example.com",
    "alice;@example.com",
    "alice:@example.com",
    "alice\r\nBcc:x@example.com",
    "alice@example.com\r\nRCPT TO:<x@y.test>",
    "alice@example.com\u2028",
    "alice\u0000@example.com",
    "jörg@example.com",
    "用户@example.com",
    `${"a".repeat(65)}@x.test`,
    `a@${"b".repeat(64)}.test`,
    `a@${"b.".repeat(130)}test`,
  ])("%j -> it cannot be written to", (address) => {
    expect(spellAddress(address)).toBeNull();
  });
});

describe("a sender is read", () => {
  test.each<[text: string, address: string, name: string | null]>([
    ["hello@example.com", "hello@example.com", null],
    [" hello@example.com ", "hello@example.com", null],
    ["<hello@example.com>", "hello@example.com", null],
    ["Anna <hello@example.com>", "hello@example.com", "Anna"],
    ['"Doe, Anna" <hello@example.com>', "hello@example.com", "Doe, Anna"],
    ["Änne @ Work <hello@Example.com>", "hello@example.com", "Änne @ Work"],
  ])("%s", (text, address, name) => {
    expect(readSender(text)).toEqual({ address, name, replyTo: null });
  });

  test.each(["", "Anna", "Anna <>", "Anna <hello@example.com", "Anna <a@x.test> <b@x.test>", "a@x.test, b@x.test"])(
    "%j -> nobody",
    (text) => {
      expect(readSender(text)).toBeNull();
    },
  );
});

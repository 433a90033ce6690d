import { describe, expect, test } from "vitest";
import { messageIdOf, readMessageId } from "../../src/domain/messageid";

const SEAL = "0123456789abcdef01234567";
const OTHER = "fedcba9876543210fedcba98";
const OURS = `msg_28673.${SEAL}@example.com`;

describe("a Message-ID of ours", () => {
  test.each([
    ["news@example.com", `msg_7.${SEAL}@example.com`],
    ["News@EXAMPLE.com", `msg_7.${SEAL}@example.com`],
    ['"odd@name"@example.com', `msg_7.${SEAL}@example.com`],
    ["dripline@localhost", `msg_7.${SEAL}@localhost`],
  ])("from %s -> %s", (from, id) => {
    expect(messageIdOf(7, SEAL, from)).toBe(id);
  });
});

describe("one of ours in a header", () => {
  const found = { message: 28673, seal: SEAL };
  test.each([
    ["alone", OURS, found],
    ["in angle brackets", `<${OURS}>`, found],
    ["folded, in a list", `<a@b.example>\r\n\t<${OURS}>\r\n <c@d.example>`, found],
    ["behind another, without a space", `<a@b.example><${OURS}>`, found],
    ["with words around it", `Your message of Monday <${OURS}> (by Alice)`, found],
    ["in capitals", `<${OURS.toUpperCase()}>`, found],
    ["at another domain than it left from", `<msg_28673.${SEAL}@relay.example>`, found],
    ["the last of several", `<msg_1.${OTHER}@x.example> <${OURS}>`, found],
    [
      "that of a spoofed seal too: whoever has the secret tells",
      `<msg_9.${OTHER}@x.example>`,
      { message: 9, seal: OTHER },
    ],
  ])("%s -> found", (_, text, id) => {
    expect(readMessageId(text)).toEqual(id);
  });

  test.each([
    ["nothing", ""],
    ["another's", "<CAF1234@mail.example.com>"],
    ["a seal that was cut", `<msg_28673.${SEAL.slice(1)}@example.com>`],
    ["a seal that is too long", `<msg_28673.${SEAL}0@example.com>`],
    ["a seal with another letter", `<msg_28673.${SEAL.slice(1)}g@example.com>`],
    ["no seal", "<msg_28673@example.com>"],
    ["no number", `<msg_.${SEAL}@example.com>`],
    ["a number beyond all numbers", `<msg_${"9".repeat(16)}.${SEAL}@example.com>`],
    ["the end of another id", `<xmsg_28673.${SEAL}@example.com>`],
    ["behind a dot of another id", `<a.msg_28673.${SEAL}@example.com>`],
    ["a line break within", `<msg_28673.\r\n${SEAL}@example.com>`],
  ])("%s -> none", (_, text) => {
    expect(readMessageId(text)).toBeNull();
  });

  test("a header of a million characters is read in one go", () => {
    expect(readMessageId(`${"msg_".repeat(250_000)}<${OURS}>`)).toEqual(found);
    expect(readMessageId("<msg_1.".repeat(150_000))).toBeNull();
  });
});

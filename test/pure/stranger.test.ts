/** What strangers write into mails, to have somebody else shut out or to keep the service busy. */
import { expect, test } from "vitest";
import { type Incoming, namesIn } from "../../src/domain/incoming";
import { ownText } from "../../src/domain/quote";

test("a line of ever so many blanks is read in no time worth the name", () => {
  expect(ownText(`Yes${" ".repeat(190_000)}please`)).toMatch(/^Yes +please$/);
});

test.each(["inReplyTo", "references"] as const)(
  "a report whose own head names a message of ours without its seal, by %s, pretends",
  (header) => {
    const mail = { inReplyTo: "", references: "", parts: [], text: "It bounced.", [header]: "<msg_4097@x.example>" };
    expect(namesIn(mail as unknown as Incoming, true)).toEqual({ ids: [], tokens: [], pretends: true });
  },
);

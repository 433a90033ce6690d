import { describe, expect, test } from "vitest";
import { companiesOf, isFreeMail } from "../../src/domain/company";

describe("an address that anybody can have tells of no company", () => {
  test.each([
    "gmail.com",
    "GMAIL.com",
    "web.de",
    "gmx.net",
    "gmx.de",
    "yahoo.co.uk",
    "hotmail.fr",
    "live.com.mx",
    "mail.gmail.com",
    "user.fastmail.com",
  ])("%s", (domain) => {
    expect(isFreeMail(domain)).toBe(true);
  });
  test.each([
    "acme.example",
    "gmail.com.acme.example",
    "notgmail.com",
    "yahoo-inc.com",
    "live",
    "com",
    "outlook.acme.example",
  ])("%s is a company's", (domain) => {
    expect(isFreeMail(domain)).toBe(false);
  });
});

test("the companies of somebody are those of his mail addresses, each once", () => {
  const keys = ["ada@acme.example", "a.ash@acme.example", "ada@gmail.com", "ada@eng.acme.example"];
  const addresses = keys.map((key) => ({ platform: "EMAIL" as const, key }));
  expect(companiesOf([...addresses, { platform: "TWITTER", key: "ada@other.example" }])).toEqual([
    "acme.example",
    "eng.acme.example",
  ]);
});
